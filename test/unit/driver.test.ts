/** What the dynamic provider's host is given when something goes wrong. */
import { inspect } from "node:util";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { driver } from "../../provider/dynamic/driver.ts";
import { dropRepeatedErrors } from "../../provider/dynamic/host.ts";
import { ApiError, PartialError } from "../../provider/errors.ts";
import { type Answering, json, refusal, ScriptedServer } from "./scripted-server.ts";
import { TestTerminal, token } from "./terminals.ts";

const organization = `org_${"0".repeat(32)}`;
const inputs = { organization, name: "Storefront", kind: "webapi", format: "opaque", state: "active" };
const key = {
  ...inputs,
  id: `key_${"0".repeat(32)}`,
  externalId: null,
  adopted: false,
  owner: null,
  displayName: "Storefront",
  permissions: [],
  prefix: "",
  fingerprint: "0123456789ab",
  generation: 1,
  rotatedAt: "2026-01-01T00:00:00.000Z",
  secretUsed: false,
  previousSecret: null,
  allowedIps: null,
  endDate: null,
  legacy: false,
  status: "active",
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
  lastUsedAt: null,
  revokedAt: null,
  assignees: [],
  assigneeCount: 0,
};

beforeEach(() => {
  vi.stubEnv("ROSTER_TOKEN", "token-of-a-test");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

async function serve(...answers: readonly Answering[]): Promise<void> {
  const server = await ScriptedServer.start(...answers);
  onTestFinished(() => server.stop());
  vi.stubEnv("ROSTER_ENDPOINT", server.endpoint);
}

async function failureOf(promise: Promise<unknown> | undefined): Promise<Error> {
  const failure: unknown = await promise?.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(failure instanceof Error)) {
    throw new Error("expected a failure");
  }
  return failure;
}

test("what is half done keeps the provider's code, without which its state could never be read again", async () => {
  const code = "exports.handler=()=>undefined";
  await serve(json(200, { ...key, name: "Shop" }, { ETag: '"v2"' }), refusal(409, "generation_conflict"));
  const state = { ...inputs, key: "the-secret-before-it", generation: 1, etag: '"v1"', __provider: code };
  const wanted = { ...inputs, name: "Shop", secret: "another-secret-of-a-test", __provider: code };
  const error = await failureOf(driver("ApiKey").update?.(key.id, state, wanted));
  expect(error).toBeInstanceOf(PartialError);
  expect((error as PartialError).properties).toMatchObject({ name: "Shop", etag: '"v2"', __provider: code });
});

test("a refusal is said once: by its message, and not by what the host prints beside it", async () => {
  await serve(refusal(403, "permission_denied"));
  const error = await failureOf(driver("ApiKey").read?.(key.id, { ...inputs, __provider: "" }));
  expect(error).toBeInstanceOf(ApiError);
  expect(error.message).toContain("permission_denied: it was refused");
  const { write } = process.stderr;
  const written: unknown[] = [];
  process.stderr.write = (chunk: unknown) => written.push(chunk) > 0;
  try {
    dropRepeatedErrors();
    // As the host prints them, with `console.error`.
    for (const printed of [error, new TypeError("not one of ours")]) {
      process.stderr.write(`${printed}: ${printed.stack}\n`);
    }
  } finally {
    process.stderr.write = write;
  }
  expect(written).toEqual(["", expect.stringContaining("TypeError: not one of ours")]);
});

test("the engine compares the inputs itself where the program has changed one, and only there: so replaceOnChanges works", async () => {
  await serve();
  const role = { organization, name: "Releaser", permissions: ["flows:read", "flows:run"], externalId: "a/0" };
  const diffOf = (kind: string, state: object, inputs: object) =>
    driver(kind).diff?.("id", { ...state }, { ...inputs });
  expect(await diffOf("Role", role, { ...role, name: "Shop" })).toEqual({ replaces: [], deleteBeforeReplace: true });
  expect(await diffOf("Role", role, { ...role, onDestroy: "delete" })).not.toHaveProperty("changes");
  // Another order means the same, a new name of the stack's own is no change of the program's, and what replaces by itself is said.
  const [first, second] = role.permissions;
  expect(await diffOf("Role", role, { ...role, permissions: [second, first] })).toMatchObject({ changes: false });
  expect(await diffOf("Role", role, { ...role, externalId: "b/0" })).toMatchObject({ changes: true, replaces: [] });
  const elsewhere = { ...role, organization: `org_${"1".repeat(32)}`, name: "Shop" };
  expect(await diffOf("Role", role, elsewhere)).toMatchObject({ changes: true, replaces: ["organization"] });
  // A rotation that is due.
  const due = await diffOf("ApiKey", { ...inputs, generation: 1 }, { ...inputs, generation: 2 });
  expect(due).toMatchObject({ changes: true, replaces: [] });
  const carl = (role: string) => ({ "carl@acme.example": { role, givenName: "Carl" } });
  const set = {
    organization,
    members: { "ada@acme.example": "viewer", ...carl("viewer") },
    ids: { "ada@acme.example": "mem_1", "carl@acme.example": "mem_2" },
  };
  expect(await diffOf("OrganizationMembers", set, set)).toMatchObject({ changes: false });
  // What the engine compares by itself it shows, and a map may be secret with its addresses: so a set has the option itself.
  expect(await diffOf("OrganizationMembers", set, { ...set, members: {} })).toMatchObject({
    changes: true,
    replaces: [],
  });
  const members = { ...set.members, "bob@acme.example": "viewer", ...carl("editor") };
  const other = { ...set, members, minAdmins: 2, externalId: "b/0" };
  for (const [option, replaces] of [
    [["members"], ["members"]],
    [["*"], ["members", "minAdmins"]],
    [['members["bob@acme.example"]'], ["members"]],
    [['members["ada@acme.example"]', "members.ada", "mode", "externalId.x"], []],
    [["members.*"], ["members"]],
    // Inside of an entry, as the engine writes it.
    [['members["carl@acme.example"].role'], ["members"]],
    [["members[*].role"], ["members"]],
    [['["members"]["carl@acme.example"]["role"]'], ["members"]],
    [["members[*].givenName", 'members["ada@acme.example"].role', "ignore[0]"], []],
    [
      ["members[*]", "minAdmins"],
      ["members", "minAdmins"],
    ],
  ]) {
    const diff = await diffOf("OrganizationMembers", set, { ...other, __replaceOnChanges: option });
    expect(diff, String(option)).toMatchObject({ changes: true, replaces });
  }
  // Declared, and ended meanwhile: the inputs are the same.
  expect(await diffOf("OrganizationMembers", { ...set, ids: {} }, set)).toMatchObject({ changes: true });
});

test("what is only read, and isn't there or can't be there, is refused with the id", async () => {
  const __provider = "exports.handler=()=>undefined";
  await serve(refusal(404, "not_found"), json(200, { ...key, name: "Shop" }, { ETag: '"v1"' }));
  const lost = await failureOf(driver("ApiKey").read?.(key.id, { __provider }));
  expect(lost.message).toContain(`the ApiKey ${key.id} does not exist, or roster:token can't read it`);
  const wrong = await failureOf(driver("Role").read?.("../users/usr_1", { __provider }));
  expect(wrong.message).toContain('"../users/usr_1" is not an id of the kind Role');
  const found = await driver("ApiKey").read?.(key.id, { __provider });
  expect(found).toMatchObject({ id: key.id, props: { name: "Shop", keyAvailable: false } });
});

test("a stored log-in is found in the provider's process, and its token gets into neither state nor errors", async () => {
  const role = { organization, name: "Releaser", permissions: [], externalId: "a/0" };
  const made = { ...role, id: `rol_${"0".repeat(32)}`, adopted: false, builtIn: false };
  const times = { createdAt: "2026-01-01T00:00:00.000Z", updatedAt: "2026-01-01T00:00:00.000Z" };
  const server = await ScriptedServer.start(
    json(201, { ...made, ...times }, { ETag: '"v1"' }),
    refusal(401, "unauthenticated"),
  );
  onTestFinished(() => server.stop());
  const terminal = new TestTerminal();
  await terminal.store(server.endpoint);
  for (const name of ["ROSTER_TOKEN", "ROSTER_NO_LOGIN"]) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv("XDG_CONFIG_HOME", terminal.environment.XDG_CONFIG_HOME);
  const provider = driver("Role");
  await provider.configure?.({
    config: { get: (key: string) => (key === "roster:endpoint" ? server.endpoint : undefined) },
  } as never);
  const created = await provider.create?.(role);
  const error = await failureOf(provider.read?.(made.id, { ...created?.outs }));
  expect(server.received.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${token}`, `Bearer ${token}`]);
  expect(JSON.stringify(created)).not.toContain(token);
  expect(error.message).toContain("Log in again with `roster login --endpoint ");
  expect(inspect(error, { depth: Number.POSITIVE_INFINITY })).not.toContain(token);
});
