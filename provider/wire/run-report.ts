/**
 * Reports this process's run to the service, which uses the reports to decide which creates a later run takes over.
 *
 * @see docs/decisions/0028-runs.md
 */
import type { Schemas } from "roster-schema";
import { uuidv7 } from "uuidv7";
import type { z } from "zod";
import { RosterError } from "../errors.ts";
import { runAnswer } from "./generated/answers.ts";

/** The interval of reports that the run is alive. After six seconds without a report, the service considers it silent. */
const reportEveryMs = 2000;
/** The delay between the last resource and the report of the objects in the state. */
const idleMs = 2000;
/** An object is a lost create for at most a day. */
const settledAfterMs = 24 * 60 * 60 * 1000;
const maxWrittenAtOnce = 10_000;
const maxUnanswered = 1000;

type RunResponse = Schemas["Run"];

/** The requests that report a run. */
export interface RunRequests {
  get(path: string, schema: z.ZodType<RunResponse>): Promise<unknown>;
  /** Sends a report before all waiting requests. */
  post(path: string, body: object, schema: z.ZodType<RunResponse>): Promise<unknown>;
}

/** The reports of one client's run. */
export class RunReport {
  /** A UUIDv7. */
  readonly id: string = uuidv7();
  readonly #requests: RunRequests;
  #begun: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  /** The externalIds of creates that may have been carried out, but whose response is missing. */
  readonly #unanswered = new Set<string>();
  /** The objects in the state from earlier runs that may have lost creates, by run. */
  #written = new Map<string, Set<string>>();
  #idle: NodeJS.Timeout | undefined;

  constructor(requests: RunRequests) {
    this.#requests = requests;
  }

  /**
   * Begins the run if necessary, and notes a create that is about to be sent.
   *
   * A failed report isn't retried: the create will report the problem.
   */
  async creating(externalId: string): Promise<void> {
    this.#unanswered.add(externalId);
    this.#begun ??= this.#report({ status: "alive" }).then((isTaken) => {
      if (isTaken && !this.#isStopped) {
        this.#timer = setInterval(() => this.#report({ status: "alive" }), reportEveryMs).unref();
      }
    });
    await this.#begun;
  }

  /** Notes that there was a response to a create, or that it was certainly refused. */
  answered(externalId: string): void {
    this.#unanswered.delete(externalId);
  }

  /**
   * Notes the objects in a state, in case the run that created them could not report its end.
   *
   * @param run the run that created them, from the state
   */
  noteState(run: unknown, ids: readonly string[]): void {
    if (typeof run !== "string" || run === this.id || isSettled(run)) {
      return;
    }
    const known = this.#written.get(run) ?? new Set();
    for (const id of ids) {
      known.add(id);
    }
    this.#written.set(run, known);
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#reportWritten(), idleMs).unref();
  }

  /** Reports that the run has ended regularly, with every result in the state. It never fails. */
  async end(): Promise<void> {
    this.#stop();
    const unanswered = [...this.#unanswered].slice(0, maxUnanswered);
    const ended = { status: "ended", ...(unanswered.length > 0 ? { unanswered } : {}) };
    await Promise.all([this.#begun === undefined ? undefined : this.#report(ended), this.#reportWritten()]);
  }

  /**
   * Stops reporting.
   *
   * @returns the request that reports that the state may lack results; undefined if there is nothing to report
   */
  lose(): { readonly path: string; readonly body: object } | undefined {
    const isToReport = this.#begun !== undefined && !this.#isStopped;
    this.#stop();
    return isToReport ? { path: pathOf(this.id), body: { status: "lost" } } : undefined;
  }

  #stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
    clearTimeout(this.#idle);
  }

  /** @returns whether the service has accepted the report */
  async #report(body: object): Promise<boolean> {
    return (await quietly(this.#requests.post(pathOf(this.id), body, runAnswer))) !== undefined;
  }

  async #reportWritten(): Promise<void> {
    const written = this.#written;
    this.#written = new Map();
    await Promise.all([...written].map(([run, ids]) => this.#reportWrittenOf(run, [...ids])));
  }

  async #reportWrittenOf(run: string, ids: readonly string[]): Promise<void> {
    const report = runAnswer.safeParse(await quietly(this.#requests.get(pathOf(run), runAnswer)));
    // The service knows the creates of a run that ended regularly. A run that it doesn't know is from an earlier version.
    if (report.data === undefined || report.data.status === "ended") {
      return;
    }
    for (let at = 0; at < ids.length; at += maxWrittenAtOnce) {
      await quietly(this.#requests.post(pathOf(run), { written: ids.slice(at, at + maxWrittenAtOnce) }, runAnswer));
    }
  }
}

function pathOf(run: string): string {
  return `/v1/runs/${run}`;
}

/** When a run began, by the clock of its machine: a UUIDv7 begins with the time. */
export function beganAtMs(run: string): number {
  return Number.parseInt(run.replaceAll("-", "").slice(0, 12), 16);
}

/** Whether a run began so long ago that it can no longer have lost creates. */
function isSettled(run: string): boolean {
  // A run may take a while, and the clocks may differ.
  return !(Date.now() - beganAtMs(run) < 2 * settledAfterMs);
}

/** Ignores errors of a report, which must not fail an update: the next run repeats it. */
async function quietly<Response>(request: Promise<Response>): Promise<Response | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof RosterError) {
      return undefined;
    }
    throw error;
  }
}
