import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Service } from "../../service/app.ts";
import { linkLetter } from "../../service/mail/templates.ts";
import { folderTransport, type Mail, smtpTransport } from "../../service/mail/transports.ts";
import { Client, unique } from "./support/client.ts";
import { makeScenario, type Scenario } from "./support/scenario.ts";
import { onEachDatabase, ownerToken, type TestService, tokenIn } from "./support/service.ts";
import { MailServer } from "./support/smtp.ts";

const from = "Roster <roster@sender.example>";
const address = () => `${unique("Person")}@example.com`;
const soon = { timeout: 30_000, interval: 20 };

/** A service beside the one under test that mails through a server, and looks for mails all the time. */
async function mailing(service: TestService, { url }: MailServer): Promise<{ service: Service; owner: Client }> {
  const started = await service.startBeside({
    mail: { transport: smtpTransport(url, from), pollMs: 20, firstRetryMs: 20 },
  });
  return { service: started, owner: new Client(() => started.app, ownerToken) };
}

async function outcomeOf(service: TestService, recipient: string) {
  return await service.database
    .selectFrom("mails")
    .select(["outcome", "body", "attempts", "due_at"])
    .where("recipient", "=", recipient)
    .executeTakeFirstOrThrow();
}

onEachDatabase("the outbox", (service) => {
  const server = new MailServer();
  beforeAll(() => server.start());
  afterAll(() => server.stop());
  const to = (email: string) => server.received.filter(({ to: [recipient] }) => recipient === email);

  test("a mail has one recipient, a stable id and both parts, and nothing of it stays in the database", async () => {
    const replica = await mailing(service(), server);
    const email = address();
    await replica.owner.do("createUser", { body: { email } });
    await vi.waitFor(() => expect(to(email)).toHaveLength(1), soon);
    await vi.waitFor(async () => expect((await outcomeOf(service(), email)).outcome).toBe("sent"), soon);
    const [mail] = to(email);
    expect(mail).toMatchObject({ from: "roster@sender.example", to: [email] });
    const content = mail?.content ?? "";
    expect(content).toMatch(/^From: Roster <roster@sender\.example>\r$/m);
    expect(content).toMatch(/^Message-ID: <mai_[0-9a-f]{32}@sender\.example>\r$/m);
    expect(content).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(content).toMatch(/^Content-Type: multipart\/alternative/m);
    expect(content).toMatch(/^Content-Type: text\/plain/m);
    expect(content).toMatch(/^Content-Type: text\/html/m);
    expect(await outcomeOf(service(), email)).toMatchObject({ body: null, due_at: null, attempts: 1 });
    await replica.service.close();
  });

  test("the token of a link is nowhere in the database in plaintext, also before the mail is sent", async () => {
    const email = address();
    await service().as().do("createUser", { body: { email } });
    const [mail] = await service().mailbox.to(email, 1);
    const token = tokenIn(mail as Mail);
    await server.stop();
    const replica = await mailing(service(), server);
    const other = address();
    await replica.owner.do("createUser", { body: { email: other } });
    expect((await outcomeOf(service(), other)).body).toMatch(/^[\w-]+$/);
    const dump = await service().dump();
    expect(dump).not.toContain("/links/");
    expect(dump).not.toContain(token);
    await server.start();
    await vi.waitFor(async () => expect((await outcomeOf(service(), other)).outcome).toBe("sent"), soon);
    await replica.service.close();
  });

  test("F14 the mail server is down: the user is kept, and the mail sent once when it returns", async () => {
    await server.stop();
    const replica = await mailing(service(), server);
    const email = address();
    const user = await replica.owner.do("createUser", { body: { email } });
    expect(user.status).toBe("invited");
    await vi.waitFor(async () => expect((await outcomeOf(service(), email)).attempts).toBeGreaterThan(1), soon);
    expect(await replica.owner.do("getUser", { path: { userId: user.id } })).toEqual(user);
    await server.start();
    await vi.waitFor(async () => expect((await outcomeOf(service(), email)).outcome).toBe("sent"), soon);
    expect(to(email)).toHaveLength(1);
    await replica.service.close();
  });

  test("a server that asks to come back is asked again; one that refuses for good is not", async () => {
    const replica = await mailing(service(), server);
    const [later, never] = [address(), address()];
    server.refusals.push(451, 452);
    await replica.owner.do("createUser", { body: { email: later } });
    await vi.waitFor(() => expect(to(later)).toHaveLength(1), soon);
    await vi.waitFor(async () => {
      expect(await outcomeOf(service(), later)).toMatchObject({ outcome: "sent", attempts: 3 });
    }, soon);
    server.refusals.push(550);
    await replica.owner.do("createUser", { body: { email: never } });
    await vi.waitFor(async () => {
      expect(await outcomeOf(service(), never)).toMatchObject({ outcome: "failed", attempts: 1, body: null });
    }, soon);
    expect(to(never)).toEqual([]);
    await replica.service.close();
  });

  test("two replicas and one outbox send each mail once", async () => {
    const replicas = [await mailing(service(), server), await mailing(service(), server)];
    const emails = Array.from({ length: 20 }, address);
    await Promise.all(emails.map((email, at) => replicas[at % 2]?.owner.do("createUser", { body: { email } })));
    await vi.waitFor(async () => {
      for (const email of emails) {
        expect((await outcomeOf(service(), email)).outcome).toBe("sent");
      }
    }, soon);
    for (const email of emails) {
      expect(to(email)).toHaveLength(1);
    }
    for (const replica of replicas) {
      await replica.service.close();
    }
  });

  test("T7 a mail whose link works no more is dropped, and so is one that would not be asked for or sent to this person by now", async () => {
    const person = async (scenario: Scenario) => {
      const user = await scenario.user({ email: address(), kind: "person", invite: false });
      const activated = { activated_at: service().now() };
      await service().database.updateTable("users").set(activated).where("id", "=", user.id).execute();
      return user;
    };
    const join = async ({ owner, path }: Scenario, user: string, role: string) =>
      await owner.do("createMembership", { path, body: { user, role } });
    const [home, other] = [await makeScenario(service()), await makeScenario(service())];
    const [moved, leaver, administrator, stays] = [
      await person(home),
      await person(home),
      await person(other),
      await person(other),
    ];
    await join(other, leaver.id, "viewer");
    const { id: membershipId } = await join(other, administrator.id, "administrator");
    await join(other, stays.id, "administrator");
    await server.stop();
    const replica = await mailing(service(), server);
    const { key } = await home.actingAs("administrator");
    const { key: secret, id: apiKeyId } = await home.key({ kind: "user", owner: key.owner ?? "" });
    const client = new Client(() => replica.service.app, secret);
    const [ended, invited, email] = [address(), address(), address()];
    const { id: userId } = await replica.owner.do("createUser", { body: { email: ended } });
    await replica.owner.do("deactivateUser", { path: { userId } });
    await client.do("createUser", { body: { email: invited, homeOrganization: home.organization.id } });
    await client.do("updateUser", { path: { userId: moved.id }, body: { email } });
    await client.do("deactivateUser", { path: { userId: leaver.id } });
    await home.owner.do("revokeApiKey", { path: { apiKeyId } });
    await other.owner.do("updateMembership", { path: { membershipId }, body: { role: "viewer" } });
    for (const recipient of [ended, invited, email, administrator.email]) {
      await vi.waitFor(async () => {
        expect(await outcomeOf(service(), recipient)).toMatchObject({ outcome: "dropped", body: null });
      }, soon);
    }
    // The change of address is over with the mail that nobody will get.
    const user = await home.owner.do("getUser", { path: { userId: moved.id } });
    expect(user).toMatchObject({ email: moved.email, pendingEmail: null });
    await server.start();
    await vi.waitFor(() => expect(to(stays.email)).toHaveLength(1), soon);
    expect([ended, invited, email, administrator.email].flatMap(to)).toEqual([]);
    await replica.service.close();
  });

  test("a change that is undone mails nothing", async () => {
    const { owner } = { owner: service().as() };
    const email = address();
    service().failNextStatement("XX000");
    await owner.send("createUser", { body: { email } });
    await owner.do("createUser", { body: { email, invite: false } });
    const rows = await service().database.selectFrom("mails").select("id").where("recipient", "=", email).execute();
    expect(rows).toEqual([]);
  });
});

test("T10 a server that says something now and then, and never what counts, is given up", async () => {
  const server = createServer((socket) => {
    socket.write("220 at your service\r\n");
    const speaking = setInterval(() => socket.write("250-a moment\r\n"), 10);
    socket.on("error", () => {});
    socket.once("close", () => clearInterval(speaking));
    socket.resume();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const letter = linkLetter("sign_up", {}, "https://roster.example/links/x", new Date());
  const mail = { ...letter, id: "mai_1", recipient: address(), date: new Date() };
  await expect(smtpTransport(`smtp://127.0.0.1:${port}`, from, 200).send(mail)).rejects.toThrow();
  // Once its connection has ended.
  await new Promise((resolve) => server.close(resolve));
});

describe("without a mail server", () => {
  test("each mail is a file that a mail program opens", async () => {
    const folder = await mkdtemp(join(tmpdir(), "roster-mail-"));
    const letter = linkLetter("membership", { organization: "A & <b>" }, "https://roster.example/links/x", new Date(0));
    await folderTransport(join(folder, "mail"), from).send({
      ...letter,
      id: "mai_1",
      recipient: "ada@example.com",
      date: new Date(0),
    });
    expect(await readdir(join(folder, "mail"))).toEqual(["mai_1.eml"]);
    const content = await readFile(join(folder, "mail", "mai_1.eml"), "utf8");
    expect(content).toMatch(/^To: ada@example\.com\r$/m);
    expect(content).toContain("https://roster.example/links/x");
    await rm(folder, { recursive: true });
  });
});

describe("what mails say", () => {
  const link = "https://roster.example/links/token";
  test.each(["set_up", "membership", "assignment", "email_change", "password_reset", "sign_up"] as const)(
    "%s: what is asked, until when, and that it can be ignored; nothing from elsewhere",
    (purpose) => {
      const about = { organization: 'Acme & "Sons"\r\nBcc: x', key: "<script>" };
      const letter = linkLetter(purpose, about, link, new Date("2026-01-31T09:30:00Z"));
      expect(letter.subject).not.toMatch(/[\r\n]/);
      for (const part of [letter.text, letter.html]) {
        expect(part).toContain(link);
        expect(part).toContain("until 2026-01-31 09:30 UTC");
        expect(part).toMatch(/ignore/);
      }
      expect(letter.html).not.toMatch(/<script|<img|<link|src=/);
      expect(letter.html.match(/https?:/g)).toEqual(["https:"]);
    },
  );
});
