/**
 * What can go wrong, one class for each kind of cause. A message is written for the person at the terminal: what was
 * refused, why, and what to do. No error holds a token, a key or a raw client error.
 */
import { RunError } from "@pulumi/pulumi";
import type { Schemas } from "roster-schema";

/** The body of a refusal (RFC 9457), as the contract has it. */
export type Problem = Schemas["Problem"];

/** The `code` of a refusal: stable, for programs. */
export type RefusalCode = Schemas["RefusalCode"];

/** Anything that Roster throws on purpose; the engine shows its message without a stack trace. */
export abstract class RosterError extends RunError {
  abstract override readonly name: string;
}

/** One place in a manifest that is wrong. */
export interface ManifestProblem {
  /** The file as it was given. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Where in the document, as `users.ada.role`; empty for the document itself. */
  readonly path: string;
  /** What is wrong, and what is allowed. */
  readonly reason: string;
}

/** A manifest is wrong; it says every place at once. */
export class ManifestError extends RosterError {
  override readonly name = "ManifestError";
  readonly problems: readonly ManifestProblem[];

  constructor(problems: readonly ManifestProblem[]) {
    const lines = problems.map(
      ({ file, line, column, path, reason }) =>
        `  ${file}:${line}:${column}: ${path === "" ? "" : `${path}: `}${reason}`,
    );
    super(
      `${problems.length === 1 ? "1 problem" : `${problems.length} problems`} in the manifest:\n${lines.join("\n")}`,
    );
    this.problems = problems;
  }
}

/** The endpoint or the token is missing or can't be used. */
export class ConfigurationError extends RosterError {
  override readonly name = "ConfigurationError";
  /** The configuration key that is meant, such as `roster:endpoint`. */
  readonly key: string;

  constructor(key: string, message: string) {
    super(message);
    this.key = key;
  }
}

/** What to do about a refusal, where that is more than the service can know. */
const advice: Partial<Record<RefusalCode, string>> = {
  precondition_failed: "Run `pulumi refresh`, look at what the next preview says, and `up` again.",
  not_found: "If it was there before: run `pulumi refresh`, and the next `up` makes it anew.",
  unauthenticated: "Is roster:token (or ROSTER_TOKEN) the token of this service?",
};

/** The service refused a request. */
export class ApiError extends RosterError {
  override readonly name = "ApiError";
  readonly status: number;
  readonly code: RefusalCode;
  readonly method: string;
  readonly path: string;
  /** Finds the request in the service's log; empty where no single request was refused. */
  readonly requestId: string;
  /** Whether the same request may succeed a little later. */
  readonly retryable: boolean;

  constructor(method: string, path: string, problem: Problem) {
    const places = (problem.errors ?? []).map(({ pointer, detail }) => `\n  ${pointer}: ${detail}`);
    const contact = problem.contactUrl === undefined ? "" : `\n  contact: ${problem.contactUrl}`;
    const remedy = advice[problem.code] === undefined ? "" : `\n  ${advice[problem.code]}`;
    const id = problem.requestId === "" ? "" : `, request ${problem.requestId}`;
    const request = `\n  (${method} ${path}${id})`;
    super(`${problem.code}: ${problem.detail}${places.join("")}${contact}${remedy}${request}`);
    this.status = problem.status;
    this.code = problem.code;
    this.method = method;
    this.path = path;
    this.requestId = problem.requestId;
    this.retryable = problem.retryable;
  }
}

/** The service gave no answer within the deadline. */
export class TransportError extends RosterError {
  override readonly name = "TransportError";
  readonly method: string;
  readonly path: string;
  readonly attempts: number;
  readonly elapsedMs: number;

  constructor(method: string, path: string, attempts: number, elapsedMs: number, reason: string) {
    const tries = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
    super(
      `no answer to ${method} ${path} (${reason}; ${tries} in ${elapsedMs} ms): ` +
        "is the service running, and is roster:endpoint its address?",
    );
    this.method = method;
    this.path = path;
    this.attempts = attempts;
    this.elapsedMs = elapsedMs;
  }
}

/** The service's answer is not what the contract says. */
export class ContractError extends RosterError {
  override readonly name = "ContractError";
  /** The operation that was answered, such as `POST /v1/users`. */
  readonly operation: string;
  readonly issues: readonly string[];

  constructor(operation: string, issues: readonly string[], requestId?: string) {
    super(
      `the answer to ${operation} is not what the contract says: ${issues.join("; ")}` +
        `${requestId === undefined ? "" : ` (request ${requestId})`}. ` +
        "Is roster:endpoint the address of a Roster service, and is it of a version that this provider knows?",
    );
    this.operation = operation;
    this.issues = issues;
  }
}

/**
 * An object was made or changed, but not finished. The engine keeps it, with `properties` as its state, and the next
 * `up` goes on from there.
 *
 * The members are named as the dynamic provider's host reads them.
 */
export class PartialError extends RosterError {
  override readonly name = "PartialError";
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly reasons: readonly string[];

  constructor(id: string, properties: Readonly<Record<string, unknown>>, reasons: readonly string[]) {
    super(`${id} is not finished, the next \`up\` goes on: ${reasons.join("; ")}`);
    this.id = id;
    this.properties = properties;
    this.reasons = reasons;
  }
}
