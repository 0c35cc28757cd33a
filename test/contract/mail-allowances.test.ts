/** Mails to addresses that didn't ask: however they are caused, an address gets so many in an hour. */
import type { LightMyRequestResponse } from "fastify";
import type { Schemas } from "roster-schema";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { mailAllowances } from "../../service/mail/allowances.ts";
import { unique } from "./support/client.ts";
import { Pages } from "./support/people.ts";
import { makeScenario, type Scenario } from "./support/scenario.ts";
import { onEachDatabase, type TestService } from "./support/service.ts";

const hourMs = 60 * 60_000;
const { thing, organization: ofOrganization } = mailAllowances;

/** Something that has an address mailed, again and again. */
interface Cause {
  readonly email: string;
  /** How many mails it has been sent so far. */
  readonly sent: number;
  again(time: number): Promise<LightMyRequestResponse>;
}

const causes: Readonly<Record<string, (scenario: Scenario, email: string) => Promise<Cause>>> = {
  "an account's invitation": async ({ owner, path }, email) => {
    const { id } = await owner.do("createUser", {
      body: { email, kind: "person", homeOrganization: path.organizationId },
    });
    return {
      email,
      sent: 1,
      again: (time) => owner.send("updateUser", { path: { userId: id }, body: { resendInvite: String(time) } }),
    };
  },
  "an account that is ended and made again": async ({ owner, path }, email) => {
    const body = { email, kind: "person", homeOrganization: path.organizationId, externalId: email } as const;
    return {
      email,
      sent: 0,
      async again() {
        const made = await owner.send("createUser", { body });
        if (made.statusCode === 201) {
          await owner.do("deactivateUser", { path: { userId: made.json().id } });
        }
        return made;
      },
    };
  },
  "a membership's invitation": async ({ owner, path }, email) => {
    const body = { email, role: "viewer", onUnknownUser: "invite" } as const;
    const { id } = await owner.do("createMembership", { path, body });
    return {
      email,
      sent: 1,
      again: (time) =>
        owner.send("updateMembership", { path: { membershipId: id }, body: { resendInvite: String(time) } }),
    };
  },
  "a membership that is cancelled and made again": async ({ owner, path }, email) => ({
    email,
    sent: 0,
    async again() {
      const body = { email, role: "viewer", onUnknownUser: "invite" } as const;
      const made = await owner.send("createMembership", { path, body });
      if (made.statusCode === 201) {
        await owner.do("endMembership", { path: { membershipId: made.json().id } });
      }
      return made;
    },
  }),
  "an offer of an API key": async (scenario, email) => {
    const { id } = await scenario.key();
    const body = { email, external: true };
    const offer = await scenario.owner.do("createApiKeyAssignment", { path: { apiKeyId: id }, body });
    const path = { assignmentId: offer.id };
    return {
      email,
      sent: 1,
      again: (time) => scenario.owner.send("updateApiKeyAssignment", { path, body: { resendInvite: String(time) } }),
    };
  },
  "an offer of an API key that is taken back and made again": async (scenario, email) => {
    const { id } = await scenario.key();
    return {
      email,
      sent: 0,
      async again() {
        const body = { email, external: true };
        const made = await scenario.owner.send("createApiKeyAssignment", { path: { apiKeyId: id }, body });
        if (made.statusCode === 201) {
          await scenario.owner.do("deleteApiKeyAssignment", { path: { assignmentId: made.json().id } });
        }
        return made;
      },
    };
  },
  "a new password": async (scenario, email) => {
    const { id } = await activePerson(scenario, email);
    return {
      email,
      sent: 0,
      again: (time) =>
        scenario.owner.send("updateUser", { path: { userId: id }, body: { resetPassword: String(time) } }),
    };
  },
  "a new address, asked for again and again": async (scenario, email) => {
    const own = `${unique("own")}@example.com`;
    const { id } = await activePerson(scenario, own);
    return {
      email,
      sent: 0,
      async again() {
        const asked = await scenario.owner.send("updateUser", { path: { userId: id }, body: { email } });
        if (asked.statusCode === 200) {
          await scenario.owner.do("updateUser", { path: { userId: id }, body: { email: own } });
        }
        return asked;
      },
    };
  },
  "the notice of a new address, of another one each time": async (scenario, email) => {
    const { id } = await activePerson(scenario, email);
    return {
      email,
      sent: 0,
      again: (time) =>
        scenario.owner.send("updateUser", {
          path: { userId: id },
          body: { email: `${unique(`new-${time}`)}@example.com` },
        }),
    };
  },
};

/** A person who has completed the account. */
async function activePerson(scenario: Scenario, email: string): Promise<Schemas["User"]> {
  const user = await scenario.user({ email, kind: "person", invite: false });
  const activated_at = scenario.service.now();
  await scenario.service.database.updateTable("users").set({ activated_at }).where("id", "=", user.id).execute();
  return user;
}

async function queuedTo({ database }: TestService, email: string): Promise<number> {
  const rows = await database.selectFrom("mails").select("id").where("recipient", "=", email).execute();
  return rows.length;
}

onEachDatabase("mails to addresses that didn't ask", (service) => {
  let scenario: Scenario;
  let email: string;

  beforeEach(async () => {
    scenario = await makeScenario(service());
    email = `${unique("person")}@example.com`;
  });

  describe.each(Object.entries(causes))("T10 %s", (_title, prepare) => {
    test("mails the address three times, then is refused and changes nothing, and later mails again", async () => {
      const cause = await prepare(scenario, email);
      for (let time = cause.sent; time < thing; time++) {
        expect((await cause.again(time)).statusCode).toBeLessThan(300);
      }
      for (let time = thing; time < thing + 3; time++) {
        const refused = await cause.again(time);
        expect(refused.statusCode).toBe(429);
        expect(refused.json()).toMatchObject({ code: "rate_limited", retryable: false });
        expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
        expect(Number(refused.headers["retry-after"])).toBeLessThanOrEqual(hourMs / thing / 1000);
      }
      expect(await queuedTo(service(), email)).toBe(thing);
      const refused = await cause.again(100);
      service().advance(Number(refused.headers["retry-after"]) * 1000);
      expect((await cause.again(101)).statusCode).toBeLessThan(300);
      expect(await queuedTo(service(), email)).toBe(thing + 1);
    });
  });

  test("T10 one organization mails an address ten times in all, whatever about, and holds up no other organization", async () => {
    const offer = async (from: Scenario) => {
      const { id } = await from.key();
      const body = { email, external: true };
      return (await from.owner.send("createApiKeyAssignment", { path: { apiKeyId: id }, body })).statusCode;
    };
    for (let count = 0; count < ofOrganization; count++) {
      expect(await offer(scenario)).toBe(201);
    }
    expect(await offer(scenario)).toBe(429);
    expect(await offer(await makeScenario(service()))).toBe(201);
  });

  test("T10 replicas count together, and requests at the same moment as well", async () => {
    const body = { email, role: "viewer", onUnknownUser: "invite" } as const;
    const { id } = await scenario.owner.do("createMembership", { path: scenario.path, body });
    const path = { membershipId: id };
    await service().start();
    const other = await service().startBeside();
    expect(other.app).not.toBe(service().service.app);
    const headers = { authorization: "Bearer owner-token-of-the-contract-tests" };
    const answers = await Promise.all(
      Array.from({ length: 6 }, async (_, time) => {
        const payload = { resendInvite: String(time) };
        const app = time % 2 === 0 ? other.app : service().service.app;
        return await app.inject({ method: "PATCH", url: `/v1/members/${path.membershipId}`, headers, payload });
      }),
    );
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 200, 429, 429, 429, 429]);
    expect(await queuedTo(service(), email)).toBe(thing);
  });

  test("T10 a batch counts each of its requests, and invites hundreds of different people at once", async () => {
    const { id } = await scenario.owner.do("createMembership", {
      path: scenario.path,
      body: { email, role: "viewer", onUnknownUser: "invite" },
    });
    const resends = Array.from({ length: 4 }, (_, time) => ({
      method: "PATCH" as const,
      path: `/v1/members/${id}`,
      body: { resendInvite: String(time) },
    }));
    const people = Array.from({ length: 150 }, (_, at) => ({
      method: "POST" as const,
      path: `/v1/organizations/${scenario.organization.id}/members`,
      body: { email: `${unique(`person-${at}`)}@example.com`, role: "viewer", onUnknownUser: "invite" },
    }));
    const twice = Array.from({ length: 2 }, () => people[0] as (typeof people)[number]);
    const { answers } = await scenario.owner.do("runBatch", { body: { requests: [...resends, ...people, ...twice] } });
    expect(answers.slice(0, 4).map(({ status }) => status)).toEqual([200, 200, 429, 429]);
    expect(answers[3]?.headers["retry-after"]).toMatch(/^\d+$/);
    expect(answers.slice(4, 154).every(({ status }) => status === 201)).toBe(true);
    expect(answers.slice(154).map(({ status }) => status)).toEqual([409, 409]);
  });

  test("T10 several offers of a batch to one address count one by one", async () => {
    const keys = await Promise.all(Array.from({ length: ofOrganization + 2 }, () => scenario.key()));
    const requests = keys.map(({ id }) => ({
      method: "POST" as const,
      path: `/v1/api-keys/${id}/assignments`,
      body: { email, external: true },
    }));
    const { answers } = await scenario.owner.do("runBatch", { body: { requests } });
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(ofOrganization);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(2);
    expect(await queuedTo(service(), email)).toBe(ofOrganization);
  });

  test("T10 a change that is repeated with its key counts once, and one that is refused not at all", async () => {
    const body = { email, role: "viewer", onUnknownUser: "invite" } as const;
    const headers = { "idempotency-key": unique("a-key-of-a-repeat") };
    const create = () => scenario.owner.do("createMembership", { path: scenario.path, body, headers });
    const { id } = await create();
    for (let time = 0; time < 5; time++) {
      await create();
    }
    const path = { membershipId: id };
    for (let time = 0; time < 5; time++) {
      await scenario.owner.refused("precondition_failed", "updateMembership", {
        path,
        body: { resendInvite: "again" },
        headers: { "if-match": '"another"' },
      });
    }
    await scenario.owner.do("updateMembership", { path, body: { resendInvite: "1" } });
    await scenario.owner.do("updateMembership", { path, body: { resendInvite: "2" } });
    await scenario.owner.refused("rate_limited", "updateMembership", { path, body: { resendInvite: "3" } });
  });

  test("T10 what organizations have sent keeps nobody from a new password, and the pages nobody from being invited", async () => {
    const pages = new Pages(service());
    await pages.start();
    const { id } = await activePerson(scenario, email);
    for (let time = 0; time < thing; time++) {
      await scenario.owner.do("updateUser", { path: { userId: id }, body: { resetPassword: String(time) } });
    }
    for (let time = 0; time < 5; time++) {
      await pages.browser().submit("/forgot-password", { email });
    }
    expect(await queuedTo(service(), email)).toBe(thing + mailAllowances.page);
    const other = await makeScenario(service());
    await other.owner.do("createApiKeyAssignment", {
      path: { apiKeyId: (await other.key()).id },
      body: { email, external: true },
    });
    expect(await queuedTo(service(), email)).toBe(thing + mailAllowances.page + 1);
  });

  test("T10 whoever asks for an address on one page keeps it from no mail of the other", async () => {
    const pages = new Pages(service());
    await pages.start();
    const ask = async (path: string, times = 1) => {
      for (let time = 0; time < times; time++) {
        await pages.browser().submit(path, { email });
      }
    };
    // Nobody's address gets nothing, and can be signed up with all the same.
    await ask("/forgot-password", mailAllowances.page);
    expect(await queuedTo(service(), email)).toBe(0);
    await ask("/sign-up");
    expect(await queuedTo(service(), email)).toBe(1);
    email = `${unique("person")}@example.com`;
    await activePerson(scenario, email);
    await ask("/sign-up", mailAllowances.page);
    await ask("/forgot-password");
    expect(await queuedTo(service(), email)).toBe(mailAllowances.page + 1);
  });

  test("T10 an allowance from before the clock was set back is whole again, and what is whole is swept", async () => {
    const body = { email, role: "viewer", onUnknownUser: "invite" } as const;
    const { id } = await scenario.owner.do("createMembership", { path: scenario.path, body });
    const resend = (time: number) =>
      scenario.owner.send("updateMembership", { path: { membershipId: id }, body: { resendInvite: String(time) } });
    await resend(1);
    await resend(2);
    expect((await resend(3)).statusCode).toBe(429);
    service().step(-3 * hourMs);
    const codes = [];
    for (let time = 4; time < 8; time++) {
      codes.push((await resend(time)).statusCode);
    }
    expect(codes).toEqual([200, 200, 200, 429]);
    service().step(3 * hourMs);
    service().advance(2 * hourMs);
    await scenario.role();
    await vi.waitFor(async () =>
      expect(await service().database.selectFrom("mail_allowances").selectAll().execute()).toEqual([]),
    );
  });
});
