/** Starts the whole service from its settings, and stops it. */
import { access, constants, mkdir } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { createService, type Service } from "./app.ts";
import { Billing } from "./billing.ts";
import { type Configuration, isUnspecified, readConfiguration } from "./configuration.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { type DataDirectory, openDataDirectory } from "./data-directory.ts";
import { ScannerKeys } from "./keys/scanner-keys.ts";
import type { Log } from "./log.ts";
import { folderTransport, type MailTransport, smtpTransport } from "./mail/transports.ts";
import { acceptsNoChanges, type DatabaseLocation, openDatabase } from "./rows/database.ts";
import { reasonOfSystemError } from "./rows/disk.ts";
import type { Database } from "./rows/tables.ts";
import { prepareSecrets } from "./secrets.ts";

/** What is started of a service. */
export interface Running {
  service?: Service;
  database?: Database;
  directory?: DataDirectory;
}

/** What a service says once it listens. */
export interface Ready {
  readonly ready: true;
  readonly endpoint: string;
  readonly database: "postgresql" | "pglite";
  /** The data directory; null without an embedded database. */
  readonly dataDir: string | null;
  /** The file of the owner token, if the service generated it. */
  readonly ownerTokenFile: string | null;
}

/**
 * Starts the service from its settings.
 *
 * @param variables the settings, as environment variables
 * @param running gets what is started, also if the start then fails
 * @returns where it is, for the line that says that it is ready
 * @throws ConfigurationError if a setting is wrong, or leads nowhere
 */
export async function start(variables: NodeJS.ProcessEnv, log: Log, running: Running): Promise<Ready> {
  const configuration = readConfiguration(variables);
  log.level = configuration.logLevel;
  const { host, port, databaseUrl, dataDir, stripe, contactUrl, publicUrl, trustedProxies, rateLimitPerSecond } =
    configuration;
  const directory = databaseUrl === undefined ? await openDataDirectory(dataDir) : undefined;
  if (directory !== undefined) {
    running.directory = directory;
  }
  const { ownerTokenFile, ...secrets } = await prepareSecrets(configuration, directory);
  if (directory !== undefined) {
    log.warn(
      "The embedded database doesn't flush every change to disk: the latest changes may be lost if the machine crashes.",
    );
  }
  const location = directory === undefined ? { url: databaseUrl ?? "" } : { folder: directory.file("database") };
  const database = await open(location, log);
  running.database = database;
  const settings = { contactUrl, publicUrl, trustedProxies, rateLimitPerSecond };
  const billing = stripe === undefined ? undefined : new Billing(stripe);
  const mail = { transport: await mailTransport(configuration, log) };
  const scannerKeys = await openScannerKeys(configuration);
  running.service = await createService({ ...secrets, ...settings, database, billing, scannerKeys, mail, logger: log });
  await running.service.app.listen({ host, port }).catch((error: unknown) => {
    throw new ConfigurationError(reasonNotToListen(error, host, port));
  });
  if (publicUrl === undefined && isUnspecified(host)) {
    log.warn(
      `ROSTER_PUBLIC_URL is not set, and ROSTER_HOST is ${host}: links in mails lead to ${host}, which nobody can ` +
        "reach. Set ROSTER_PUBLIC_URL to the address at which people reach the service.",
    );
  }
  return {
    ready: true,
    endpoint: endpointOf(host, running.service.app.server.address()),
    database: directory === undefined ? "postgresql" : "pglite",
    dataDir: directory?.path ?? null,
    ownerTokenFile,
  };
}

/** Stops what is started, and releases the data directory. */
export async function stop({ service, database, directory }: Running): Promise<void> {
  try {
    await service?.close();
  } finally {
    // Release the folder even if closing failed.
    await database?.destroy();
    await directory?.release();
  }
}

async function openScannerKeys({ secretScanningKeys }: Configuration): Promise<ScannerKeys | undefined> {
  if (secretScanningKeys === undefined) {
    return undefined;
  }
  try {
    return await ScannerKeys.open(secretScanningKeys);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "it can't be read";
    throw new ConfigurationError(`ROSTER_SECRET_SCANNING_KEYS: ${reason}. Correct the file, or use another one.`);
  }
}

async function open(location: DatabaseLocation, log: Log): Promise<Database> {
  try {
    return await openDatabase(location, undefined, log);
  } catch (error) {
    if ("url" in location) {
      throw new ConfigurationError(`DATABASE_URL: ${reasonNotToConnect(error, location.url)}`);
    }
    if (!acceptsNoChanges(error)) {
      throw error;
    }
    throw new ConfigurationError(
      `ROSTER_DATA_DIR: the disk of ${location.folder} is full, and the tables must be brought up to date first. ` +
        "Free some disk space, and start again.",
    );
  }
}

/** Shows only the host and database of the URL. */
function reasonNotToConnect(error: unknown, url: string): string {
  const { host, pathname } = new URL(url);
  const { code = "", message } = error as NodeJS.ErrnoException;
  if (/^(ENOTFOUND|EAI_AGAIN)$/.test(code)) {
    return `the host of ${host} can't be found. Correct it.`;
  }
  if (/^(ECONN|EHOST|ENET|ETIMEDOUT|ENOENT)/.test(code) || /^timeout exceeded/.test(message)) {
    return `PostgreSQL doesn't answer at ${host || "its socket"}. Start it, or correct the address.`;
  }
  if (/^28/.test(code)) {
    return `PostgreSQL at ${host} refuses the user or the password. Correct them.`;
  }
  if (code === "3D000") {
    return `PostgreSQL at ${host} has no database ${pathname.slice(1)}. Create it, or correct the name.`;
  }
  if (code === "25006") {
    return `PostgreSQL at ${host} is read-only. Use the primary server.`;
  }
  if (code === "42501") {
    return `PostgreSQL at ${host} doesn't allow this user to create the tables: ${message}. Grant the permission.`;
  }
  return `the database at ${host} can't be used: ${message || code}.`;
}

function reasonNotToListen(error: unknown, host: string, port: number): string {
  const { code } = error as NodeJS.ErrnoException;
  const place = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  switch (code) {
    case "EADDRINUSE":
      return `ROSTER_PORT: another process already listens at ${place}. Stop it, or choose another port.`;
    case "EACCES":
      return `ROSTER_PORT: this user may not listen at ${place}. Choose a port above 1023.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `ROSTER_HOST: this machine has no address ${host}. Choose one that it has, or 0.0.0.0 for all of them.`;
    default:
      return `ROSTER_HOST, ROSTER_PORT: the service can't listen at ${place}: ${reasonOfSystemError(error)}.`;
  }
}

async function mailTransport({ smtpUrl, smtpFrom, mailDir, dataDir }: Configuration, log: Log): Promise<MailTransport> {
  if (smtpUrl !== undefined && smtpFrom !== undefined) {
    return smtpTransport(smtpUrl, smtpFrom);
  }
  const folder = resolve(mailDir);
  if (mailDir !== join(dataDir, "mail")) {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await access(folder, constants.W_OK);
    } catch (error) {
      throw new ConfigurationError(`ROSTER_MAIL_DIR: ${folder} can't be used: ${reasonOfSystemError(error)}.`);
    }
  }
  log.warn(`SMTP_URL is not set: mails are not sent, but written as files to ${folder}.`);
  return folderTransport(folder, smtpFrom ?? "Roster <roster@localhost>");
}

function endpointOf(host: string, address: AddressInfo | string | null): string {
  const port = typeof address === "object" && address !== null ? address.port : 0;
  if (isUnspecified(host)) {
    return `http://${host.includes(":") ? "[::1]" : "127.0.0.1"}:${port}`;
  }
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
