/** What the runs of printed-runs.ts declare, and how a service that misbehaves answers. */
import { randomBytes } from "node:crypto";
import { permissionValues } from "roster-schema";
import type { Answering } from "../unit/scripted-server.ts";
import { hang, json, plain, refusal, reset } from "../unit/scripted-server.ts";
import { type Declaration, enterprise, the } from "./kinds.ts";

const nobody = (prefix: string) => `${prefix}_${"0".repeat(32)}`;

function organization(name: string, args: object = {}): Declaration {
  return { kind: "Organization", name, args: { slug: name, name, ...args } };
}
function role(name: string, args: object = {}): Declaration {
  return { kind: "Role", name, args: { organization: the("acme"), name, permissions: ["flows:read"], ...args } };
}
function robot(name: string, args: object = {}): Declaration {
  return { kind: "User", name, args: { email: `${name}@acme.example`, kind: "system", ...args } };
}
function membership(name: string, args: object): Declaration {
  return { kind: "Membership", name, args: { organization: the("acme"), ...args } };
}
function key(name: string, args: object = {}): Declaration {
  return { kind: "ApiKey", name, args: { organization: the("acme"), name, kind: "server", ...args } };
}
function webApi(name: string, secret: string, args: object = {}): Declaration {
  return key(name, { kind: "webapi", secret, ...args });
}

const tail = randomBytes(32).toString("base64url");

/** A secret that is hard to guess, and the same under one name. */
export function clientSecret(name: string): string {
  return `${name}-${tail}`;
}

/** Secrets that a program declares. */
export const clientSecrets = [
  clientSecret("first-secret-of-revoked"),
  clientSecret("second-secret-of-revoked"),
  clientSecret("first-secret-of-rotated"),
  clientSecret("second-secret-of-rotated"),
  clientSecret("first-secret-of-half"),
  clientSecret("second-secret-of-half"),
  clientSecret("first-secret-of-held"),
  clientSecret("second-secret-of-held"),
  "too short",
];

/** What the first `up` makes, for the next ones to be refused. */
export const base: readonly Declaration[] = [
  organization("acme", enterprise),
  organization("small"),
  organization("closing"),
  organization("desk", { subscription: { plan: "enterprise" } }),
  robot("robot", { homeOrganization: the("acme") }),
  membership("robot-in", { user: the("robot"), role: "viewer" }),
  ...["edited", "elsewhere", "given", "vanished", "forgotten"].map((name) => role(name)),
  webApi("revoked", clientSecret("first-secret-of-revoked")),
  webApi("rotated", clientSecret("first-secret-of-rotated")),
  webApi("half", clientSecret("first-secret-of-half")),
  webApi("held", clientSecret("first-secret-of-held"), { rotation: { overlap: "1h" } }),
  key("spare"),
  key("handed-on", { deliverTo: { file: "handed-on.key" } }),
  {
    kind: "ApiKeyAssignment",
    name: "robot-spare",
    args: { key: the("spare"), user: the("robot") },
    after: ["robot-in"],
  },
  // Someone who may do whatever an administrator may, and is none.
  role("steward-role", {
    organization: the("desk"),
    permissions: permissionValues.filter((permission) => permission !== "api:call"),
  }),
  robot("steward", { homeOrganization: the("desk") }),
  membership("steward-in", { organization: the("desk"), user: the("steward"), role: the("steward-role") }),
  robot("administrator", { homeOrganization: the("desk") }),
  membership("administrator-in", { organization: the("desk"), user: the("administrator"), role: "administrator" }),
];

/** The base with other arguments for some of its resources, and without those that are gone. */
function changed(changes: Readonly<Record<string, object | undefined>>): Declaration[] {
  return base
    .filter(({ name }) => !(name in changes) || changes[name] !== undefined)
    .map((declaration) => ({ ...declaration, args: { ...declaration.args, ...changes[declaration.name] } }));
}

/** Every change and every creation of it is refused to the service owner. */
export const againAndChanged: readonly Declaration[] = [
  ...changed({
    edited: { permissions: ["flows:read", "flows:run"] },
    elsewhere: { name: "Elsewhere" },
    given: undefined,
    vanished: { name: "Vanished" },
    closing: { name: "Closing" },
    revoked: { secret: clientSecret("second-secret-of-revoked") },
    rotated: { secret: clientSecret("second-secret-of-rotated") },
    half: { name: "Half", secret: clientSecret("second-secret-of-half") },
    held: { secret: clientSecret("second-secret-of-held"), rotation: { overlap: "1h" } },
    "handed-on": { rotate: 1, deliverTo: { file: "nowhere/handed-on.key" } },
  }),
  organization("slug-taken", { slug: "taken" }),
  robot("email-taken", { email: "TAKEN@acme.example" }),
  role("role-name-taken", { name: "Taken" }),
  key("key-name-taken", { name: "Taken" }),
  membership("already-member", { email: "member@acme.example", role: "viewer" }),
  { kind: "ApiKeyAssignment", name: "already-assigned", args: { key: the("spare"), email: "member@acme.example" } },
  membership("plan-required", { organization: the("small"), user: the("steward"), role: "viewer" }),
  key("api-access-disabled", { organization: the("small") }),
  membership("user-not-found", { email: "nobody@acme.example", role: "viewer" }),
  membership("role-not-found", { user: the("steward"), role: nobody("rol") }),
  key("undeliverable", { deliverTo: { file: "nowhere/undeliverable.key" } }),
  key("unprocessable", { format: "jwt", owner: the("robot") }),
  role("not-found", { organization: nobody("org") }),
];

/**
 * Refused to a steward of one organization.
 *
 * @param desk that organization's id, in place of the resource: what waits for a resource that fails isn't tried
 */
export function asSteward(desk: string): Declaration[] {
  const changes = {
    desk: { subscription: { plan: "premium" } },
    steward: { state: "inactive" },
    "administrator-in": { role: "viewer" },
  };
  // With `adopt`, only the service knows whether there is something to adopt: a preview doesn't refuse it.
  const denied = organization("permission-denied", { adopt: true });
  return [...changed({ ...changes, forgotten: undefined }), denied].map((declaration) => {
    const args = Object.entries(declaration.args).map(([name, value]) => [name, isDesk(value) ? desk : value]);
    return { ...declaration, args: Object.fromEntries(args) };
  });
}

function isDesk(value: unknown): boolean {
  return typeof value === "object" && value !== null && "$" in value && value.$ === "desk";
}

/**
 * Refused by `check`, with several properties; secrets among them, and properties that there aren't. The words for the other kinds
 * are in test/unit/kinds: the engine stops at the first resource that is wrong, so each would take a run.
 */
export const wrongInput: Declaration = {
  kind: "ApiKey",
  name: "key",
  args: {
    organization: nobody("usr"),
    kind: "server",
    secret: "too short",
    endDate: "2020-02-30",
    state: "revoked",
    format: "jwt",
    permissions: "all",
    deliverTo: { folder: "secrets" },
    storeSecret: false,
    secrets: "kept",
  },
};

/** A role's answer, as the contract has it. */
const aRole = {
  id: nobody("rol"),
  externalId: null,
  organization: nobody("org"),
  name: "made",
  permissions: ["flows:read"],
  builtIn: false,
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
};
const requestId = { "Request-Id": "req_0192f0c1" };
const retryable = { retryable: true };

/** Each answer by the name of the resource whose creation gets it; refusals in the reference service's words. */
const answers: Readonly<Record<string, Answering>> = {
  // One that will pass soon is waited for, and holds back all others: see test/unit/client-retries.test.ts.
  "rate-limited": refusal(
    429,
    "rate_limited",
    { detail: "More than 100 requests were sent in a second. Wait for the time in Retry-After." },
    { "Retry-After": "3600" },
  ),
  unauthenticated: refusal(401, "unauthenticated", {
    detail:
      "The token is not valid. Check that it is complete, has not been revoked and has not expired, and is allowed from this address.",
  }),
  // Whatever the service of this version would refuse so is refused at preview.
  "invalid-request": refusal(400, "invalid_request", {
    detail:
      "The request doesn't match the contract: body /permissions is not allowed here; the allowed names are externalId, adopt, name.",
  }),
  // What an access check is refused with; no resource asks for one.
  "not-member": refusal(403, "not_member", {
    detail: "The user has no active membership in the organization. Add the user first.",
  }),
  "user-not-active": refusal(403, "user_not_active", {
    detail: "The user's account is invited. It must be active.",
  }),
  "no-api-key": refusal(403, "no_api_key", {
    detail: "No active API key of the organization is assigned to the user. Assign one first.",
  }),
  "internal-error": refusal(500, "internal_error", {
    detail: "An internal error occurred. The operators of the service can find this request in the log by its id.",
  }),
  unavailable: refusal(503, "unavailable", {
    ...retryable,
    detail: "The database doesn't answer. Try again later; repeat a change with the same Idempotency-Key.",
  }),
  "idempotency-in-progress": refusal(409, "idempotency_in_progress", {
    ...retryable,
    detail: "The original request with this key is still running. Try again in a moment.",
  }),
  "idempotency-key-reused": refusal(422, "idempotency_key_reused", {
    detail:
      "The request was carried out, but its answer contained a secret and is no longer kept. Rotate the API key to get a new secret.",
  }),
  "billing-failed": refusal(422, "billing_failed", {
    contactUrl: "https://vendor.example/contact",
    detail:
      "Stripe could not collect the payment. The plan was not changed. Update the payment method at Stripe, and try again.",
  }),
  "route-not-found": refusal(404, "route_not_found", {
    detail: "The operation POST /v1/v1/organizations does not exist. See /openapi.yaml.",
  }),
  "payload-too-large": refusal(413, "payload_too_large", { detail: "The body exceeds 1 MiB." }),
  "unsupported-media-type": refusal(415, "unsupported_media_type", {
    detail: "Send the body as `Content-Type: application/json`.",
  }),
  "truncated-json": plain(201, '{"id":"rol_', { "Content-Type": "application/json", ...requestId }),
  "html-page": plain(200, "<html><h1>Welcome</h1></html>", requestId),
  "html-error-page": plain(500, "<html><h1>Oops</h1></html>"),
  "html-gateway-page": plain(502, "<html><h1>Bad gateway</h1></html>"),
  "wrong-content-type": plain(201, JSON.stringify(aRole), { "Content-Type": "text/plain", ...requestId }),
  "wrong-shape": json(201, { ...aRole, name: 7, permissions: ["flows:fly"], createdAt: "today" }, requestId),
  "too-large": plain(201, JSON.stringify({ ...aRole, name: "x".repeat(10 * 1024 * 1024) }), requestId),
  "too-large-without-length": (response) => {
    response.writeHead(201, { "Content-Type": "application/json", ...requestId });
    response.end(JSON.stringify({ ...aRole, name: "x".repeat(10 * 1024 * 1024) }));
  },
  redirect: plain(302, "", { Location: "https://login.example/" }),
  "breaks-off": (response) => {
    response.writeHead(201, { "Content-Type": "application/json", "Content-Length": "1000", ...requestId });
    response.write('{"id":"rol_', () => response.socket?.destroy());
  },
  reset,
  hang,
};

/** One role for each answer. */
export const misbehaving: readonly Declaration[] = Object.keys(answers).map((name) =>
  role(name, { organization: nobody("org") }),
);

/** Answers as the name of the role says that is to be made. */
export const misbehave: Answering = (response, request) => {
  if (request.method === "GET") {
    json(200, { items: [], nextCursor: null })(response, request);
    return;
  }
  const { name } = request.body as { readonly name: string };
  const answer = answers[name] ?? plain(599, `nobody said how to answer ${request.method} ${request.path}`);
  answer(response, request);
};
