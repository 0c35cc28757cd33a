/** The command `roster whoami`. */
import { asLine, type Schemas } from "roster-schema";
import { Client } from "../wire/client.ts";
import { readConnection } from "../wire/configuration.ts";
import { type Credential, readCredential } from "../wire/credential.ts";
import { callerText, identityJson, lifeText, rightsText } from "./identity.ts";
import { findAccess } from "./settings.ts";
import type { Terminal } from "./terminal.ts";
import { type Command, done, optionsOf } from "./usage.ts";

const help = `Usage: roster whoami [options]

Shows who you are for a service: by which token, until when, and in which organizations with which role. The token is
the one that the current stack uses: roster:token, ROSTER_TOKEN, or that of your log-in. It is never shown.

  --endpoint URL   the address of the service; by default, roster:endpoint of the current stack, or ROSTER_ENDPOINT
  --json           prints JSON

Exit status: 0 done, 1 failed, 2 wrong usage.
`;

const options = { endpoint: { type: "string" }, json: { type: "boolean", default: false } } as const;

/** Shows who a person is. */
export const whoami: Command = {
  summary: "shows who you are for a service, and what you can do",
  help,
  run: async (args, terminal) => {
    const values = optionsOf(args, options);
    const access = await findAccess(values.endpoint, terminal);
    const { endpoint } = access;
    const credential = readCredential(access.get, endpoint, access.environment);
    const self = await new Client(readConnection(access.get, access.environment)).service.self();
    const { source, logIn } = credential;
    const used = { source, file: logIn?.file ?? null, expiresAt: expiryOf(self, credential) };
    terminal.print(values.json ? identityJson(self, endpoint, used) : textOf(self, endpoint, credential, terminal));
    warnOfOtherService(self, credential, terminal);
    return done;
  },
};

function expiryOf(self: Schemas["Self"], { logIn }: Credential): string | null {
  return self.caller.accessToken?.expiresAt ?? logIn?.expiresAt ?? null;
}

function textOf(self: Schemas["Self"], endpoint: string, credential: Credential, { now }: Terminal): string {
  const rows = [
    ["You are", callerText(self)],
    ["Service", `${endpoint} (${asLine(self.service.id)})`],
    ["Token", sourceText(credential)],
    ["Expires", expiryText(self, expiryOf(self, credential), now())],
  ];
  const lines = rows.map(([name = "", text]) => `${name.padEnd(9)}${text}\n`).join("");
  return `${lines}You can act in:\n${rightsText(self)}`;
}

function expiryText({ caller }: Schemas["Self"], expiresAt: string | null, nowMs: number): string {
  if (expiresAt !== null) {
    return `${expiresAt} (in ${lifeText(Date.parse(expiresAt) - nowMs)})`;
  }
  return (caller.accessToken ?? null) === null ? "unknown" : "never";
}

function sourceText({ source, logIn }: Credential): string {
  switch (source) {
    case "configuration":
      return "roster:token of the stack";
    case "environment":
      return "ROSTER_TOKEN";
    default:
      return `your log-in, stored in ${logIn?.file}`;
  }
}

function warnOfOtherService({ service }: Schemas["Self"], { logIn }: Credential, { tell }: Terminal): void {
  if (logIn !== undefined && logIn.service !== service.id) {
    tell(`You logged in to the service ${asLine(logIn.service)}. Another one, ${asLine(service.id)}, answers now.\n`);
  }
}
