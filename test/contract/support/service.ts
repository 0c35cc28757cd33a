import { generateKeyPairSync, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, vi } from "vitest";
import { createService, type Service, type ServiceOptions } from "../../../service/app.ts";
import { AuditSealer } from "../../../service/audit/sealer.ts";
import { allTables } from "../../../service/backup/tables.ts";
import { parsePeppers } from "../../../service/keys/peppers.ts";
import { parseSigningKeys } from "../../../service/keys/signing-keys.ts";
import type { Mail, MailTransport } from "../../../service/mail/transports.ts";
import type { Database } from "../../../service/rows/tables.ts";
import { countStart } from "../../costs/counts.ts";
import { openDatabase } from "../../portability/database.ts";
import { type OwnDatabase, openCopy } from "../../template-database.ts";
import { Client } from "./client.ts";
import { scannerKeys } from "./scanner.ts";
import { newOnCluster } from "./shared-cluster.ts";

/** Tables that change without a change of any object. */
const notDumped = ["sessions", "access_tokens", "device_log_ins", "attempts", "runs", "mail_allowances"];

/** The owner token of every service under test. */
export const ownerToken = "owner-token-of-the-contract-tests";

/** A list of one pepper, for `ROSTER_KEY_PEPPERS`. */
export function makePepper(version: string): string {
  return `${version}:${randomBytes(32).toString("base64url")}`;
}

/** A private signing key, for the array of `ROSTER_SIGNING_KEYS`. */
export function makeSigningKey(kid: string, algorithm: "EdDSA" | "ES256" = "EdDSA"): object {
  const { privateKey } =
    algorithm === "EdDSA" ? generateKeyPairSync("ed25519") : generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { ...privateKey.export({ format: "jwk" }), kid };
}

const pepper = makePepper("v1");
const signingKey = makeSigningKey("first");

interface StartOptions extends Partial<Omit<ServiceOptions, "database" | "peppers" | "signingKeys">> {
  /** As `ROSTER_KEY_PEPPERS` has it. */
  readonly pepperList?: string;
  readonly signingKeyList?: object[];
}

type Plugin = Parameters<Database["withPlugin"]>[0];

/** Counts the statements, and makes one fail before it reaches the database, as its driver would. */
class Statements implements Plugin {
  /** What the next statement fails with. */
  sqlState: string | undefined;
  /** How many statements there were. */
  count = 0;

  transformQuery: Plugin["transformQuery"] = ({ node }) => {
    this.count++;
    const { sqlState } = this;
    if (sqlState === undefined) {
      return node;
    }
    this.sqlState = undefined;
    throw Object.assign(new Error("a fault that a test asked for"), { code: sqlState });
  };

  transformResult: Plugin["transformResult"] = async ({ result }) => result;
}

/** Keeps the mails that a service sends. */
export class Mailbox implements MailTransport {
  readonly mails: Mail[] = [];

  async send(mail: Mail): Promise<void> {
    this.mails.push(mail);
  }

  /** The mails to an address, once there are so many; oldest first. */
  async to(recipient: string, count: number): Promise<readonly Mail[]> {
    const found = () => this.mails.filter((mail) => mail.recipient === recipient);
    await vi.waitFor(() => expect(found().length).toBeGreaterThanOrEqual(count), { timeout: 30_000, interval: 10 });
    return found();
  }
}

/** The token of the link in a mail. */
export function tokenIn({ text }: Pick<Mail, "text">): string {
  const [, token] = /\/links\/([\w-]{43})$/m.exec(text) ?? [];
  if (token === undefined) {
    throw new Error(`there is no link in the mail: ${text}`);
  }
  return token;
}

/** The service under test, with a clock that tests move and a database that fails when they say so. */
export class TestService {
  readonly database: Database;
  readonly mailbox = new Mailbox();
  readonly #running: Service[] = [];
  #service: Service | undefined;
  readonly #statements = new Statements();
  #offsetMs = 0;
  #steppedMs = 0;

  constructor(database: Database) {
    this.database = database;
  }

  /** A second or later service on the same database, with other settings; requests go to the newest. */
  async start(options: StartOptions = {}): Promise<Service> {
    this.#service = await this.startBeside(options);
    return this.#service;
  }

  /** A further service on the same database, to which no client of `as` goes. */
  async startBeside(options: StartOptions = {}): Promise<Service> {
    countStart("service");
    const { pepperList = pepper, signingKeyList = [signingKey], ...rest } = options;
    const service = await createService({
      database: this.database.withPlugin(this.#statements),
      ownerToken,
      peppers: parsePeppers(pepperList),
      signingKeys: await parseSigningKeys(JSON.stringify(signingKeyList)),
      clock: () => this.now(),
      monotonicMs: () => this.monotonicMs(),
      publicUrl: "https://roster.example",
      scannerKeys: scannerKeys(),
      mail: { transport: this.mailbox, pollMs: 3_600_000 },
      sealing: { pollMs: 3_600_000 },
      ...rest,
    });
    this.#running.push(service);
    return service;
  }

  get service(): Service {
    if (this.#service === undefined) {
      throw new Error("the service was not started");
    }
    return this.#service;
  }

  now(): Date {
    return new Date(Date.now() + this.#offsetMs + this.#steppedMs);
  }

  /** The service's clock that never steps. */
  monotonicMs(): number {
    return performance.now() + this.#offsetMs;
  }

  /** Lets time pass for the service. */
  advance(ms: number): void {
    this.#offsetMs += ms;
  }

  /** Sets the service's clock to another time, as a time server does: no time passes. */
  step(ms: number): void {
    this.#steppedMs += ms;
  }

  /** Makes the service's next statement fail with an SQLSTATE. */
  failNextStatement(sqlState: string): void {
    this.#statements.sqlState = sqlState;
  }

  /** Seals what is in the audit, as a replica would in time. */
  async seal(pepperList: string = pepper): Promise<void> {
    const [db, peppers] = [this.database, parsePeppers(pepperList)];
    await new AuditSealer({ db, peppers, clock: () => this.now(), log: undefined, settleMs: 0 }).seal();
  }

  /** How many statements the services have made, those included that still wait for the database. */
  get statementCount(): number {
    return this.#statements.count;
  }

  /** How many statements the services make for some work. */
  async statementsOf(work: () => Promise<unknown>): Promise<number> {
    const before = this.#statements.count;
    await work();
    return this.#statements.count - before;
  }

  /** A client with a token, the owner's by default, which connects from an address. */
  as(token: string = ownerToken, address?: string): Client {
    return new Client(() => this.service.app, token, address);
  }

  /** Everything that the database holds of objects, as text. */
  async dump(): Promise<string> {
    const tables = (await allTables(this.database)).filter(({ name }) => !notDumped.includes(name));
    const rows = await Promise.all(
      tables.map(({ name }) =>
        this.database
          .selectFrom(name as "roles")
          .selectAll()
          .execute(),
      ),
    );
    return JSON.stringify(rows);
  }

  async stop(): Promise<void> {
    for (const service of this.#running) {
      await service.close();
    }
  }
}

/** A service in the test's own process that others can reach. */
interface Listening {
  readonly service: TestService;
  readonly endpoint: string;
  /** Ends it, and its database with it. */
  stop(): Promise<void>;
}

/** Starts a service at a port of this machine, on an embedded database of its own. */
export async function startListening(options: StartOptions = {}): Promise<Listening> {
  const { database, close } = await openCopy();
  const service = new TestService(database);
  await service.start(options);
  const endpoint = await service.service.app.listen({ host: "127.0.0.1", port: 0 });
  return {
    service,
    endpoint,
    async stop() {
      await service.stop();
      await close();
    },
  };
}

/** The pepper and signing key that services start with. */
export const keyMaterial = { pepper, signingKey };

/** The databases that the service runs on. */
export const databaseKinds = ["pglite", "postgresql"] as const;

/** One of the databases that the service runs on. */
export type DatabaseKind = (typeof databaseKinds)[number];

/** Opens a database of its own on the shared cluster, which ends with that. */
async function openOnCluster(): Promise<OwnDatabase> {
  const database = await openDatabase({ url: await newOnCluster({ hasTables: true }) });
  return { database, close: () => database.destroy() };
}

/** Describes tests that run on both databases, each file with a database of its own. */
export function onEachDatabase(title: string, define: (service: () => TestService, kind: DatabaseKind) => void): void {
  describe.each(databaseKinds)(`${title}, on %s`, (kind) => {
    let service: TestService;
    let stopDatabase = async () => {};
    beforeAll(async () => {
      const { database, close } = kind === "postgresql" ? await openOnCluster() : await openCopy();
      stopDatabase = close;
      service = new TestService(database);
      await service.start();
    }, 120_000);
    afterAll(async () => {
      await service?.stop();
      await stopDatabase();
    }, 60_000);
    define(() => service, kind);
  });
}
