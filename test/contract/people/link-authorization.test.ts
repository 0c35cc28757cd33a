/** What was asked for in a mail is judged by the rules of the moment in which its link is followed. */
import type { Kysely } from "kysely";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { findLink } from "../../../service/auth/links.ts";
import { endIfRefused } from "../../../service/people/link-authorization.ts";
import * as linkRequesters from "../../../service/rows/migrations/0017-link-requesters.ts";
import type { Client } from "../support/client.ts";
import { runAt, unique } from "../support/client.ts";
import { account, goodPassword, wordsOn } from "../support/pages.ts";
import { Pages } from "../support/people.ts";
import { makeScenario, type Scenario } from "../support/scenario.ts";
import { onEachDatabase } from "../support/service.ts";

const dayMs = 24 * 60 * 60 * 1000;

onEachDatabase("what a link stands for", (service, kind) => {
  let pages: Pages;

  beforeAll(async () => {
    pages = new Pages(service());
    await pages.start();
  });

  type Requester = Awaited<ReturnType<Scenario["actingAs"]>>;

  /** A person at home in an organization, whose account is complete. */
  async function personOf(scenario: Scenario) {
    const user = await scenario.user({ email: pages.address(), kind: "person" });
    const done = await pages.browser().submit(await pages.mailed(user.email), account);
    expect(done.statusCode).toBe(303);
    return user;
  }

  /** Something that was asked for: where its link is, and whether it was done. */
  interface Asked {
    readonly link: string;
    readonly isDone: () => Promise<boolean>;
    /** What a browser sends to follow the link. */
    readonly fields?: Record<string, string>;
  }

  const asks: Record<string, (scenario: Scenario, client: Client) => Promise<Asked>> = {
    async "setting up an account"({ organization, owner }, client) {
      const body = { email: pages.address(), homeOrganization: organization.id };
      const { id: userId, email } = await client.do("createUser", { body });
      const isDone = async () => (await owner.do("getUser", { path: { userId } })).status === "active";
      return { link: await pages.mailed(email), isDone, fields: account };
    },
    async "setting up an account, invited again"({ organization, owner }, client) {
      const body = { email: pages.address(), homeOrganization: organization.id, invite: false };
      const { id: userId, email } = await owner.do("createUser", { body });
      await client.do("updateUser", { path: { userId }, body: { resendInvite: unique("again") } });
      const isDone = async () => (await owner.do("getUser", { path: { userId } })).status === "active";
      return { link: await pages.mailed(email), isDone, fields: account };
    },
    async "joining an organization"({ path, owner }, client) {
      const body = { email: pages.address(), role: "editor", onUnknownUser: "invite" } as const;
      const { id: membershipId, email } = await client.do("createMembership", { path, body });
      const isDone = async () => (await owner.do("getMembership", { path: { membershipId } })).status === "active";
      return { link: await pages.mailed(email), isDone, fields: account };
    },
    async "joining again after leaving"(scenario, client) {
      const { browser, ...somebody } = await pages.loggedIn();
      const body = { user: somebody.id, role: "editor" };
      const { id: membershipId } = await scenario.owner.do("createMembership", { path: scenario.path, body });
      await browser.submit(`/me/memberships/${membershipId}/leave`);
      await client.do("updateMembership", { path: { membershipId }, body: { resendInvite: unique("again") } });
      const isDone = async () =>
        (await scenario.owner.do("getMembership", { path: { membershipId } })).status === "active";
      return { link: await pages.mailed(somebody.email), isDone, fields: { password: goodPassword } };
    },
    async "using an API key from outside"(scenario, client) {
      const somebody = await pages.person();
      const path = { apiKeyId: (await scenario.key()).id };
      const body = { email: somebody.email, external: true };
      const { id } = await client.do("createApiKeyAssignment", { path, body });
      const read = { path: { assignmentId: id } };
      const isDone = async () => (await scenario.owner.do("getApiKeyAssignment", read)).status === "active";
      return { link: await pages.mailed(somebody.email), isDone, fields: { password: goodPassword } };
    },
    async "another address"(scenario, client) {
      const { id: userId } = await personOf(scenario);
      const email = pages.address();
      await client.do("updateUser", { path: { userId }, body: { email } });
      const isDone = async () => (await scenario.owner.do("getUser", { path: { userId } })).email === email;
      return { link: await pages.mailed(email), isDone };
    },
    async "a new password"(scenario, client) {
      const { id: userId, email } = await personOf(scenario);
      await client.do("updateUser", { path: { userId }, body: { resetPassword: unique("reset") } });
      const password = "another seven brass lanterns";
      const isDone = async () => (await pages.browser().logIn(email, password)).statusCode === 303;
      return { link: await pages.mailed(email, 2), isDone, fields: { password, "password-again": password } };
    },
  };

  const endings: Record<string, (scenario: Scenario, requester: Requester) => Promise<unknown>> = {
    "whose key is revoked": ({ owner }, { key }) => owner.do("revokeApiKey", { path: { apiKeyId: key.id } }),
    "who has another role": ({ owner }, { membership }) =>
      owner.do("updateMembership", { path: { membershipId: membership.id }, body: { role: "viewer" } }),
    "who was removed from the organization": ({ owner }, { membership }) =>
      owner.do("endMembership", { path: { membershipId: membership.id } }),
    "whose account is inactive": ({ owner }, { user }) => owner.do("deactivateUser", { path: { userId: user.id } }),
    "whose account is blocked for misuse": ({ owner }, { user }) =>
      owner.do("blockUser", { path: { userId: user.id } }),
  };

  /** Loads the link's page, sends its form as far as there is one, and says what both answered. */
  async function follow({ link, fields }: Pick<Asked, "link" | "fields">): Promise<number[]> {
    const browser = pages.browser();
    // A form that was opened before: its page carries what the form needs.
    await browser.get("/log-in");
    const [posted, shown] = [await browser.post(link, fields), await pages.browser().get(link)];
    return [posted.statusCode, shown.statusCode];
  }

  describe.each(Object.entries(asks))("%s", (_name, ask) => {
    test("T7 is done where whoever asked may ask still, with another secret of the same key too", async () => {
      const scenario = await makeScenario(service());
      const { client, key } = await scenario.actingAs("administrator");
      const asked = await ask(scenario, client);
      const rotation = { path: { apiKeyId: key.id }, body: { generation: 2, overlap: "0s" } };
      await scenario.owner.do("rotateApiKey", rotation);
      expect(await follow(asked)).toEqual([303, 410]);
      expect(await asked.isDone()).toBe(true);
    });

    // What the rules say doesn't hang on the database; one ending shows that it is asked.
    const tried = Object.entries(endings).slice(0, kind === "pglite" ? undefined : 1);
    test.each(tried)("T7 is dead where it was asked for by somebody %s", async (_ending, end) => {
      const scenario = await makeScenario(service());
      const requester = await scenario.actingAs("administrator");
      const asked = await ask(scenario, requester.client);
      await end(scenario, requester);
      expect(await follow(asked)).toEqual([410, 410]);
      expect(await asked.isDone()).toBe(false);
    });

    test("T7 is done where the service owner asked for it, who may for ever", async () => {
      const scenario = await makeScenario(service());
      const asked = await ask(scenario, scenario.owner);
      expect((await follow(asked))[0]).toBe(303);
      expect(await asked.isDone()).toBe(true);
    });
  });

  describe("of an account that its home organization may not change any more", () => {
    const ties: Record<string, (userId: string) => Promise<unknown>> = {
      "as it belongs to another organization": async (user) => {
        const { owner, path } = await makeScenario(service());
        return await owner.do("createMembership", { path, body: { user, role: "administrator" } });
      },
      "as it was offered a key of another organization": async (user) => {
        const { id: apiKeyId } = await (await makeScenario(service())).key();
        const body = { user, external: true };
        return await service().as().do("createApiKeyAssignment", { path: { apiKeyId }, body });
      },
      "as it has a system role": async (userId) =>
        await service()
          .as()
          .do("updateUser", { path: { userId }, body: { systemRole: "super_admin" } }),
    };

    test.each(Object.entries(ties))("T7 another address and a new password are dead, %s", async (_tie, tie) => {
      const scenario = await makeScenario(service());
      const { owner } = scenario;
      const { client } = await scenario.actingAs("administrator");
      const [moved, reset] = [await personOf(scenario), await personOf(scenario)];
      const email = pages.address();
      await client.do("updateUser", { path: { userId: moved.id }, body: { email } });
      await client.do("updateUser", { path: { userId: reset.id }, body: { resetPassword: "1" } });
      const links = [await pages.mailed(email), await pages.mailed(reset.email, 2)];
      for (const { id } of [moved, reset]) {
        await tie(id);
      }
      for (const link of links) {
        expect(await follow({ link })).toEqual([410, 410]);
      }
      expect((await pages.browser().logIn(reset.email)).statusCode).toBe(303);
      // The change is over, and not pending for ever: whoever may asks for it anew.
      const path = { userId: moved.id };
      expect(await owner.do("getUser", { path })).toMatchObject({ email: moved.email, pendingEmail: null });
      const { items } = await owner.do("listAuditEntries", { path: scenario.path, query: { object: moved.id } });
      expect(items.at(-1)).toMatchObject({ actor: { kind: "service" }, after: { pendingEmail: null } });
      await owner.do("updateUser", { path, body: { email } });
      expect((await pages.browser().submit(await pages.mailed(email, 2))).statusCode).toBe(303);
      expect(await owner.do("getUser", { path })).toMatchObject({ email, pendingEmail: null });
    });

    test("T7 what the service owner asked for is done all the same", async () => {
      const scenario = await makeScenario(service());
      const user = await personOf(scenario);
      const email = pages.address();
      await scenario.owner.do("updateUser", { path: { userId: user.id }, body: { email } });
      await ties["as it belongs to another organization"]?.(user.id);
      expect((await pages.browser().submit(await pages.mailed(email))).statusCode).toBe(303);
    });

    test("T7 a person's own new password is nobody else's affair", async () => {
      const scenario = await makeScenario(service());
      const { email, id } = await personOf(scenario);
      await pages.browser().submit("/forgot-password", { email });
      await ties["as it belongs to another organization"]?.(id);
      const password = "another seven brass lanterns";
      const fields = { password, "password-again": password };
      expect((await pages.browser().submit(await pages.mailed(email, 2), fields)).statusCode).toBe(303);
    });
  });

  describe("of an invitation", () => {
    async function invite(scenario: Scenario, client: Client, role: string) {
      const body = { email: pages.address(), role, onUnknownUser: "invite" } as const;
      const membership = await client.do("createMembership", { path: scenario.path, body });
      const read = async () => await scenario.owner.do("getMembership", { path: { membershipId: membership.id } });
      return { ...membership, path: { membershipId: membership.id }, link: await pages.mailed(membership.email), read };
    }

    test("T7 a role that has come to permit more than whoever invited may do is not handed out", async () => {
      const scenario = await makeScenario(service());
      const role = await scenario.role("flows:read");
      const client = await scenario.withPermissions("members:manage", "roles:assign", "flows:read");
      const invited = await invite(scenario, client, role.id);
      await scenario.owner.do("updateRole", {
        path: { roleId: role.id },
        body: { permissions: ["flows:read", "users:manage"] },
      });
      expect((await pages.browser().get(invited.link)).statusCode).toBe(410);
      expect((await invited.read()).status).toBe("pending");
    });

    test("T7 a role that somebody else has given it is for them to hand out", async () => {
      const scenario = await makeScenario(service());
      const { client } = await scenario.actingAs("customer_admin");
      const administrator = await scenario.actingAs("administrator");
      const invited = await invite(scenario, client, "viewer");
      await administrator.client.do("updateMembership", { path: invited.path, body: { role: "editor" } });
      const browser = pages.browser();
      expect((await browser.get(invited.link)).statusCode).toBe(200);
      await scenario.owner.do("updateMembership", {
        path: { membershipId: administrator.membership.id },
        body: { role: "viewer" },
      });
      expect((await browser.post(invited.link, account)).statusCode).toBe(410);
    });

    test("T7 is changed by those only who may invite: nobody's change leaves a link that is dead", async () => {
      const scenario = await makeScenario(service());
      const { owner } = scenario;
      const { client } = await scenario.actingAs("administrator");
      const role = { body: { role: "viewer" } };
      const assigning = await scenario.withPermissions(
        "members:read",
        "roles:assign",
        "organization:read",
        "flows:read",
      );
      const invited = await invite(scenario, client, "member");
      await assigning.refused("permission_denied", "updateMembership", { path: invited.path, ...role });
      expect((await pages.browser().get(invited.link)).statusCode).toBe(200);
      expect((await pages.browser().submit(invited.link, account)).statusCode).toBe(303);
      expect(await assigning.do("updateMembership", { path: invited.path, ...role })).toMatchObject(role.body);
      // So it is with an account that waits to be set up, whose link goes to the other address.
      const managing = await scenario.withPermissions("users:read", "users:manage");
      const user = await scenario.user({ email: pages.address(), kind: "person" });
      const moving = { path: { userId: user.id }, body: { email: pages.address() } };
      const link = await pages.mailed(user.email);
      await managing.refused("permission_denied", "updateUser", moving);
      expect((await pages.browser().get(link)).statusCode).toBe(200);
      await owner.do("updateUser", moving);
      expect((await pages.browser().get(await pages.mailed(moving.body.email))).statusCode).toBe(200);
    });

    test("T7 an organization that invites nobody any more has nobody join, and doesn't invite again", async () => {
      const scenario = await makeScenario(service());
      const { owner, path } = scenario;
      const { client } = await scenario.actingAs("administrator");
      const [newcomer, known] = [await invite(scenario, client, "viewer"), await invite(scenario, client, "viewer")];
      await pages.person(known.email);
      await owner.do("updateOrganization", { path, body: { joinPolicies: ["existing", "create"] } });
      // Whoever has an account may be added without being asked; so they may accept.
      expect((await pages.browser().submit(known.link, { password: goodPassword })).statusCode).toBe(303);
      const resend = { path: newcomer.path, body: { resendInvite: "1" } };
      const refused = await client.refused("unprocessable", "updateMembership", resend);
      expect(refused.detail).toBe("The organization's joinPolicies don't allow invitations. Add `invite`.");
      expect((await pages.browser().submit(newcomer.link, account)).statusCode).toBe(403);
      expect((await pages.browser().get(newcomer.link)).statusCode).toBe(410);
      expect((await newcomer.read()).status).toBe("pending");
      await owner.do("updateOrganization", { path, body: { joinPolicies: ["invite"] } });
      await client.do("updateMembership", resend);
      const again = await pages.mailed(newcomer.email, 2);
      expect((await pages.browser().submit(again, account)).statusCode).toBe(303);
      expect((await newcomer.read()).status).toBe("active");
    });

    test("T7 a key whose end came, and a key's end as the one who offered it, end an offer", async () => {
      const scenario = await makeScenario(service());
      const endDate = new Date(service().now().getTime() + dayMs).toISOString();
      const permissions = ["keys:read", "keys:assign"] as const;
      const ending = await scenario.key({ endDate });
      const offering = service().as((await scenario.key({ permissions: [...permissions], endDate })).key);
      const links: string[] = [];
      for (const [client, key] of [
        [scenario.owner, ending],
        [offering, await scenario.key()],
      ] as const) {
        const { email } = await pages.person();
        const body = { email, external: true };
        await client.do("createApiKeyAssignment", { path: { apiKeyId: key.id }, body });
        links.push(await pages.mailed(email));
      }
      for (const link of links) {
        expect((await pages.browser().get(link)).statusCode).toBe(200);
      }
      service().advance(2 * dayMs);
      for (const link of links) {
        expect((await pages.browser().get(link)).statusCode).toBe(410);
      }
    });

    test("T7 a key that was revoked is neither accepted nor offered again", async () => {
      const scenario = await makeScenario(service());
      const { owner } = scenario;
      const { id: apiKeyId } = await scenario.key();
      const somebody = await pages.person();
      const body = { email: somebody.email, external: true };
      const { id } = await owner.do("createApiKeyAssignment", { path: { apiKeyId }, body });
      await owner.do("revokeApiKey", { path: { apiKeyId } });
      const link = await pages.mailed(somebody.email);
      expect(await follow({ link, fields: { password: goodPassword } })).toEqual([410, 410]);
      const path = { assignmentId: id };
      await owner.refused("key_not_active", "updateApiKeyAssignment", { path, body: { resendInvite: "1" } });
    });
  });

  describe("that the create of a lost run mailed", () => {
    const runs = [runAt(1), runAt(2), runAt(3)].map((headers) => ({ headers }));
    const externalId = "stack/lost";

    const creates: Record<
      string,
      (scenario: Scenario, key: string, email: string) => (client: Client, run: number) => Promise<unknown>
    > = {
      "setting up an account": ({ organization }, _key, email) => {
        const body = { email, homeOrganization: organization.id, externalId };
        return async (client, run) => await client.do("createUser", { body, ...runs[run] });
      },
      "joining an organization": ({ path }, _key, email) => {
        const body = { email, role: "editor", onUnknownUser: "invite", externalId } as const;
        return async (client, run) => await client.do("createMembership", { path, body, ...runs[run] });
      },
      "using an API key from outside": (_scenario, apiKeyId, email) => {
        const body = { email, external: true, externalId };
        return async (client, run) =>
          await client.do("createApiKeyAssignment", { path: { apiKeyId }, body, ...runs[run] });
      },
    };

    test.each(Object.entries(creates))(
      "T3 T7 %s is for the one who takes it over, and mailed again where nothing works any more",
      async (_name, create) => {
        const scenario = await makeScenario(service());
        const { owner } = scenario;
        const [first, next] = [await scenario.actingAs("administrator"), await scenario.actingAs("administrator")];
        const email = pages.address();
        const make = create(scenario, (await scenario.key()).id, email);
        const report = async (run: number, status: "alive" | "lost") =>
          await owner.do("reportRun", { path: { runId: runs[run]?.headers["roster-run"] ?? "" }, body: { status } });
        await report(0, "alive");
        await make(first.client, 0);
        await report(0, "lost");
        const link = await pages.mailed(email);
        await owner.do("revokeApiKey", { path: { apiKeyId: first.key.id } });
        await report(1, "alive");
        await make(next.client, 1);
        await report(1, "lost");
        expect((await pages.browser().get(link)).statusCode).toBe(200);
        await owner.do("revokeApiKey", { path: { apiKeyId: next.key.id } });
        expect((await pages.browser().get(link)).statusCode).toBe(410);
        await make(owner, 2);
        expect(service().mailbox.mails.filter(({ recipient }) => recipient === email).length).toBeLessThanOrEqual(2);
        expect((await pages.browser().get(await pages.mailed(email, 2))).statusCode).toBe(200);
      },
    );
  });

  test("T7 what was found refused ends neither the link that has followed it nor the change that this one is for", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const { client, key } = await scenario.actingAs("administrator");
    const { id: userId } = await personOf(scenario);
    const [first, second] = [pages.address(), pages.address()];
    await client.do("updateUser", { path: { userId }, body: { email: first } });
    const token = (await pages.mailed(first)).split("/").at(-1) ?? "";
    const at = { db: service().database, now: service().now(), requestId: unique("page") };
    const found = await findLink(at, token);
    if (found === undefined) {
      throw new Error("there is no link");
    }
    await owner.do("revokeApiKey", { path: { apiKeyId: key.id } });
    await owner.do("updateUser", { path: { userId }, body: { email: second } });
    // Whoever looked has the link as it was before.
    expect(await endIfRefused(at.db, found, at)).toBe(true);
    const shown = await pages.browser().get(await pages.mailed(second));
    expect(wordsOn(shown)).toContain(`The administrators of ${scenario.organization.name} manage it`);
    expect((await follow({ link: await pages.mailed(second) }))[0]).toBe(303);
    expect(await owner.do("getUser", { path: { userId } })).toMatchObject({ email: second, pendingEmail: null });
  });

  /** Waits until every mail that is due has been sent or dropped. */
  async function noMailIsDue(): Promise<void> {
    await vi.waitFor(async () => {
      const due = service().database.selectFrom("mails").select("id").where("outcome", "is", null);
      expect(await due.execute()).toEqual([]);
    });
  }

  test("T7 a change of address stays for whoever asked to stand for, whoever lifts a block or brings the person back", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const { client } = await scenario.actingAs("administrator");
    const [blocked, inactive] = [await personOf(scenario), await personOf(scenario)];
    const links: string[] = [];
    for (const { id: userId } of [blocked, inactive]) {
      const [path, email] = [{ userId }, pages.address()];
      await owner.do(userId === blocked.id ? "blockUser" : "deactivateUser", { path });
      await client.do("updateUser", { path, body: { email } });
      // Nobody could confirm it meanwhile; the link that works is mailed afterwards.
      await noMailIsDue();
      if (userId === blocked.id) {
        await owner.do("unblockUser", { path });
      } else {
        await owner.do("updateUser", { path, body: { state: "active" } });
      }
      links.push(await pages.mailed(email));
      const { owner: another, path: elsewhere } = await makeScenario(service());
      await another.do("createMembership", { path: elsewhere, body: { user: userId, role: "administrator" } });
    }
    for (const link of links) {
      expect(await follow({ link })).toEqual([410, 410]);
    }
    expect(await owner.do("getUser", { path: { userId: blocked.id } })).toMatchObject({ pendingEmail: null });
  });

  describe("that nobody could follow is not mailed", () => {
    /** Waits until every mail that is due has been sent or dropped. @returns those to an address. */
    async function mailsTo(email: string): Promise<string[]> {
      await noMailIsDue();
      return service()
        .mailbox.mails.filter(({ recipient }) => recipient === email)
        .map(({ subject }) => subject);
    }

    test("T7 C13 an offer to the address of a system user, and whoever offers it doesn't learn whose that is", async () => {
      const [home, other] = [await makeScenario(service()), await makeScenario(service())];
      const { email } = await home.user({ kind: "system" });
      const path = { apiKeyId: (await other.key()).id };
      const offered = await other.owner.do("createApiKeyAssignment", { path, body: { email, external: true } });
      expect(offered).toMatchObject({ status: "pending", user: null });
      expect(await mailsTo(email)).toEqual([]);
    });

    test("T7 an invitation of somebody who has left, whose account is inactive by now", async () => {
      const scenario = await makeScenario(service());
      const { browser, ...somebody } = await pages.loggedIn();
      const body = { user: somebody.id, role: "editor" };
      const { id: membershipId } = await scenario.owner.do("createMembership", { path: scenario.path, body });
      await browser.submit(`/me/memberships/${membershipId}/leave`);
      await scenario.owner.do("deactivateUser", { path: { userId: somebody.id } });
      await scenario.owner.do("updateMembership", { path: { membershipId }, body: { resendInvite: "1" } });
      expect(await mailsTo(somebody.email)).toEqual([]);
    });

    test.each([
      ["inactive", "deactivateUser"],
      ["blocked", "blockUser"],
    ] as const)(
      "T7 another address for somebody who is %s, until the account can be used again",
      async (status, end) => {
        const scenario = await makeScenario(service());
        const { owner } = scenario;
        const user = await personOf(scenario);
        const path = { userId: user.id };
        await owner.do(end, { path });
        const email = pages.address();
        expect(await owner.do("updateUser", { path, body: { email } })).toMatchObject({ status, pendingEmail: email });
        expect(await mailsTo(email)).toEqual([]);
        if (status === "blocked") {
          await owner.do("unblockUser", { path });
        } else {
          await owner.do("updateUser", { path, body: { state: "active" } });
        }
        expect(await mailsTo(email)).toEqual(["Confirm your new address"]);
        expect((await follow({ link: await pages.mailed(email) }))[0]).toBe(303);
        expect(await owner.do("getUser", { path })).toMatchObject({ email, pendingEmail: null });
      },
    );
  });

  test("T7 the link that sets up an account ends with its home organization", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const user = await scenario.user({ email: pages.address(), kind: "person" });
    const link = await pages.mailed(user.email);
    await owner.do("closeOrganization", { path });
    expect(await follow({ link, fields: account })).toEqual([410, 410]);
    const again = { path: { userId: user.id }, body: { resendInvite: "1" } };
    await owner.refused("organization_closed", "updateUser", again);
  });

  test("M1 T7 an invitation counts as a member, so that no smaller plan comes before it is followed", async () => {
    const scenario = await makeScenario(service(), { features: { externalApiAccess: false } });
    const { owner, path } = scenario;
    await scenario.member("administrator");
    const body = { email: pages.address(), role: "viewer", onUnknownUser: "invite" } as const;
    await owner.do("createMembership", { path, body });
    const smaller = { path, body: { subscription: { plan: "basic" } } } as const;
    await owner.refused("plan_required", "updateOrganization", smaller);
  });

  test("T7 links of an earlier version are judged too: by whoever made what they are about, or they are asked for again", async () => {
    const scenario = await makeScenario(service());
    const { owner, path, organization } = scenario;
    const { client, key } = await scenario.actingAs("administrator");
    const person = await personOf(scenario);
    const body = { email: pages.address(), role: "viewer", onUnknownUser: "invite" } as const;
    const membership = await client.do("createMembership", { path, body });
    const { id: apiKeyId } = await scenario.key();
    const offer = { path: { apiKeyId }, body: { email: pages.address(), external: true } };
    const assignment = await owner.do("createApiKeyAssignment", offer);
    const made = { email: pages.address(), homeOrganization: organization.id };
    const user = await client.do("createUser", { body: made });
    const change = { email: pages.address(), resetPassword: "1" };
    await owner.do("updateUser", { path: { userId: person.id }, body: change });
    const after = new Error("undone");
    const { database } = service();
    const migrating = database.transaction().execute(async (db) => {
      await db.schema.alterTable("links").dropColumn("requested_by").execute();
      await linkRequesters.up(db as unknown as Kysely<unknown>);
      const requesterOf = async (subject: string) =>
        await db.selectFrom("links").select(["requested_by", "ended_at"]).where("subject", "=", subject).execute();
      expect(await requesterOf(membership.id)).toEqual([{ requested_by: key.id, ended_at: null }]);
      expect(await requesterOf(assignment.id)).toEqual([{ requested_by: "owner", ended_at: null }]);
      expect(await requesterOf(user.id)).toEqual([{ requested_by: key.id, ended_at: null }]);
      const withdrawn = { requested_by: null, ended_at: expect.any(Date) };
      const waiting = db
        .selectFrom("links")
        .select(["requested_by", "ended_at"])
        .where("subject", "=", person.id)
        .where("purpose", "in", ["email_change", "password_reset"]);
      expect(await waiting.execute()).toEqual([withdrawn, withdrawn]);
      const pending = db.selectFrom("users").select("pending_email").where("id", "=", person.id);
      expect(await pending.executeTakeFirstOrThrow()).toEqual({ pending_email: null });
      throw after;
    });
    await expect(migrating).rejects.toBe(after);
  });
});
