/** Explains a preview: what the update would do to people and their keys, by the service's own rules. */
import { isId } from "roster-schema";
import { ApiError } from "../errors.ts";
import { onlyReads } from "../kinds/rights.ts";
import { isDenied } from "../preview/tried.ts";
import type { PropertyMap } from "../values/property-map.ts";
import type { Client } from "../wire/client.ts";
import type { Trial } from "../wire/trials.ts";
import { Consequences } from "./consequences.ts";
import { Directory } from "./directory.ts";
import { type Finding, groups } from "./findings.ts";
import { administratorsLeft } from "./members.ts";
import { type OutsideChange, outsideChanges } from "./outside-changes.ts";
import { type Known, ownFindings } from "./own-changes.ts";
import { type Phrase, phrase, unescaped } from "./phrase.ts";
import { type Plan, planRequests } from "./plan.ts";
import type { PlannedRequest } from "./planned-request.ts";
import type { Change, Preview } from "./preview-document.ts";
import { moveFindings, setFindings } from "./set-changes.ts";

/** A change of which nothing, or not everything, is known. */
export interface NotTried {
  readonly urn: string;
  readonly text: Phrase;
}

/** What a change of a stack means. */
export interface Explanation {
  /** The most serious first. */
  readonly findings: readonly Finding[];
  readonly notTried: readonly NotTried[];
  /** What was changed outside the stack since its last update, which the update would undo or overwrite. */
  readonly outside: readonly OutsideChange[];
  /** The errors with which the preview itself failed. */
  readonly errors: readonly string[];
}

/**
 * Explains a preview. The service tries the requests of the update as one sequence, and undoes them.
 *
 * @throws RosterError if the service can't be asked
 */
export async function explain(client: Client, preview: Preview, nowMs = Date.now()): Promise<Explanation> {
  const { plan, directory } = await planOf(client, preview);
  const trials = await client.trials?.sequence(plan.requests.map(({ request }) => request));
  const self = trials?.some(isDenied) === true ? await client.service.selfIfKnown() : undefined;
  const explaining = new Explaining(plan, directory, { nowMs, onlyReads: self !== undefined && onlyReads(self) });
  for (const change of plan.changes) {
    explaining.add(change, trials);
  }
  const outside = await outsideChanges(client, directory, preview.refreshed);
  return { ...explaining.result(), outside: outside.toSorted(byText), errors: preview.errors };
}

/** Plans the requests of the update, and reads the names of what they are about. */
export async function planOf(client: Client, preview: Preview): Promise<{ plan: Plan; directory: Directory }> {
  const directory = await Directory.read(client, organizationsOf(preview));
  const plan = await planRequests(client, preview, (values) => directory.personOf(values));
  directory.addCreated(plan.created);
  return { plan, directory };
}

class Explaining {
  readonly #plan: Plan;
  readonly #directory: Directory;
  readonly #nowMs: number;
  readonly #onlyReads: boolean;
  readonly #consequences: Consequences;
  readonly #findings: Finding[] = [];
  readonly #notTried: NotTried[] = [];

  /** @param onlyReads whether the caller can change nothing, and so isn't the one who will apply the update */
  constructor(
    plan: Plan,
    directory: Directory,
    { nowMs, onlyReads }: { readonly nowMs: number; readonly onlyReads: boolean },
  ) {
    this.#plan = plan;
    this.#directory = directory;
    this.#nowMs = nowMs;
    this.#onlyReads = onlyReads;
    this.#consequences = new Consequences(directory, nowMs);
    for (const { change, reason } of plan.untold) {
      this.#leaveOut(change, [reason]);
    }
    for (const { change, request } of plan.requests) {
      if (request.method === "DELETE" && change.before !== undefined) {
        this.#consequences.noteEnd(idIn(request.path));
      }
    }
  }

  add(change: Change, trials: readonly Trial[] | undefined): void {
    const known: Known = {
      directory: this.#directory,
      nowMs: this.#nowMs,
      inputs: this.#plan.inputs.get(change.urn) ?? {},
    };
    const tried = this.#plan.requests.flatMap((request, at) => {
      return request.change === change ? [{ request, trial: trials?.[at] }] : [];
    });
    const isUntried = (trial: Trial | undefined) =>
      trial === undefined || trial.outcome === "not_tried" || (this.#onlyReads && isDenied(trial));
    const refused = tried.filter(({ trial }) => trial?.outcome === "refused" && !isUntried(trial));
    for (const { request, trial } of refused) {
      this.#refuse(request, trial);
    }
    for (const { trial } of tried.filter((one) => isUntried(one.trial)).slice(0, 1)) {
      const reason = trial === undefined ? "The service can't try requests." : trial.reason;
      this.#leaveOut(change, [reason ?? "The token can only read: add --as, or set roster:previewAs."]);
    }
    const done = tried.filter(({ trial }) => trial?.outcome === "done");
    if (change.lifecycle.isSet) {
      const requests = done.map(({ request }) => request).filter(({ isMove }) => isMove !== true);
      this.#findings.push(...setFindings(change, requests, known));
    } else if (refused.length === 0 && !this.#isMoved(change)) {
      // What the service has not tried is explained as well, and listed as not tried.
      this.#findings.push(...ownFindings(change, known));
    }
    const moved = this.#plan.moves.filter(({ begins }) => begins.change === change);
    this.#findings.push(...moved.flatMap((move) => moveFindings(move, known)));
    for (const { trial } of done) {
      const found = this.#consequences.of(trial?.effects ?? []);
      this.#findings.push(...found.map((finding) => ({ ...finding, urn: change.urn })));
    }
  }

  #isMoved(change: Change): boolean {
    return this.#plan.moves.some(({ ends, begins }) => ends.change === change || begins.change === change);
  }

  result(): Pick<Explanation, "findings" | "notTried"> {
    const order = Object.keys(groups);
    const all = [...this.#findings, ...administratorsLeft(this.#findings, this.#directory)];
    const rank = ({ group, marks = [] }: Finding) => 2 * order.indexOf(group) + (marks.length > 0 ? 0 : 1);
    // The engine registers independent resources in any order, and the same change is to be explained in the same words.
    const findings = all.toSorted((one, other) => rank(one) - rank(other) || byText(one, other));
    return { findings, notTried: this.#notTried.toSorted(byText) };
  }

  #refuse({ change, entry }: PlannedRequest, trial: Trial | undefined): void {
    const of = entry === undefined ? [] : phrase`, ${entry}`;
    const refusal = trial?.refusal;
    const told = (refusal instanceof ApiError ? refusal.messageOfTrial : refusal?.message) ?? "";
    const text = phrase`${titleOf(change)}${of}: ${told}`;
    this.#findings.push({ group: "refused", text, urn: change.urn });
  }

  #leaveOut(change: Change, reason: Phrase): void {
    this.#notTried.push({ urn: change.urn, text: phrase`${titleOf(change)}: ${reason}` });
  }
}

function byText(one: { readonly text: Phrase }, other: { readonly text: Phrase }): number {
  return unescaped(one.text) < unescaped(other.text) ? -1 : 1;
}

/** A resource, as messages name it. */
function titleOf({ lifecycle, name }: Change): Phrase {
  return phrase`${[lifecycle.kind]} ${name}`;
}

/** The id of the object that a path is about. */
function idIn(path: string): string {
  return /^\/v1\/[^/?]+\/([^/?]+)/.exec(path)?.[1] ?? "";
}

/** The ids of the organizations that a preview is about. */
function organizationsOf({ changes, refreshed }: Preview): Set<string> {
  const ids = [...changes, ...refreshed].flatMap(({ before, after, lifecycle }) => {
    const own = lifecycle.kind === "Organization" ? [before?.id] : [];
    return [...own, ...organizationsIn(before?.state), ...organizationsIn(after?.inputs)];
  });
  return new Set(ids.filter((id) => id !== undefined && isId("organization", id)) as string[]);
}

function organizationsIn({ organization, homeOrganization }: PropertyMap = {}): string[] {
  return [organization, homeOrganization].filter((id) => typeof id === "string");
}
