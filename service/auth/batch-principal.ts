/** Who sends a batch, while its requests are carried out: they are authenticated once, with the batch. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Principal } from "./principal.ts";

const storage = new AsyncLocalStorage<Principal>();

/** Runs a request as part of a batch. */
export function asSentBy<T>(principal: Principal, run: () => Promise<T>): Promise<T> {
  return storage.run(principal, run);
}

/** Who sends the batch that the present request is part of; undefined where it came by itself. */
export function batchPrincipal(): Principal | undefined {
  return storage.getStore();
}
