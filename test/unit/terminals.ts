import path from "node:path";
import { onTestFinished } from "vitest";
import { run } from "../../provider/command/run.ts";
import type { Terminal } from "../../provider/command/terminal.ts";
import { type LogIn, storeLogIn } from "../../provider/log-ins/log-ins.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { type Answering, json, plain, ScriptedServer } from "./scripted-server.ts";

/** The token that a service gives at log-in; nobody may see it. */
export const token = "token-that-nobody-may-see";

/** The identity of the service. */
export const service = `svc_${"1".repeat(32)}`;

/** A folder of the running test. */
export function folderOfTest(): string {
  const folder = temporaryFolder();
  return folder;
}

/** A terminal that keeps what it is given. */
export class TestTerminal implements Terminal {
  readonly environment: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly isInteractive = true;
  columns: number | undefined;
  /** What is on standard output. */
  printed = "";
  /** What is on standard error. */
  told = "";
  /** How long each wait was, in seconds. */
  readonly waits: number[] = [];
  readonly opened: string[] = [];
  #now = Date.parse("2026-01-01T00:00:00Z");

  constructor(environment: NodeJS.ProcessEnv = {}, folder = folderOfTest()) {
    this.folder = folder;
    this.environment = { XDG_CONFIG_HOME: path.join(folder, "config"), ...environment };
  }

  print = (text: string) => {
    this.printed += text;
  };

  tell = (text: string) => {
    this.told += text;
  };

  now = () => this.#now;

  wait = async (ms: number) => {
    this.waits.push(ms / 1000);
    this.#now += ms;
  };

  open = (page: string) => {
    this.opened.push(page);
    return true;
  };

  /** Runs the command. @returns its exit status; what it wrote replaces what the command before it wrote */
  async run(...args: string[]): Promise<number> {
    [this.printed, this.told] = ["", ""];
    return await run(args, this);
  }

  /** Stores a log-in to an endpoint. @returns its file */
  async store(endpoint: string, more: Partial<LogIn> = {}): Promise<string> {
    return await storeLogIn({ ...logInTo(endpoint), ...more }, this);
  }
}

/** A log-in that is far from its end. */
export function logInTo(endpoint: string): LogIn {
  return { endpoint, service, email: "ada@acme.example", token, expiresAt: "2099-01-01T00:00:00Z" };
}

/** What a service says of the person who has logged in. */
export const self = {
  service: { id: service, restores: [] },
  caller: {
    kind: "user",
    id: "usr_1",
    user: "usr_1",
    email: "ada@acme.example",
    serviceOwner: false,
    accessToken: { id: "tok_1", name: "roster on build-7", expiresAt: "2026-01-01T12:00:00.000Z" },
  },
  organizations: [
    { id: "org_1", slug: "acme", name: "Acme Inc.", role: "customer_admin", permissions: ["members:read"] },
    { id: "org_2", slug: "analytical-engines", name: "Engines", role: null, permissions: ["members:read"] },
  ],
};

/** What a service answers a request for a code with. */
export const authorization = {
  device_code: "device-code-that-nobody-may-see",
  user_code: "WDJB-MJHT",
  verification_uri: "https://roster.example.com/device",
  verification_uri_complete: "https://roster.example.com/device?code=WDJB-MJHT",
  expires_in: 600,
  interval: 5,
};

/** What a service answers with once the person has approved. */
export const approved = json(200, { access_token: token, token_type: "Bearer", expires_in: 43_200 });

/** A refusal of RFC 6749. */
export function refused(error: string, status = 400, description = `it is ${error}`): Answering {
  return json(status, { error, error_description: description });
}

/** A service that gives a code, and answers the requests for the token in turn; for the test. */
export async function logInService(
  tokens: readonly Answering[],
  { codes = [json(200, authorization)], selves = [json(200, self)], ends = [] as readonly Answering[] } = {},
): Promise<ScriptedServer> {
  const scripts: Record<string, Answering[]> = {
    "POST /login/device-authorization": [...codes],
    "POST /login/token": [...tokens],
    "GET /v1/self": [...selves],
    "DELETE /v1/self/access-token": [...ends],
  };
  const server = await ScriptedServer.answering((response, request) => {
    const answer =
      scripts[`${request.method} ${request.path}`]?.shift() ?? plain(599, "no further request was expected");
    answer(response, request);
  });
  onTestFinished(() => server.stop());
  return server;
}
