/** Keys that are attached to people whose memberships are pending: they wait with the membership, and end with it. */
import type { Schemas } from "roster-schema";
import { beforeAll, describe, expect, test } from "vitest";
import { acceptMembership, leave } from "../../service/objects/memberships/own-membership.ts";
import { idempotencyKey, unique } from "./support/client.ts";
import { account } from "./support/pages.ts";
import { actAs, Pages } from "./support/people.ts";
import { makeScenario, type Scenario } from "./support/scenario.ts";
import { onEachDatabase } from "./support/service.ts";

const weekMs = 7 * 24 * 60 * 60 * 1000;

onEachDatabase("assignments that wait for a membership", (service) => {
  let pages: Pages;

  beforeAll(async () => {
    pages = new Pages(service());
    await pages.start();
  });

  const invite = async ({ owner, path }: Scenario, email = pages.address()) =>
    await owner.do("createMembership", { path, body: { email, role: "viewer", onUnknownUser: "invite" } });

  /** A key, somebody who is invited, and the key attached to them by address. */
  async function waiting(scenario: Scenario, client = scenario.owner) {
    const membership = await invite(scenario);
    const key = await scenario.key();
    const body = { email: membership.email };
    const assignment = await client.do("createApiKeyAssignment", { path: { apiKeyId: key.id }, body });
    return { membership, key, assignment, path: { assignmentId: assignment.id } };
  }

  const entriesOf = async ({ owner, path }: Scenario, object: string) =>
    (await owner.do("listAuditEntries", { path, query: { object } })).items.map(
      ({ action, actor }) => `${action} by ${actor.kind}`,
    );

  /** Follows the newest link that was mailed to an address, as somebody without an account. */
  async function accept(email: string, count = 1): Promise<void> {
    expect((await pages.browser().submit(await pages.mailed(email, count), account)).statusCode).toBe(303);
  }

  /** Somebody who was a member, has left, and is invited again. */
  async function invitedAgain({ owner, path }: Scenario) {
    const somebody = await pages.person();
    const membership = await owner.do("createMembership", { path, body: { user: somebody.id, role: "viewer" } });
    const at = { membershipId: membership.id };
    await actAs(service(), somebody, (context) => leave(context, membership.id));
    const again = await owner.do("updateMembership", { path: at, body: { resendInvite: "1" } });
    expect(again).toMatchObject({ status: "pending", user: somebody.id });
    return { somebody, membership };
  }

  test("A7 a key waits for the membership, and whoever accepts that one has the key with it", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const { membership, key, assignment, path } = await waiting(scenario);
    const { email } = membership;
    expect(assignment).toMatchObject({ status: "pending", user: null, email, external: false });
    const at = { path: { apiKeyId: key.id } };
    expect(await owner.do("getApiKey", at)).toMatchObject({ assignees: [{ user: null, email, status: "pending" }] });
    const before = await owner.send("getApiKeyAssignment", { path });

    await accept(email);
    const after = await owner.send("getApiKeyAssignment", { path });
    const member = await owner.do("getMembership", { path: { membershipId: membership.id } });
    expect(member).toMatchObject({ status: "active", apiKeyCount: 1, operational: true });
    expect(after.json()).toMatchObject({ status: "active", user: member.user, email, external: false });
    expect(after.headers.etag).toBe(before.headers.etag);
    expect(await owner.do("getApiKey", at)).toMatchObject({ assignees: [{ user: member.user, status: "active" }] });
    expect(await entriesOf(scenario, assignment.id)).toEqual([
      "api_key_assignment.create by owner",
      "api_key_assignment.accept by user",
    ]);
    // The membership's is the only mail.
    expect(await service().mailbox.to(email, 1)).toHaveLength(1);

    await owner.do("endMembership", { path: { membershipId: membership.id } });
    await owner.refused("not_found", "getApiKeyAssignment", { path });
  });

  test("A7 it doesn't count until then, and expires and is sent again with the membership only", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const { membership, path } = await waiting(scenario);
    const at = { membershipId: membership.id };
    expect(await owner.do("getMembership", { path: at })).toMatchObject({ apiKeyCount: 0, operational: false });
    await service().mailbox.to(membership.email, 1);
    service().advance(weekMs);
    expect(await owner.do("getMembership", { path: at })).toMatchObject({ status: "expired" });
    expect(await owner.do("getApiKeyAssignment", { path })).toMatchObject({ status: "expired" });
    const refused = await owner.refused("unprocessable", "updateApiKeyAssignment", {
      path,
      body: { resendInvite: "1" },
    });
    expect(refused.detail).toContain(membership.id);
    await owner.do("updateMembership", { path: at, body: { resendInvite: "1" } });
    expect(await owner.do("getApiKeyAssignment", { path })).toMatchObject({ status: "pending" });
    await accept(membership.email, 2);
    expect(await owner.do("getApiKeyAssignment", { path })).toMatchObject({ status: "active" });
  });

  test("A7 it ends with the membership, in the audit too; the key stays", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const { membership, key, assignment, path } = await waiting(scenario);
    const other = await waiting(scenario);
    await owner.do("endMembership", { path: { membershipId: membership.id } });
    await owner.refused("not_found", "getApiKeyAssignment", { path });
    expect(await owner.do("getApiKey", { path: { apiKeyId: key.id } })).toMatchObject({
      status: "active",
      assigneeCount: 0,
    });
    expect(await entriesOf(scenario, assignment.id)).toContain("api_key_assignment.delete by owner");
    expect(await owner.do("getApiKeyAssignment", { path: other.path })).toMatchObject({ status: "pending" });
    service().advance(weekMs);
    await owner.do("endMembership", { path: { membershipId: other.membership.id } });
    await owner.refused("not_found", "getApiKeyAssignment", { path: other.path });
    // Detached, it is not there for whoever is invited and accepts.
    const third = await waiting(scenario);
    await owner.do("deleteApiKeyAssignment", { path: third.path });
    await accept(third.membership.email);
    await owner.refused("not_found", "getApiKeyAssignment", { path: third.path });
  });

  test.each(["user", "email"] as const)("A7 a key waits for somebody who has left, named by %s", async (by) => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const { somebody, membership } = await invitedAgain(scenario);
    const [first, second] = [await scenario.key(), await scenario.key()];
    const body = by === "user" ? { user: somebody.id } : { email: somebody.email };
    const attach = async ({ id }: Schemas["ApiKey"]) =>
      await owner.do("createApiKeyAssignment", { path: { apiKeyId: id }, body });
    const ended = await attach(first);
    expect(ended).toMatchObject({ status: "pending", user: somebody.id, email: somebody.email });
    for (const again of [{ user: somebody.id }, { email: somebody.email }]) {
      const request = { path: { apiKeyId: first.id }, body: again };
      await owner.refused("already_assigned", "createApiKeyAssignment", request);
    }
    await owner.do("deleteApiKeyAssignment", { path: { assignmentId: ended.id } });
    const kept = [await attach(first), await attach(second)];
    await actAs(service(), somebody, (context) => acceptMembership(context, membership.id));
    for (const { id } of kept) {
      const read = await owner.do("getApiKeyAssignment", { path: { assignmentId: id } });
      expect(read).toMatchObject({ status: "active", user: somebody.id });
    }
    const member = await owner.do("getMembership", { path: { membershipId: membership.id } });
    expect(member).toMatchObject({ apiKeyCount: 2 });
  });

  test("A7 it ends with the membership of somebody who has left and doesn't come back", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const { somebody, membership } = await invitedAgain(scenario);
    const path = { apiKeyId: (await scenario.key()).id };
    const { id } = await owner.do("createApiKeyAssignment", { path, body: { user: somebody.id } });
    await owner.do("endMembership", { path: { membershipId: membership.id } });
    await owner.refused("not_found", "getApiKeyAssignment", { path: { assignmentId: id } });
    expect(await entriesOf(scenario, id)).toContain("api_key_assignment.delete by owner");
  });

  test("A7 closing the organization ends it", async () => {
    const scenario = await makeScenario(service());
    const { assignment } = await waiting(scenario);
    await scenario.owner.do("closeOrganization", { path: scenario.path });
    expect(await entriesOf(scenario, assignment.id)).toContain("api_key_assignment.delete by owner");
  });

  describe("T7 what is attached is judged when the membership is accepted", () => {
    type Requester = Awaited<ReturnType<typeof requesterIn>>;
    type Attached = Awaited<ReturnType<typeof waiting>>;

    async function requesterIn(scenario: Scenario) {
      const key = await scenario.key({ permissions: ["keys:assign", "keys:read"] });
      return { path: { apiKeyId: key.id }, client: service().as(key.key) };
    }

    const changes: [
      what: string,
      change: (scenario: Scenario, attached: Attached, requester: Requester) => Promise<unknown>,
    ][] = [
      ["the key is revoked", ({ owner }, { key }) => owner.do("revokeApiKey", { path: { apiKeyId: key.id } })],
      [
        "external API access is withdrawn",
        ({ owner, path }) => owner.do("updateOrganization", { path, body: { features: { externalApiAccess: false } } }),
      ],
      ["the caller's key is revoked", ({ owner }, _, { path }) => owner.do("revokeApiKey", { path })],
      [
        "the caller may attach keys no more",
        ({ owner }, _, { path }) => owner.do("updateApiKey", { path, body: { permissions: ["keys:read"] } }),
      ],
    ];

    test.each(changes)("where %s, the person is a member without the key", async (_, change) => {
      const scenario = await makeScenario(service());
      const { owner } = scenario;
      const requester = await requesterIn(scenario);
      const attached = await waiting(scenario, requester.client);
      const { membership, assignment, path } = attached;
      await change(scenario, attached, requester);
      expect(await owner.do("getApiKeyAssignment", { path })).toMatchObject({ status: "pending" });
      await accept(membership.email);
      const member = await owner.do("getMembership", { path: { membershipId: membership.id } });
      expect(member).toMatchObject({ status: "active", apiKeyCount: 0 });
      await owner.refused("not_found", "getApiKeyAssignment", { path });
      expect(await entriesOf(scenario, assignment.id)).toEqual([
        "api_key_assignment.create by api_key",
        "api_key_assignment.delete by service",
      ]);
    });

    test("what was lost and is given back in time does no harm", async () => {
      const scenario = await makeScenario(service());
      const { owner } = scenario;
      const requester = await requesterIn(scenario);
      const { membership, path } = await waiting(scenario, requester.client);
      for (const permissions of [[], ["keys:assign" as const]]) {
        await owner.do("updateApiKey", { path: requester.path, body: { permissions } });
      }
      await accept(membership.email);
      expect(await owner.do("getApiKeyAssignment", { path })).toMatchObject({ status: "active" });
    });
  });

  test("without external API access, no key is attached to somebody who is invited", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const { email } = await invite(scenario);
    const { id } = await scenario.key();
    await owner.do("updateOrganization", { path, body: { features: { externalApiAccess: false } } });
    const request = { path: { apiKeyId: id }, body: { email } };
    await owner.refused("api_access_disabled", "createApiKeyAssignment", request);
  });

  test("an account that somebody has elsewhere isn't revealed, and is the one that gets the key", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const membership = await invite(scenario);
    const somebody = await pages.person(membership.email);
    const client = await scenario.withPermissions("keys:assign", "keys:read", "members:read", "users:read");
    const path = { apiKeyId: (await scenario.key()).id };
    const made = await client.do("createApiKeyAssignment", {
      path,
      body: { email: membership.email.toUpperCase() },
    });
    expect(made).toMatchObject({ status: "pending", user: null, email: membership.email.toUpperCase() });
    await client.refused("user_not_found", "createApiKeyAssignment", {
      path: { apiKeyId: (await scenario.key()).id },
      body: { user: somebody.id },
    });
    await actAs(service(), somebody, (context) => acceptMembership(context, membership.id));
    const read = await owner.do("getApiKeyAssignment", { path: { assignmentId: made.id } });
    expect(read).toMatchObject({ status: "active", user: somebody.id });
  });

  test("a key that was attached to one account isn't another's, although that one accepts", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const membership = await invite(scenario);
    const [somebody, another] = [await pages.person(membership.email), await pages.person()];
    const path = { apiKeyId: (await scenario.key()).id };
    const made = await owner.do("createApiKeyAssignment", { path, body: { user: somebody.id } });
    expect(made).toMatchObject({ status: "pending", user: somebody.id });
    await actAs(service(), another, (context) => acceptMembership(context, membership.id));
    await owner.refused("not_found", "getApiKeyAssignment", { path: { assignmentId: made.id } });
    expect(await entriesOf(scenario, made.id)).toContain("api_key_assignment.delete by service");
  });

  test("who has a key already, from outside, has it once", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const { membership, key, assignment } = await waiting(scenario);
    // An account from elsewhere whose address was another one when it was offered the key.
    const somebody = await pages.person();
    const offered = await owner.do("createApiKeyAssignment", {
      path: { apiKeyId: key.id },
      body: { user: somebody.id, external: true },
    });
    await service()
      .database.updateTable("api_key_assignments")
      .set({ status: "active" })
      .where("id", "=", offered.id)
      .execute();
    await actAs(service(), somebody, (context) => acceptMembership(context, membership.id));
    await owner.refused("not_found", "getApiKeyAssignment", { path: { assignmentId: assignment.id } });
    const member = await owner.do("getMembership", { path: { membershipId: membership.id } });
    expect(member).toMatchObject({ status: "active", apiKeyCount: 1 });
  });

  test("C11 with external, somebody who is invited is offered the key by mail, as anybody outside", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const { email, id } = await invite(scenario);
    const path = { apiKeyId: (await scenario.key()).id };
    const made = await owner.do("createApiKeyAssignment", { path, body: { email, external: true } });
    expect(made).toMatchObject({ status: "pending", external: true });
    await service().mailbox.to(email, 2);
    await owner.do("updateApiKeyAssignment", { path: { assignmentId: made.id }, body: { resendInvite: "1" } });
    await owner.do("endMembership", { path: { membershipId: id } });
    const read = await owner.do("getApiKeyAssignment", { path: { assignmentId: made.id } });
    expect(read).toMatchObject({ status: "pending" });
  });

  test("of many in one batch, who is a member has the key, who is invited waits, and who is neither is refused", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const { email } = await invite(scenario);
    const { user } = await scenario.member("viewer");
    const { id } = await scenario.key();
    const emails = [email, user.email, `${unique("nobody")}@people.example`];
    const { answers } = await owner.do("runBatch", {
      body: {
        requests: emails.map((address) => ({
          method: "POST" as const,
          path: `/v1/api-keys/${id}/assignments`,
          idempotencyKey: idempotencyKey(),
          body: { email: address },
        })),
      },
    });
    const shown = answers.map(({ status, body }) => {
      const { status: state, code } = body as { readonly status?: unknown; readonly code?: unknown };
      return [status, code ?? state];
    });
    expect(shown).toEqual([
      [201, "pending"],
      [201, "active"],
      [422, "user_not_found"],
    ]);
  });
});
