/** The log-ins that are stored on this machine. Only their owner can read the files, and a token is used for its own endpoint only. */
import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { type Delivery, DeliveryError, prepareDelivery } from "../delivery/delivery.ts";
import { ConfigurationError } from "../errors.ts";
import { confidentialRemedy, isConfidential } from "./confidential.ts";
import { logInFile, logInFolder, type Place } from "./places.ts";

/** A log-in, as its file has it. */
export interface LogIn {
  /** The normalized address of the service. */
  readonly endpoint: string;
  /** The identity of the service. */
  readonly service: string;
  /** The address of the user who logged in. */
  readonly email: string;
  readonly token: string;
  /** RFC 3339, UTC. */
  readonly expiresAt: string;
}

/** A log-in that was found, with its file. */
export interface StoredLogIn extends LogIn {
  readonly file: string;
}

const [folderMode, othersMode] = [0o700, 0o077];

const logInShape: z.ZodType<LogIn> = z.object({
  endpoint: z.string(),
  service: z.string(),
  email: z.string(),
  token: z.string().regex(/^[\x21-\x7e]+$/),
  expiresAt: z.iso.datetime(),
});

/**
 * Finds the log-in to an endpoint, for use.
 *
 * @param endpoint the normalized address, to which the token will be sent
 * @returns undefined if there is none
 * @throws ConfigurationError if it may not be used: it has expired, others can read its file, it is for another endpoint, or the
 * endpoint is not confidential. The error names the file, and never contains the token
 */
export function findLogIn(endpoint: string, place: Place, now: Date = new Date()): StoredLogIn | undefined {
  const file = logInFile(endpoint, place);
  const text = readOwn(file, endpoint, place.platform ?? process.platform);
  if (text === undefined) {
    return undefined;
  }
  const logIn = parse(text);
  if (logIn === undefined) {
    throw refusal(`the log-in in ${file} can't be read: it is damaged, or another version wrote it`, endpoint);
  }
  if (logIn.endpoint !== endpoint) {
    throw refusal(
      `the log-in in ${file} is for ${logIn.endpoint}, not for ${endpoint}, so its token was not sent`,
      endpoint,
    );
  }
  if (!isConfidential(endpoint)) {
    throw new ConfigurationError(
      "roster:token",
      `the log-in in ${file} was not used: ${endpoint} is plain HTTP, which others can read. ${confidentialRemedy}`,
    );
  }
  if (Date.parse(logIn.expiresAt) <= now.getTime()) {
    throw refusal(`the log-in of ${logIn.email} to ${endpoint} expired at ${logIn.expiresAt}`, endpoint);
  }
  return { ...logIn, file };
}

/**
 * Reads a log-in that is to be ended, whoever can read its file and whether it has expired.
 *
 * @returns undefined if there is no such file, or it can't be read, or it is not the file of the endpoint that it names
 */
export function peekLogIn(file: string, place: Place): StoredLogIn | undefined {
  try {
    const logIn = parse(readFileSync(file, "utf8"));
    const isItsOwn = logIn !== undefined && logInFile(logIn.endpoint, place) === file;
    return isItsOwn ? { ...logIn, file } : undefined;
  } catch {
    return undefined;
  }
}

/** The files of all log-ins. */
export function listLogIns(place: Place): string[] {
  const folder = logInFolder(place);
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
    return names.toSorted().map((name) => path.join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return [];
    }
    throw error;
  }
}

/** Removes the file of a log-in, if it exists. */
export function removeLogIn(file: string): void {
  rmSync(file, { force: true });
}

/**
 * Makes sure that a log-in can be stored, before anybody logs in.
 *
 * @throws DeliveryError if its file can't be written
 */
export async function requireStorable(endpoint: string, place: Place): Promise<void> {
  // Not kept open until there is a token: the person may end the command, which would leave a temporary file.
  await (await prepare(logInFile(endpoint, place), place)).discard();
}

/**
 * Stores a log-in, completely or not at all. An earlier one to the same endpoint is replaced.
 *
 * @returns its file
 * @throws DeliveryError if it can't be written
 */
export async function storeLogIn({ endpoint, service, email, token, expiresAt }: LogIn, place: Place): Promise<string> {
  const file = logInFile(endpoint, place);
  const delivery = await prepare(file, place);
  await delivery.write(`${JSON.stringify({ endpoint, service, email, token, expiresAt }, undefined, 2)}\n`);
  return file;
}

async function prepare(file: string, place: Place): Promise<Delivery> {
  const folder = logInFolder(place);
  try {
    await mkdir(folder, { recursive: true, mode: folderMode });
    await chmod(folder, folderMode);
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    throw new DeliveryError(`the folder of log-ins, ${folder}, can't be created for you alone (${code}).`);
  }
  return await prepareDelivery({ file }, "the log-in's file ");
}

/** The text of a file that only its owner can read; undefined if there is no file. */
function readOwn(file: string, endpoint: string, platform: NodeJS.Platform): string | undefined {
  const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
  let opened: number;
  try {
    // Without waiting for anybody to write to it, if it is a pipe.
    opened = openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") {
      return undefined;
    }
    throw refusal(
      code === "ELOOP"
        ? `the log-in's file ${file} is a symbolic link, and was not read`
        : `the log-in's file ${file} can't be read (${code})`,
      endpoint,
    );
  }
  try {
    // Of the opened file, because its name may meanwhile lead to another one.
    const found = fstatSync(opened);
    if (!found.isFile()) {
      throw refusal(`the log-in's file ${file} is not a regular file, and was not read`, endpoint);
    }
    if (platform !== "win32") {
      requireOwner(file, found, endpoint);
    }
    return readFileSync(opened, "utf8");
  } finally {
    closeSync(opened);
  }
}

/** @throws ConfigurationError if a file belongs to another user, or others can read or write it */
function requireOwner(file: string, { uid, mode }: { uid: number; mode: number }, endpoint: string): void {
  if (process.geteuid !== undefined && uid !== process.geteuid()) {
    throw refusal(`the log-in's file ${file} belongs to another user, and was not read`, endpoint);
  }
  if ((mode & othersMode) !== 0) {
    const octal = (mode & 0o777).toString(8).padStart(4, "0");
    throw new ConfigurationError(
      "roster:token",
      `others can read or write the log-in's file ${file} (its mode is ${octal}), so its token was not used. ` +
        `If nobody else has read it, run \`chmod 600 '${file}'\`. Otherwise, end the log-in with ` +
        `\`roster logout --endpoint ${endpoint}\`, and log in again.`,
    );
  }
}

function parse(text: string): LogIn | undefined {
  try {
    return logInShape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The error of a log-in that can't be used, with what to do. */
function refusal(reason: string, endpoint: string): ConfigurationError {
  return new ConfigurationError(
    "roster:token",
    `${reason}. Log in again with \`roster login --endpoint ${endpoint}\`.`,
  );
}
