/** Which token a stack uses: that of its configuration, that of the environment, or that of a stored log-in. */
import { ConfigurationError } from "../errors.ts";
import { findLogIn, type StoredLogIn } from "../log-ins/log-ins.ts";

/** A token, and where it comes from. */
export interface Credential {
  readonly token: string;
  readonly source: "configuration" | "environment" | "log-in";
  /** The log-in, if the token comes from one. */
  readonly logIn?: StoredLogIn;
}

/**
 * Finds the token for an endpoint. `roster:token` goes before ROSTER_TOKEN, and both go before a stored log-in. ROSTER_NO_LOGIN turns
 * stored log-ins off.
 *
 * @param get reads a key of the stack's configuration
 * @param endpoint the normalized address
 * @throws ConfigurationError if there is no token, or it may not be used; it never contains the token
 */
export function readCredential(
  get: (key: string) => string | undefined,
  endpoint: string,
  environment: NodeJS.ProcessEnv,
): Credential {
  const configured = get("roster:token");
  if (configured !== undefined) {
    return { token: checked(configured, endpoint), source: "configuration" };
  }
  const { ROSTER_TOKEN: given } = environment;
  if (given !== undefined) {
    return { token: checked(given, endpoint), source: "environment" };
  }
  if (!areLogInsUsed(environment)) {
    throw missing("is not set, and ROSTER_NO_LOGIN turns log-ins off", "unset ROSTER_NO_LOGIN and log in", endpoint);
  }
  const logIn = findLogIn(endpoint, { environment });
  if (logIn === undefined) {
    throw missing(`is not set, and you are not logged in to ${endpoint}`, "log in", endpoint);
  }
  return { token: logIn.token, source: "log-in", logIn };
}

/** @returns false if ROSTER_NO_LOGIN is set to anything but nothing, `0` or `false`. */
export function areLogInsUsed({ ROSTER_NO_LOGIN: turnedOff = "" }: NodeJS.ProcessEnv): boolean {
  return ["", "0", "false"].includes(turnedOff);
}

function checked(token: string, endpoint: string): string {
  // A mistake of the configuration, which must not let another token act.
  if (token === "") {
    throw missing("is empty", "remove it and log in", endpoint);
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new ConfigurationError(
      "roster:token",
      "roster:token (or ROSTER_TOKEN) contains a space, a line break or another character that tokens can't contain. " +
        "Set it again with `pulumi config set --secret roster:token`.",
    );
  }
  return token;
}

function missing(problem: string, howToLogIn: string, endpoint: string): ConfigurationError {
  return new ConfigurationError(
    "roster:token",
    `roster:token (or ROSTER_TOKEN), a token of the Roster service, ${problem}. ` +
      "Set it with `pulumi config set --secret roster:token`, or the environment variable ROSTER_TOKEN, " +
      `or ${howToLogIn} with \`roster login --endpoint ${endpoint}\`.`,
  );
}
