/** Explains a preview: what the update would do to people and their keys, by the service's own rules. */
import { isId } from "roster-schema";
import type { PropertyMap } from "../values/property-map.ts";
import type { Client } from "../wire/client.ts";
import type { Trial } from "../wire/trials.ts";
import { Consequences } from "./consequences.ts";
import { Directory } from "./directory.ts";
import { type Finding, groups } from "./findings.ts";
import { type Known, ownFindings } from "./own-changes.ts";
import { type Phrase, phrase } from "./phrase.ts";
import { type Plan, type PlannedRequest, planRequests } from "./plan.ts";
import type { Change, Preview } from "./preview-document.ts";
import { entryFindings } from "./set-changes.ts";

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
  /** The errors with which the preview itself failed. */
  readonly errors: readonly string[];
}

/**
 * Explains a preview. The service tries the requests of the update as one sequence, and undoes them.
 *
 * @throws RosterError if the service can't be asked
 */
export async function explain(client: Client, preview: Preview, nowMs = Date.now()): Promise<Explanation> {
  const plan = await planRequests(client, preview);
  const directory = await Directory.read(client, organizationsOf(preview.changes), plan.created);
  const trials = await client.trials?.sequence(plan.requests.map(({ request }) => request));
  const explaining = new Explaining(plan, directory, nowMs);
  for (const change of preview.changes) {
    explaining.add(change, trials);
  }
  return { ...explaining.result(), errors: preview.errors };
}

class Explaining {
  readonly #plan: Plan;
  readonly #directory: Directory;
  readonly #nowMs: number;
  readonly #consequences: Consequences;
  readonly #findings: Finding[] = [];
  readonly #notTried: NotTried[] = [];

  constructor(plan: Plan, directory: Directory, nowMs: number) {
    this.#plan = plan;
    this.#directory = directory;
    this.#nowMs = nowMs;
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
    const refused = tried.filter(({ trial }) => trial?.outcome === "refused");
    for (const { request, trial } of refused) {
      this.#refuse(request, trial);
    }
    const untried = tried.filter(({ trial }) => trial === undefined || trial.outcome === "not_tried");
    for (const { trial } of untried.slice(0, 1)) {
      this.#leaveOut(change, [trial?.reason ?? "The service can't try requests."]);
    }
    const done = tried.filter(({ trial }) => trial?.outcome === "done");
    if (change.lifecycle.isSet) {
      this.#findings.push(...done.flatMap(({ request }) => entryFindings(request, known)));
    } else if (refused.length === 0) {
      // What the service has not tried is explained as well, and listed as not tried.
      this.#findings.push(...ownFindings(change, known));
    }
    for (const { trial } of done) {
      const found = this.#consequences.of(trial?.effects ?? []);
      this.#findings.push(...found.map((finding) => ({ ...finding, urn: change.urn })));
    }
  }

  result(): Pick<Explanation, "findings" | "notTried"> {
    const order = Object.keys(groups);
    const findings = this.#findings.toSorted((one, other) => order.indexOf(one.group) - order.indexOf(other.group));
    return { findings, notTried: this.#notTried };
  }

  #refuse({ change, entry }: PlannedRequest, trial: Trial | undefined): void {
    const of = entry === undefined ? [] : phrase`, ${entry}`;
    const text = phrase`${titleOf(change)}${of}: ${trial?.refusal?.message ?? ""}`;
    this.#findings.push({ group: "refused", text, urn: change.urn });
  }

  #leaveOut(change: Change, reason: Phrase): void {
    this.#notTried.push({ urn: change.urn, text: phrase`${titleOf(change)}: ${reason}` });
  }
}

/** A resource, as messages name it. */
function titleOf({ lifecycle, name }: Change): Phrase {
  return phrase`${[lifecycle.kind]} ${name}`;
}

/** The id of the object that a path is about. */
function idIn(path: string): string {
  return /^\/v1\/[^/?]+\/([^/?]+)/.exec(path)?.[1] ?? "";
}

/** The ids of the organizations that changes are about. */
function organizationsOf(changes: readonly Change[]): Set<string> {
  const values = changes.flatMap(({ before, after, lifecycle }) => {
    const own = lifecycle.kind === "Organization" ? [before?.id] : [];
    return [...own, ...organizationsIn(before?.state), ...organizationsIn(after?.inputs)];
  });
  return new Set(values.filter((id) => id !== undefined && isId("organization", id)) as string[]);
}

function organizationsIn({ organization, homeOrganization }: PropertyMap = {}): string[] {
  return [organization, homeOrganization].filter((id) => typeof id === "string");
}
