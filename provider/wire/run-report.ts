/**
 * Reports this process's run to the service, which decides by it which creates a later run takes over.
 *
 * @see docs/decisions/0028-runs.md
 */
import type { Schemas } from "roster-schema";
import { uuidv7 } from "uuidv7";
import type { z } from "zod";
import { RosterError } from "../errors.ts";
import { runAnswer } from "./generated/answers.ts";

/** How often the run is reported as alive; after six seconds without a report, the service takes it for silent. */
const reportEveryMs = 2000;
/** How long after the last resource the objects that the state has are reported. */
const idleMs = 2000;
/** No object is a lost create for longer than a day. */
const settledAfterMs = 24 * 60 * 60 * 1000;
const maxWrittenAtOnce = 10_000;
const maxUnanswered = 1000;

type RunResponse = Schemas["Run"];

/** How a run speaks to the service. */
export interface RunRequests {
  get(path: string, schema: z.ZodType<RunResponse>): Promise<unknown>;
  /** Sends a report before everything that waits. */
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
  /** The externalIds of creates that may have been carried out, and that nobody has answered. */
  readonly #unanswered = new Set<string>();
  /** The objects that the state has from earlier runs that may have lost something, by run. */
  #written = new Map<string, Set<string>>();
  #idle: NodeJS.Timeout | undefined;

  constructor(requests: RunRequests) {
    this.#requests = requests;
  }

  /**
   * Begins the run, if it hasn't begun, and notes a create that is about to be sent.
   *
   * If the report fails, it isn't repeated: the create shows what is wrong with the service.
   */
  async creating(externalId: string): Promise<void> {
    this.#unanswered.add(externalId);
    this.#begun ??= this.#report({ status: "alive" }).then((isTaken) => {
      if (isTaken && !this.#isStopped)
        this.#timer = setInterval(() => this.#report({ status: "alive" }), reportEveryMs).unref();
    });
    await this.#begun;
  }

  /** Notes that a create was answered, or certainly refused. */
  answered(externalId: string): void {
    this.#unanswered.delete(externalId);
  }

  /**
   * Notes what a state has, in case the run that made it could not report its end.
   *
   * @param run the run that made it, as the state says
   */
  noteState(run: unknown, ids: readonly string[]): void {
    if (typeof run !== "string" || run === this.id || isSettled(run)) return;
    const known = this.#written.get(run) ?? new Set();
    for (const id of ids) known.add(id);
    this.#written.set(run, known);
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#reportWritten(), idleMs).unref();
  }

  /** Reports that the run has ended in order: every answer is in the state. It never fails. */
  async end(): Promise<void> {
    this.#stop();
    const unanswered = [...this.#unanswered].slice(0, maxUnanswered);
    const ended = { status: "ended", ...(unanswered.length > 0 ? { unanswered } : {}) };
    await Promise.all([this.#begun === undefined ? undefined : this.#report(ended), this.#reportWritten()]);
  }

  /**
   * Stops reporting.
   *
   * @returns the request that reports that the state may lack answers; undefined where there is nothing to report
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

  /** @returns whether the service has taken it */
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
    // The service knows what a run that ended in order has made; one that never began is of an earlier version.
    if (report.data === undefined || report.data.status === "ended") return;
    for (let at = 0; at < ids.length; at += maxWrittenAtOnce) {
      await quietly(this.#requests.post(pathOf(run), { written: ids.slice(at, at + maxWrittenAtOnce) }, runAnswer));
    }
  }
}

function pathOf(run: string): string {
  return `/v1/runs/${run}`;
}

/** When a run began, by the clock of its machine: a UUIDv7 begins with its time. */
export function beganAtMs(run: string): number {
  return Number.parseInt(run.replaceAll("-", "").slice(0, 12), 16);
}

/** Whether a run began so long ago that nothing of it can be lost any more. */
function isSettled(run: string): boolean {
  // A run may go on for a while, and the clocks may differ.
  return !(Date.now() - beganAtMs(run) < 2 * settledAfterMs);
}

/** A report that fails must not fail an update: the next run repeats it. */
async function quietly<Response>(request: Promise<Response>): Promise<Response | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof RosterError) return undefined;
    throw error;
  }
}
