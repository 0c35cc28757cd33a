/**
 * Tries requests: the service carries them out by its own rules, and undoes them. Uses calls.ts, and failures.ts for the errors.
 *
 * @see docs/decisions/0053-trials.md
 */
import type { Schemas } from "roster-schema";
import { ApiError, type RosterError } from "../errors.ts";
import { maxBatchLength } from "./batch.ts";
import type { Calls } from "./calls.ts";
import type { Connection } from "./configuration.ts";
import { type FailureContext, failureOf } from "./failures.ts";
import { batchAnswerAnswer } from "./generated/answers.ts";
import { secretsIn } from "./redaction.ts";

/** A request that is tried. */
export interface TriedRequest {
  readonly method: "POST" | "PATCH" | "DELETE";
  /** The path, including the query. */
  readonly path: string;
  readonly body?: object;
  /** What it takes from the answers to earlier requests; only in a sequence. */
  readonly references?: readonly Schemas["TrialReference"][];
}

/** What trying a request has shown. */
export interface Trial {
  readonly outcome: Schemas["TrialOutcome"];
  /** Why it was not tried; otherwise null. */
  readonly reason: string | null;
  /** The error that the request would cause; undefined if it would not be refused. */
  readonly refusal: RosterError | undefined;
  /** The objects that the refusal depends on, as far as the caller can read them. */
  readonly dependsOn: readonly Schemas["TrialDependency"][];
  /** What else would change. */
  readonly effects: readonly Schemas["TrialEffect"][];
}

/** The maximum number of requests in a batch that is tried; the contract allows no more. */
const maxTried = 200;

/** The maximum number of requests in a sequence; the contract allows no more. */
export const maxInSequence = 2000;

/** Tries the requests of one client. */
export class Trials {
  readonly #calls: Calls;
  readonly #connection: Connection;
  #isSupported = true;

  constructor(connection: Connection, calls: Calls) {
    this.#connection = connection;
    this.#calls = calls;
  }

  /** Whether the service can try requests, as far as is known. */
  get isSupported(): boolean {
    return this.#isSupported;
  }

  /**
   * Tries each request against what exists now.
   *
   * @returns what each has shown, in their order; undefined if the service can't try requests
   * @throws RosterError if the service does not answer
   */
  async each(requests: readonly TriedRequest[]): Promise<readonly Trial[] | undefined> {
    const trials: Trial[] = [];
    for (const batch of batchesOf(requests)) {
      const tried = await this.#try("each", batch);
      if (tried === undefined) {
        return undefined;
      }
      trials.push(...tried);
    }
    return trials;
  }

  /**
   * Tries requests in their order, so that later ones see the results of earlier ones.
   *
   * @param requests at most {@link maxInSequence}
   * @returns what each has shown, in their order; undefined if the service can't try requests
   * @throws RosterError if the service does not answer, or if the sequence is too long or takes too long
   */
  sequence(requests: readonly TriedRequest[]): Promise<readonly Trial[] | undefined> {
    return this.#try("sequence", requests);
  }

  async #try(dryRun: Schemas["DryRun"], requests: readonly TriedRequest[]): Promise<readonly Trial[] | undefined> {
    if (!this.#isSupported || requests.length === 0) {
      return this.#isSupported ? [] : undefined;
    }
    const { previewAs: as } = this.#connection;
    const body = { dryRun, ...(as === undefined ? {} : { as }), requests };
    try {
      const call = { method: "POST", path: "/v1/requests:batch", body, isAlone: true, changesNothing: true } as const;
      const { answers } = (await this.#calls.make({ ...call, schema: batchAnswerAnswer })).body;
      return requests.map((request, at) => this.#trialOf(request, answers[at]));
    } catch (error) {
      // A service from before trials doesn't know the member `dryRun`, and refuses the batch before it carries out a request.
      if (error instanceof ApiError && (error.code === "invalid_request" || error.code === "route_not_found")) {
        this.#isSupported = false;
        return undefined;
      }
      throw error;
    }
  }

  #trialOf(request: TriedRequest, answer: Schemas["AnswerInBatch"] | undefined): Trial {
    if (answer?.trial === undefined) {
      return { outcome: "not_tried", reason: null, refusal: undefined, dependsOn: [], effects: [] };
    }
    const isRefused = answer.trial.outcome === "refused";
    return { ...answer.trial, refusal: isRefused ? this.#refusalOf(request, answer) : undefined };
  }

  /** The error that the request would cause if it were carried out. */
  #refusalOf(request: TriedRequest, { status, headers, body }: Schemas["AnswerInBatch"]): RosterError {
    const { endpoint, logInFile, token } = this.#connection;
    const outcome = { status, headers, body: JSON.stringify(body) };
    const secrets = [token, ...secretsIn(request.body)];
    const context: FailureContext = { endpoint, logInFile, proxy: undefined, secrets };
    return failureOf(request, { outcome, attempts: { count: 1, elapsedMs: 0 } }, context);
  }
}

/** Divides requests into batches that the service accepts. */
function batchesOf(requests: readonly TriedRequest[]): TriedRequest[][] {
  const batches: TriedRequest[][] = [];
  let length = 0;
  for (const request of requests) {
    const own = JSON.stringify(request).length;
    const last = batches.at(-1);
    if (last === undefined || last.length === maxTried || length + own > maxBatchLength) {
      batches.push([request]);
      length = own;
    } else {
      last.push(request);
      length += own;
    }
  }
  return batches;
}
