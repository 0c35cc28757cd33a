/** What the dynamic provider's host is given when something goes wrong. */
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { driver } from "../../provider/driver.ts";
import { ApiError, PartialError } from "../../provider/errors.ts";
import { type Answering, json, refusal, ScriptedServer } from "./scripted-server.ts";

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
  expect(`${error}: ${error.stack}`).toBe("ApiError: see what is printed at its resource");
});
