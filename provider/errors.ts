/**
 * What can go wrong, one class for each kind of cause. A message is written for the person at the terminal: what was
 * refused, why, and what to do. No error holds a token, a key or a raw client error.
 */
import { type Schemas, visible } from "roster-schema";
import { pathText } from "./issues.ts";

/** The body of a refusal (RFC 9457), as the contract has it. */
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

/** One place in a manifest, or in a CSV file, that is wrong. */
export interface ManifestProblem {
  /** The file as it was given. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Where in the document, as `users.ada.role`, or the column's name; empty for the document itself. */
  readonly path: string;
  /** What is wrong, and what is allowed. */
  readonly reason: string;
}

/** How many places one message tells. */
const maxListed = 100;

/** A manifest, or a CSV file, is wrong; it says every place at once. */
export class ManifestError extends RosterError {
  override readonly name = "ManifestError";
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
    this.problems = listed;
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

/** What a program declares contradicts itself. */
export class DeclarationError extends RosterError {
  override readonly name = "DeclarationError";
}

/** What the stack knows is older than what is there, and going on would touch what nobody has looked at. */
export class OutdatedStateError extends RosterError {
  override readonly name = "OutdatedStateError";
}

/** Another service answers than the one that a stack was applied to. */
export class OtherServiceError extends RosterError {
  override readonly name = "OtherServiceError";

  /**
   * @param endpoint where it answers
   * @param actual its identity
   * @param expected the identity of the stack's service
   */
  constructor(endpoint: string, actual: string, expected: string) {
    super(
      [
        `another service answers at ${endpoint}: it is ${actual}, and this stack was applied to ${expected}.`,
        "Nothing was changed. Check roster:endpoint, and the database of the service.",
        `To continue with ${actual}, run \`pulumi config set roster:service ${actual}\`.`,
      ].join("\n  "),
    );
  }
}

/** The service doesn't find an object, which may exist all the same. */
export class MissingObjectError extends RosterError {
  override readonly name = "MissingObjectError";

  /**
   * @param name the kind and the id
   * @param reason why that doesn't mean that it is gone
   * @param remedy what to do
   */
  constructor(name: string, reason: string, remedy: string) {
    super(
      [`the service does not find ${name}, but it may exist: ${reason}.`, `Nothing was changed. ${remedy}`].join(
        "\n  ",
      ),
    );
  }
}

/** What to do about a refusal, where that is more than the service can know: it doesn't know of stacks. */
const remedies: Partial<Record<RefusalCode, string>> = {
  invalid_request:
    "The provider found nothing wrong with it: if it is right, provider and service are of different versions.",
  unauthenticated:
    "Is roster:token (or ROSTER_TOKEN) a token of this service? `pulumi refresh` and `pulumi destroy` take the stack " +
    "configuration of the last `up`, unless they are given `--run-program`.",
  not_found:
    "If it exists, can roster:token read it? If it was deleted, run `pulumi refresh`; the next `up` creates it again.",
  route_not_found:
    "No Roster service answers at this address. roster:endpoint (or ROSTER_ENDPOINT) is the address of the service, without a path such as /v1.",
  external_id_taken:
    "The name is made of roster:stackId (or organization/project/stack) and the resource's own: another stack of that " +
    "name created the object, or this one has lost its state.",
  key_not_active: "Run `pulumi refresh`: the next preview shows what happens to the key.",
  generation_conflict: "Somebody has rotated the key since the last refresh: run `pulumi refresh`, and `up` again.",
  secret_in_use: "Run `pulumi refresh`: the next preview shows what happens to the rotation.",
  organization_closed: "If it was closed outside this stack, run `pulumi refresh`; the next `up` creates it again.",
  managed_elsewhere:
    "To leave it to that stack, take it out of this one: `pulumi state delete`. To take it back, do the same, and " +
    'declare it with `adopt: "force"`.',
  precondition_failed: "Run `pulumi refresh`, look at what the next preview says, and `up` again.",
  idempotency_in_progress: "An earlier attempt of this request may still succeed: run `up` again in a moment.",
  idempotency_key_reused: "Run `up` again: it finds what was made, and a key gets a new secret.",
  payload_too_large: "Make the declaration of the resource smaller.",
  unsupported_media_type:
    "Something between here and the service changes requests: is roster:endpoint its own address?",
  rate_limited:
    "Run it again later, when the service allows it. If the limit is on requests, send fewer at once: `--parallel 4`.",
  unavailable: "Run it again in a moment.",
};

/** How often a request was sent before it was given up. */
export interface Attempts {
  readonly count: number;
  readonly elapsedMs: number;
  /** The deadline that ended it, roster:timeoutMs; left out where enough attempts did. */
  readonly deadlineMs?: number;
}

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

  /** @param attempts how often it was asked; the refusal is the last */
  constructor(method: string, path: string, problem: Problem, attempts?: Attempts) {
    const { code, contactUrl, requestId } = problem;
    const remedy = remedies[code];
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

  /** Says what to do about it, where only the caller knows; before what names the request. */
  addRemedy(remedy: string): void {
    const at = this.message.lastIndexOf(`\n  (${this.method} `);
    this.message = `${this.message.slice(0, at)}\n  ${remedy}${this.message.slice(at)}`;
  }
}

function isRetried(attempts: Attempts | undefined): attempts is Attempts {
  return attempts !== undefined && (attempts.count > 1 || attempts.deadlineMs !== undefined);
}

/** What a refusal says was wrong, and where; nothing twice. */
function reasons({ detail, errors = [] }: Problem): string[] {
  const [only] = errors;
  if (only !== undefined && errors.length === 1 && only.detail === detail) {
    return [`${placeText(only)}: ${detail}`];
  }
  const others = errors.filter((error) => !(detail.includes(error.pointer) && detail.includes(error.detail)));
  return [detail, ...others.map((error) => `${placeText(error)}: ${error.detail}`)];
}

/** Where something is wrong, as a program names it: `subscription.plan` for the JSON pointer `/subscription/plan`. */
function placeText({ in: place, pointer }: Schemas["FieldError"]): string {
  const keys = pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  const path = pathText(keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key)));
  return place === "body" ? path || "the body" : `${place} ${path}`;
}

/** The service gave no answer within the deadline. */
export class TransportError extends RosterError {
  override readonly name = "TransportError";
  readonly method: string;
  readonly path: string;
  readonly attempts: number;
  readonly elapsedMs: number;

  /**
   * @param reason what became of the last attempt
   * @param remedy what to do about it
   * @param requestId the request's, where an answer had begun
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
      [`no answer to ${method} ${path}${requestText(requestId)}: ${reason}, ${attemptsText(attempts)}.`, remedy].join(
        "\n  ",
      ),
    );
    this.method = method;
    this.path = path;
    this.attempts = attempts.count;
    this.elapsedMs = attempts.elapsedMs;
  }
}

/** The service's answer is not what the contract says. */
export class ContractError extends RosterError {
  override readonly name = "ContractError";
  /** The operation that was answered, such as `POST /v1/users`. */
  readonly operation: string;
  readonly issues: readonly string[];

  /** @param isChange whether the request may have changed something all the same */
  constructor(operation: string, issues: readonly string[], requestId?: string, isChange = false) {
    super(
      [
        `the answer to ${operation} is not what the contract says${requestText(requestId)}:`,
        ...issues,
        "Is roster:endpoint the address of a Roster service, and is it of a version that this provider knows?",
        ...(isChange ? [mayBeApplied] : []),
      ].join("\n  "),
    );
    this.operation = operation;
    this.issues = issues;
  }
}

/** What to do where a change was sent and what became of it isn't known. */
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
 * An object was made or changed, but not finished. The engine keeps it, with `properties` as its state, and the next
 * `up` goes on from there.
 *
 * The members are named as the dynamic provider's host reads them. The engine prints the reasons and not the message.
 */
export class PartialError extends RosterError {
  override readonly name = "PartialError";
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly reasons: readonly string[];

  /** @param reasons why it is not finished, each as a person should read it by itself */
  constructor(id: string, properties: Readonly<Record<string, unknown>>, reasons: readonly string[]) {
    super(`${id} is not finished: ${reasons.join("; ")}`);
    this.id = id;
    this.properties = properties;
    this.reasons = reasons.map(visible);
  }
}
