/** The requests of a set of members, sent by a client that does nothing else: what they take without an engine and a provider. */
import { performance } from "node:perf_hooks";
import type { BenchService } from "./service.ts";

const perBatch = 100;
const perPage = 1000;
/** The provider has as many batches under way. */
const atOnce = 2;
const statuses = ["active", "pending", "expired", "left"];

/** A client of one organization's members. */
export class BareClient {
  readonly #service: BenchService;
  readonly #members: string;
  readonly #set = `bench/bare/set/${"0".repeat(32)}`;
  #requests = 0;

  constructor(service: BenchService, organization: string) {
    this.#service = service;
    this.#members = `/v1/organizations/${organization}/members`;
  }

  /** Makes so many members. @returns the seconds it took */
  create(count: number): Promise<number> {
    return timed(async () => {
      const batches = Array.from({ length: Math.ceil(count / perBatch) }, (_, at) => at * perBatch);
      const sendNext = async (): Promise<void> => {
        for (let first = batches.shift(); first !== undefined; first = batches.shift()) {
          await this.#createBatch(first, Math.min(perBatch, count - first));
        }
      };
      await Promise.all(Array.from({ length: atOnce }, sendNext));
    });
  }

  /** Lists all members. @returns the seconds it took */
  list(): Promise<number> {
    return timed(async () => {
      await Promise.all(statuses.map((status) => this.#list(status)));
    });
  }

  async #createBatch(first: number, count: number): Promise<void> {
    const requests = Array.from({ length: count }, (_, at) => {
      const email = `member-${first + at}@bench.example`;
      const body = { email, role: "viewer", onUnknownUser: "create", externalId: `${this.#set}/${email}` };
      return { method: "POST", path: this.#members, idempotencyKey: this.#nextKey(), body };
    });
    const { answers } = await this.#service.ask<{ answers: { status: number }[] }>("POST", "/v1/requests:batch", {
      requests,
    });
    const failed = answers.find(({ status }) => status !== 201);
    if (failed !== undefined) {
      throw new Error(`a member was answered ${JSON.stringify(failed)}`);
    }
  }

  async #list(status: string): Promise<void> {
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({ status, externalIdPrefix: `${this.#set}/`, limit: String(perPage) });
      if (cursor !== null) {
        query.set("cursor", cursor);
      }
      const page: { nextCursor: string | null } = await this.#service.ask("GET", `${this.#members}?${query}`);
      cursor = page.nextCursor;
    } while (cursor !== null);
  }

  #nextKey(): string {
    this.#requests += 1;
    return `bare-client-${String(this.#requests).padStart(32, "0")}`;
  }
}

async function timed(act: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await act();
  return (performance.now() - startedAt) / 1000;
}
