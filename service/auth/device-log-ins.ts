/**
 * Log-ins from commands: the device authorization grant. A command gets a device code, which it keeps, and a user code,
 * which a person enters on a page. Once the person has approved, the command gets an access token for the device code.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8628
 */
import { createHash, randomBytes, randomInt } from "node:crypto";
import type { Selectable } from "kysely";
import { userCodeLetters } from "roster-schema";
import type { ApprovedToken } from "../rows/people-tables.ts";
import type { Tables } from "../rows/tables.ts";
import type { Context } from "./operation.ts";

type DatabaseAt = Pick<Context, "db" | "now">;

/** A log-in that is waiting for the person, or for the command. */
export type DeviceLogIn = Selectable<Tables["device_log_ins"]>;

/** How long the codes of a log-in work. */
export const deviceLifetimeMs: number = 10 * 60_000;

/** The least time between two polls, in seconds. */
export const pollIntervalSeconds = 5;

const userCodeLength = 8;

/** What a command asks for. */
export type DeviceRequest = Pick<DeviceLogIn, "client_id" | "client" | "network" | "token_life_seconds">;

/** Starts a log-in. @returns its codes; the database stores only a hash of the device code. */
export async function startDeviceLogIn(
  { db, now }: DatabaseAt,
  request: DeviceRequest,
): Promise<{ readonly deviceCode: string; readonly userCode: string }> {
  const deviceCode = randomBytes(32).toString("base64url");
  const userCode = Array.from({ length: userCodeLength }, () =>
    userCodeLetters.charAt(randomInt(userCodeLetters.length)),
  ).join("");
  await db
    .insertInto("device_log_ins")
    .values({
      ...request,
      device_code_hash: hashOf(deviceCode),
      user_code: userCode,
      created_at: now,
      expires_at: new Date(now.getTime() + deviceLifetimeMs),
      interval_seconds: pollIntervalSeconds,
      polled_at: null,
      approved_by: null,
      approved_at: null,
      approved_token: null,
      denied_at: null,
    })
    .execute();
  return { deviceCode, userCode };
}

/** The user code in a person's entry, whose case, spaces and hyphens don't matter; undefined if it isn't one. */
export function readUserCode(entry: string): string | undefined {
  const code = entry.toUpperCase().replaceAll(/[\s-]/g, "");
  return code.length === userCodeLength && [...code].every((letter) => userCodeLetters.includes(letter))
    ? code
    : undefined;
}

/** A user code as people read it, with a hyphen in the middle. */
export function userCodeText(code: string): string {
  return `${code.slice(0, userCodeLength / 2)}-${code.slice(userCodeLength / 2)}`;
}

/** Finds the log-in of a user code that is waiting for the person's decision. */
export async function findUndecided({ db, now }: DatabaseAt, userCode: string): Promise<DeviceLogIn | undefined> {
  return await db
    .selectFrom("device_log_ins")
    .selectAll()
    .where("user_code", "=", userCode)
    .where("expires_at", ">", now)
    .where("approved_at", "is", null)
    .where("denied_at", "is", null)
    .executeTakeFirst();
}

/** Records that a person approved a log-in, and what the token may do. */
export async function approveDeviceLogIn(
  { db, now }: DatabaseAt,
  { device_code_hash }: DeviceLogIn,
  userId: string,
  token: ApprovedToken,
): Promise<void> {
  await db
    .updateTable("device_log_ins")
    .set({ approved_by: userId, approved_at: now, approved_token: JSON.stringify(token) })
    .where("device_code_hash", "=", device_code_hash)
    .execute();
}

/** Records that a person refused a log-in. */
export async function denyDeviceLogIn({ db, now }: DatabaseAt, { device_code_hash }: DeviceLogIn): Promise<void> {
  await db
    .updateTable("device_log_ins")
    .set({ denied_at: now })
    .where("device_code_hash", "=", device_code_hash)
    .execute();
}

/** The state of a log-in for the command that polls. */
export type Poll = "ended" | "denied" | "pending" | "too_soon" | ApprovedLogIn;

/** A log-in that a person approved. */
export interface ApprovedLogIn extends Pick<DeviceLogIn, "client" | "token_life_seconds"> {
  readonly userId: string;
  readonly token: ApprovedToken;
}

/** Polls a log-in; an approved one is handed out once. Each poll that comes too soon makes the interval five seconds longer. */
export async function pollDeviceLogIn(
  { db, now }: DatabaseAt,
  { deviceCode, clientId }: { readonly deviceCode: string; readonly clientId: string },
): Promise<Poll> {
  const hash = hashOf(deviceCode);
  const ofLogIn = db.updateTable("device_log_ins").where("device_code_hash", "=", hash);
  const logIn = await db
    .selectFrom("device_log_ins")
    .selectAll()
    .where("device_code_hash", "=", hash)
    .where("client_id", "=", clientId)
    .where("expires_at", ">", now)
    .executeTakeFirst();
  if (logIn === undefined) {
    return "ended";
  }
  const { approved_by: userId, approved_token: token, client, token_life_seconds } = logIn;
  if (logIn.denied_at !== null || (userId !== null && token !== null)) {
    await db.deleteFrom("device_log_ins").where("device_code_hash", "=", hash).execute();
    return userId === null || token === null ? "denied" : { userId, token, client, token_life_seconds };
  }
  const isTooSoon =
    logIn.polled_at !== null && now.getTime() - logIn.polled_at.getTime() < logIn.interval_seconds * 1000;
  const interval_seconds = logIn.interval_seconds + (isTooSoon ? pollIntervalSeconds : 0);
  await ofLogIn.set({ polled_at: now, interval_seconds }).execute();
  return isTooSoon ? "too_soon" : "pending";
}

/** Deletes log-ins that have ended. */
export async function sweepDeviceLogIns({ db, now }: DatabaseAt): Promise<void> {
  await db.deleteFrom("device_log_ins").where("expires_at", "<=", now).execute();
}

/** A code of 256 random bits needs neither a salt nor a slow hash. */
function hashOf(code: string): string {
  return createHash("sha256").update(code).digest("base64url");
}
