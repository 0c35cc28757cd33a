/** A clock that is set to another time, as by a time server, while the service runs: nobody has to wait for it to catch up. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { attemptLimits, countAttempt, networkOf, nextAttemptAt } from "../../service/auth/attempts.ts";
import type { Facilities } from "../../service/auth/operation.ts";
import { byRule } from "../../service/auth/principal.ts";
import { sweepAnswers } from "../../service/http/idempotency.ts";
import { parsePeppers } from "../../service/keys/peppers.ts";
import { mailAccountExists } from "../../service/mail/queue.ts";
import { inTransaction } from "../../service/rows/database.ts";
import { elsewhere, idempotencyKey, unique } from "./support/client.ts";
import { Pages } from "./support/people.ts";
import { makeScenario } from "./support/scenario.ts";
import { keyMaterial, onEachDatabase, ownerToken } from "./support/service.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Steps that clocks take: a correction, a machine that was resumed, a first contact with a time server. */
const steps = [-5000, -30 * minuteMs, -hourMs, -400 * dayMs, hourMs, 400 * dayMs];

onEachDatabase("the clock is set to another time", (service) => {
  let stepped = 0;

  const step = (ms: number) => {
    stepped += ms;
    service().step(ms);
  };

  afterEach(() => step(-stepped));

  test("T10 requests in a second are counted on as before, whatever the step", async () => {
    const { app } = await service().startBeside({ rateLimitPerSecond: 3 });
    const headers = { authorization: `Bearer ${ownerToken}` };
    const ask = async () => await app.inject({ url: "/v1/users", headers });
    for (const ms of steps) {
      const before = await Promise.all([ask(), ask()]);
      step(ms);
      const after = await Promise.all([ask(), ask()]);
      const codes = [...before, ...after].map(({ statusCode }) => statusCode);
      expect(codes.sort(), `after a step of ${ms} ms`).toEqual([200, 200, 200, 429]);
      expect(after.flatMap((answer) => answer.headers["retry-after"] ?? [])).toEqual(["1"]);
      service().advance(1000);
    }
  });

  describe("failures from one network", () => {
    const { max, windowMs } = attemptLimits.token_from;

    test.each([
      ["broken", (at: number) => `rst_server_${String(at).padStart(49, "0")}`],
      ["unknown", () => `unknown-${unique("secret")}`],
    ])("T10 of %s secrets close it for no longer than the window, after a step back", async (_kind, secret) => {
      const address = elsewhere();
      const fail = async (at: number) =>
        await service().service.app.inject({
          url: "/v1/users",
          remoteAddress: address,
          headers: { authorization: `Bearer ${secret(at)}` },
        });
      for (let at = 0; at < max; at++) {
        expect((await fail(at)).statusCode).toBe(401);
      }
      step(-dayMs);
      const refused = await fail(max);
      expect(refused.statusCode).toBe(429);
      expect(Number(refused.headers["retry-after"])).toBeLessThanOrEqual(windowMs / 1000);
      service().advance(windowMs + 1000);
      expect((await fail(max + 1)).statusCode).toBe(401);
    });

    test("T10 that another process has counted ahead count from now on", async () => {
      const [db, subject] = [service().database, networkOf(elsewhere())];
      const ahead = { db, now: new Date(service().now().getTime() + dayMs) };
      for (let at = 0; at < max; at++) {
        expect(await countAttempt(ahead, "token_from", subject)).toBe(max - 1 - at);
      }
      const now = service().now();
      expect(await countAttempt({ db, now }, "token_from", subject)).toBe(-1);
      expect((await nextAttemptAt({ db, now }, "token_from", subject)).getTime()).toBe(now.getTime() + windowMs);
      const later = new Date(now.getTime() + windowMs);
      expect(await countAttempt({ db, now: later }, "token_from", subject)).toBe(max - 1);
    });
  });

  describe("a mail", () => {
    /** A mail that nobody has been told to send: as where the process ended between the change and its mail. */
    const queue = async (email: string) => {
      const mail = { publicUrl: () => "https://roster.example", queued: () => {} };
      const facilities = { peppers: parsePeppers(keyMaterial.pepper), mail } as unknown as Facilities;
      await inTransaction(service().database, (db) =>
        mailAccountExists({ db, now: service().now(), principal: byRule, facilities }, email),
      );
    };
    /** Has the service look for mails. */
    const lookForMails = async () => {
      const scenario = await makeScenario(service());
      await scenario.user({ email: `${unique("another")}@example.com`, kind: "person" });
    };

    test.each(steps)("T10 that waits to be sent first is sent at once, after a step of %i ms", async (ms) => {
      const email = `${unique("person")}@example.com`;
      await queue(email);
      step(ms);
      await lookForMails();
      expect(await service().mailbox.to(email, 1)).toHaveLength(1);
    });

    test("T10 that waits to be tried again is tried, after a step back of more than any wait", async () => {
      const email = `${unique("person")}@example.com`;
      await queue(email);
      const waiting = { attempts: 3, due_at: new Date(service().now().getTime() + minuteMs) };
      await service().database.updateTable("mails").set(waiting).where("recipient", "=", email).execute();
      step(-2 * hourMs);
      await lookForMails();
      expect(await service().mailbox.to(email, 1)).toHaveLength(1);
    });
  });

  test("T10 entries of the audit from before a step back are sealed", async () => {
    await makeScenario(service());
    await service().seal();
    await makeScenario(service());
    step(-dayMs);
    await makeScenario(service());
    await service().seal();
    const left = await service().database.selectFrom("audit_entries").select("id").where("chain", "is", null).execute();
    expect(left).toEqual([]);
  });

  describe("a session", () => {
    let pages: Pages;

    beforeEach(async () => {
      pages = new Pages(service());
      await pages.start();
    });

    test("T10 lasts no longer for a step back", async () => {
      const browser = pages.browser();
      const { email } = await pages.person();
      await browser.logIn(email);
      step(-dayMs);
      expect((await browser.get("/me")).statusCode).toBe(200);
      service().advance(hourMs + 1000);
      expect((await browser.get("/me")).statusCode).toBe(303);
    });
  });

  test("T10 answers to idempotent changes are kept for a day, and no longer for a step back", async () => {
    const scenario = await makeScenario(service());
    const headers = { "idempotency-key": idempotencyKey() };
    await scenario.owner.do("createRole", {
      path: scenario.path,
      body: { name: unique("role"), permissions: [] },
      headers,
    });
    step(-10 * dayMs);
    await sweepAnswers(service().database, service().now());
    const kept = await service().database.selectFrom("idempotency_keys").selectAll().execute();
    expect(kept.length).toBeGreaterThan(0);
    const latest = service().now().getTime() + dayMs;
    expect(
      kept.every(
        ({ expires_at, body_expires_at }) => Math.max(expires_at.getTime(), body_expires_at.getTime()) <= latest,
      ),
    ).toBe(true);
  });

  test("T10 what is swept in passing is swept, after a step back", async () => {
    const scenario = await makeScenario(service());
    await scenario.role();
    step(-dayMs);
    service().advance(2 * minuteMs);
    const past = new Date(service().now().getTime() - hourMs);
    await service()
      .database.insertInto("mail_allowances")
      .values({ subject: unique("subject"), whole_at: past })
      .execute();
    await scenario.role();
    expect(await service().database.selectFrom("mail_allowances").selectAll().execute()).toEqual([]);
  });
});
