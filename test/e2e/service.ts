/** The reference service, with everything that its command starts. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { expect } from "vitest";
import { paths } from "../../scripts/environment.mjs";
import { createLog } from "../../service/log.ts";
import { type Ready, type Running, start, stop } from "../../service/start.ts";
import { type App, Browser, type Page } from "../contract/support/pages.ts";
import { countStart } from "../costs/counts.ts";
import { shortLived } from "../short-lived.ts";
import { copyTemplate } from "../template-database.ts";

/** An answer, with its body parsed. */
export interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Where a service is, and who asks. */
export interface Access {
  readonly endpoint: string;
  readonly token: string;
}

/** Access to a service that isn't there. */
export const nowhere: Access = {
  endpoint: "http://127.0.0.1:9",
  token: "the-token-of-a-service-that-is-not-there",
};

/** Where a service runs: in a process of its own or, which takes less, in that of the tests. */
export type Place = "apart" | "here";

/** A service, on a port of its own and an empty database unless it is given one, once it is started. */
export class Service implements Access {
  readonly #settings: Readonly<Record<string, string>>;
  /** Where the service keeps everything. */
  readonly folder = mkdtempSync(path.join(tmpdir(), "roster-service-"));
  readonly #log: string[] = [];
  readonly #place: Place;
  #process: ChildProcess | undefined;
  #running: Running = {};
  #access: Access | undefined;

  /** @param settings beside the folder and the port; they are read when it starts */
  constructor(settings: Readonly<Record<string, string>> = {}, place: Place = "apart") {
    this.#settings = settings;
    this.#place = place;
  }

  /** Starts it; once it was there, its folder is as it was left. */
  async start(): Promise<void> {
    const isEmbedded = this.#settings.DATABASE_URL === undefined;
    if (isEmbedded && !existsSync(this.databaseFolder)) {
      copyTemplate(this.databaseFolder);
    }
    countStart("service");
    const { endpoint, ownerTokenFile } = await (this.#place === "here" ? this.#startHere() : this.#startApart());
    const token = this.#settings.ROSTER_OWNER_TOKEN ?? readFileSync(String(ownerTokenFile), "utf8").trim();
    this.#access = { endpoint, token };
  }

  #startHere(): Promise<Ready> {
    const log = createLog({ write: (line) => this.#log.push(line.trimEnd()) });
    return start(this.#variables, log, this.#running);
  }

  async #startApart(): Promise<Ready> {
    const child = this.#spawn();
    this.#process = child;
    createInterface({ input: child.stderr }).on("line", (line) => this.#log.push(line));
    const ended = once(child, "exit").then(() => {
      throw new Error(`the service ended before it was ready:\n${this.log}`);
    });
    const [line] = await Promise.race([once(createInterface({ input: child.stdout }), "line"), ended]);
    ended.catch(() => undefined);
    return JSON.parse(String(line));
  }

  /** Where the embedded database is. */
  get databaseFolder(): string {
    return path.join(this.folder, "database");
  }

  /** Runs one of the service's commands to its end, with its settings. @throws Error with what it printed, if it fails. */
  async command(...args: string[]): Promise<void> {
    const child = this.#spawn(...args);
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (data) => {
        printed += data;
      });
    }
    const [status] = await once(child, "close");
    if (status !== 0) {
      throw new Error(`${args.join(" ")} ended with ${status}:\n${printed}`);
    }
  }

  #spawn(...args: string[]) {
    return spawn(paths.node, [...shortLived, path.join(paths.checkout, "service/dist/main.js"), ...args], {
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        ...this.#variables,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  get #variables(): Readonly<Record<string, string>> {
    return { ROSTER_DATA_DIR: this.folder, ROSTER_PORT: "0", ...this.#settings };
  }

  get endpoint(): string {
    return this.#started.endpoint;
  }

  get token(): string {
    return this.#started.token;
  }

  get #started(): Access {
    if (this.#access === undefined) {
      throw new Error("the service was not started");
    }
    return this.#access;
  }

  /** Everything that the service has logged. */
  get log(): string {
    return this.#log.join("\n");
  }

  /** Asks the API as the service owner would, or as the headers say, independently of the provider. */
  async ask(
    method: string,
    pathname: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply> {
    const type = body && { "content-type": "application/json" };
    const response = await fetch(`${this.endpoint}${pathname}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...headers, ...type },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? {} : JSON.parse(text) };
  }

  /** Every item of a list. */
  async list(pathname: string, headers?: Readonly<Record<string, string>>): Promise<Record<string, unknown>[]> {
    const all = `${pathname}${pathname.includes("?") ? "&" : "?"}limit=1000`;
    const { status, body } = await this.ask("GET", all, undefined, headers);
    if (status !== 200 || !Array.isArray(body.items)) {
      throw new Error(`GET ${pathname} answered ${status}: ${JSON.stringify(body)}`);
    }
    return body.items;
  }

  /** The role of each active member of an organization, by address. */
  async rolesIn(organization: string): Promise<Record<string, unknown>> {
    const active = await this.list(`/v1/organizations/${organization}/members?status=active`);
    return Object.fromEntries(active.map(({ email, role }) => [String(email), role]));
  }

  /** The active membership of an address; empty where there is none. */
  async membershipIn(organization: string, address: string): Promise<Record<string, unknown>> {
    const [found] = await this.list(`/v1/organizations/${organization}/members?status=active&email=${address}`);
    return found ?? {};
  }

  /** What becomes of a request with this secret, where `call` says more of it. */
  async verify(secret: unknown, call: object = {}): Promise<Record<string, unknown>> {
    return (await this.ask("POST", "/v1/verifications", { secret: secret ?? "none", ...call })).body;
  }

  /** A browser of somebody new, over HTTP. */
  browser(): Browser {
    return new Browser(() => ({ inject: (request) => this.#open(request) }));
  }

  /** The mails to an address, once there are so many; oldest first. */
  async mailsTo(address: string, count: number): Promise<string[]> {
    const folder = path.join(this.folder, "mail");
    const mails = () => {
      const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".eml")) : [];
      // Named by identifiers, which are in the order in which the mails were queued.
      const all = files.toSorted().map((file) => readFileSync(path.join(folder, file), "utf8"));
      return all.filter((mail) => mail.includes(`To: ${address}\r\n`));
    };
    await expect.poll(() => mails().length, { timeout: 30_000 }).toBeGreaterThanOrEqual(count);
    return mails();
  }

  /** The path of the link in the newest of so many mails to an address. */
  async mailedLink(address: string, count = 1): Promise<string> {
    const mails = await this.mailsTo(address, count);
    expect(mails).toHaveLength(count);
    // In quoted-printable, which breaks long lines.
    const text = mails.at(-1)?.replaceAll("=\r\n", "") ?? "";
    const [link] = /\/links\/[\w-]{43}/.exec(text) ?? [];
    if (link === undefined) {
      throw new Error(`the mail to ${address} has no link`);
    }
    return link;
  }

  async #open({ method, url, headers, payload }: Parameters<App["inject"]>[0]): Promise<Page> {
    const body = payload === undefined ? {} : { body: payload };
    const response = await fetch(`${this.endpoint}${url}`, { method, headers, redirect: "manual", ...body });
    const cookies = response.headers.getSetCookie().map((cookie) => {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      const [, maxAge] = /Max-Age=(\d+)/.exec(cookie) ?? [];
      return { name, value, ...(maxAge !== undefined && { maxAge: Number(maxAge) }) };
    });
    const { status, headers: answered } = response;
    return { statusCode: status, headers: Object.fromEntries(answered), body: await response.text(), cookies };
  }

  /** Ends the process at once, as an operating system may. */
  async kill(): Promise<void> {
    expect(this.#place).toBe("apart");
    this.#process?.kill("SIGKILL");
    if (this.#process?.exitCode === null && this.#process.signalCode === null) {
      await once(this.#process, "exit");
    }
  }

  /** Ends it, and leaves its folder. */
  async end(): Promise<void> {
    await stop(this.#running);
    this.#running = {};
    if (this.#process?.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill("SIGTERM");
      await once(this.#process, "exit");
    }
  }

  async stop(): Promise<void> {
    await this.end();
    rmSync(this.folder, { recursive: true });
  }
}
