/** Refusals: every code, and the problem details that a refused request is answered with. */
import type { Schemas } from "roster-schema";

/** The stable codes of refusals. */
export type RefusalCode = Schemas["RefusalCode"];

/** A wrong place in a request. */
export type FieldError = Schemas["FieldError"];

/** An object that a refusal depends on. */
export interface ObjectReference {
  readonly kind: Schemas["ObjectKind"];
  readonly id: string;
}

interface ProblemType {
  readonly status: number;
  readonly title: string;
  /** Whether the same request may succeed if it is repeated. */
  readonly retryable?: true;
  /** Whether the answer has the contact. */
  readonly contact?: true;
}

/** The status and title of each refusal code. */
export const problemTypes: Readonly<Record<RefusalCode, ProblemType>> = {
  invalid_request: { status: 400, title: "The request doesn't match the contract" },
  unauthenticated: { status: 401, title: "Not authenticated" },
  permission_denied: { status: 403, title: "Permission denied", contact: true },
  plan_required: { status: 403, title: "A larger plan is required", contact: true },
  api_access_disabled: { status: 403, title: "External API access is disabled", contact: true },
  contact_vendor: { status: 403, title: "Only the vendor can change this", contact: true },
  cannot_remove_self: { status: 403, title: "Users can't remove themselves" },
  billing_failed: { status: 422, title: "Stripe did not change the plan", contact: true },
  not_member: { status: 403, title: "Not a member" },
  user_not_active: { status: 403, title: "The user's account is not active" },
  no_api_key: { status: 403, title: "No API key is assigned to the user" },
  not_found: { status: 404, title: "Not found" },
  route_not_found: { status: 404, title: "Operation not found" },
  slug_taken: { status: 409, title: "The slug is taken" },
  email_taken: { status: 409, title: "The address is taken" },
  name_taken: { status: 409, title: "The name is taken" },
  external_id_taken: { status: 409, title: "The externalId is taken" },
  already_member: { status: 409, title: "Already a member" },
  already_assigned: { status: 409, title: "Already assigned" },
  role_in_use: { status: 409, title: "The role is in use" },
  last_administrator: { status: 409, title: "The last administrator can't be removed", retryable: true },
  key_not_active: { status: 409, title: "The API key is not active" },
  generation_conflict: { status: 409, title: "The key's generation has changed" },
  secret_in_use: { status: 409, title: "An earlier secret is still in use" },
  organization_closed: { status: 409, title: "The organization is closed" },
  managed_elsewhere: { status: 409, title: "Somebody else manages the object" },
  idempotency_in_progress: { status: 409, title: "The original request is still running", retryable: true },
  precondition_failed: { status: 412, title: "The object has changed" },
  payload_too_large: { status: 413, title: "The body is too large" },
  unsupported_media_type: { status: 415, title: "Unsupported media type" },
  unprocessable: { status: 422, title: "The request can't be carried out" },
  user_not_found: { status: 422, title: "User not found" },
  role_not_found: { status: 422, title: "Role not found" },
  idempotency_key_reused: { status: 422, title: "The idempotency key was used for another request" },
  rate_limited: { status: 429, title: "Too many requests", retryable: true },
  internal_error: { status: 500, title: "Internal error" },
  unavailable: { status: 503, title: "Unavailable", retryable: true },
};

/** The optional parts of a refusal. */
export interface RefusalOptions {
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
  /** Overrides whether the same request may succeed if it is repeated. */
  readonly retryable?: boolean;
  /** The authentication scheme; a bearer token by default. */
  readonly challenge?: string;
  readonly cause?: unknown;
  /** The objects because of which the request is refused. They are never part of the answer; a trial shows the readable ones. */
  readonly dependsOn?: readonly ObjectReference[];
  /** Whether only the service owner can make the request. */
  readonly requiresServiceOwner?: boolean;
}

/**
 * The refusal of a request, which is answered with problem details.
 *
 * The detail says what is wrong and what to do. It never contains a secret.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly errors: readonly FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly retryable: boolean;
  readonly challenge: string;
  readonly dependsOn: readonly ObjectReference[];
  readonly requiresServiceOwner: boolean;

  constructor(code: RefusalCode, detail: string, options: RefusalOptions = {}) {
    super(detail, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "Refusal";
    this.code = code;
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.retryable = options.retryable ?? problemTypes[code].retryable ?? false;
    this.challenge = options.challenge ?? "Bearer";
    this.dependsOn = options.dependsOn ?? [];
    this.requiresServiceOwner = options.requiresServiceOwner ?? false;
  }
}

/** The refusal of a request with its wrong places. */
export function invalidRequest(errors: readonly FieldError[]): Refusal {
  const [first] = errors;
  const where = first === undefined ? "" : `: ${first.in} ${first.pointer || "as a whole"} ${first.detail}`;
  const more = errors.length > 1 ? `, and ${errors.length - 1} more` : "";
  return new Refusal("invalid_request", `The request doesn't match the contract${where}${more}.`, { errors });
}

/**
 * The refusal of a member of the body that matches the contract but can't be used.
 *
 * @param dependsOn the objects because of which it can't be used; by default, it depends on the request alone.
 */
export function unprocessable(pointer: string, detail: string, dependsOn: readonly ObjectReference[] = []): Refusal {
  return new Refusal("unprocessable", detail, { errors: [{ in: "body", pointer, detail }], dependsOn });
}

/**
 * Converts a refusal to the body of an answer.
 *
 * @param contactUrl the contact, for the codes that include it.
 */
export function problemOf(refusal: Refusal, requestId: string, contactUrl: string | undefined): Schemas["Problem"] {
  const type = problemTypes[refusal.code];
  return {
    type: `urn:roster:problem:${refusal.code}`,
    title: type.title,
    status: type.status,
    code: refusal.code,
    detail: refusal.message,
    requestId,
    retryable: refusal.retryable,
    ...(type.contact && contactUrl !== undefined ? { contactUrl } : {}),
    ...(refusal.errors === undefined ? {} : { errors: [...refusal.errors] }),
  };
}

/** Whether a rule passes: a refusal means no, and any other error is thrown. */
export async function passes(rule: Promise<unknown>): Promise<boolean> {
  try {
    await rule;
    return true;
  } catch (error) {
    if (error instanceof Refusal) {
      return false;
    }
    throw error;
  }
}
