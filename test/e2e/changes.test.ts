/**
 * Changes that a program makes to its resources, one after another, on the real engine. What is wrong in a program, and
 * refused at preview, is in printed-errors.test.ts.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { account } from "../contract/support/pages.ts";
import { useProtocolStack } from "../protocol/fixtures.ts";
import { useService, useStack } from "./fixtures.ts";
import { enterprise, the } from "./kinds.ts";

const firstSecret = "the-first-secret-of-a-test-3e55abd41667cf65c746ed3968734ac7";
const secondSecret = "the-second-secret-of-a-test-3874d5018c343fa548b0b3a5bc474821";

const service = useService();
// Its classes take what they speak to from the stack's configuration.
const stack = useStack("test/e2e/programs/changes");
const protocol = useProtocolStack(service, "changes");

beforeAll(async () => {
  await stack.configure(service);
  await stack.up();
});

async function outcomeOf(secret: unknown) {
  return (await service.verify(secret)).outcome;
}
async function objectAt(pathname: string) {
  return (await service.ask("GET", pathname)).body;
}

test("the token and the keys are ciphertext in the state", async () => {
  const { text } = await stack.exported();
  const made = await stack.keys();
  for (const secret of [service.token, ...Object.values(made)]) {
    expect(text).not.toContain(secret);
  }
  expect(made.brought).toBe(firstSecret);
  expect(await outcomeOf(made.made)).toBe("accepted");
  expect(await outcomeOf(made.brought)).toBe("accepted");
});

test("A7 after a refresh that finds nothing, what can change in place does, and a changed secret is a rotation", async () => {
  const before = await stack.keys();
  const [limited, brought] = [await stack.idOf("ApiKey", "limited"), await stack.idOf("ApiKey", "brought")];
  stack.edit("index.ts", 'name: "Globex"', 'name: "Globex Corporation", websiteUrl: "https://globex.example"');
  stack.edit("index.ts", 'slug: "globex"', 'slug: "globex-corporation"');
  stack.edit("index.ts", "invite: false", 'invite: false, givenName: "Hank", familyName: "Scorpio"');
  stack.edit("index.ts", '["flows:read"]', '["flows:read", "flows:run"]');
  stack.edit("index.ts", "role: releaser", 'role: "viewer"');
  stack.edit("index.ts", "2040-01-01", "2041-01-01");
  stack.edit("index.ts", 'name: "Limited"', 'name: "Limited", permissions: ["roles:read"]');
  stack.edit("index.ts", firstSecret, secondSecret);
  expect((await stack.apply("--refresh")).toSorted()).toEqual([
    "update ApiKey brought",
    "update ApiKey limited",
    "update Membership hank",
    "update Organization globex",
    "update Role releaser",
    "update User hank",
  ]);
  expect(await objectAt(`/v1/organizations/${await stack.idOf("Organization", "globex")}`)).toMatchObject({
    slug: "globex-corporation",
    name: "Globex Corporation",
    websiteUrl: "https://globex.example",
  });
  expect(await objectAt(`/v1/users/${await stack.idOf("User", "hank")}`)).toMatchObject({
    givenName: "Hank",
    familyName: "Scorpio",
  });
  expect(await stack.idOf("ApiKey", "limited")).toBe(limited);
  expect(await objectAt(`/v1/api-keys/${limited}`)).toMatchObject({
    endDate: "2041-01-01",
    permissions: ["roles:read"],
    generation: 1,
  });

  // The key stays, the secret before it is dead; those that the service can't show again outlive a refresh.
  expect(await stack.idOf("ApiKey", "brought")).toBe(brought);
  expect(await stack.keys()).toEqual({ ...before, brought: secondSecret });
  expect(await outcomeOf(firstSecret)).toBe("refused");
  expect(await outcomeOf(secondSecret)).toBe("accepted");
  expect((await stack.exported()).text).not.toContain(secondSecret);
  expect(await stack.apply()).toEqual([]);
});

test("destroy leaves nothing that works", async () => {
  const before = await stack.keys();
  await stack.destroy();
  for (const key of Object.values(before)) {
    expect(await outcomeOf(key)).toBe("refused");
  }
});

test("a change by someone else since the last refresh is not overwritten", async () => {
  const declared = (name: string) => [
    { kind: "Organization", name: "initech", args: { slug: "initech", name: "Initech" } },
    {
      kind: "Role",
      name: "releaser",
      args: { organization: the("initech"), name, permissions: ["flows:read", "flows:run"] },
    },
  ];
  await protocol.up(declared("Releaser"));
  const role = `/v1/roles/${protocol.stored("releaser").id}`;
  await service.ask("PATCH", role, { permissions: ["data:edit"] });
  await expect(protocol.up(declared("Release manager"))).rejects.toThrow("precondition_failed");
  expect(await objectAt(role)).toMatchObject({ name: "Releaser", permissions: ["data:edit"] });
  await protocol.refresh();
  expect(await protocol.up(declared("Release manager"))).toEqual(["update releaser"]);
  expect(await objectAt(role)).toMatchObject({ name: "Release manager", permissions: ["flows:read", "flows:run"] });
});

describe("what a stack doesn't declare, and somebody changes,", () => {
  const organization = { kind: "Organization", name: "umbrella", args: { slug: "umbrella", name: "Umbrella" } };
  const email = "leaver@umbrella.example";
  const person = (more: object) => ({ kind: "User", name: "leaver", args: { email, ...more } });
  const member = (role: string) => {
    const args = { organization: the("umbrella"), user: the("leaver"), role };
    return { kind: "Membership", name: "leaver-in", args };
  };
  const before = [organization, person({}), member("viewer")];

  test("A6 doesn't refuse the deactivation of a leaver who has filled in their own name", async () => {
    await protocol.up(before);
    const user = `/v1/users/${protocol.stored("leaver").id}`;
    const joined = await service.browser().submit(await service.mailedLink(email), account);
    expect(joined.statusCode).toBe(303);
    expect(await protocol.up([organization, person({ state: "inactive" }), member("viewer")])).toEqual([
      "update leaver",
    ]);
    expect(await objectAt(user)).toMatchObject({ state: "inactive", givenName: "Ada", familyName: "Lovelace" });
    expect(await protocol.up(before)).toEqual(["update leaver"]);
  });

  test("refuses the change that declares it", async () => {
    const user = `/v1/users/${protocol.stored("leaver").id}`;
    await service.ask("PATCH", user, { familyName: "Byron" });
    const declared = [organization, person({ familyName: "King" }), member("viewer")];
    await expect(protocol.up(declared)).rejects.toThrow(/precondition_failed[\s\S]*Run `pulumi refresh`/);
    expect(await objectAt(user)).toMatchObject({ familyName: "Byron" });
    await protocol.refresh();
    expect(await protocol.up(declared)).toEqual(["update leaver"]);
    expect(await protocol.up(before)).toEqual(["update leaver"]);
  });

  test.each([
    ["role", "leaver-in", "members", { role: "operator" }, [organization, person({}), member("editor")]],
    ["systemRole", "leaver", "users", { systemRole: "super_admin" }, [organization, person({ state: "inactive" })]],
  ])("refuses a change if it is the %s", async (_, name, kind, moved, declared) => {
    await protocol.refresh();
    const object = `/v1/${kind}/${protocol.stored(name).id}`;
    const { status } = await service.ask("PATCH", object, moved);
    expect(status).toBe(200);
    await expect(protocol.up(declared)).rejects.toThrow(/precondition_failed[\s\S]*Run `pulumi refresh`/);
    expect(await objectAt(object)).toMatchObject(moved);
  });
});

test("C7 a member who has left is kept by a refresh, as somebody who left, although lists have only those who have not", async () => {
  const organization = { kind: "Organization", name: "tyrell", args: { slug: "tyrell", name: "Tyrell" } };
  const email = "rachael@tyrell.example";
  const args = { organization: the("tyrell"), email, role: "viewer", onUnknownUser: "invite" };
  const declared = [organization, { kind: "Membership", name: "rachael", args }];
  await protocol.up(declared);
  const { id } = protocol.stored("rachael");
  const browser = service.browser();
  await browser.submit(await service.mailedLink(email), account);
  await browser.logIn(email);
  expect((await browser.submit(`/me/memberships/${id}/leave`)).statusCode).toBe(303);
  await protocol.refresh();
  expect(protocol.stored("rachael")).toMatchObject({ id, outputs: { status: "left" } });
  expect(await service.list(`/v1/organizations/${protocol.stored("tyrell").id}/members`)).toEqual([]);
  expect(await protocol.up(declared)).toEqual([]);
  expect(await protocol.up([organization])).toEqual(["delete rachael"]);
});

test("a secret that is easy to guess is refused before anything is sent, and not repeated", async () => {
  const secret = "easy-to-guess-easy-to-guess";
  const args = { organization: the("initech"), name: "Weak", kind: "webapi", secret };
  const refusal = await protocol.up([{ kind: "ApiKey", name: "weak", args }]).catch((error: unknown) => String(error));
  expect(refusal).toContain("::weak: secret: it is too easy to guess: make it from at least 128 random bits");
  expect(refusal).not.toContain(secret);
});

test("a key declared revoked stays as a record; declared active again, it is replaced", async () => {
  const declared = (state: string) => {
    const args = { organization: the("hooli"), name: "Limited", kind: "server", endDate: "2041-01-01", state };
    return [
      { kind: "Organization", name: "hooli", args: { slug: "hooli", name: "Hooli", ...enterprise } },
      { kind: "ApiKey", name: "limited", args },
    ];
  };
  await protocol.up(declared("active"));
  const revoked = protocol.stored("limited").id;
  expect(await protocol.up(declared("revoked"))).toEqual(["update limited"]);
  expect((await objectAt(`/v1/api-keys/${revoked}`)).status).toBe("revoked");

  expect(await protocol.up(declared("active"))).toEqual(["replace limited"]);
  const { id: renewed, outputs } = protocol.stored("limited");
  expect(renewed).not.toBe(revoked);
  expect((await objectAt(`/v1/api-keys/${revoked}`)).status).toBe("revoked");
  expect(await outcomeOf(outputs.key)).toBe("accepted");
  expect(await protocol.up(declared("active"))).toEqual([]);
});
