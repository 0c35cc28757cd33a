/**
 * Changes that a program makes to its resources, one after another, on the real engine; one is made, but not finished: the engine
 * keeps it, and the next `up` goes on. What is wrong in a program, and refused at preview, is in printed-errors.test.ts.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { account } from "../contract/support/pages.ts";
import { useProtocolStack } from "../protocol/fixtures.ts";
import { useService, useStack } from "./fixtures.ts";
import { enterprise, the } from "./kinds.ts";

const firstSecret = "the-first-secret-of-a-test-3e55abd41667cf65c746ed3968734ac7";
const secondSecret = "the-second-secret-of-a-test-3874d5018c343fa548b0b3a5bc474821";
const thirdSecret = "the-third-secret-of-a-test-9d1f0b64c7a85e23f06a7b9c41d8e352";
const fourthSecret = "the-fourth-secret-of-a-test-51c27e8fd0b94a6384e70f2ad6c91b35";
const fifthSecret = "the-fifth-secret-of-a-test-7b0e94d2c3f1485fa6d8203b9e61c75a";

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
});

test("T1 with a path too many in the endpoint, a refresh fails, and the state stays as it is", async () => {
  const before = (await stack.exported()).resources;
  await stack.configure({ endpoint: `${service.endpoint}/v1` });
  const output = await stack.fail("refresh", "--yes", "--skip-preview", "--run-program");
  expect(output).toContain("No Roster service responds at this address.");
  expect(output).not.toContain("deleted");
  const { resources } = await stack.exported();
  expect(resources.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  await stack.configure({ endpoint: service.endpoint });
});

test("T4 a key is not replaced where its own secret can't be used again, and a preview says so", async () => {
  const [declared, owned] = ['name: "Brought along",', 'name: "Brought along", owner: hank,'];
  stack.edit("index.ts", declared, owned);
  const output = await stack.fail("preview");
  stack.edit("index.ts", owned, declared);
  expect(output).toContain("change `secret` in the same update");
  expect(output).not.toContain(secondSecret);
  expect(await outcomeOf(secondSecret)).toBe("accepted");
});

describe("a key whose name was changed, and whose rotation was refused", () => {
  async function setApiAccess(organization: string, externalApiAccess: boolean): Promise<void> {
    const { status } = await service.ask("PATCH", `/v1/organizations/${organization}`, {
      features: { externalApiAccess },
    });
    expect(status).toBe(200);
  }
  async function key(id: string) {
    return (await service.ask("GET", `/v1/api-keys/${id}`)).body;
  }

  describe("by the engine", () => {
    let organization = "";
    let id = "";

    beforeAll(async () => {
      organization = await stack.idOf("Organization", "globex");
      id = await stack.idOf("ApiKey", "brought");
    });

    async function declaredKey(): Promise<unknown> {
      return (await stack.keys()).brought;
    }

    test("M9 is kept as far as it came, with the secret that it still has, where API access was withdrawn", async () => {
      await setApiAccess(organization, false);
      stack.edit("index.ts", 'name: "Brought along"', 'name: "Brought along, again"');
      stack.edit("index.ts", secondSecret, thirdSecret);
      const output = await stack.fail("up", "--yes", "--skip-preview");
      expect(output).toContain("api_access_disabled: ");
      expect(await key(id)).toMatchObject({ name: "Brought along, again", generation: 2 });
      expect(await declaredKey()).toBe(secondSecret);
      const { text, resources } = await stack.exported();
      const resource = resources.find((resource) => resource.id === id);
      expect(resource?.initErrors).toHaveLength(1);
      expect(resource?.outputs?.name).toBe("Brought along, again");
      for (const secret of [secondSecret, thirdSecret]) {
        expect(text).not.toContain(secret);
        expect(output).not.toContain(secret);
      }
    });

    // Nor has the `up` before left anything to be done.
    test("is finished by the next up, which may refresh it first", async () => {
      await setApiAccess(organization, true);
      expect(await stack.apply("--refresh")).toEqual(["update ApiKey brought"]);
      expect(await key(id)).toMatchObject({ name: "Brought along, again", generation: 3 });
      expect(await declaredKey()).toBe(thirdSecret);
      expect((await service.verify(thirdSecret)).outcome).toBe("accepted");
      expect((await stack.resource("ApiKey", "brought")).initErrors).toBeUndefined();
    });
  });

  describe("by the provider", () => {
    const declared = (name: string, secret: string) => [
      { kind: "Organization", name: "initech", args: { slug: "initech", name: "Initech", ...enterprise } },
      { kind: "ApiKey", name: "brought", args: { organization: the("initech"), name, kind: "webapi", secret } },
    ];
    let organization = "";
    let id = "";

    beforeAll(async () => {
      await protocol.up(declared("Brought along", fourthSecret));
      organization = protocol.stored("initech").id;
      id = protocol.stored("brought").id;
    });

    test("is kept, and still refreshed", async () => {
      await setApiAccess(organization, false);
      const changed = declared("Brought along, again", fifthSecret);
      await expect(protocol.up(changed)).rejects.toThrow("api_access_disabled: ");
      expect(await key(id)).toMatchObject({ name: "Brought along, again", generation: 1 });
      expect(protocol.stored("brought")).toMatchObject({ unfinished: true, outputs: { key: fourthSecret } });
      await setApiAccess(organization, true);
      await protocol.refresh();
      expect(protocol.stored("brought")).toMatchObject({
        unfinished: true,
        outputs: { key: fourthSecret, name: "Brought along, again" },
      });
    });

    test("is finished by the next up, and nothing is left to do", async () => {
      const changed = declared("Brought along, again", fifthSecret);
      expect(await protocol.up(changed)).toEqual(["update brought"]);
      expect(await key(id)).toMatchObject({ generation: 2 });
      expect(protocol.stored("brought")).toMatchObject({ unfinished: false, outputs: { key: fifthSecret } });
      expect(await protocol.up(changed)).toEqual([]);
    });

    test("is ended by destroy", async () => {
      await setApiAccess(organization, false);
      await expect(protocol.up(declared("Brought along, at last", fourthSecret))).rejects.toThrow(
        "api_access_disabled: ",
      );
      expect(await key(id)).toMatchObject({ name: "Brought along, at last", generation: 2 });
      await protocol.destroy();
      expect((await key(id)).status).toBe("revoked");
    });
  });
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
