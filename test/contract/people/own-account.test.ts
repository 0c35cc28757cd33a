/** Nobody gets hold of a person by making an account for their address first. */

import type { Schemas } from "roster-schema";
import { beforeAll, describe, expect, test } from "vitest";
import { unique } from "../support/client.ts";
import { account, goodPassword, wordsOn } from "../support/pages.ts";
import { Pages } from "../support/people.ts";
import { makeScenario, type Scenario } from "../support/scenario.ts";
import { onEachDatabase } from "../support/service.ts";

const inOrganization = { ...account, account: "organization" };

onEachDatabase("an account that an organization has made", (service) => {
  let pages: Pages;

  beforeAll(async () => {
    pages = new Pages(service());
    await pages.start();
  });

  /** An organization that has made an account for somebody's address, and its administrator. */
  async function squatted(body: Partial<Schemas["UserCreate"]> = {}) {
    const scenario = await makeScenario(service(), { name: unique("Squatters & Sons") });
    const { client } = await scenario.actingAs("administrator");
    const { organization } = scenario;
    const user = await client.do("createUser", {
      body: { email: pages.address(), homeOrganization: organization.id, invite: false, ...body },
    });
    const read = async () => await scenario.owner.do("getUser", { path: { userId: user.id } });
    return { scenario, client, user, path: { userId: user.id }, read, name: organization.name };
  }

  /** How somebody comes by themselves to an account for their address, by the title of the test. */
  const ways: Record<string, (email: string, mails?: number) => Promise<string>> = {
    async "signs up"(email) {
      await pages.browser().submit("/sign-up", { email });
      return await pages.mailed(email);
    },
    async "follows an invitation of another organization"(email) {
      const { owner, path } = await makeScenario(service());
      const body = { email: pages.address(), role: "viewer", onUnknownUser: "invite" } as const;
      const { id } = await owner.do("createMembership", { path, body });
      // As if this address had been invited before there was a user.
      const invited = { email, email_normalized: email, member_live: `${path.organizationId} ${email}` };
      await service().database.updateTable("memberships").set(invited).where("id", "=", id).execute();
      return await pages.link({ purpose: "membership", subject: id, email });
    },
    async "accepts a key of another organization"(email, mails) {
      const scenario = await makeScenario(service());
      const path = { apiKeyId: (await scenario.key()).id };
      await scenario.owner.do("createApiKeyAssignment", { path, body: { email, external: true } });
      return await pages.mailed(email, mails);
    },
  };

  describe.each(Object.entries(ways))("whose address belongs to somebody who %s", (_way, linkOf) => {
    test("T8 is theirs, and its maker can neither change nor deactivate it", async () => {
      const { client, user, path, read, name, scenario } = await squatted({ externalId: "stack/one" });
      const link = await linkOf(user.email);
      const browser = pages.browser();
      const shown = await browser.get(link);
      expect(wordsOn(shown)).toContain(`${name} created an account for this address.`);
      expect(wordsOn(shown)).toContain(`The administrators of ${name} manage it`);
      expect(shown.body).toMatch(/value="own"[^>]* checked/);
      expect((await browser.post(link, account)).headers.location).toBe("/log-in?done=set_up");
      expect(await read()).toMatchObject({
        status: "active",
        homeOrganization: null,
        externalId: null,
        givenName: "Ada",
      });
      for (const body of [{ email: pages.address() }, { state: "inactive" } as const, { resetPassword: "1" }]) {
        await client.refused("not_found", "updateUser", { path, body });
      }
      await client.refused("not_found", "deactivateUser", { path });
      await browser.logIn(user.email);
      expect(wordsOn(await browser.get("/me"))).toContain("No organization. This account is your own.");
      const { items } = await scenario.owner.do("listAuditEntries", {
        path: scenario.path,
        query: { object: user.id },
      });
      expect(items.at(-1)).toMatchObject({
        action: "user.sign_up",
        actor: { kind: "user", id: user.id },
        before: { homeOrganization: scenario.organization.id },
        after: { homeOrganization: null },
      });
    });

    test("T8 is the organization's where they choose that, and they are told on their page", async () => {
      const { user, read, name, scenario } = await squatted();
      const link = await linkOf(user.email);
      const browser = pages.browser();
      // What was chosen stays where the form comes back.
      const again = await browser.submit(link, { ...inOrganization, "password-again": "x" });
      expect(again.body).toMatch(/value="organization"[^>]* checked/);
      expect((await browser.post(link, inOrganization)).statusCode).toBe(303);
      expect(await read()).toMatchObject({ status: "active", homeOrganization: scenario.organization.id });
      await browser.logIn(user.email);
      expect(wordsOn(await browser.get("/me"))).toContain(`Managed by${name}. The administrators of ${name} manage it`);
    });
  });

  test("T8 keeps its memberships, which stay with the organizations that gave them", async () => {
    const { scenario, client, user, read } = await squatted();
    const other = await makeScenario(service());
    const ids: string[] = [];
    for (const { owner, path } of [scenario, other]) {
      ids.push((await owner.do("createMembership", { path, body: { user: user.id, role: "editor" } })).id);
    }
    await pages.browser().submit((await ways["signs up"]?.(user.email)) ?? "", account);
    for (const membershipId of ids) {
      const membership = await scenario.owner.do("getMembership", { path: { membershipId } });
      expect(membership).toMatchObject({ status: "active", userStatus: "active", role: "editor" });
    }
    const path = { userId: user.id };
    await client.refused("permission_denied", "updateUser", { path, body: { givenName: "Mallory" } });
    await client.refused("permission_denied", "deactivateUser", { path });
    await client.do("endMembership", { path: { membershipId: ids[0] ?? "" } });
    expect(await read()).toMatchObject({ status: "active" });
  });

  test("T8 stands in nobody's way where the organization has deactivated it, and gives nothing back there", async () => {
    const { scenario, client, user, path, read } = await squatted();
    const { owner } = scenario;
    const member = { path: scenario.path, body: { user: user.id, role: "editor" } };
    const { id: membershipId } = await owner.do("createMembership", member);
    await client.do("deactivateUser", { path });
    const link = (await ways["signs up"]?.(user.email)) ?? "";
    const browser = pages.browser();
    expect((await browser.get(link)).body).not.toContain('name="account"');
    // Nor is the organization's account to be had by asking for it.
    expect((await browser.post(link, inOrganization)).statusCode).toBe(303);
    expect(await read()).toMatchObject({ status: "active", homeOrganization: null });
    expect(await owner.do("getMembership", { path: { membershipId } })).toMatchObject({ status: "removed" });
    expect((await browser.logIn(user.email)).headers.location).toBe("/me");
  });

  test.each(["follows an invitation of another organization", "accepts a key of another organization"])(
    "T8 stands in nobody's way either who %s; an invitation of the same organization is dead",
    async (way) => {
      const { scenario, client, user, path, read } = await squatted();
      const own = { path: { apiKeyId: (await scenario.key()).id }, body: { user: user.id, external: true } };
      await client.do("createApiKeyAssignment", own);
      const ownLink = await pages.mailed(user.email);
      await client.do("deactivateUser", { path });
      const browser = pages.browser();
      const link = (await ways[way]?.(user.email, 2)) ?? "";
      expect((await browser.get(ownLink)).statusCode).toBe(410);
      expect((await browser.get(link)).statusCode).toBe(200);
      expect((await browser.post(link, inOrganization)).statusCode).toBe(303);
      expect(await read()).toMatchObject({ status: "active", homeOrganization: null });
      // Nothing is left of what the organization had offered.
      const { items } = await scenario.owner.do("listApiKeyAssignments", { path: own.path });
      expect(items).toEqual([]);
      expect((await browser.get(ownLink)).statusCode).toBe(410);
    },
  );

  test("T8 a leaver who had set up the account gets no other one, and one that the service owner deactivated none", async () => {
    const { client, user, path } = await squatted();
    await pages.browser().submit((await ways["signs up"]?.(user.email)) ?? "", inOrganization);
    await client.do("deactivateUser", { path });
    const nobodys = await service()
      .as()
      .do("createUser", { body: { email: pages.address(), invite: false } });
    await service()
      .as()
      .do("deactivateUser", { path: { userId: nobodys.id } });
    for (const [email, count] of [
      [user.email, 2],
      [nobodys.email, 1],
    ] as const) {
      await pages.browser().submit("/sign-up", { email });
      const [mail] = (await service().mailbox.to(email, count)).slice(-1);
      expect(mail?.subject).toBe("Your account is inactive");
    }
  });

  test("T8 is the organization's by the link that it mails itself, which says so", async () => {
    const { name, user, read, scenario } = await squatted({ invite: true });
    const link = await pages.mailed(user.email);
    const browser = pages.browser();
    const shown = await browser.get(link);
    expect(wordsOn(shown)).toContain(`${name} created this account for you. The administrators of ${name} manage it`);
    expect(shown.body).not.toContain('name="account"');
    expect((await browser.post(link, account)).statusCode).toBe(303);
    expect(await read()).toMatchObject({ homeOrganization: scenario.organization.id });
  });

  test("T8 is the person's own where the organization is closed", async () => {
    const { scenario, user, read } = await squatted();
    await scenario.owner.do("closeOrganization", { path: scenario.path });
    const link = (await ways["signs up"]?.(user.email)) ?? "";
    const browser = pages.browser();
    expect((await browser.get(link)).body).not.toContain('name="account"');
    expect((await browser.post(link, account)).statusCode).toBe(303);
    expect(await read()).toMatchObject({ status: "active", homeOrganization: null });
  });

  test("T8 a stack that made it is told that the address is taken, and adds the person by address", async () => {
    const externalId = unique("stack/person");
    const { scenario, client, user } = await squatted({ externalId });
    await pages.browser().submit((await ways["signs up"]?.(user.email)) ?? "", account);
    const body = { email: user.email, homeOrganization: scenario.organization.id, invite: false, externalId };
    await client.refused("email_taken", "createUser", { body });
    await client.refused("email_taken", "createUser", { body: { ...body, adopt: "force" } });
    const joining: Scenario["path"] = scenario.path;
    const member = await client.do("createMembership", { path: joining, body: { email: user.email, role: "viewer" } });
    expect(member).toMatchObject({ status: "active", user: user.id });
    expect((await pages.browser().logIn(user.email, goodPassword)).statusCode).toBe(303);
  });
});
