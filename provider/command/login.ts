/** The command `roster login`: it gets a token with the person's browser, and stores it. */
import os from "node:os";
import {
  asLine,
  characterCount,
  type DeviceAuthorization,
  durationMs,
  lineFault,
  tokenLifeSeconds,
} from "roster-schema";
import { confidentialRemedy, isConfidential } from "../log-ins/confidential.ts";
import { peekLogIn, requireStorable, storeLogIn } from "../log-ins/log-ins.ts";
import { logInFile } from "../log-ins/places.ts";
import { duration } from "../values/property-types.ts";
import { Client } from "../wire/client.ts";
import { areLogInsUsed } from "../wire/credential.ts";
import { DeviceFlow } from "./device-flow.ts";
import { callerText, identityJson, lifeText, rightsText } from "./identity.ts";
import { findEndpoint } from "./settings.ts";
import type { Terminal } from "./terminal.ts";
import { type Command, done, optionsOf, UsageError } from "./usage.ts";

const help = `Usage: roster login [options]

Logs you in to a Roster service: you approve a code in your browser, and the command stores a token that acts as you.
Stacks without a token of their own use it until it expires. In pipelines, use ROSTER_TOKEN instead.

  --endpoint URL   the address of the service; by default, roster:endpoint of the current stack, or ROSTER_ENDPOINT
  --for DURATION   how long the log-in lasts, such as 30d; 12h by default, at most 365d
  --name TEXT      the name of this client on your page of tokens; by default, roster on this machine
  --no-browser     doesn't open a browser
  --json           prints who you are as JSON, in the form of \`roster whoami --json\`

Exit status: 0 done, 1 failed, 2 wrong usage.
`;

const options = {
  endpoint: { type: "string" },
  for: { type: "string" },
  name: { type: "string" },
  "no-browser": { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

const maxNameCharacters = 100;
const timeoutMs = 15_000;

/** Logs a person in. */
export const login: Command = {
  summary: "logs you in to a service, with your browser",
  help,
  run: async (args, terminal) => {
    const values = optionsOf(args, options);
    const lifeSeconds = lifeOf(values.for);
    const name = nameOf(values.name);
    const { endpoint, source } = await findEndpoint(values.endpoint, terminal);
    if (!isConfidential(endpoint)) {
      throw new Error(`${endpoint} (${source}) is plain HTTP, which others can read. ${confidentialRemedy}`);
    }
    await requireStorable(endpoint, terminal);
    const flow = new DeviceFlow(endpoint, terminal);
    const authorization = await flow.authorize(name, lifeSeconds);
    showCode(authorization, endpoint, terminal);
    if (
      terminal.isInteractive &&
      !values["no-browser"] &&
      terminal.open(new URL(authorization.verification_uri_complete).href)
    ) {
      terminal.tell("The page was opened in your browser.\n");
    }
    const token = await flow.waitForToken(authorization);
    await complete(endpoint, token.access_token, values.json, terminal);
    return done;
  },
};

function lifeOf(given: string | undefined): number {
  if (given === undefined) {
    return tokenLifeSeconds.default;
  }
  const seconds = duration.safeParse(given).success ? durationMs(given) / 1000 : Number.NaN;
  if (!(seconds >= tokenLifeSeconds.least && seconds <= tokenLifeSeconds.most)) {
    throw new UsageError(
      `--for ${JSON.stringify(given)} is not a duration from 1m to 365d: it is a whole number of seconds, minutes, hours or days, ` +
        "such as 30d.",
    );
  }
  return seconds;
}

function nameOf(given: string | undefined): string {
  if (given === undefined) {
    return [...asLine(`roster on ${os.hostname()}`)].slice(0, maxNameCharacters).join("");
  }
  const fault =
    characterCount(given) > maxNameCharacters ? `has more than ${maxNameCharacters} characters` : lineFault(given);
  if (fault !== undefined) {
    throw new UsageError(`--name ${fault}.`);
  }
  return given;
}

function showCode(
  { verification_uri: page, user_code: code, expires_in: lifeSeconds }: DeviceAuthorization,
  endpoint: string,
  { tell }: Terminal,
): void {
  tell(
    `To log in to ${endpoint}, open this page, log in there, and enter the code:\n\n  ${new URL(page).href}\n  ${code}\n\n` +
      `The code works for ${lifeText(lifeSeconds * 1000)}. Waiting for you to approve it; press Ctrl-C to cancel.\n`,
  );
}

/** Finds out who the token makes the person, stores it, and says so. */
async function complete(endpoint: string, token: string, asJson: boolean, terminal: Terminal): Promise<void> {
  const { environment, print, tell, now } = terminal;
  const earlier = peekLogIn(logInFile(endpoint, terminal), terminal);
  const { self, file, expiresAt } = await store(endpoint, token, terminal);
  const life = lifeText(Date.parse(expiresAt) - now());
  print(
    asJson
      ? identityJson(self, endpoint, { source: "log-in", file, expiresAt })
      : `Logged in to ${endpoint} as ${callerText(self)}, for ${life}, until ${expiresAt}. You can act in:\n${rightsText(self)}`,
  );
  tell(`The log-in is stored in ${file}.\n`);
  if (earlier !== undefined && Date.parse(earlier.expiresAt) > now()) {
    tell(`The token of your earlier log-in works until ${earlier.expiresAt}. To end it, open ${endpoint}/me/tokens.\n`);
  }
  if (environment.ROSTER_TOKEN !== undefined) {
    tell("ROSTER_TOKEN is set. Stacks use it instead of the log-in.\n");
  }
  if (!areLogInsUsed(environment)) {
    tell("ROSTER_NO_LOGIN is set. While it is, stacks don't use the log-in.\n");
  }
}

/** @throws Error that says what became of the token, if it could not be stored */
async function store(endpoint: string, token: string, terminal: Terminal) {
  const client = new Client({ endpoint, token, timeoutMs });
  try {
    const self = await client.service.self();
    const { email, id, accessToken } = self.caller;
    const expiresAt = accessToken?.expiresAt ?? null;
    if (expiresAt === null) {
      throw new Error("the service doesn't recognize the token that it made");
    }
    const logIn = { endpoint, service: self.service.id, email: email ?? id, token, expiresAt };
    return { self, file: await storeLogIn(logIn, terminal), expiresAt };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const isEnded = await client.delete("/v1/self/access-token").catch(() => false);
    const then = isEnded ? "and the new token was ended." : `but a token was made. End it at ${endpoint}/me/tokens.`;
    throw new Error(`${reason}\n  You are not logged in: the log-in was not stored, ${then}`);
  }
}
