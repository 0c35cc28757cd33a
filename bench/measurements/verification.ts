/**
 * How long the verification of a key takes in the service, beside a bare look-up of its hash by the unique index: both
 * behind the same HTTP server, in one process, on one database with 10,000 keys, in alternating rounds. Half of the keys that
 * are verified have an owner, whose account and role are looked up as well.
 */
import { once } from "node:events";
import { Agent, request } from "node:http";
import path from "node:path";
import { createHistogram } from "node:perf_hooks";
import { Worker } from "node:worker_threads";
import { type Measurement, type Row, spreadOf, timesPeer } from "../row.ts";

/** What the verification takes at most, as a multiple of the bare look-up, at the 99th percentile. */
const target = 3;
const rounds = 9;
const requestsPerRound = 2000;
const connections = 4;

/** What verification-service.ts says when it is ready. */
export interface Ready {
  readonly verify: Target;
  readonly select: Target;
}

/** One of the two that are measured: where, with which headers, and a body for each key. */
export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodies: readonly string[];
}

export const verification: Measurement = {
  name: "verification",
  async measure() {
    const rows: Row[] = [];
    for (const database of ["pglite", "postgresql"] as const) {
      rows.push(await measureOn(database));
    }
    return rows;
  },
};

async function measureOn(database: "pglite" | "postgresql"): Promise<Row> {
  const worker = new Worker(path.join(import.meta.dirname, "verification-service.ts"), { workerData: database });
  const [ready] = (await once(worker, "message")) as [Ready];
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const [verify, select]: number[][] = [[], []];
  // The first round warms both up: code, connections, and the first use of each key, which is written.
  for (let round = 0; round <= rounds; round += 1) {
    const measured = [await p99Of(ready.verify, agent), await p99Of(ready.select, agent)] as const;
    if (round === 0) {
      continue;
    }
    verify?.push(measured[0]);
    select?.push(measured[1]);
  }
  agent.destroy();
  worker.postMessage("stop");
  await once(worker, "exit");
  const name = `key verification on ${database}, p99`;
  const bare = { spread: spreadOf(select ?? [], "ms"), is: "a bare look-up by the unique index" };
  return timesPeer(name, spreadOf(verify ?? [], "ms"), bare, target);
}

/** The 99th percentile of a round's requests, in milliseconds. */
async function p99Of(target: Target, agent: Agent): Promise<number> {
  const histogram = createHistogram();
  let next = 0;
  const send = async () => {
    while (next < requestsPerRound) {
      const body = target.bodies[next++ % target.bodies.length] ?? "";
      const startedAt = process.hrtime.bigint();
      await post(target, body, agent);
      histogram.record(process.hrtime.bigint() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: connections }, send));
  return histogram.percentile(99) / 1e6;
}

function post({ url, headers }: Target, body: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: "POST", agent, headers: { ...headers, "content-type": "application/json" } },
      (response) => {
        response.resume().on("end", () => {
          if (response.statusCode === 200) {
            resolve();
          } else {
            reject(new Error(`${url} answered ${response.statusCode}`));
          }
        });
      },
    );
    sent.on("error", reject).end(body);
  });
}
