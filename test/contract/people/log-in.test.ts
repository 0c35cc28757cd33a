import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { countAttempt } from "../../../service/auth/attempts.ts";
import { serviceOwner } from "../../../service/auth/principal.ts";
import { blockUser } from "../../../service/objects/users/blocks.ts";
import { changePassword } from "../../../service/people/credentials.ts";
import { logInFault } from "../../../service/people/log-in.ts";
import { inTransaction } from "../../../service/rows/database.ts";
import { goodPassword, otherPassword, wordsOn } from "../support/pages.ts";
import { actAs, contextOf, Pages } from "../support/people.ts";
import { makeScenario } from "../support/scenario.ts";
import { onEachDatabase, TestService } from "../support/service.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

onEachDatabase("logging in", (service) => {
  let pages: Pages;

  beforeAll(async () => {
    pages = new Pages(service());
    await pages.start({ trustedProxies: ["127.0.0.1"] });
  });

  /** A browser somewhere else on the network, so that tests don't share what is counted by it. */
  let networks = 0;
  const elsewhere = () => {
    networks++;
    return pages.browser({ "x-forwarded-for": `198.51.${networks >> 8}.${networks & 255}` });
  };

  const statusOf = async (userId: string) => (await service().as().do("getUser", { path: { userId } })).status;

  async function failUntilBlocked(email: string): Promise<void> {
    const browser = elsewhere();
    await browser.get("/log-in");
    for (let attempt = 0; attempt < 10; attempt++) {
      await browser.post("/log-in", { email, password: "wrong" });
    }
  }

  describe("sessions", () => {
    test("the cookie is kept from scripts and other sites, and from anything but TLS where the service is behind it", async () => {
      const { browser } = await pages.loggedIn();
      expect([...browser.cookies.keys()]).toContain("roster-session");
      const secured = new Pages(service());
      await secured.start({ publicUrl: "https://roster.example" });
      const { email } = await secured.person();
      const answer = await secured.browser().logIn(email);
      await pages.start({ trustedProxies: ["127.0.0.1"] });
      expect(answer.cookies).toEqual([
        {
          name: "__Host-roster-session",
          value: expect.stringMatching(/^[\w-]{43}$/),
          path: "/",
          httpOnly: true,
          sameSite: "Lax",
          secure: true,
          maxAge: 12 * 60 * 60,
        },
      ]);
      expect(answer.headers["strict-transport-security"]).toBeDefined();
    });

    test("a token that was in the browser before never becomes a session, and each log-in has a new one", async () => {
      const { email } = await pages.person();
      const browser = elsewhere();
      const planted = "p".repeat(43);
      browser.cookies.set("roster-session", planted);
      await browser.logIn(email);
      const first = browser.cookies.get("roster-session");
      expect(first).not.toBe(planted);
      await browser.get("/me");
      const { app } = service().service;
      const asPlanted = await app.inject({ url: "/me", headers: { cookie: `roster-session=${planted}` } });
      expect(asPlanted.headers.location).toBe("/log-in");
      await browser.post("/log-in", { email, password: goodPassword });
      expect(browser.cookies.get("roster-session")).not.toBe(first);
      const asFirst = await app.inject({ url: "/me", headers: { cookie: `roster-session=${first}` } });
      expect(asFirst.headers.location).toBe("/log-in");
    });

    test("only its hash is stored", async () => {
      const { browser, id } = await pages.loggedIn();
      const rows = await service().database.selectFrom("sessions").selectAll().where("user_id", "=", id).execute();
      expect(rows).toHaveLength(1);
      expect(JSON.stringify(rows)).not.toContain(browser.cookies.get("roster-session"));
    });

    test("it ends after an hour without use, and after twelve hours with", async () => {
      const idle = await pages.loggedIn();
      service().advance(hourMs + minuteMs);
      expect((await idle.browser.get("/me")).statusCode).toBe(303);
      const busy = await pages.loggedIn();
      for (let halfHours = 1; halfHours < 24; halfHours++) {
        service().advance(30 * minuteMs);
        expect((await busy.browser.get("/me")).statusCode).toBe(200);
      }
      service().advance(30 * minuteMs);
      expect((await busy.browser.get("/me")).statusCode).toBe(303);
    });

    test("logging out ends it, in the service as well", async () => {
      const { browser } = await pages.loggedIn();
      const token = browser.cookies.get("roster-session") ?? "";
      await browser.get("/me");
      expect((await browser.post("/log-out")).headers.location).toBe("/log-in?done=out");
      expect(browser.cookies.has("roster-session")).toBe(false);
      browser.cookies.set("roster-session", token);
      expect((await browser.get("/me")).headers.location).toBe("/log-in");
    });

    test("the others can be ended", async () => {
      const { browser, email } = await pages.loggedIn();
      const other = elsewhere();
      await other.logIn(email);
      await browser.get("/me");
      expect((await browser.post("/me/end-other-sessions")).headers.location).toBe("/me/sessions?done=others");
      expect((await browser.get("/me")).statusCode).toBe(200);
      expect((await other.get("/me")).statusCode).toBe(303);
    });

    test("E7 one of the old password doesn't survive a new one that comes while the old is found right", async () => {
      const somebody = await pages.person();
      const { database } = service();
      let asked = 0;
      let change: Promise<void> | undefined;
      const watched = database.withPlugin({
        transformQuery({ node }) {
          // The second time is the last look before the log-in. On the embedded database the change waits for its turn,
          // which comes right after that transaction.
          if (JSON.stringify(node).includes('"password_hash"') && ++asked === 2) {
            change = actAs(service(), somebody, (context) => changePassword(context, somebody.id, "another"));
          }
          return node;
        },
        transformResult: async ({ result }) => result,
      });
      const other = new TestService(watched);
      onTestFinished(() => other.stop());
      const there = new Pages(other);
      await there.start();
      expect([303, 422]).toContain((await there.browser().logIn(somebody.email)).statusCode);
      expect(change).toBeDefined();
      await change;
      const sessions = database.selectFrom("sessions").selectAll().where("user_id", "=", somebody.id);
      expect(await sessions.execute()).toEqual([]);
    });

    test("E6 deactivating a user ends them for good: they don't come back with the user", async () => {
      const { browser, id } = await pages.loggedIn();
      const owner = service().as();
      await owner.do("deactivateUser", { path: { userId: id } });
      expect((await browser.get("/me")).headers.location).toBe("/log-in");
      await owner.do("updateUser", { path: { userId: id }, body: { state: "active" } });
      expect((await browser.get("/me")).headers.location).toBe("/log-in");
    });
  });

  describe("what others learn", () => {
    test("the same is said whatever the reason: nobody has the address, or it isn't set up, or the password is wrong", async () => {
      const scenario = await makeScenario(service());
      const invited = await scenario.user({ email: pages.address(), kind: "person", invite: false });
      const robot = await scenario.user();
      const { email } = await pages.person();
      for (const each of [pages.address(), invited.email, robot.email, email]) {
        const answer = await elsewhere().logIn(each, otherPassword);
        expect(answer.statusCode).toBe(422);
        expect(wordsOn(answer)).toContain(logInFault);
      }
    });

    test("a robot has no password, whoever it was before", async () => {
      const { id, email } = await pages.person();
      await service().database.updateTable("users").set({ kind: "system" }).where("id", "=", id).execute();
      expect((await elsewhere().logIn(email)).statusCode).toBe(422);
    });

    test("asking for a mail says the same, and takes as long, whether or not anybody has the address", async () => {
      const { email } = await pages.person();
      const nobody = pages.address();
      for (const path of ["/sign-up", "/forgot-password"]) {
        const startedAt = performance.now();
        const answers = [];
        for (const each of [email, nobody]) {
          answers.push(await elsewhere().submit(path, { email: each }));
        }
        // The floor under each answer, which hides what there was to write.
        expect(performance.now() - startedAt).toBeGreaterThan(2 * 290);
        const [known, unknown] = answers.map((answer) =>
          wordsOn(answer).replaceAll(email, "…").replaceAll(nobody, "…"),
        );
        expect(known).toBe(unknown);
      }
      const subjects = async (address: string, count: number) =>
        (await service().mailbox.to(address, count)).map(({ subject }) => subject);
      expect(await subjects(email, 2)).toEqual(["You already have an account", "Choose a new password"]);
      expect(await subjects(nobody, 1)).toEqual(["Confirm your address"]);
    });

    test("the address counts in any case", async () => {
      const { email } = await pages.person();
      expect((await elsewhere().logIn(email.toUpperCase())).headers.location).toBe("/me");
    });
  });

  describe("limits", () => {
    test("C14 the tenth failure in an hour blocks password and sessions, and not keys", async () => {
      const scenario = await makeScenario(service());
      const { browser, id, email } = await pages.loggedIn();
      const { path, owner } = scenario;
      await owner.do("createMembership", { path, body: { user: id, role: "administrator" } });
      const { key } = await scenario.key({ kind: "user", owner: id });
      await failUntilBlocked(email);
      expect(await statusOf(id)).toBe("blocked");
      expect((await browser.get("/me")).headers.location).toBe("/log-in");
      expect((await elsewhere().logIn(email)).statusCode).toBe(422);
      expect(await service().as(key).do("getOrganization", { path })).toMatchObject({ id: path.organizationId });
      const { items } = await owner.do("listServiceAuditEntries", { query: { object: id } });
      const entries = items.filter(({ action }) => action === "user.block");
      expect(entries).toMatchObject([{ actor: { kind: "service", id: null }, after: { status: "blocked" } }]);
    });

    test("C14 the service owner lifts the block, and the count begins anew", async () => {
      const { id, email } = await pages.person();
      await failUntilBlocked(email);
      await service()
        .as()
        .do("unblockUser", { path: { userId: id } });
      expect(await statusOf(id)).toBe("active");
      expect((await elsewhere().logIn(email, "wrong")).statusCode).toBe(422);
      expect((await elsewhere().logIn(email)).headers.location).toBe("/me");
    });

    test("C14 misuse blocks keys too, until the service owner lifts it", async () => {
      const scenario = await makeScenario(service());
      const { browser, id } = await pages.loggedIn();
      const { path, owner } = scenario;
      await owner.do("createMembership", { path, body: { user: id, role: "administrator" } });
      const { key } = await scenario.key({ kind: "user", owner: id });
      const client = service().as(key);
      expect(await owner.do("blockUser", { path: { userId: id } })).toMatchObject({ status: "blocked" });
      expect((await browser.get("/me")).headers.location).toBe("/log-in");
      await client.refused("unauthenticated", "getOrganization", { path });
      await owner.do("unblockUser", { path: { userId: id } });
      await client.do("getOrganization", { path });
    });

    test("C14 an organization can't set or lift a block", async () => {
      const scenario = await makeScenario(service());
      const { client } = await scenario.actingAs("administrator");
      const { user } = await scenario.member("member");
      const path = { userId: user.id };
      await client.refused("permission_denied", "blockUser", { path });
      await scenario.owner.do("blockUser", { path });
      await client.refused("permission_denied", "unblockUser", { path });
      expect(await statusOf(user.id)).toBe("blocked");
    });

    test("a rule never weakens a block for misuse", async () => {
      const { id, email } = await pages.person();
      await service()
        .as()
        .do("blockUser", { path: { userId: id } });
      await failUntilBlocked(email);
      // As where the owner blocks between a failure and its block by rule.
      const { database } = service();
      const context = { principal: serviceOwner, ...contextOf(service()) };
      await inTransaction(database, (db) => blockUser({ db, ...context }, id, "failed_logins", { isByRule: true }));
      const row = await service()
        .database.selectFrom("users")
        .select("block_reason")
        .where("id", "=", id)
        .executeTakeFirstOrThrow();
      expect(row.block_reason).toBe("misuse");
    });

    test("failures of more than an hour ago don't count, nor do those before a success", async () => {
      const { id, email } = await pages.person();
      const browser = elsewhere();
      for (const wait of [hourMs, 0]) {
        for (let attempt = 0; attempt < 9; attempt++) {
          await browser.logIn(email, "wrong");
        }
        service().advance(wait);
      }
      expect((await browser.logIn(email)).headers.location).toBe("/me");
      const other = elsewhere();
      for (let attempt = 0; attempt < 9; attempt++) {
        await other.logIn(email, "wrong");
      }
      expect(await statusOf(id)).toBe("active");
    });

    test("many at once get no more guesses than in turn", async () => {
      const { id, email } = await pages.person();
      const browsers = Array.from({ length: 12 }, elsewhere);
      for (const browser of browsers) {
        await browser.get("/log-in");
      }
      await Promise.all(browsers.map((browser) => browser.post("/log-in", { email, password: "wrong" })));
      expect(await statusOf(id)).toBe("blocked");
      // Each is counted before its password is compared.
      const subject = pages.address();
      const { database } = service();
      const left = await Promise.all(
        browsers.map(() =>
          inTransaction(database, (db) => countAttempt({ db, now: service().now() }, "log_in", subject)),
        ),
      );
      expect(left.filter((each) => each >= 0)).toHaveLength(10);
    });

    test("one place on the network has fifty failures an hour, over all accounts; elsewhere one goes on", async () => {
      const { email } = await pages.person();
      const browser = elsewhere();
      await browser.get("/log-in");
      const answers = [];
      for (let attempt = 0; attempt < 51; attempt++) {
        answers.push(await browser.post("/log-in", { email: pages.address(), password: "wrong" }));
      }
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([...Array(50).fill(422), 429]);
      expect((await browser.logIn(email)).statusCode).toBe(429);
      expect((await elsewhere().logIn(email)).headers.location).toBe("/me");
      service().advance(hourMs);
      expect((await browser.logIn(email)).headers.location).toBe("/me");
    });

    test("confirming an invitation with the password counts as logging in", async () => {
      const somebody = await pages.person();
      const { link } = await pages.invited(somebody);
      const browser = elsewhere();
      await browser.get(link);
      for (let attempt = 0; attempt < 10; attempt++) {
        await browser.post(link, { password: "wrong" });
      }
      expect(await statusOf(somebody.id)).toBe("blocked");
      expect((await elsewhere().get(link)).statusCode).toBe(410);
    });

    test("one address is mailed three times an hour, and whoever asks isn't told", async () => {
      const email = pages.address();
      const answers = [];
      for (let time = 0; time < 5; time++) {
        answers.push(await elsewhere().submit("/sign-up", { email }));
      }
      expect(new Set(answers.map(wordsOn)).size).toBe(1);
      const queued = await service().database.selectFrom("mails").where("recipient", "=", email).select("id").execute();
      expect(queued).toHaveLength(3);
    });
  });

  test("accounts survive what an organization does: M5 a removed member logs in as before", async () => {
    const scenario = await makeScenario(service());
    const { browser, id, email } = await pages.loggedIn();
    const { path, owner } = scenario;
    const membership = await owner.do("createMembership", { path, body: { user: id, role: "viewer" } });
    expect(wordsOn(await browser.get("/me"))).toContain(scenario.organization.name);
    await owner.do("endMembership", { path: { membershipId: membership.id } });
    expect(wordsOn(await browser.get("/me"))).toContain("You don't belong to any organization");
    expect((await elsewhere().logIn(email)).headers.location).toBe("/me");
    expect(await statusOf(id)).toBe("active");
  });
});
