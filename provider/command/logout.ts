/** The command `roster logout`: it ends log-ins on the service, and removes their files. */
import { asLine } from "roster-schema";
import { ApiError } from "../errors.ts";
import { isConfidential } from "../log-ins/confidential.ts";
import { listLogIns, peekLogIn, removeLogIn, type StoredLogIn } from "../log-ins/log-ins.ts";
import { logInFile } from "../log-ins/places.ts";
import { Client } from "../wire/client.ts";
import { findEndpoint } from "./settings.ts";
import type { Terminal } from "./terminal.ts";
import { type Command, done, failed, optionsOf, UsageError } from "./usage.ts";

const help = `Usage: roster logout [options]

Ends your log-in: the token stops working, and its file is removed. If the service can't be reached, the file is
removed all the same, and the command fails and says where you can end the token.

  --endpoint URL   the address of the service; by default, roster:endpoint of the current stack, or ROSTER_ENDPOINT
  --all            ends all log-ins that are stored on this machine
  --json           prints the log-ins as JSON, and whether their tokens have ended

Exit status: 0 done, 1 failed, 2 wrong usage.
`;

const options = {
  endpoint: { type: "string" },
  all: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

const timeoutMs = 10_000;

/** Logs a person out. */
export const logout: Command = {
  summary: "ends a log-in",
  help,
  run: async (args, terminal) => {
    const { endpoint: given, all, json } = optionsOf(args, options);
    if (all && given !== undefined) {
      throw new UsageError("--all ends every log-in: leave out --endpoint.");
    }
    const endpoint = all ? undefined : (await findEndpoint(given, terminal)).endpoint;
    const stored = listLogIns(terminal);
    const files = endpoint === undefined ? stored : stored.filter((file) => file === logInFile(endpoint, terminal));
    const removed = await Promise.all(files.map((file) => end(file, terminal)));
    terminal.print(json ? `${JSON.stringify({ logIns: removed }, undefined, 2)}\n` : textOf(removed, endpoint));
    return removed.every(({ isEnded }) => isEnded) ? done : failed;
  },
};

/** A log-in that was removed. Its members are null if its file could not be read. */
interface Removed {
  readonly endpoint: string | null;
  readonly email: string | null;
  /** When the token expires, RFC 3339. */
  readonly expiresAt: string | null;
  /** Whether the token no longer works. */
  readonly isEnded: boolean;
}

function textOf(removed: readonly Removed[], endpoint: string | undefined): string {
  if (removed.length === 0) {
    return endpoint === undefined ? "No log-ins are stored.\n" : `You are not logged in to ${endpoint}.\n`;
  }
  const ended = removed.filter(({ isEnded }) => isEnded);
  return ended.map(({ endpoint: from, email }) => `Logged out of ${from} (${asLine(email ?? "")}).\n`).join("");
}

/** Ends one log-in, and tells the person if that failed. */
async function end(file: string, terminal: Terminal): Promise<Removed> {
  const logIn = peekLogIn(file, terminal);
  const problem = logIn === undefined ? undefined : await endToken(logIn, terminal);
  // Only now: a command that is cancelled meanwhile leaves the file, with which the token can be ended.
  removeLogIn(file);
  if (logIn === undefined) {
    terminal.tell(
      `${file} was removed, but its token could not be read. It may work until it expires. ` +
        "To end it, open the page /me/tokens of the service.\n",
    );
    return { endpoint: null, email: null, expiresAt: null, isEnded: false };
  }
  const { endpoint, expiresAt } = logIn;
  const removed = { endpoint, email: logIn.email, expiresAt, isEnded: problem === undefined };
  if (problem === undefined) {
    return removed;
  }
  terminal.tell(
    `The log-in of ${asLine(logIn.email)} was removed from this machine, but its token works until ${expiresAt}. ` +
      `To end it, open ${endpoint}/me/tokens. It could not be ended here: ${problem}\n`,
  );
  return removed;
}

/** Ends the token of a log-in on its service. @returns why that failed; undefined if the token doesn't work any more */
async function endToken(
  { endpoint, token, expiresAt, file }: StoredLogIn,
  { now }: Terminal,
): Promise<string | undefined> {
  if (Date.parse(expiresAt) <= now()) {
    return undefined;
  }
  if (!isConfidential(endpoint)) {
    return `${endpoint} is plain HTTP, to which tokens are not sent.`;
  }
  try {
    const client = new Client({ endpoint, token, logInFile: file, timeoutMs });
    return (await client.delete("/v1/self/access-token")) ? undefined : "the service does not find it.";
  } catch (error) {
    if (error instanceof ApiError && error.code === "unauthenticated") {
      return undefined;
    }
    return error instanceof Error ? error.message : String(error);
  }
}
