/**
 * A trial: a request that the operation's own code carries out in a transaction that is then undone. Whatever the code needs
 * from the service it gets from the trial's runtime, so that no operation knows that it is tried.
 *
 * @see docs/decisions/0053-trials.md
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Principal } from "../auth/principal.ts";
import type { Refusal } from "../problems.ts";
import type { Runtime } from "./runtime.ts";

/** The trial of one request. */
export interface Trial {
  /** The service as the request finds it: the transaction as its database, and facilities that reach nothing outside. */
  readonly runtime: Runtime;
  /** The principal that makes the change in place of the caller. */
  actorFor(caller: Principal): Principal;
  /** Receives the refusal that the request is answered with. */
  refused(refusal: Refusal): void;
  /** Receives an error after which the transaction can't continue; in a request group, this can be a refusal. */
  failed(error: unknown): void;
}

const storage = new AsyncLocalStorage<Trial>();

/** Carries out a request as a trial. */
export function runInTrial<T>(trial: Trial, run: () => Promise<T>): Promise<T> {
  return storage.run(trial, run);
}

/** The trial that the current request is carried out in; undefined if its changes are real. */
export function currentTrial(): Trial | undefined {
  return storage.getStore();
}
