/** The endpoint of a command, and settings of the current stack, which the Pulumi CLI reads without starting the engine. */
import type { ExecException } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { ConfigurationError } from "../errors.ts";
import { endpointOf } from "../wire/configuration.ts";
import { errorIn, runPulumi } from "./cli.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage.ts";

/** How long the CLI may take to read a setting: it may have to ask a backend. */
const maxCliMs = 20_000;

/** The endpoint of a command. */
export interface Endpoint {
  /** The normalized address. */
  readonly endpoint: string;
  /** Where it comes from, as a person names it. */
  readonly source: "--endpoint" | "roster:endpoint" | "ROSTER_ENDPOINT";
}

/**
 * Finds the endpoint of a command: that of the option, otherwise that of the current stack, otherwise ROSTER_ENDPOINT.
 *
 * @param given the value of `--endpoint`
 * @throws UsageError if the option is invalid, or if there is no endpoint
 * @throws ConfigurationError if another one is invalid
 */
export async function findEndpoint(given: string | undefined, terminal: Terminal): Promise<Endpoint> {
  if (given !== undefined) {
    return { endpoint: endpointOption(given), source: "--endpoint" };
  }
  const configured = await stackSetting("roster:endpoint", terminal);
  if (configured !== undefined) {
    return { endpoint: endpointOf(configured), source: "roster:endpoint" };
  }
  const { ROSTER_ENDPOINT: fromEnvironment = "" } = terminal.environment;
  if (fromEnvironment !== "") {
    return { endpoint: endpointOf(fromEnvironment), source: "ROSTER_ENDPOINT" };
  }
  throw new UsageError(
    "the address of the service is not set: add --endpoint https://…, run the command in the folder of a stack with " +
      "roster:endpoint, or set the environment variable ROSTER_ENDPOINT.",
  );
}

/** How a command reaches the service: an endpoint, and where its credential is looked for. */
export interface Access {
  /** The normalized address. */
  readonly endpoint: string;
  /** Reads a setting, such as `roster:token`. */
  get(key: string): string | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Finds how a command reaches the service: the endpoint as in {@link findEndpoint}, with the token of the current stack, ROSTER_TOKEN or a
 * stored log-in. A token is sent only to the endpoint that it was set for.
 *
 * @param given the value of `--endpoint`
 * @throws UsageError, ConfigurationError as findEndpoint does
 */
export async function findAccess(given: string | undefined, terminal: Terminal): Promise<Access> {
  const found = await findEndpoint(given, terminal);
  const settings: Readonly<Record<string, string | undefined>> = {
    "roster:endpoint": found.endpoint,
    "roster:token": await stackTokenFor(found, terminal),
  };
  return {
    endpoint: found.endpoint,
    get: (key) => settings[key],
    environment: environmentFor(found, terminal.environment),
  };
}

/** The token of the current stack, if it belongs to the endpoint: no token is sent to a service that it was not set for. */
async function stackTokenFor({ endpoint, source }: Endpoint, terminal: Terminal): Promise<string | undefined> {
  if (source === "ROSTER_ENDPOINT") {
    // A stack without an endpoint of its own uses that of the environment, with its own token.
    return await stackSetting("roster:token", terminal);
  }
  const ofStack = source === "roster:endpoint" ? endpoint : await stackSetting("roster:endpoint", terminal);
  return ofStack !== undefined && endpointOf(ofStack) === endpoint
    ? await stackSetting("roster:token", terminal)
    : undefined;
}

/** The environment without ROSTER_TOKEN, if that was set for another endpoint than the one of the option. */
function environmentFor({ endpoint, source }: Endpoint, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { ROSTER_ENDPOINT: ofToken = "", ROSTER_TOKEN: _token, ...others } = environment;
  const isForAnother = source === "--endpoint" && ofToken !== "" && endpointOf(ofToken) !== endpoint;
  return isForAnother ? others : environment;
}

function endpointOption(given: string): string {
  try {
    return endpointOf(given === "" ? "none" : given, "--endpoint");
  } catch (error) {
    const isInvalid = error instanceof ConfigurationError;
    // The rest says how to configure a stack.
    throw isInvalid ? new UsageError(error.message.replace(/ (?:Set it with|Use the name of) [\s\S]*/, "")) : error;
  }
}

/**
 * Reads a setting of the current stack, secrets included.
 *
 * @returns undefined if there is no project, no stack is selected, or it is not set; if it can't be read, the person is told why
 */
export async function stackSetting(key: string, terminal: Terminal): Promise<string | undefined> {
  if (!isInProject(terminal.folder)) {
    return undefined;
  }
  const { error, stdout, stderr } = await runPulumi(terminal, ["config", "get", key], maxCliMs);
  if (error === undefined) {
    return stdout.replace(/\r?\n$/, "");
  }
  const reason = reasonOf(error, stderr);
  if (reason !== undefined) {
    terminal.tell(`${key} of the stack was not read: ${reason}.\n`);
  }
  return undefined;
}

/** Why a setting could not be read; undefined if there is none. Of what the CLI prints, only the error is shown. */
function reasonOf({ code, killed }: ExecException, stderr: string): string | undefined {
  if (String(code) === "ENOENT") {
    return "the Pulumi CLI was not found";
  }
  if (killed === true) {
    return `the Pulumi CLI took longer than ${maxCliMs / 1000} s`;
  }
  const reason = errorIn(stderr) ?? "the Pulumi CLI gave no reason";
  return /configuration key .* not found/.test(reason) ? undefined : reason.replace(/\.$/, "");
}

/** Whether a folder is part of a Pulumi project. */
function isInProject(folder: string): boolean {
  const isProject = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"].some((name) => existsSync(path.join(folder, name)));
  const parent = path.dirname(folder);
  return isProject || (parent !== folder && isInProject(parent));
}
