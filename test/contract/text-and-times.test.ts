/** What the contract takes of text and times: refused where it is no line, no address or "never", and else kept as it is. */
import { rmSync, writeFileSync } from "node:fs";
import { sql } from "kysely";
import type { Schemas } from "roster-schema";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { membersFromCsv } from "../../provider/program/csv/csv.ts";
import { findLink } from "../../service/auth/links.ts";
import { createBackup } from "../../service/backup/create.ts";
import { restoreBackup } from "../../service/backup/restore.ts";
import { up as migrateTextAndTimes } from "../../service/rows/migrations/0020-text-and-times.ts";
import { liveName } from "../../service/rows/tables.ts";
import { requests } from "./statuses/index.ts";
import { backupKeys, besideRestores, dumpOf, kept, Places } from "./support/backup.ts";
import { Client, unique } from "./support/client.ts";
import { contract, type OperationId } from "./support/contract.ts";
import { type Leaf, leavesOfBody } from "./support/leaves.ts";
import { account } from "./support/pages.ts";
import { Pages } from "./support/people.ts";
import { makeScenario, type Scenario, sha256 } from "./support/scenario.ts";
import { databaseKinds, onEachDatabase, ownerToken, type TestService, tokenIn } from "./support/service.ts";

const places = new Places();
afterAll(() => places.close());

const last = "9999-12-31T23:59:59.999Z";
let made = 0;

/** The least and the greatest of each kind of value that a body can hold; a new kind has to be put here. */
const extremes: Readonly<Record<string, (service: TestService) => readonly unknown[]>> = {
  ExternalId: () => [String.fromCodePoint(0x4e00 + ++made), `${"🦉".repeat(506)}${String(++made).padStart(6, "0")}`],
  DeclaredAct: () => ["x", "🦉\n".repeat(100)],
  Email: () => [`${(++made).toString(36)}@b.c`, `${"é".repeat(242 - 6)}${String(++made).padStart(6, "0")}@example.com`],
  Slug: () => [String(++made + 10), `${"a".repeat(57)}${String(++made).padStart(6, "0")}`],
  OrganizationName: () => ["x", "🦉".repeat(200)],
  WebsiteUrl: () => ["http://a", `https://${"é".repeat(2040)}`],
  RoleName: () => ["x", "🦉".repeat(64)],
  ApiName: () => ["x", "🦉".repeat(200)],
  ApiKeyName: () => ["x", "🦉".repeat(200)],
  PersonName: () => ["x", "🦉".repeat(200)],
  EndDate: (service) => [service.now().toISOString().slice(0, 10), "9999-12-31", last, "9999-12-31T23:59:59Z"],
  PastTime: (service) => ["1970-01-01T00:00:00.001Z", service.now().toISOString()],
  Duration: () => ["0s", "1s", "999999s", "999999m", "99999h", "9999d"],
  IpRange: () => ["::/0", "0.0.0.0/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128", "255.255.255.255/32"],
  "1 to 10000": () => [1, 10_000],
};

/** What a body holds that isn't bounded text, a time or a number, or is tried elsewhere: generations, images and secrets. */
const otherKinds = [
  "ApiKeySecret",
  "ClientSecret",
  "1 to 1000000",
  "2 to 1000000",
  "content",
  "sha256",
  "secret",
  "address",
];

/** What reads the object that an operation has made or changed. */
const readers: Partial<Record<OperationId, { read: OperationId; by: string }>> = {
  createOrganization: { read: "getOrganization", by: "organizationId" },
  updateOrganization: { read: "getOrganization", by: "organizationId" },
  createUser: { read: "getUser", by: "userId" },
  updateUser: { read: "getUser", by: "userId" },
  createRole: { read: "getRole", by: "roleId" },
  updateRole: { read: "getRole", by: "roleId" },
  createMembership: { read: "getMembership", by: "membershipId" },
  updateMembership: { read: "getMembership", by: "membershipId" },
  createApiKey: { read: "getApiKey", by: "apiKeyId" },
  importApiKey: { read: "getApiKey", by: "apiKeyId" },
  updateApiKey: { read: "getApiKey", by: "apiKeyId" },
  rotateApiKey: { read: "getApiKey", by: "apiKeyId" },
  revokeApiKeySecret: { read: "getApiKey", by: "apiKeyId" },
  createApiKeyAssignment: { read: "getApiKeyAssignment", by: "assignmentId" },
  updateApiKeyAssignment: { read: "getApiKeyAssignment", by: "assignmentId" },
};

const operations = [...contract.values()].filter(({ id, hasBody }) => {
  return hasBody && !["runBatch", "reportLeakedSecrets", "reportRun"].includes(id);
});

test("T11 every value that a body can hold has its least and its greatest here", () => {
  const kinds = new Set(operations.flatMap(({ id }) => leavesOfBody(id)).map(({ kind }) => kind));
  expect([...kinds].filter((kind) => !(kind in extremes) && !otherKinds.includes(kind))).toEqual([]);
});

onEachDatabase("text and times", (service, databaseKind) => {
  const owner = () => service().as();
  let pages: Pages;

  beforeAll(async () => {
    pages = new Pages(service());
    await pages.start();
  });

  describe("T11 the least and the greatest that the contract takes is stored and read back the same:", () => {
    const cases = operations.flatMap(({ id }) => {
      return (
        leavesOfBody(id)
          // An update does the act, which takes somebody to do it for: what it is given is tried at creation.
          .filter(({ kind }) => kind in extremes && !(kind === "DeclaredAct" && id.startsWith("update")))
          .map((leaf) => ({ id, leaf, title: `${id} ${leaf.path.join(".")}` }))
      );
    });
    test.each(cases)("$title", async ({ id, leaf }) => {
      for (const value of extremes[leaf.kind]?.(service()) ?? []) {
        const scenario = await makeScenario(service());
        const asked = (await requests.get(id)?.(scenario)) ?? {};
        const body = fitting(id, leaf, put((asked.body ?? {}) as object, leaf.path, value));
        const client = (asked as { client?: Client }).client ?? owner();
        const answer = await client.do(id, { ...asked, body } as never);
        const reader = readers[id];
        if (reader === undefined) {
          continue;
        }
        const objectId = (answer as { id: string }).id;
        const read = await owner().do(reader.read, { path: { [reader.by]: objectId } } as never);
        for (const shown of [answer, read]) {
          expectShown(shown, leaf, value, service().now());
        }
      }
    });

    test("what verifyApiKey leaves as a message, too", async () => {
      const scenario = await makeScenario(service());
      const { key } = await scenario.key();
      for (const api of extremes.ApiName?.(service()) ?? []) {
        await owner().do("verifyApiKey", { body: { secret: key, api: String(api) } });
        const { items } = await owner().do("listMessages", { path: scenario.path });
        expect(items.at(-1)?.api).toBe(api);
      }
    });

    test("names, from an export as CSV to a set of members", async () => {
      const { path } = await makeScenario(service());
      const expected: Record<string, unknown> = {};
      for (const name of ["x", "🦉".repeat(200), "'=1+1", '"', "a, b"]) {
        const email = `${unique("named")}@example.com`;
        const body = { email, role: "viewer", onUnknownUser: "create" as const, givenName: name, familyName: name };
        await owner().do("createMembership", { path, body });
        expected[email] = { role: "viewer", givenName: name, familyName: name };
      }
      const csv = await owner().send("listMembers", { path, headers: { accept: "text/csv" } });
      const file = places.path("members.csv");
      writeFileSync(file, csv.body);
      expect(membersFromCsv(file)).toEqual(expected);
      rmSync(file);
    });

    test("a key ends with the year 9999, and its JWT and a rotation say so", async () => {
      const scenario = await makeScenario(service(), { settings: { allowExpiringJwt: true } });
      const { user } = await scenario.member("api_user");
      for (const endDate of ["9999-12-31", last]) {
        const jwt = await scenario.key({ kind: "user", format: "jwt", owner: user.id, endDate });
        const key = await scenario.key({ endDate });
        const rotation = { generation: 2, overlap: "9999d", holdWhileUsed: "9999d" };
        const rotated = await owner().do("rotateApiKey", { path: { apiKeyId: key.id }, body: rotation });
        expect(Date.parse(rotated.previousSecret?.expiresAt ?? "")).toBeLessThanOrEqual(Date.parse(last));
        for (const secret of [jwt.key, key.key, rotated.key ?? ""]) {
          expect(await owner().do("verifyApiKey", { body: { secret } })).toMatchObject({ outcome: "accepted" });
        }
        expect(await owner().do("getApiKey", { path: { apiKeyId: jwt.id } })).toMatchObject({
          endDate,
          status: "active",
        });
      }
    });

    test("through a backup that is restored into the other database, where it is read the same", async () => {
      const path = places.path("backup");
      await createBackup(service().database, await backupKeys(), path, new Date());
      const [other] = databaseKinds.filter((kind) => kind !== databaseKind);
      const target = places.open(await places.make(other ?? "pglite"));
      await restoreBackup(target, await backupKeys(), path, "original", new Date());
      expect(besideRestores(await dumpOf(target))).toEqual(besideRestores(kept(await dumpOf(service().database))));
      const keysOf = (db: typeof target) => db.selectFrom("api_keys").selectAll().orderBy("id").execute();
      const [keys, restored] = [await keysOf(service().database), await keysOf(target)];
      expect(restored).toEqual(keys);
      expect(keys.map(({ expires_at }) => expires_at?.toISOString())).toContain(last);
      const secretsOf = (db: typeof target) => {
        return db.selectFrom("api_key_secrets").selectAll().orderBy("key_id").orderBy("generation").execute();
      };
      expect(await secretsOf(target)).toEqual(await secretsOf(service().database));
    });
  });

  test("T11 times in the database are read the same from both, in every year", async () => {
    const scenario = await makeScenario(service());
    const { id } = await scenario.key();
    const years = ["0001-01-01", "0049-06-30", "0099-12-31", "1582-10-15", "1893-03-31", "1970-01-01", "9999-12-31"];
    for (const text of years.flatMap((day) => [`${day}T00:00:00.000Z`, `${day}T23:59:59.999Z`])) {
      const at = new Date(text);
      await service().database.updateTable("api_key_secrets").set({ used_at: at }).where("key_id", "=", id).execute();
      const key = await owner().do("getApiKey", { path: { apiKeyId: id } });
      expect(key.lastUsedAt).toBe(text);
    }
  });

  test.each([
    ["createdAt", "0001-01-01T00:00:00Z"],
    ["lastUsedAt", "0001-01-01T00:00:00Z"],
    ["lastUsedAt", "0099-12-31T23:59:59Z"],
    ["lastUsedAt", "1900-01-01T00:00:00Z"],
    ["lastUsedAt", "1970-01-01T00:00:00Z"],
    ["lastUsedAt", "1970-01-01T01:00:00+01:00"],
    ["createdAt", "0000-01-01T00:00:00Z"],
    ["endDate", "0001-01-01"],
    ["endDate", "0000-01-01"],
    ["endDate", "1970-01-01T00:00:00Z"],
  ])(
    "T11 an import whose %s is the %s of another system is refused, and says what to do for never",
    async (member, time) => {
      const { path } = await makeScenario(service());
      const body = { name: unique("legacy"), sha256: sha256(unique("secret")), [member]: time };
      const { detail, errors } = await owner().refused("unprocessable", "importApiKey", { path, body });
      expect(detail).toBe('The time must be after 1970-01-01T00:00:00Z. Omit it for "never".');
      expect(errors).toEqual([{ in: "body", pointer: `/${member}`, detail }]);
    },
  );

  describe("T9 what is no line, no address or no text is refused with words that show it:", () => {
    const wrong: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
      line: [
        ["a\u0000b", "has U+0000, a control character, at character 2: leave it out"],
        ["a\ud800", "has U+D800, half of a character, at character 2: leave it out"],
        ["a\n\nb", "has U+000A, a line break, at character 2: leave it out"],
        ["a\u202eb", "has U+202E, which changes the direction of the text around it, at character 2: leave it out"],
        ["ada\u200d", "has U+200D, an invisible character, at character 4: leave it out"],
      ],
      mailbox: [
        ["a\u0000b@example.com", "has U+0000, a control character, at character 2: leave it out"],
        ["a\u001fb@example.com", "has U+001F, a control character, at character 2: leave it out"],
        ["\u200bada@example.com", "has U+200B, an invisible character, at character 1: leave it out"],
        [
          "\u212ada@example.com",
          'has U+212A at character 1, which other systems change to "K" (U+004B): write that, if that is the address',
        ],
        [
          "zoe\u0308@example.com",
          "has U+0308 at character 4 in decomposed form: write the address in Unicode normalization form C",
        ],
        ["ada@bücher.example", "must have a domain in ASCII: write the domain as xn--bcher-kva.example"],
      ],
      text: [["a\u0000b", "has U+0000, a control character, at character 2: leave it out"]],
    };
    const cases = operations.flatMap(({ id }) => {
      return leavesOfBody(id)
        .filter(({ format }) => format in wrong)
        .map((leaf) => ({ id, leaf, title: `${id} ${leaf.path.join(".")}` }));
    });
    test.each(cases)("$title", async ({ id, leaf }) => {
      const scenario = await makeScenario(service());
      const asked = (await requests.get(id)?.(scenario)) ?? {};
      for (const [value, detail] of wrong[leaf.format] ?? []) {
        const body = put((asked.body ?? {}) as object, leaf.path, value);
        const { errors } = await owner().refused("invalid_request", id, { ...asked, body } as never);
        const pointer = `/${leaf.path.join("/")}`;
        // A member that can be null says so as well; a website has a form of its own.
        const found = errors?.find((error) => error.pointer === pointer)?.detail ?? "";
        if (leaf.kind !== "WebsiteUrl") {
          expect(found.replace(/, or must be null$/, "")).toBe(detail);
        }
        expect(errors).toHaveLength(1);
      }
    });

    test.each(["listUsers", "listMembers"] as const)("%s by an address", async (id) => {
      const { path } = await makeScenario(service());
      for (const [email, detail] of wrong.mailbox ?? []) {
        // Half of a character and U+0000 can't be written in a query.
        const { errors } = await owner().refused("invalid_request", id, { path, query: { email } } as never);
        expect(errors).toEqual([{ in: "query", pointer: "/email", detail }]);
      }
    });
  });

  describe("what is there from before", () => {
    /** An invitation as it was stored when U+212A was taken for k. */
    async function oldInvitation(tail: string) {
      const scenario = await makeScenario(service());
      const { path } = scenario;
      const [email, taken] = [`\u212a${tail}@example.com`, `k${tail}@example.com`];
      const body = { email: `${unique("old")}@example.com`, role: "viewer", onUnknownUser: "invite" as const };
      const { id } = await owner().do("createMembership", { path, body });
      const [mail] = await service().mailbox.to(body.email, 1);
      const columns = { email, email_normalized: taken, member_live: liveName(path.organizationId, taken) };
      await service().database.updateTable("memberships").set(columns).where("id", "=", id).execute();
      await service().database.updateTable("links").set({ email }).where("subject", "=", id).execute();
      return { scenario, id, email, taken, token: mail === undefined ? "" : tokenIn(mail) };
    }

    test("T9 an invitation to an address that is refused now stays readable, and neither its link nor a new one proves another address", async () => {
      const { scenario, id, email, taken, token } = await oldInvitation(unique("elvin"));
      const context = { db: service().database, now: service().now() };
      expect(await findLink(context, token)).toMatchObject({ email });
      expect((await pages.browser().get(`/links/${token}`)).statusCode).toBe(410);
      expect(await owner().do("getMembership", { path: { membershipId: id } })).toMatchObject({
        email,
        status: "pending",
      });
      expect(await owner().do("listUsers", { query: { email: taken } })).toMatchObject({ items: [] });
      const resend = { path: { membershipId: id }, body: { resendInvite: "1" } };
      const { detail } = await owner().refused("unprocessable", "updateMembership", resend);
      expect(detail).toContain("the address has U+212A at character 1");
      await owner().do("endMembership", { path: { membershipId: id } });
      const csv = await owner().send("listMembers", {
        path: scenario.path,
        query: { status: "cancelled" },
        headers: { accept: "text/csv" },
      });
      expect(csv.body).toContain(email);
    });

    test("T9 the migration tells such an address from the one that it was taken for", async () => {
      const { scenario, id, email, taken } = await oldInvitation(unique("elvin"));
      const other = await scenario.user();
      const columns = { email, email_normalized: taken };
      await service().database.updateTable("users").set(columns).where("id", "=", other.id).execute();
      const key = await scenario.key();
      const offer = { path: { apiKeyId: key.id }, body: { email: `${unique("old")}@example.com`, external: true } };
      const assignment = await owner().do("createApiKeyAssignment", offer);
      const offered = { email, email_normalized: taken, invited_live: liveName(key.id, taken) };
      const isOffer = service().database.updateTable("api_key_assignments").set(offered);
      await isOffer.where("id", "=", assignment.id).execute();

      await migrateTextAndTimes(service().database as never);
      expect(await owner().do("listUsers", { query: { email: taken } })).toMatchObject({ items: [] });
      expect(await owner().do("getUser", { path: { userId: other.id } })).toMatchObject({ email });
      // Who has the other address has an account, a membership and an offer of their own.
      const user = await scenario.user({ email: taken });
      const member = { path: scenario.path, body: { user: user.id, role: "viewer" } };
      expect((await owner().do("createMembership", member)).id).not.toBe(id);
      await owner().do("createApiKeyAssignment", { path: offer.path, body: { user: user.id } });
      // What is changed later keeps it apart.
      await owner().do("updateUser", { path: { userId: other.id }, body: { givenName: "Kelvin" } });
      expect(await owner().do("listUsers", { query: { email: taken } })).toMatchObject({ items: [{ id: user.id }] });
    });

    test("T11 the migration brings an end after the year 9999 to the last time of it", async () => {
      const scenario = await makeScenario(service());
      const { id } = await scenario.key({ endDate: "9999-12-31" });
      await sql`update api_keys set expires_at = '10000-01-01T00:00:00Z' where id = ${id}`.execute(service().database);
      await migrateTextAndTimes(service().database as never);
      const row = await service().database.selectFrom("api_keys").selectAll().where("id", "=", id).executeTakeFirst();
      expect(row?.expires_at?.toISOString()).toBe(last);
    });

    test("T9 a mail that waits for an address that a mail server would change is given up", async () => {
      const scenario = await makeScenario(service());
      const email = `${unique("waiting")}@example.com`;
      const late = { send: () => Promise.reject(new Error("no mail server")) };
      const replica = await service().startBeside({ mail: { transport: late, pollMs: 3_600_000, firstRetryMs: 1000 } });
      const body = { email, homeOrganization: scenario.organization.id };
      await new Client(() => replica.app, ownerToken).do("createUser", { body });
      await replica.close();
      const recipient = email.replace("waiting", "wait\u001fing");
      const mails = service().database.updateTable("mails").set({ recipient, due_at: service().now() });
      await mails.where("recipient", "=", email).execute();
      const beside = await service().startBeside();
      await beside.close();
      const row = await service().database.selectFrom("mails").select("outcome").where("recipient", "=", recipient);
      expect(await row.executeTakeFirst()).toEqual({ outcome: "failed" });
      expect(service().mailbox.mails.filter((mail) => mail.recipient === recipient)).toEqual([]);
    });

    test("T9 names with line breaks write no paragraphs of their own in mails, and objects with them are read and changed", async () => {
      const scenario = await makeScenario(service());
      const name = "Acme\n\nYour account is blocked. Log in again at:\nhttps://acme.example/log-in\n\n\u202eYours";
      await service()
        .database.updateTable("organizations")
        .set({ name })
        .where("id", "=", scenario.organization.id)
        .execute();
      const email = `${unique("invited")}@example.com`;
      const body = { email, role: "viewer", onUnknownUser: "invite" as const };
      await owner().do("createMembership", { path: scenario.path, body });
      const [mail] = await service().mailbox.to(email, 1);
      const line = "Acme Your account is blocked. Log in again at: https://acme.example/log-in Yours";
      expect(mail?.subject).toBe(`${line} invites you`);
      expect(mail?.text.split("\n\n")[0]).toBe(`${line} invites you to become a member.`);
      expect(mail?.html).toContain(`<p>${line} invites you to become a member.</p>`);
      expect(await owner().do("getOrganization", { path: scenario.path })).toMatchObject({ name });
      await owner().do("updateOrganization", { path: scenario.path, body: { websiteUrl: "https://acme.example" } });
      await owner().do("updateOrganization", { path: scenario.path, body: { name: "Acme" } });
    });
  });

  describe("people's pages", () => {
    test("T9 an address is refused with words that show why, and proven as it was mailed", async () => {
      for (const path of ["/sign-up", "/forgot-password"]) {
        const page = await pages.browser().submit(path, { email: "\u212aelvin@example.com" });
        expect(page.statusCode).toBe(422);
        expect(page.body).toContain("The address has U+212A at character 1");
        expect((await pages.browser().submit(path, { email: " Ada@Example.com " })).statusCode).toBe(200);
      }
      const scenario = await makeScenario(service());
      const email = `${unique("Mixed")}@Example.com`;
      const body = { email, role: "viewer", onUnknownUser: "invite" as const };
      await owner().do("createMembership", { path: scenario.path, body });
      const [mail] = await service().mailbox.to(email, 1);
      await pages.browser().submit(`/links/${mail === undefined ? "" : tokenIn(mail)}`, account);
      const { items } = await owner().do("listUsers", { query: { email: email.toLowerCase() } });
      expect(items.map((user: Schemas["User"]) => user.email)).toEqual([email]);
    });

    test("T9 names are refused with words that show why", async () => {
      const scenario: Scenario = await makeScenario(service());
      const user = await scenario.user({ email: pages.address(), kind: "person", invite: false });
      const link = await pages.link({ purpose: "set_up", subject: user.id, email: user.email });
      const wrong = { ...account, givenName: "A\u202eda", familyName: "Love\u200blace" };
      const page = await pages.browser().submit(link, wrong);
      expect(page.statusCode).toBe(422);
      expect(page.body).toContain(
        "The name has U+202E, which changes the direction of the text around it, at character 2",
      );
      expect(page.body).toContain("The name has U+200B, an invisible character, at character 5");
      const long = { ...account, givenName: "🦉".repeat(200), familyName: "🦉".repeat(200) };
      expect((await pages.browser().submit(link, long)).statusCode).toBe(303);
    });
  });
});

/** A body with a value put at a place. */
function put(body: object, [head = "", ...rest]: readonly string[], value: unknown): object {
  const members = body as Record<string, unknown>;
  if (rest.length === 0) {
    return { ...members, [head]: Array.isArray(members[head]) || head === "allowedIps" ? [value] : value };
  }
  return { ...members, [head]: put((members[head] ?? {}) as object, rest, value) };
}

/** What a value needs besides, so that nothing else refuses it. */
function fitting(id: OperationId, { path: [name] }: Leaf, body: object): object {
  const rest = body as Record<string, unknown>;
  if (name === "websiteUrl" && id === "createOrganization") {
    return { ...rest, subscription: { plan: "premium" } };
  }
  if (id === "createMembership" || id === "createApiKeyAssignment") {
    const isInvited = name === "email" || name === "givenName" || name === "familyName";
    if (!isInvited) {
      return rest;
    }
    const email = name === "email" ? rest.email : `${unique("made")}@example.com`;
    const others = omit(rest, "user");
    return id === "createMembership"
      ? { ...others, email, onUnknownUser: name === "email" ? "invite" : "create" }
      : { ...others, email, external: true };
  }
  if (name === "holdWhileUsed") {
    return { ...rest, overlap: "9999d" };
  }
  return rest;
}

function omit(values: Record<string, unknown>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => key !== name));
}

/** Fails unless an object shows a value that was given; what isn't shown at all is not looked for. */
function expectShown(object: unknown, { kind, path }: Leaf, value: unknown, now: Date): void {
  if (kind === "Duration") {
    const { previousSecret } = object as Partial<Schemas["ApiKey"]>;
    if (previousSecret != null) {
      expect(Date.parse(previousSecret.expiresAt)).toBeGreaterThan(now.getTime() - 60_000);
    }
    return;
  }
  const shown = path.reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], object);
  if (shown === undefined) {
    return;
  }
  expect(shown, path.join(".")).toEqual(kind === "IpRange" ? [value] : value);
}
