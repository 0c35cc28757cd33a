/**
 * The run that this process is, as the service is told of it: it decides which creates a later run takes over.
 *
 * @see docs/decisions/0028-runs.md
 */
import { uuidv7 } from "uuidv7";
import { z } from "zod";
import { RosterError } from "./errors.ts";

/** How often the service is told that the run is alive; it takes a run for silent after six seconds. */
const reportEveryMs = 2000;
/** For how long no resource has been looked at before the service is told which objects the state has. */
const idleMs = 2000;
/** No object is a lost create for longer than a day. */
const settledAfterMs = 24 * 60 * 60 * 1000;
const maxWrittenAtOnce = 10_000;
const maxUnanswered = 1000;

const runAnswer = z.object({ id: z.string(), status: z.enum(["alive", "silent", "ended", "lost"]) });

type RunAnswer = z.infer<typeof runAnswer>;

/** How a run speaks to the service. */
export interface RunRequests {
  get(path: string, answer: z.ZodType<RunAnswer>): Promise<unknown>;
  /** Sends a report before everything that waits. */
  post(path: string, body: object, answer: z.ZodType<RunAnswer>): Promise<unknown>;
}

/** The reports of one client's run. */
export class RunReport {
  /** A UUIDv7. */
  readonly id: string = uuidv7();
  readonly #requests: RunRequests;
  #begun: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  /** The externalIds of creates that may have been carried out, and that nobody has answered. */
  readonly #unanswered = new Set<string>();
  /** What the state has of earlier runs that may have lost something, by run. */
  #written = new Map<string, Set<string>>();
  #idle: NodeJS.Timeout | undefined;

  constructor(requests: RunRequests) {
    this.#requests = requests;
  }

  /**
   * Begins the run, if it hasn't begun, and notes a create that is about to be sent.
   *
   * A service that can't be told is not asked again: the create says what is wrong with it.
   */
  async creating(externalId: string): Promise<void> {
    this.#unanswered.add(externalId);
    this.#begun ??= this.#report({ status: "alive" }).then((isTold) => {
      if (isTold && !this.#isOver)
        this.#timer = setInterval(() => this.#report({ status: "alive" }), reportEveryMs).unref();
    });
    await this.#begun;
  }

  /** Notes that a create was answered, or refused for certain. */
  answered(externalId: string): void {
    this.#unanswered.delete(externalId);
  }

  /**
   * Notes what a state has, for the case that the run that made it could not report its end.
   *
   * @param run the run that made it, as the state says
   */
  has(run: unknown, ids: readonly string[]): void {
    if (typeof run !== "string" || run === this.id || isSettled(run)) return;
    const known = this.#written.get(run) ?? new Set();
    for (const id of ids) known.add(id);
    this.#written.set(run, known);
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#tellWritten(), idleMs).unref();
  }

  /** Reports that the run has ended in order: every answer is in the state. It never fails. */
  async end(): Promise<void> {
    this.#stop();
    const unanswered = [...this.#unanswered].slice(0, maxUnanswered);
    const ended = { status: "ended", ...(unanswered.length > 0 ? { unanswered } : {}) };
    await Promise.all([this.#begun === undefined ? undefined : this.#report(ended), this.#tellWritten()]);
  }

  /**
   * Stops reporting.
   *
   * @returns what reports, in place of the run, that the state has not got every answer; undefined where there is nothing to report
   */
  lose(): { readonly path: string; readonly body: object } | undefined {
    const isToTell = this.#begun !== undefined && !this.#isOver;
    this.#stop();
    return isToTell ? { path: pathOf(this.id), body: { status: "lost" } } : undefined;
  }

  #stop(): void {
    this.#isOver = true;
    clearInterval(this.#timer);
    clearTimeout(this.#idle);
  }

  /** @returns whether the service knows of it now */
  async #report(body: object): Promise<boolean> {
    return (await quietly(this.#requests.post(pathOf(this.id), body, runAnswer))) !== undefined;
  }

  async #tellWritten(): Promise<void> {
    const written = this.#written;
    this.#written = new Map();
    await Promise.all([...written].map(([run, ids]) => this.#tellWrittenOf(run, [...ids])));
  }

  async #tellWrittenOf(run: string, ids: readonly string[]): Promise<void> {
    const answer = runAnswer.safeParse(await quietly(this.#requests.get(pathOf(run), runAnswer)));
    // Of a run that has ended in order the service knows; one that never began is of an earlier version.
    if (answer.data === undefined || answer.data.status === "ended") return;
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

/** Reports are worth no failed update: what was not told is told by the next run. */
async function quietly<Answer>(request: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof RosterError) return undefined;
    throw error;
  }
}
