/**
 * The errors that Roster throws, one class for each kind of cause. A message tells the person at the terminal what was
 * refused, why, and what to do. No error contains a token, a key or a raw client error.
 */
import { type Schemas, visible } from "roster-schema";
import { pathText } from "./issues.ts";

/** The body of a refusal (RFC 9457), as the contract defines it. */
export type Problem = Schemas["Problem"];

/** The `code` of a refusal: stable, for programs. */
export type RefusalCode = Schemas["RefusalCode"];

/** Anything that Roster throws on purpose; the engine shows its message without a stack trace. */
export abstract class RosterError extends Error {
  abstract override readonly name: string;
  /** Makes it a `RunError` of @pulumi/pulumi, whichever copy of that looks at it. */
  readonly __pulumiRunError = true;

  /** @param message may repeat text of a file or of the service, which is shown and never acted on */
  constructor(message: string) {
    super(visible(message));
  }
}

/** One problem in a manifest or in a CSV file. */
export interface ManifestProblem {
  /** The path of the file, as the program passed it. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** The place in the document, such as `users.ada.role`, or the name of the column; empty for the whole document. */
  readonly path: string;
  /** What is wrong, and which values are allowed. */
  readonly reason: string;
}

/** The maximum number of problems that one message lists. */
const maxListed = 100;

/** A manifest or a CSV file is invalid. The error lists every problem. */
export class ManifestError extends RosterError {
  override readonly name = "ManifestError";
  /** Every problem; the message lists the first hundred. */
  readonly problems: readonly ManifestProblem[];

  constructor(problems: readonly ManifestProblem[], what = "the manifest") {
    const listed = problems.slice(0, maxListed);
    const lines = listed.map(
      ({ file, line, column, path, reason }) =>
        `  ${file}:${line}:${column}: ${path === "" ? "" : `${path}: `}${reason}`,
    );
    const more = problems.length > maxListed ? `, the first ${maxListed} of which are` : "";
    super(
      `${problems.length === 1 ? "1 problem" : `${problems.length} problems`} in ${what}${more}:\n${lines.join("\n")}`,
    );
    this.problems = problems;
  }
}

/** A configuration value, such as the endpoint or the token, is missing or invalid. */
export class ConfigurationError extends RosterError {
  override readonly name = "ConfigurationError";
  /** The configuration key, such as `roster:endpoint`. */
  readonly key: string;

  constructor(key: string, message: string) {
    super(message);
    this.key = key;
  }
}

/** A declaration is invalid, or contradicts another one. */
export class DeclarationError extends RosterError {
  override readonly name = "DeclarationError";
}

/** The state is older than the objects in the service, and continuing would change objects that no preview has shown. */
export class OutdatedStateError extends RosterError {
  override readonly name = "OutdatedStateError";
}

/** The service that responds is not the one that the stack was applied to. */
export class OtherServiceError extends RosterError {
  override readonly name = "OtherServiceError";

  /**
   * @param endpoint the address of the service that responds
   * @param actual the identity of that service
   * @param expected the identity of the stack's service
   */
  constructor(endpoint: string, actual: string, expected: string) {
    super(
      [
        `another service responds at ${endpoint}: it is ${actual}, and this stack was applied to ${expected}.`,
        "Nothing was changed. Check roster:endpoint, and the database of the service.",
        `To continue with ${actual}, run \`pulumi config set roster:service ${actual}\`.`,
      ].join("\n  "),
    );
  }
}

/** The service does not find an object that may still exist. */
export class MissingObjectError extends RosterError {
  override readonly name = "MissingObjectError";

  /**
   * @param name the kind and the id
   * @param reason why it may still exist
   * @param remedy what to do
   */
  constructor(name: string, reason: string, remedy: string) {
    super(
      [`the service does not find ${name}, but it may still exist: ${reason}.`, `Nothing was changed. ${remedy}`].join(
        "\n  ",
      ),
    );
  }
}

/** What to do if an object was changed outside the stack. */
export const reviewChanges = "Run `pulumi refresh`, review the next preview, and run `up` again.";

/** What to do about a refusal, if the service can't know it: the service has no concept of stacks. */
const remedies: Partial<Record<RefusalCode, string>> = {
  invalid_request:
    "The provider accepted these values. If they are correct, the provider and the service have different versions.",
  unauthenticated:
    "Is roster:token (or ROSTER_TOKEN) a token of this service? `pulumi refresh` and `pulumi destroy` use the stack " +
    "configuration of the last `up`; with `--run-program`, they use the current one.",
  not_found:
    "If it exists, can roster:token read it? If it was deleted, run `pulumi refresh`; the next `up` creates it again.",
  route_not_found:
    "No Roster service responds at this address. roster:endpoint (or ROSTER_ENDPOINT) is the address of the service, without a path such as /v1.",
  external_id_taken:
    "The externalId is made of roster:stackId (or organization/project/stack) and the resource's name. Another stack with " +
    "the same name created the object, or this stack has lost its state.",
  key_not_active: "Run `pulumi refresh`: the next preview shows what happens to the key.",
  generation_conflict: "The key was rotated since the last refresh. Run `pulumi refresh`, and then `up` again.",
  secret_in_use: "Run `pulumi refresh`: the next preview shows what happens to the rotation.",
  organization_closed: "If it was closed outside this stack, run `pulumi refresh`; the next `up` creates it again.",
  managed_elsewhere:
    "To leave it to that stack, remove it from this one with `pulumi state delete`, or only the arguments that the message names. " +
    'To take it back, do the same, and declare it with `adopt: "force"`.',
  precondition_failed: reviewChanges,
  idempotency_in_progress: "An earlier attempt of this request may still succeed: run `up` again in a moment.",
  idempotency_key_reused: "Run `up` again: it finds the object that was created, and a key gets a new secret.",
  payload_too_large: "Make the declaration of the resource smaller.",
  unsupported_media_type:
    "Something between the provider and the service changes requests. Is roster:endpoint the service's own address?",
  rate_limited:
    "Run it again later, when the service allows it. If the limit is on requests, send fewer at once: `--parallel 4`.",
  unavailable: "Run it again in a moment.",
};

/** How often a request was sent before the provider gave up. */
export interface Attempts {
  readonly count: number;
  readonly elapsedMs: number;
  /** The deadline (roster:timeoutMs) that ended the attempts; omitted if the maximum number of attempts did. */
  readonly deadlineMs?: number;
}

/** The service refused a request. */
export class ApiError extends RosterError {
  override readonly name = "ApiError";
  readonly status: number;
  readonly code: RefusalCode;
  readonly method: string;
  readonly path: string;
  /** Identifies the request in the service's log; empty if no single request was refused. */
  readonly requestId: string;
  /** Whether the same request may succeed a little later. */
  readonly retryable: boolean;

  /**
   * @param attempts how often the request was sent; the refusal is the response to the last attempt
   * @param remedy what to do; by default, what a stack does about such a refusal
   */
  constructor(method: string, path: string, problem: Problem, attempts?: Attempts, remedy = remedies[problem.code]) {
    const { code, contactUrl, requestId } = problem;
    const lines = [
      ...reasons(problem),
      ...(contactUrl === undefined ? [] : [`contact: ${contactUrl}`]),
      ...(isRetried(attempts) ? [`It was refused in ${attemptsText(attempts)}.`] : []),
      ...(remedy === undefined ? [] : [remedy]),
      `(${method} ${path}${requestId === "" ? "" : `, request ${requestId}`})`,
    ];
    super(`${code}: ${lines.join("\n  ")}`);
    this.status = problem.status;
    this.code = code;
    this.method = method;
    this.path = path;
    this.requestId = requestId;
    this.retryable = problem.retryable;
  }

  /** The message without the line that names the request, which nobody finds again after a trial. */
  get messageOfTrial(): string {
    return this.message.slice(0, this.message.lastIndexOf(`\n  (${this.method} `));
  }

  /** Adds a remedy that only the caller knows, before the line that names the request. */
  addRemedy(remedy: string): void {
    const at = this.message.lastIndexOf(`\n  (${this.method} `);
    this.message = `${this.message.slice(0, at)}\n  ${remedy}${this.message.slice(at)}`;
  }
}

function isRetried(attempts: Attempts | undefined): attempts is Attempts {
  return attempts !== undefined && (attempts.count > 1 || attempts.deadlineMs !== undefined);
}

/** The reasons that a refusal gives, each with its place and without repetitions. */
function reasons({ detail, errors = [] }: Problem): string[] {
  const [only] = errors;
  if (only !== undefined && errors.length === 1 && only.detail === detail) {
    return [`${placeText(only)}: ${detail}`];
  }
  const others = errors.filter((error) => !(detail.includes(error.pointer) && detail.includes(error.detail)));
  return [detail, ...others.map((error) => `${placeText(error)}: ${error.detail}`)];
}

/** The place of an error, as a program names it: `subscription.plan` for the JSON pointer `/subscription/plan`. */
function placeText({ in: place, pointer }: Schemas["FieldError"]): string {
  const keys = pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  const path = pathText(keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key)));
  return place === "body" ? path || "the body" : `${place} ${path}`;
}

/** The service did not respond within the deadline. */
export class TransportError extends RosterError {
  override readonly name = "TransportError";
  readonly method: string;
  readonly path: string;
  readonly attempts: number;
  readonly elapsedMs: number;

  /**
   * @param reason why the last attempt failed
   * @param remedy what to do about it
   * @param requestId the id of the request, if a response had begun
   */
  constructor(
    method: string,
    path: string,
    attempts: Attempts,
    reason: string,
    remedy = "Is the service running, and is roster:endpoint its address?",
    requestId?: string,
  ) {
    super(
      [`no response to ${method} ${path}${requestText(requestId)}: ${reason}, ${attemptsText(attempts)}.`, remedy].join(
        "\n  ",
      ),
    );
    this.method = method;
    this.path = path;
    this.attempts = attempts.count;
    this.elapsedMs = attempts.elapsedMs;
  }
}

/** The service's response does not match the contract. */
export class ContractError extends RosterError {
  override readonly name = "ContractError";
  /** The operation, such as `POST /v1/users`. */
  readonly operation: string;
  readonly issues: readonly string[];

  /** @param isChange whether the request may have been applied */
  constructor(operation: string, issues: readonly string[], requestId?: string, isChange = false) {
    super(
      [
        `the response to ${operation} does not match the contract${requestText(requestId)}:`,
        ...issues,
        "Is roster:endpoint the address of a Roster service, and does this provider support its version?",
        ...(isChange ? [mayBeApplied] : []),
      ].join("\n  "),
    );
    this.operation = operation;
    this.issues = issues;
  }
}

/** What to do if a change was sent and its outcome is unknown. */
export const mayBeApplied =
  "The change may have been applied. Run `pulumi refresh`; the next `up` continues from there.";

function requestText(requestId: string | undefined): string {
  return requestId === undefined ? "" : ` (request ${requestId})`;
}

function attemptsText({ count, elapsedMs, deadlineMs }: Attempts): string {
  const attempts = `${count === 1 ? "1 attempt" : `${count} attempts`} in ${(elapsedMs / 1000).toFixed(1)} s`;
  return deadlineMs === undefined ? attempts : `${attempts}, until the deadline (roster:timeoutMs is ${deadlineMs})`;
}

/**
 * An object was created or changed, but not completely. The engine keeps it, with `properties` as its state, and the next
 * `up` continues from there.
 *
 * The dynamic provider's host reads the members by these names. The engine prints the reasons, but not the message.
 */
export class PartialError extends RosterError {
  override readonly name = "PartialError";
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly reasons: readonly string[];

  /** @param reasons why it is incomplete; each is printed on its own */
  constructor(id: string, properties: Readonly<Record<string, unknown>>, reasons: readonly string[]) {
    super(`${id} is incomplete: ${reasons.join("; ")}`);
    this.id = id;
    this.properties = properties;
    this.reasons = reasons.map(visible);
  }
}
