/** The reference service as a process of its own, as a person runs it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { paths } from "../../scripts/environment.mjs";

/** An answer, with its body parsed. */
export interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A running service, on a port of its own and an empty database. */
export class Service {
  readonly endpoint: string;
  readonly token: string;
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #log: string[];

  private constructor(process: ChildProcess, folder: string, log: string[], endpoint: string, token: string) {
    this.#process = process;
    this.#folder = folder;
    this.#log = log;
    this.endpoint = endpoint;
    this.token = token;
  }

  /** @param environment settings beside the folder and the port */
  static async start(environment: Readonly<Record<string, string>> = {}): Promise<Service> {
    const folder = mkdtempSync(path.join(tmpdir(), "roster-service-"));
    const child = spawn(paths.node, [path.join(paths.checkout, "service/dist/main.js")], {
      env: { PATH: process.env.PATH, ROSTER_DATA_DIR: folder, ROSTER_PORT: "0", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const log: string[] = [];
    createInterface({ input: child.stderr }).on("line", (line) => log.push(line));
    const ended = once(child, "exit").then(() => {
      throw new Error(`the service ended before it was ready:\n${log.join("\n")}`);
    });
    const [line] = await Promise.race([once(createInterface({ input: child.stdout }), "line"), ended]);
    ended.catch(() => undefined);
    const { endpoint, ownerTokenFile } = JSON.parse(String(line));
    return new Service(child, folder, log, endpoint, readFileSync(ownerTokenFile, "utf8").trim());
  }

  /** Everything that the service has logged. */
  get log(): string {
    return this.#log.join("\n");
  }

  /** Asks the API as the service owner would, independently of the provider. */
  async ask(method: string, pathname: string, body?: object): Promise<Reply> {
    const response = await fetch(`${this.endpoint}${pathname}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? {} : JSON.parse(text) };
  }

  /** Every item of a list. */
  async list(pathname: string): Promise<Record<string, unknown>[]> {
    const { status, body } = await this.ask("GET", `${pathname}${pathname.includes("?") ? "&" : "?"}limit=1000`);
    if (status !== 200 || !Array.isArray(body.items)) {
      throw new Error(`GET ${pathname} answered ${status}: ${JSON.stringify(body)}`);
    }
    return body.items;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null) {
      this.#process.kill("SIGTERM");
      await once(this.#process, "exit");
    }
    rmSync(this.#folder, { recursive: true });
  }
}
