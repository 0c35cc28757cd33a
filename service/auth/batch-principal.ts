/** The principal of a batch: the requests of a batch are authenticated once, with the batch. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Principal } from "./principal.ts";

const storage = new AsyncLocalStorage<Principal>();

/** Runs a request as part of a batch. */
export function asSentBy<T>(principal: Principal, run: () => Promise<T>): Promise<T> {
  return storage.run(principal, run);
}

/** The principal of the batch that the current request is part of; undefined if it isn't part of a batch. */
export function batchPrincipal(): Principal | undefined {
  return storage.getStore();
}
