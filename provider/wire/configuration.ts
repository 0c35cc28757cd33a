/** Where the service is and how to speak to it: from the stack's configuration, else from the environment. */
import { ConfigurationError } from "../errors.ts";

/** How to reach a service. */
export interface Connection {
  /** The service's base address, without a trailing slash. */
  readonly endpoint: string;
  /** The bearer token. */
  readonly token: string;
  /** How long one operation may take, its retries included. */
  readonly timeoutMs: number;
  /** How many requests are sent in a second at most; as many as the service takes by default. */
  readonly maxRequestsPerSecond?: number | undefined;
  /** The identity of the service, `svc_…`, where the configuration says it; by default each state says which service it is of. */
  readonly service?: string | undefined;
  /** Whether requests that are ready at the same moment go together; they do by default. */
  readonly batching?: boolean;
}

const defaultTimeoutMs = 30_000;

/**
 * Reads the connection. Stack configuration goes before the environment.
 *
 * @param get reads a key of the stack's configuration, such as `roster:endpoint`
 * @param environment where ROSTER_ENDPOINT and ROSTER_TOKEN are looked for
 * @throws ConfigurationError if something is missing or can't be used; it names the key, never the token
 */
export function readConnection(
  get: (key: string) => string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Connection {
  return {
    endpoint: endpointOf(get("roster:endpoint") ?? environment.ROSTER_ENDPOINT),
    token: tokenOf(get("roster:token") ?? environment.ROSTER_TOKEN),
    timeoutMs: timeoutOf(get("roster:timeoutMs")),
    maxRequestsPerSecond: maxRequestsOf(get("roster:maxRequestsPerSecond")),
    service: serviceOf(get("roster:service")),
    batching: batchingOf(get("roster:batching")),
  };
}

function endpointOf(value: string | undefined): string {
  if (value === undefined || value === "") {
    throw new ConfigurationError(
      "roster:endpoint",
      "roster:endpoint is not set: it is the address of the Roster service. " +
        "Set it with `pulumi config set roster:endpoint https://…`, or the environment variable ROSTER_ENDPOINT.",
    );
  }
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isAddress = url !== undefined && ["http:", "https:"].includes(url.protocol);
  // Also an empty query or fragment: the path of every request would become a part of it.
  if (!isAddress || url.username !== "" || url.password !== "" || /[?#]/.test(value)) {
    throw new ConfigurationError(
      "roster:endpoint",
      "roster:endpoint (or ROSTER_ENDPOINT) is not an address such as https://roster.example.com: " +
        "it takes http or https, and no user name, password, query or fragment. " +
        "Set it with `pulumi config set roster:endpoint https://…`.",
    );
  }
  if (["0.0.0.0", "[::]"].includes(url.hostname)) {
    throw new ConfigurationError(
      "roster:endpoint",
      `roster:endpoint (or ROSTER_ENDPOINT) has the host ${url.hostname}, where a service can listen, but which nobody can reach. ` +
        "Use the name of its machine, or 127.0.0.1 on the same one: `pulumi config set roster:endpoint https://…`.",
    );
  }
  return url.href.replace(/\/+$/, "");
}

function tokenOf(value: string | undefined): string {
  if (value === undefined || value === "") {
    throw new ConfigurationError(
      "roster:token",
      "roster:token is not set: it is the owner token or an API key of the Roster service. " +
        "Set it with `pulumi config set --secret roster:token`, or the environment variable ROSTER_TOKEN.",
    );
  }
  if (!/^[\x21-\x7e]+$/.test(value)) {
    throw new ConfigurationError(
      "roster:token",
      "roster:token (or ROSTER_TOKEN) holds a space, a line break or another character that no token has. " +
        "Set it again with `pulumi config set --secret roster:token`.",
    );
  }
  return value;
}

function timeoutOf(value: string | undefined): number {
  const range = { unit: "whole milliseconds", from: 1_000, to: 600_000, example: defaultTimeoutMs };
  return value === undefined ? defaultTimeoutMs : wholeNumberOf("roster:timeoutMs", value, range);
}

function maxRequestsOf(value: string | undefined): number | undefined {
  const range = { unit: "a whole number", from: 1, to: 10_000, example: 10 };
  return value === undefined ? undefined : wholeNumberOf("roster:maxRequestsPerSecond", value, range);
}

function wholeNumberOf(
  key: string,
  value: string,
  { unit, from, to, example }: { unit: string; from: number; to: number; example: number },
): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < from || number > to) {
    throw new ConfigurationError(
      key,
      `${key} is ${JSON.stringify(value)}: it takes ${unit} from ${from} to ${to}. ` +
        `Set it with \`pulumi config set ${key} ${example}\`.`,
    );
  }
  return number;
}

function serviceOf(value: string | undefined): string | undefined {
  if (value !== undefined && !/^svc_[0-9a-f]{32}$/.test(value)) {
    throw new ConfigurationError(
      "roster:service",
      `roster:service is ${JSON.stringify(value)}: it takes the identity of a service, svc_ and 32 hexadecimal digits. ` +
        "The error that names another service has it.",
    );
  }
  return value;
}

function batchingOf(value: string | undefined): boolean {
  if (value !== undefined && value !== "true" && value !== "false") {
    throw new ConfigurationError(
      "roster:batching",
      `roster:batching is ${JSON.stringify(value)}: it must be true, which is the default, or false. ` +
        "Set it with `pulumi config set roster:batching false`.",
    );
  }
  return value !== "false";
}
