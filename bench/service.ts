/** The reference service as a process of its own, with what it was asked for. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Schemas } from "roster-schema";
import { paths } from "../scripts/environment.mjs";
import { residentMb } from "./process-tree.ts";

/** How many requests the service has answered. */
export interface Asked {
  /** All of them, a batch as one. */
  readonly requests: number;
  /** Those that change something, those in a batch each by itself. */
  readonly writes: number;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** A service on an empty embedded database. */
export class BenchService {
  readonly endpoint: string;
  readonly token: string;
  readonly #process: Child;
  readonly #folder: string;
  #requests = 0;
  #writes = 0;

  private constructor(child: Child, folder: string, ready: Ready) {
    this.#process = child;
    this.#folder = folder;
    this.endpoint = ready.endpoint;
    this.token = readFileSync(ready.ownerTokenFile, "utf8").trim();
    createInterface({ input: child.stderr }).on("line", (line) => this.#count(JSON.parse(line)));
  }

  /**
   * Does something with a service, which is gone afterwards, also where that fails.
   *
   * @param perSecond how many requests it takes in a second; 0 is any number
   * @param afterwards what is done with its database once it has ended
   */
  static async with<Result>(
    act: (service: BenchService) => Promise<Result>,
    perSecond = 0,
    afterwards?: (databaseFolder: string) => Promise<void>,
  ): Promise<Result> {
    const service = await BenchService.#start(perSecond);
    try {
      const result = await act(service);
      await service.#end();
      await afterwards?.(path.join(service.#folder, "database"));
      return result;
    } finally {
      await service.#end();
      rmSync(service.#folder, { recursive: true });
    }
  }

  static async #start(perSecond: number): Promise<BenchService> {
    const folder = mkdtempSync(path.join(tmpdir(), "roster-bench-"));
    const child = spawn(paths.node, [path.join(paths.checkout, "service/dist/main.js")], {
      env: {
        PATH: process.env.PATH,
        ROSTER_DATA_DIR: folder,
        ROSTER_PORT: "0",
        ROSTER_RATE_LIMIT_PER_SECOND: String(perSecond),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [line] = await once(createInterface({ input: child.stdout }), "line");
    return new BenchService(child, folder, JSON.parse(String(line)));
  }

  /** What its process has resident, in MB. */
  get memoryMb(): number {
    return residentMb(this.#process.pid ?? 0);
  }

  /** Does something. @returns its result, and what the service was asked for meanwhile */
  async during<Result>(act: () => Promise<Result>): Promise<Asked & { readonly result: Result }> {
    const [requests, writes] = [this.#requests, this.#writes];
    const result = await act();
    // A request is logged when it is answered, and the log is read a little later.
    await new Promise((resolve) => setTimeout(resolve, 200));
    return { requests: this.#requests - requests, writes: this.#writes - writes, result };
  }

  /** Makes an organization without limits. @returns its id */
  async organization(): Promise<string> {
    const { id } = await this.ask<Schemas["Organization"]>("POST", "/v1/organizations", {
      slug: `bench-${randomBytes(6).toString("hex")}`,
      name: "Bench",
      subscription: { plan: "enterprise" },
      features: { externalApiAccess: true },
    });
    return id;
  }

  /** @throws Error unless the answer is a success */
  async ask<Body>(method: string, pathname: string, body?: object): Promise<Body> {
    const response = await fetch(`${this.endpoint}${pathname}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`${method} ${pathname} answered ${response.status}: ${text}`);
    }
    return JSON.parse(text);
  }

  async #end(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill();
      await once(this.#process, "exit");
    }
  }

  #count({ route, method, status, inBatch = false }: Logged): void {
    if (route === undefined || method === undefined) {
      return;
    }
    // What was one too many was not answered.
    if (!inBatch && status !== 429) {
      this.#requests += 1;
    }
    if (method !== "GET" && route !== "/v1/requests:batch") {
      this.#writes += 1;
    }
  }
}

interface Ready {
  readonly endpoint: string;
  readonly ownerTokenFile: string;
}

/** A line of the service's log; those of requests have a route. */
interface Logged {
  readonly route?: string;
  readonly method?: string;
  readonly status?: number;
  readonly inBatch?: boolean;
}
