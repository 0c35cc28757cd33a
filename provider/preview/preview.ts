/**
 * Has the service try the changes of a preview, many at a time. The front adds each resource, and prints what is found.
 *
 * @see docs/decisions/0054-trying-at-preview.md
 */
import type { Attempt } from "../lifecycle/interface.ts";
import type { Client } from "../wire/client.ts";
import type { Trial } from "../wire/trials.ts";
import { findingsOf, type TriedChanges } from "./findings.ts";
import { grouped } from "./grouped.ts";
import { type PlannedChange, type PreviewedResource, PreviewedResources } from "./previewed-resources.ts";
import { refusedEnds, refusedTogether, type TriedOf } from "./together.ts";
import { unlessFailed, withoutDenied } from "./tried.ts";

/** How long no resource must be added before the waiting requests are tried: the engine may have ended the preview. */
const quietMs = 250;
/**
 * How long no resource must be added before a refusal is final, for a front that doesn't know which resources will come: one of those may
 * lift it.
 */
const finalMs = 1000;

/** A request, and the resource that would send it. */
interface Waiting extends Attempt {
  readonly resource: PreviewedResource;
}

/** Prints what is about the whole preview. */
export interface PreviewOutput {
  say(message: string): void;
  /** Prints a message and fails the preview, without ending it. */
  fail(message: string): void;
}

/** The trials of one preview. */
export class Preview {
  readonly #client: Client;
  readonly #output: PreviewOutput;
  readonly #waitMs: number | undefined;
  readonly #resources = new PreviewedResources();
  /** The number of resources whose change the engine has not planned yet. */
  #planning = 0;
  #waiting: Waiting[] = [];
  /** The resources among them that were refused, by what the service has now. */
  readonly #held = new Set<PreviewedResource>();
  /** The trial of everything that waits; undefined if nothing does. */
  #round: Promise<void> | undefined;
  #begin: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #said = new Set<string>();
  /** Everything that was tried. */
  readonly #shown: TriedOf[] = [];
  /** The requests that were found to be refused after others. */
  readonly #refusedTogether = new Set<object>();

  /**
   * @param waitMs for a front that doesn't know of a resource before its change is planned: how long no resource must be added before the
   * waiting requests are tried
   */
  constructor(client: Client, output: PreviewOutput, waitMs?: number) {
    this.#client = client;
    this.#output = output;
    this.#waitMs = waitMs;
  }

  /**
   * Adds a resource.
   *
   * @param planned its change; rejected if the engine has refused it
   * @returns a promise that is fulfilled once everything about the resource was printed
   */
  async add(resource: PreviewedResource, planned: Promise<PlannedChange>): Promise<void> {
    this.#planning += 1;
    this.#resources.add(resource);
    const change = await planned.catch(() => undefined);
    const attempts = change === undefined ? [] : await this.#attemptsOf(resource, change);
    this.#waiting.push(...attempts.map((attempt) => ({ ...attempt, resource })));
    this.#planning -= 1;
    do {
      this.#round ??= this.#tryAll();
      this.#beginSoon();
      await this.#round;
    } while (this.#held.has(resource));
  }

  async #attemptsOf(resource: PreviewedResource, change: PlannedChange): Promise<readonly Attempt[]> {
    this.#resources.plan(resource, change);
    const { id, inputs, isUnchanged } = change;
    const attempts = isUnchanged ? [] : await this.#orSay(() => resource.lifecycle.tries(this.#client, inputs, id));
    return attempts ?? [];
  }

  /** Begins the round once nothing more is planned, or nothing was added for a while. */
  #beginSoon(): void {
    clearTimeout(this.#timer);
    if (this.#planning === 0 && this.#waitMs === undefined) {
      this.#begin();
    } else {
      this.#timer = setTimeout(this.#begin, this.#isSettled() ? finalMs : (this.#waitMs ?? quietMs));
    }
  }

  /** Whether everything that waits was refused before. */
  #isSettled(): boolean {
    return this.#held.size > 0 && this.#waiting.every(({ resource }) => this.#held.has(resource));
  }

  async #tryAll(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#begin = resolve;
    });
    this.#round = undefined;
    const isFinal = this.#waitMs === undefined || this.#isSettled();
    this.#held.clear();
    const waiting = this.#resources.withoutNewUsers(this.#waiting);
    this.#waiting = [];
    if (waiting.length === 0) {
      return;
    }
    await this.#resources.findOrder();
    const trials = await this.#orSay(async () => this.#client.trials?.each(waiting.map(({ request }) => request)));
    const tried = waiting.flatMap((attempt, at) => {
      const trial = trials?.[at];
      return trial === undefined ? [] : [{ ...attempt, trial }];
    });
    if (this.#client.trials?.isSupported === false) {
      this.#sayOnce("The service does not try changes, so this preview does not show what it would refuse.");
    }
    const allMeant = await withoutDenied(this.#client, tried);
    if (allMeant.length < tried.length) {
      this.#sayOnce(
        "You can read but not change what this program declares, so some changes were not tried. To try them as somebody who can, " +
          "set roster:previewAs.",
      );
    }
    const meant = isFinal ? allMeant : this.#hold(allMeant);
    this.#sayNotTried(meant.map(({ trial }) => trial));
    // The engine may plan changes that exclude each other in different rounds.
    this.#shown.push(...meant);
    const together = await refusedTogether(this.#client, this.#resources, this.#shown);
    const ends = await refusedEnds(this.#client, this.#resources, meant);
    const failed = await this.#print({ attempts: meant, together: together.filter((one) => this.#isNew(one)), ends });
    if (failed > 0) {
      const resources = failed === 1 ? "a change of 1 resource" : `changes of ${failed} resources`;
      this.#output.fail(`The service would refuse ${resources}: see the errors at ${failed === 1 ? "it" : "them"}.`);
    }
  }

  /** Has the refused changes wait for resources that may come. @returns the others */
  #hold(tried: readonly TriedOf[]): TriedOf[] {
    for (const [resource, attempts] of grouped(tried, (one) => one.resource)) {
      const findings = findingsOf(resource, { attempts, together: [], ends: [] }, this.#resources, true);
      if (findings.some(({ severity }) => severity === "error")) {
        this.#held.add(resource);
      }
    }
    const isHeld = ({ resource }: Waiting) => this.#held.has(resource);
    this.#waiting.push(...tried.filter(isHeld));
    return tried.filter((one) => !isHeld(one));
  }

  /** Prints what is found at each resource. @returns the number of resources whose change would be refused */
  async #print(shown: Readonly<Record<keyof TriedChanges, readonly TriedOf[]>>): Promise<number> {
    let failed = 0;
    const byResource = (those: readonly TriedOf[]) => grouped(those, (one) => one.resource);
    const [attempts, together, ends] = [byResource(shown.attempts), byResource(shown.together), byResource(shown.ends)];
    for (const resource of new Set([...attempts.keys(), ...together.keys()])) {
      const changes = {
        attempts: attempts.get(resource) ?? [],
        together: together.get(resource) ?? [],
        ends: ends.get(resource) ?? [],
      };
      const findings = findingsOf(resource, changes, this.#resources, await resource.hasSecretEntries());
      for (const { severity, message } of findings) {
        resource.print(severity, message);
      }
      failed += findings.some(({ severity }) => severity === "error") ? 1 : 0;
    }
    return failed;
  }

  /** Whether a refusal by other changes of the program wasn't printed in an earlier round. */
  #isNew({ request }: TriedOf): boolean {
    const isNew = !this.#refusedTogether.has(request);
    this.#refusedTogether.add(request);
    return isNew;
  }

  /** Says once for each reason how many changes were not tried. */
  #sayNotTried(trials: readonly Trial[]): void {
    for (const [reason, those] of grouped(trials, (trial) => trial.reason)) {
      if (reason !== null) {
        this.#sayOnce(`${those.length === 1 ? "1 change was" : `${those.length} changes were`} not tried: ${reason}`);
      }
    }
  }

  /** Asks the service. @returns undefined if it doesn't answer, which is said: the preview is then as it would be without trials */
  #orSay<Answer>(ask: () => Promise<Answer>): Promise<Answer | undefined> {
    return unlessFailed(ask, ({ message }) => {
      this.#sayOnce(`This preview does not show what the service would refuse: ${message}`);
    });
  }

  #sayOnce(message: string): void {
    if (!this.#said.has(message)) {
      this.#said.add(message);
      this.#output.say(message);
    }
  }
}
