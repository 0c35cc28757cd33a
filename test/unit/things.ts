/** A client, a real server on loopback that has things, and what became of their requests: for the tests of the client. */
import { onTestFinished } from "vitest";
import { z } from "zod";
import { Client } from "../../provider/wire/client.ts";
import { type Answering, type Received, ScriptedServer } from "./scripted-server.ts";

/** What the service has things of. */
export interface Thing {
  readonly id: string;
  readonly size: number;
}

export const token = "token-that-nobody-may-see";
export const secret = "secret-that-nobody-may-see";
export const thing: z.ZodType<Thing> = z.object({ id: z.string(), size: z.number() });
export const aThing: Thing = { id: "thg_1", size: 3 };

/** A server that gives these answers in turn, and a client of it. */
export async function serve(...answers: readonly Answering[]): Promise<{ server: ScriptedServer; client: Client }> {
  const server = await ScriptedServer.start(...answers);
  onTestFinished(() => server.stop());
  return { server, client: clientOf(server.endpoint) };
}

export function clientOf(endpoint: string, timeoutMs = 60_000): Client {
  return new Client({ endpoint, token, timeoutMs });
}

/** What a call is rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("value" in outcome) {
    throw new Error(`expected a failure, and got ${JSON.stringify(outcome.value)}`);
  }
  return outcome.error;
}

/** The idempotency keys of requests. */
export function keysOf(received: readonly Received[]): (string | undefined)[] {
  return received.map(({ headers }) => headers["idempotency-key"]?.toString());
}

/** The time between two requests, in milliseconds. */
export function waitedMs(received: readonly Received[], from: number): number {
  return (received[from + 1]?.atMs ?? Number.NaN) - (received[from]?.atMs ?? Number.NaN);
}
