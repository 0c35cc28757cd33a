/** The connection to the service, from the stack's configuration, from the environment, or from a stored log-in. */
import { isOrganizationRole, type OrganizationRole, organizationRoles } from "roster-schema";
import { ConfigurationError } from "../errors.ts";
import { readCredential } from "./credential.ts";

/** How to reach a service. */
export interface Connection {
  /** The service's base address, without a trailing slash. */
  readonly endpoint: string;
  /** The bearer token. */
  readonly token: string;
  /** The file of the log-in that the token comes from; undefined if the token is configured. */
  readonly logInFile?: string | undefined;
  /** The deadline of one operation, including its retries. */
  readonly timeoutMs: number;
  /** The maximum number of requests per second; by default, the service's limit. */
  readonly maxRequestsPerSecond?: number | undefined;
  /** The identity of the service, `svc_…`, if configured; by default, each state contains the identity of its service. */
  readonly service?: string | undefined;
  /** Whether requests that are ready at the same moment are sent as a batch; `true` by default. */
  readonly batching?: boolean;
  /** Whether previews have the service try what they would change; `true` by default. */
  readonly dryRun?: boolean;
  /** The role as which they try it; by default, the caller's own permissions apply. */
  readonly previewAs?: OrganizationRole | undefined;
}

const defaultTimeoutMs = 30_000;

/**
 * Reads the connection. The stack's configuration takes precedence over the environment, and both take precedence over a stored log-in.
 *
 * @param get reads a key of the stack's configuration, such as `roster:endpoint`
 * @param environment the environment, with ROSTER_ENDPOINT, ROSTER_TOKEN and ROSTER_NO_LOGIN
 * @throws ConfigurationError if a value is missing or invalid; it names the key, but never the token
 */
export function readConnection(
  get: (key: string) => string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Connection {
  const endpoint = endpointOf(get("roster:endpoint") ?? environment.ROSTER_ENDPOINT);
  const { token, logIn } = readCredential(get, endpoint, environment);
  return {
    endpoint,
    token,
    logInFile: logIn?.file,
    timeoutMs: timeoutOf(get("roster:timeoutMs")),
    maxRequestsPerSecond: maxRequestsOf(get("roster:maxRequestsPerSecond")),
    service: serviceOf(get("roster:service")),
    batching: switchOf("roster:batching", get("roster:batching")),
    dryRun: switchOf("roster:dryRun", get("roster:dryRun")),
    previewAs: previewAsOf(get("roster:previewAs")),
  };
}

/**
 * Normalizes the address of a service, so that two ways to write it are the same text.
 *
 * @param name what the address is called in messages
 * @throws ConfigurationError if it is missing or invalid
 */
export function endpointOf(value: string | undefined, name = "roster:endpoint (or ROSTER_ENDPOINT)"): string {
  if (value === undefined || value === "") {
    throw new ConfigurationError(
      "roster:endpoint",
      "roster:endpoint, the address of the Roster service, is not set. " +
        "Set it with `pulumi config set roster:endpoint https://…`, or the environment variable ROSTER_ENDPOINT.",
    );
  }
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isAddress = url !== undefined && ["http:", "https:"].includes(url.protocol);
  // This includes an empty query or fragment: the path of every request would become part of it.
  if (!isAddress || url.username !== "" || url.password !== "" || /[?#]/.test(value)) {
    throw new ConfigurationError(
      "roster:endpoint",
      `${name} is not an address such as https://roster.example.com: ` +
        "it must begin with http or https, without a user name, password, query or fragment. " +
        "Set it with `pulumi config set roster:endpoint https://…`.",
    );
  }
  if (["0.0.0.0", "[::]"].includes(url.hostname)) {
    throw new ConfigurationError(
      "roster:endpoint",
      `${name} has the host ${url.hostname}, where a service can listen but can't be reached. ` +
        "Use the name of its machine, or 127.0.0.1 for the same machine: `pulumi config set roster:endpoint https://…`.",
    );
  }
  return url.href.replace(/\/+$/, "");
}

function timeoutOf(value: string | undefined): number {
  const range = { unit: "a whole number of milliseconds", from: 1_000, to: 600_000, example: defaultTimeoutMs };
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
      `${key} is ${JSON.stringify(value)}: it must be ${unit} from ${from} to ${to}. ` +
        `Set it with \`pulumi config set ${key} ${example}\`.`,
    );
  }
  return number;
}

function serviceOf(value: string | undefined): string | undefined {
  if (value !== undefined && !/^svc_[0-9a-f]{32}$/.test(value)) {
    throw new ConfigurationError(
      "roster:service",
      `roster:service is ${JSON.stringify(value)}: it must be the identity of a service, svc_ and 32 hexadecimal digits. ` +
        "The error about another service contains it.",
    );
  }
  return value;
}

function switchOf(key: string, value: string | undefined): boolean {
  if (value !== undefined && value !== "true" && value !== "false") {
    throw new ConfigurationError(
      key,
      `${key} is ${JSON.stringify(value)}: it must be true, which is the default, or false. ` +
        `Set it with \`pulumi config set ${key} false\`.`,
    );
  }
  return value !== "false";
}

function previewAsOf(value: string | undefined): OrganizationRole | undefined {
  if (value !== undefined && !isOrganizationRole(value)) {
    throw new ConfigurationError(
      "roster:previewAs",
      `roster:previewAs is ${JSON.stringify(value)}: it must be one of ${organizationRoles.join(", ")}. ` +
        "Set it with `pulumi config set roster:previewAs administrator`.",
    );
  }
  return value;
}
