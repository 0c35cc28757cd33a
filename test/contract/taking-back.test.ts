import { beforeAll, describe, expect, test } from "vitest";
import type { Client } from "./support/client.ts";
import { unique } from "./support/client.ts";
import { Pages } from "./support/people.ts";
import { makeScenario, type Scenario } from "./support/scenario.ts";
import { onEachDatabase } from "./support/service.ts";

onEachDatabase("taking back", (service) => {
  let pages: Pages;
  let scenario: Scenario;
  let admin: Client;

  beforeAll(async () => {
    pages = new Pages(service());
    await pages.start();
    scenario = await makeScenario(service());
    ({ client: admin } = await pages.member([[scenario, "customer_admin"]]));
  });

  const makeKey = async () =>
    await admin.do("createApiKey", {
      path: scenario.path,
      body: { name: unique("key"), kind: "server", permissions: ["organization:read"], externalId: unique("external") },
    });

  const makeUser = async (body: object = { kind: "system" }) =>
    await admin.do("createUser", {
      body: {
        email: pages.address(),
        homeOrganization: scenario.organization.id,
        externalId: unique("external"),
        ...body,
      },
    });

  const destroyKey = async ({ id, externalId }: { id: string; externalId: string | null }) =>
    await admin.send("revokeApiKey", { path: { apiKeyId: id }, query: { managedAs: externalId ?? "" } });

  const destroyUser = async ({ id, externalId }: { id: string; externalId: string | null }) =>
    await admin.send("deactivateUser", { path: { userId: id }, query: { managedAs: externalId ?? "" } });

  const statusOf = async (apiKeyId: string) => await scenario.owner.do("getApiKey", { path: { apiKeyId } });

  describe("A5 what one made and nobody has built on", () => {
    test("A5 a key is revoked, and a user deactivated, by whoever may only create them", async () => {
      const [key, user] = [await makeKey(), await makeUser()];
      expect((await destroyKey(key)).statusCode).toBe(204);
      expect(await statusOf(key.id)).toMatchObject({ status: "revoked" });
      expect((await destroyUser(user)).statusCode).toBe(204);
      const path = { userId: user.id };
      expect(await scenario.owner.do("getUser", { path })).toMatchObject({ state: "inactive", externalId: null });
    });

    test("also an invited person who has not set up the account", async () => {
      expect((await destroyUser(await makeUser({ kind: "person" }))).statusCode).toBe(204);
    });
  });

  describe("A5 is let go otherwise, stays as it is, and says so:", () => {
    async function isLetGo(
      made: { id: string; externalId: string | null },
      destroy: (object: { id: string; externalId: string | null }) => ReturnType<typeof destroyKey>,
    ): Promise<void> {
      const answer = await destroy(made);
      expect(answer.statusCode, answer.body).toBe(200);
      expect(answer.json()).toEqual({
        outcome: "let_go",
        reason: expect.stringMatching(
          /^The .* stays as it is, and nobody manages it now: .*This requires the permission/,
        ),
      });
      const { items } = await scenario.owner.do("listAuditEntries", {
        path: scenario.path,
        query: { object: made.id },
      });
      expect(items.at(-1)?.action).toMatch(/\.let_go$/);
    }

    test("what somebody else made", async () => {
      const key = await scenario.key({ externalId: unique("external") });
      await isLetGo(key, destroyKey);
      expect(await statusOf(key.id)).toMatchObject({ status: "active", externalId: null });
    });

    test("a key that somebody else changed, was used, or is attached by somebody else", async () => {
      const [changed, used, attached] = [await makeKey(), await makeKey(), await makeKey()];
      await scenario.owner.do("updateApiKey", { path: { apiKeyId: changed.id }, body: { name: unique("renamed") } });
      await scenario.owner.do("verifyApiKey", { body: { secret: used.key ?? "" } });
      const { user } = await scenario.member("member");
      await scenario.owner.do("createApiKeyAssignment", { path: { apiKeyId: attached.id }, body: { user: user.id } });
      for (const key of [changed, used, attached]) {
        await isLetGo(key, destroyKey);
        expect(await statusOf(key.id)).toMatchObject({ status: "active", externalId: null });
      }
    });

    test("a user who has set up the account, or has a membership that somebody else made", async () => {
      const [person, member] = [await makeUser({ kind: "person" }), await makeUser()];
      const link = await pages.mailed(person.email);
      await pages.browser().submit(link, {
        givenName: "Ada",
        password: "seven brass lanterns drift north",
        "password-again": "seven brass lanterns drift north",
        "rule-accepted": "yes",
      });
      await scenario.owner.do("createMembership", { path: scenario.path, body: { user: member.id, role: "member" } });
      await isLetGo(person, destroyUser);
      await isLetGo(member, destroyUser);
      const path = { userId: person.id };
      expect(await scenario.owner.do("getUser", { path })).toMatchObject({ state: "active", externalId: null });
    });
  });

  test("A5 whoever doesn't manage the object is refused, and so is somebody without the permission to make it", async () => {
    const key = await scenario.key({ externalId: unique("external") });
    const path = { apiKeyId: key.id };
    await admin.refused("permission_denied", "revokeApiKey", { path });
    await admin.refused("managed_elsewhere", "revokeApiKey", { path, query: { managedAs: "another" } });
    const { client: auditor } = await scenario.actingAs("auditor");
    await auditor.refused("permission_denied", "revokeApiKey", { path, query: { managedAs: key.externalId ?? "" } });
    expect(await statusOf(key.id)).toMatchObject({ status: "active", externalId: key.externalId });
  });
});
