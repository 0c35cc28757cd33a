/** The access token of a system user, from its delivery to its end; the tests share one stack and its steps. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { useService } from "../e2e/fixtures.ts";
import { type Declaration, the } from "../e2e/kinds.ts";
import { useProtocolStack } from "./fixtures.ts";

const service = useService();
const stack = useProtocolStack(service, "stack-of-tokens");
const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "roster-tokens-")));
const file = path.join(folder, "pipeline.token");
afterAll(() => rmSync(folder, { recursive: true }));

const surroundings: readonly Declaration[] = [
  // The basic plan, without external API access.
  { kind: "Organization", name: "acme", args: { slug: "acme", name: "Acme" } },
  { kind: "User", name: "robot", args: { email: "robot@acme.example", kind: "system", homeOrganization: the("acme") } },
];
const membership: Declaration = {
  kind: "Membership",
  name: "robot-in",
  args: { organization: the("acme"), user: the("robot"), role: "administrator" },
};
function token(args: Readonly<Record<string, unknown>> = {}): Declaration {
  const given = {
    organization: the("acme"),
    user: the("robot"),
    name: "Pipeline",
    permissions: ["organization:read", "roles:read"],
    deliverTo: { file },
    storeSecret: false,
    ...args,
  };
  return { kind: "AccessToken", name: "token", args: given, after: ["robot-in"] };
}
const up = (declaration: Declaration) => stack.up([...surroundings, membership, declaration]);
const preview = (declaration: Declaration) => stack.preview([...surroundings, membership, declaration]);
function handedOn(): string {
  return readFileSync(file, "utf8");
}
/** What the token is answered when it reads the organization's roles. */
async function answered(secret: string, part = "roles"): Promise<number> {
  const url = `${service.endpoint}/v1/organizations/${stack.stored("acme").id}/${part}`;
  return (await fetch(url, { headers: { authorization: `Bearer ${secret}` } })).status;
}

test("A3 a token is made on the basic plan, handed on, and is not in the state", async () => {
  await up(token());
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(handedOn()).toMatch(/^rst_token_/);
  expect([await answered(handedOn()), await answered(handedOn(), "members")]).toEqual([200, 403]);
  expect(await preview(token())).toEqual([]);
  await stack.refresh();
  expect(await preview(token())).toEqual([]);
  const { outputs } = stack.stored("token");
  expect(outputs).toMatchObject({ tokenAvailable: false, generation: 1, status: "active" });
  expect(outputs).not.toHaveProperty("token");
  expect(JSON.stringify(stack.stored("token"))).not.toContain(handedOn());
});

test("A3 rotated, the new secret is handed on before the one before it ends", async () => {
  const before = handedOn();
  await up(token({ rotate: 1, rotation: { overlap: "0s" } }));
  const after = handedOn();
  expect([await answered(before), await answered(after)]).toEqual([401, 200]);
  expect(stack.stored("token").outputs).toMatchObject({ generation: 2 });
});

test("A3 where handing on fails at a rotation, the secret before it works on, and the next up finishes", async () => {
  const before = handedOn();
  rmSync(file);
  mkdirSync(file);
  const rotated = token({ rotate: 2, rotation: { overlap: "0s" } });
  await expect(up(rotated)).rejects.toThrow(/The token was not rotated|The new secret was revoked/);
  expect(await answered(before)).toBe(200);
  rmSync(file, { recursive: true });
  await up(rotated);
  expect([await answered(before), await answered(handedOn())]).toEqual([401, 200]);
  expect(await preview(rotated)).toEqual([]);
});

test("A3 permissions change in place, and what somebody else changed is seen and repaired", async () => {
  const kept = { rotate: 2, rotation: { overlap: "0s" } };
  const secret = handedOn();
  const wider = token({ ...kept, permissions: ["organization:read", "roles:read", "members:read"] });
  await up(wider);
  expect(await answered(secret, "members")).toBe(200);
  await service.ask("PATCH", `/v1/access-tokens/${stack.stored("token").id}`, { permissions: ["roles:read"] });
  await stack.refresh();
  expect(await preview(wider)).not.toEqual([]);
  await up(wider);
  expect(await answered(secret, "members")).toBe(200);
});

test("A3 the secret in the state is handed to the program, and the one before it for its overlap", async () => {
  const stored = token({ rotate: 3, rotation: { overlap: "1h" }, deliverTo: undefined, storeSecret: undefined });
  const before = handedOn();
  await up(stored);
  const { outputs } = stack.stored("token");
  expect(outputs).toMatchObject({ tokenAvailable: true, generation: 4, previousTokenHeld: false });
  expect([await answered(before), await answered(String(outputs.token))]).toEqual([200, 200]);
});

test("A3 deleted, it is revoked and stays listed", async () => {
  const { id, outputs } = stack.stored("token");
  await stack.up([...surroundings, membership]);
  expect(await answered(String(outputs.token))).toBe(401);
  const { body } = await service.ask("GET", `/v1/access-tokens/${id}`);
  expect(body).toMatchObject({ status: "revoked" });
});
