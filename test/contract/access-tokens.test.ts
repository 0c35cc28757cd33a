/** The access tokens of system users: what they may do, how they are made, changed and ended. */
import type { Schemas } from "roster-schema";
import { beforeAll, describe, expect, test } from "vitest";
import { type Client, runAt, unique } from "./support/client.ts";
import { Pages } from "./support/people.ts";
import { makeScenario, nobody, type Scenario } from "./support/scenario.ts";
import { onEachDatabase } from "./support/service.ts";

type Permission = Schemas["Permission"];

const dayMs = 24 * 60 * 60 * 1000;

onEachDatabase("access tokens of system users", (service) => {
  let pages: Pages;

  beforeAll(async () => {
    pages = new Pages(service());
    await pages.start();
  });

  const at = ({ id }: { readonly id: string }) => ({ path: { accessTokenId: id } });

  /** A system user with a role, and a token of it. */
  async function robotWith(scenario: Scenario, role: string, ...permissions: Permission[]) {
    const { user, membership } = await scenario.member(role);
    const token = await scenario.token({ user: user.id, permissions });
    return { user, membership, token, client: service().as(token.token) };
  }

  describe("A3 what a robot's token may do", () => {
    test("A3 it acts as its robot, with what it was given, in its organization, also on the basic plan", async () => {
      const [scenario, other] = [
        await makeScenario(service(), { subscription: { plan: "premium" }, features: { externalApiAccess: false } }),
        await makeScenario(service()),
      ];
      const { path, owner } = scenario;
      const { user, token, client } = await robotWith(scenario, "administrator", "roles:read", "roles:manage");
      await other.owner.do("createMembership", {
        path: other.path,
        body: { user: user.id, role: "administrator" },
      });
      expect(token.token).toMatch(/^rst_token_/);
      const self = await client.do("getSelf");
      expect(self.caller).toEqual({
        kind: "user",
        id: user.id,
        user: user.id,
        email: user.email,
        serviceOwner: false,
        accessToken: { id: token.id, name: token.name, expiresAt: null },
      });
      expect(self.organizations).toMatchObject([
        { id: path.organizationId, role: "administrator", permissions: ["roles:read", "roles:manage"] },
      ]);
      const role = await client.do("createRole", { path, body: { name: unique("role"), permissions: [] } });
      await client.refused("permission_denied", "listMembers", { path });
      await client.refused("not_found", "listRoles", { path: other.path });
      const { items } = await owner.do("listAuditEntries", { path, query: { object: role.id } });
      expect(items).toMatchObject([
        { action: "role.create", actor: { kind: "user", id: user.id, accessToken: token.id } },
      ]);
    });

    test("A3 its permissions count only while its robot has them, and never rise by themselves", async () => {
      const scenario = await makeScenario(service());
      const { owner, path } = scenario;
      const role = await scenario.role("roles:read", "members:read");
      const { client, membership, user } = await robotWith(scenario, role.id, "roles:read", "members:read");
      const setRole = (...permissions: Permission[]) =>
        owner.do("updateRole", { path: { roleId: role.id }, body: { permissions } });
      await client.do("listMembers", { path });
      await setRole("roles:read", "keys:read");
      await client.refused("permission_denied", "listMembers", { path });
      await client.refused("permission_denied", "listApiKeys", { path });
      await setRole("roles:read", "members:read", "keys:read");
      await client.do("listMembers", { path });
      await client.refused("permission_denied", "listApiKeys", { path });
      const body = { role: "administrator" };
      await owner.do("updateMembership", { path: { membershipId: membership.id }, body });
      await client.refused("permission_denied", "listApiKeys", { path });
      await owner.do("updateUser", { path: { userId: user.id }, body: { systemRole: "super_admin" } });
      await client.refused("permission_denied", "createOrganization", { body: { slug: unique("org"), name: "Wide" } });
    });

    test("A3 it stops with its robot, and with its organization", async () => {
      const scenario = await makeScenario(service());
      const { owner, path } = scenario;
      const { user, client, membership, token } = await robotWith(scenario, "administrator", "roles:read");
      await client.do("listRoles", { path });
      await owner.do("deactivateUser", { path: { userId: user.id } });
      await client.refused("unauthenticated", "listRoles", { path });
      await owner.do("updateUser", { path: { userId: user.id }, body: { state: "active" } });
      await client.do("listRoles", { path });
      await owner.do("blockUser", { path: { userId: user.id } });
      await client.refused("unauthenticated", "listRoles", { path });
      await owner.do("unblockUser", { path: { userId: user.id } });
      await owner.do("endMembership", { path: { membershipId: membership.id } });
      await client.refused("unauthenticated", "listRoles", { path });
      expect(await owner.do("getAccessToken", at(token))).toMatchObject({ status: "revoked" });
      const { items } = await owner.do("listAuditEntries", { path, query: { object: token.id } });
      expect(items.map(({ action }) => action)).toEqual(["access_token.create", "access_token.revoke"]);
      const second = await robotWith(scenario, "viewer", "organization:read");
      await owner.do("closeOrganization", { path });
      await second.client.refused("unauthenticated", "getOrganization", { path });
      expect(await owner.do("getAccessToken", at(second.token))).toMatchObject({ status: "revoked" });
    });

    test("A3 a verification doesn't know it, and no operation on API keys shows it", async () => {
      const scenario = await makeScenario(service(), { settings: { keysPerOwner: 1 } });
      const { owner, path } = scenario;
      const { user, token } = await robotWith(scenario, "administrator", "organization:read");
      expect(await owner.do("verifyApiKey", { body: { secret: token.token } })).toEqual(nobody);
      expect((await owner.do("listApiKeys", { path })).items).toEqual([]);
      await owner.do("createApiKey", { path, body: { name: token.name, kind: "user", owner: user.id } });
      for (const operation of ["getApiKey", "revokeApiKey"] as const) {
        const response = await owner.send(operation, { path: { apiKeyId: token.id } });
        expect(response.statusCode, operation).toBe(400);
      }
    });

    test("A3 it doesn't remove, demote or deactivate its robot, revoke itself or widen itself", async () => {
      const scenario = await makeScenario(service());
      const { permissions: all } = await scenario.owner.do("getRole", { path: { roleId: "administrator" } });
      const { client, user, membership, token } = await robotWith(scenario, "administrator", ...all);
      await scenario.member("administrator");
      const ofMembership = { path: { membershipId: membership.id } };
      await client.refused("cannot_remove_self", "endMembership", ofMembership);
      await client.refused("cannot_remove_self", "updateMembership", { ...ofMembership, body: { role: "viewer" } });
      await client.refused("cannot_remove_self", "deactivateUser", { path: { userId: user.id } });
      await client.refused("cannot_remove_self", "revokeAccessToken", at(token));
      await client.refused("cannot_remove_self", "updateAccessToken", { ...at(token), body: { state: "revoked" } });
      await client.refused("unprocessable", "endOwnAccessToken");
      const given = all.filter((permission) => permission !== "audit:read");
      await client.do("updateAccessToken", { ...at(token), body: { permissions: given } });
      await client.refused("permission_denied", "updateAccessToken", { ...at(token), body: { permissions: [...all] } });
      const body = { allowedIps: ["192.0.2.1"] };
      await client.refused("permission_denied", "updateAccessToken", { ...at(token), body });
    });

    test("A3 what it has requested is judged by the token's permissions, and ends with it", async () => {
      const scenario = await makeScenario(service());
      const { owner, path } = scenario;
      const given = [
        "members:read",
        "members:manage",
        "roles:read",
        "roles:assign",
        "users:create",
        "organization:read",
      ] as const;
      const invite = async (client: Client) => {
        const email = pages.address();
        await client.do("createMembership", { path, body: { email, role: "member", onUnknownUser: "invite" } });
        return await pages.mailed(email);
      };
      const { client, token } = await robotWith(scenario, "administrator", ...given);
      const links = [await invite(client), await invite(client), await invite(client)];
      const answers: number[] = [];
      const follow = async () => answers.push((await pages.browser().get(links[answers.length] ?? "")).statusCode);
      await follow();
      await owner.do("updateAccessToken", { ...at(token), body: { permissions: ["members:read"] } });
      await follow();
      await owner.do("updateAccessToken", { ...at(token), body: { permissions: [...given] } });
      await owner.do("revokeAccessToken", at(token));
      await follow();
      expect(answers).toEqual([200, 410, 410]);
    });
  });

  describe("A3 making, widening and rotating", () => {
    test("A3 takes a system user at home here, who is a member, and permissions that it has", async () => {
      const [scenario, other] = [await makeScenario(service()), await makeScenario(service())];
      const { owner, path } = scenario;
      const body = (user: Schemas["User"], ...permissions: Permission[]) => ({
        path,
        body: { user: user.id, name: unique("token"), permissions },
      });
      const person = await scenario.user({ kind: "person", invite: false });
      const stranger = await other.user();
      await owner.do("createMembership", { path, body: { user: stranger.id, role: "viewer" } });
      const { user: viewer } = await scenario.member("viewer");
      for (const asked of [
        body(person, "organization:read"),
        body(stranger, "organization:read"),
        body(await scenario.user(), "organization:read"),
        body(viewer, "organization:read", "roles:read"),
      ]) {
        await owner.refused("unprocessable", "createAccessToken", asked);
      }
      await owner.refused("invalid_request", "createAccessToken", body(viewer));
      const { client } = await scenario.actingAs("customer_admin");
      await client.refused("user_not_found", "createAccessToken", body(await other.user(), "organization:read"));
      await client.do("createAccessToken", body(viewer, "organization:read"));
    });

    test("A3 is bounded by the caller's own permissions", async () => {
      const scenario = await makeScenario(service());
      const { path } = scenario;
      const { user, token } = await robotWith(scenario, "administrator", "roles:read", "roles:manage");
      const caller = await scenario.withPermissions(
        "roles:read",
        "keys:read",
        "keys:create",
        "keys:revoke",
        "users:read",
      );
      const body = (...permissions: Permission[]) => ({ user: user.id, name: unique("token"), permissions });
      await caller.refused("permission_denied", "createAccessToken", { path, body: body("roles:manage") });
      const narrow = await caller.do("createAccessToken", { path, body: body("roles:read") });
      const widened = { ...at(narrow), body: { permissions: ["roles:read", "roles:manage"] as Permission[] } };
      await caller.refused("permission_denied", "updateAccessToken", widened);
      await caller.refused("permission_denied", "rotateAccessToken", { ...at(token), body: { generation: 2 } });
      await caller.do("rotateAccessToken", { ...at(narrow), body: { generation: 2 } });
      await scenario.owner.do("updateAccessToken", { ...at(token), body: { endDate: "2999-01-01" } });
      await caller.refused("permission_denied", "updateAccessToken", { ...at(token), body: { endDate: null } });
      await caller.do("revokeAccessToken", at(token));
    });

    test("A3 a rotation keeps the previous secret for its overlap, and a withdrawal undoes it", async () => {
      const scenario = await makeScenario(service());
      const { owner, path } = scenario;
      const { token } = await robotWith(scenario, "administrator", "roles:read");
      const works = async (secret: string | null) =>
        (
          await service()
            .as(secret ?? "")
            .send("listRoles", { path })
        ).statusCode === 200;
      const body = { generation: 2, overlap: "1h" };
      const second = await owner.do("rotateAccessToken", { ...at(token), body });
      expect(second).toMatchObject({ generation: 2, previousSecret: { fingerprint: token.fingerprint } });
      expect([await works(token.token), await works(second.token)]).toEqual([true, true]);
      service().advance(61 * 60_000);
      expect([await works(token.token), await works(second.token)]).toEqual([false, true]);
      const third = await owner.do("rotateAccessToken", { ...at(token), body: { ...body, generation: 3 } });
      await owner.do("revokeAccessTokenSecret", { ...at(token), body: { generation: 3 } });
      expect([await works(second.token), await works(third.token)]).toEqual([true, false]);
      expect(await owner.do("getAccessToken", at(token))).toMatchObject({ generation: 2, previousSecret: null });
    });

    test("A3 an end date and addresses limit it", async () => {
      const scenario = await makeScenario(service());
      const { owner, path } = scenario;
      const { user, token, client } = await robotWith(scenario, "administrator", "roles:read");
      const endDate = new Date(service().now().getTime() + dayMs).toISOString();
      const changed = await owner.do("updateAccessToken", { ...at(token), body: { endDate } });
      expect(changed).toMatchObject({ endDate, expiresAt: endDate, status: "active" });
      await client.do("listRoles", { path });
      service().advance(dayMs + 1);
      await client.refused("unauthenticated", "listRoles", { path });
      expect(await owner.do("getAccessToken", at(token))).toMatchObject({ status: "expired", state: "active" });
      // The name is free again.
      const fenced = await scenario.token({ user: user.id, name: token.name, allowedIps: ["192.0.2.0/24"] });
      await service().as(fenced.token).refused("unauthenticated", "getOrganization", { path });
    });

    test("A3 a lost create is taken over with a new secret, and an existing token is adopted without one", async () => {
      const scenario = await makeScenario(service());
      const { owner, path } = scenario;
      const { user } = await scenario.member("administrator");
      const name = unique("token");
      const body = { user: user.id, name, permissions: ["roles:read" as const], externalId: unique("stack") };
      const [killed, next] = [runAt(Date.now() - 10_000), runAt(Date.now())];
      const run = { runId: killed["roster-run"] };
      await owner.do("reportRun", { path: run, body: { status: "alive" } });
      const first = await owner.do("createAccessToken", { path, body, headers: killed });
      await owner.do("reportRun", { path: run, body: { status: "lost" } });
      const second = await owner.do("createAccessToken", { path, body, headers: next });
      expect(second.id).toBe(first.id);
      await service()
        .as(first.token ?? "")
        .refused("unauthenticated", "listRoles", { path });
      await service()
        .as(second.token ?? "")
        .do("listRoles", { path });
      const adopting = {
        ...body,
        permissions: ["roles:read" as const, "members:read" as const],
        externalId: unique("stack"),
        adopt: "force" as const,
      };
      const adopted = await owner.do("createAccessToken", { path, body: adopting });
      expect(adopted).toMatchObject({
        id: first.id,
        adopted: true,
        token: null,
        permissions: ["members:read", "roles:read"],
      });
      await service()
        .as(second.token ?? "")
        .do("listMembers", { path });
      const query = { managedAs: adopting.externalId };
      await owner.do("revokeAccessToken", { ...at(first), query });
      expect(await owner.do("getAccessToken", at(first))).toMatchObject({
        status: "active",
        permissions: ["roles:read"],
      });
    });
  });

  describe("A3 the list of an organization's tokens", () => {
    test("A3 shows robots' and people's tokens with kind and status, page by page", async () => {
      const scenario = await makeScenario(service());
      const { owner, path } = scenario;
      const { user, token } = await robotWith(scenario, "viewer", "organization:read");
      const { id: person } = await pages.member([[scenario, "administrator"]]);
      const ended = await scenario.token({ user: user.id });
      await owner.do("revokeAccessToken", at(ended));
      const { items } = await owner.do("listAccessTokens", { path });
      expect(items.map(({ kind, user: of, status }) => ({ kind, of, status }))).toEqual([
        { kind: "system", of: user.id, status: "active" },
        { kind: "person", of: person, status: "active" },
        { kind: "system", of: user.id, status: "revoked" },
      ]);
      const paged: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await owner.do("listAccessTokens", { path, query: { limit: 1, ...(cursor && { cursor }) } });
        paged.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(paged).toEqual(items.map(({ id }) => id));
      const listed = async (query: object) =>
        (await owner.do("listAccessTokens", { path, query })).items.map(({ id }) => id);
      const [, ofPerson = "", ofEnded = ""] = paged;
      expect(await listed({ kind: "system" })).toEqual([token.id, ofEnded]);
      expect(await listed({ kind: "person" })).toEqual([ofPerson]);
      expect(await listed({ status: "active" })).toEqual([token.id, ofPerson]);
      expect(await listed({ status: "revoked" })).toEqual([ofEnded]);
      expect(await listed({ status: "expired" })).toEqual([]);
      expect(await listed({ user: person })).toEqual([ofPerson]);
      expect(await listed({ name: token.name })).toEqual([token.id]);
    });

    test("A3 an administrator ends a robot's token, and can't touch a person's", async () => {
      const scenario = await makeScenario(service());
      const { owner, path } = scenario;
      const { client, token } = await robotWith(scenario, "viewer", "organization:read");
      const { client: ofPerson } = await pages.member([[scenario, "member"]]);
      const [personal] = (await owner.do("listAccessTokens", { path, query: { kind: "person" } })).items;
      const administrator = (await scenario.actingAs("administrator")).client;
      await administrator.do("revokeAccessToken", at(token));
      await client.refused("unauthenticated", "getOrganization", { path });
      for (const actor of [administrator, owner]) {
        const target = at({ id: personal?.id ?? "" });
        await actor.refused("not_found", "getAccessToken", target);
        await actor.refused("not_found", "updateAccessToken", { ...target, body: { name: "Mine" } });
        await actor.refused("not_found", "revokeAccessToken", target);
        await actor.refused("not_found", "rotateAccessToken", { ...target, body: { generation: 2 } });
      }
      await ofPerson.do("getOrganization", { path });
    });
  });
});
