/**
 * F14: people are invited while the mail server is down, refuses for the moment, or dies with a mail in hand. Each is kept,
 * and mailed once when the server is back. A server that dies between taking a mail and saying so is told again, under
 * the same Message-ID: a lost invitation would be worse.
 */
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, vi } from "vitest";
import { smtpTransport } from "../service/mail/transports.ts";
import { Client, unique } from "../test/contract/support/client.ts";
import { onEachDatabase, ownerToken } from "../test/contract/support/service.ts";
import { type Death, MailServer, type Received } from "../test/contract/support/smtp.ts";
import { type Attempt, trial } from "./trial.ts";

const from = "Roster <roster@sender.example>";
const soon = { timeout: 60_000, interval: 20 };

function messageIdOf({ content }: { readonly content: string }): string {
  return /^Message-ID: (\S+)\r$/m.exec(content)?.[1] ?? "none";
}

onEachDatabase("a mail server that is down", (service, kind) => {
  const server = new MailServer();
  beforeAll(() => server.start());
  afterAll(() => server.stop());

  /** What becomes of the mails to some addresses, by the outbox. */
  const expectRows = (
    emails: readonly string[],
    isAsExpected: (row: { outcome: string | null; attempts: number }) => boolean,
  ) =>
    vi.waitFor(async () => {
      const rows = await service()
        .database.selectFrom("mails")
        .select(["recipient", "outcome", "attempts"])
        .where("recipient", "in", emails)
        .execute();
      const others = rows.filter((row) => !isAsExpected(row));
      if (rows.length !== emails.length || others.length > 0) {
        throw new Error(`the outbox has ${JSON.stringify(rows)}`);
      }
    }, soon);

  /** Lets the server come back only to refuse, or to die. */
  async function comeBackWith(attempt: Attempt, fault: "refusal" | "before" | "after", emails: readonly string[]) {
    if (fault === "refusal") {
      server.refusals.push(attempt.random.pick([421, 451, 452]));
      attempt.count("refusals");
      return;
    }
    const deaths = server.deaths.length;
    server.dieAt(fault);
    await server.start();
    await expectRows(emails, ({ outcome }) => outcome === "sent" || server.deaths.length > deaths);
    // Where it died before, all of the others may have been in its hands.
    server.dieAt(undefined);
    attempt.count("deaths", server.deaths.length - deaths);
    await server.stop();
  }

  /** Each has a mail; twice only who was told of it as the server died. */
  function expectOnce(attempt: Attempt, emails: readonly string[], deaths: readonly Death[]): void {
    const isTo = (email: string) => (mail: Received) => mail.to.includes(email);
    attempt.none(
      "lost mails",
      emails.filter((email) => !server.received.some(isTo(email))),
    );
    for (const email of emails) {
      const ids = new Set(server.received.filter(isTo(email)).map(messageIdOf));
      attempt.none("other mails", [...ids].slice(1));
    }
    for (const { moment, recipients, received } of deaths) {
      const later = server.received.slice(received).filter(({ to }) => to.some((email) => recipients.includes(email)));
      if (moment === "after") {
        attempt.none("double mails", later);
      }
    }
    // As it died, it had more mails in hand than the one that it died with.
    const inHand = deaths.reduce((sum, { connections }) => sum + connections, 0);
    const all = server.received.filter(({ to }) => emails.some((email) => to.includes(email))).length;
    attempt.none("double mails", all - emails.length > inHand ? [all - emails.length] : []);
    attempt.count("mails", emails.length);
    attempt.count("repeated under the same Message-ID", all - emails.length);
  }

  trial({
    id: `F14 ${kind}`,
    title: "people are invited while the mail server is down, refuses, or dies with a mail in hand",
    seeds: { full: 20, short: 1 },
    async try(attempt) {
      const { random } = attempt;
      const mail = { transport: smtpTransport(server.url, from), pollMs: 20, firstRetryMs: 20 };
      await server.stop();
      const replica = await service().startBeside({ mail });
      const owner = new Client(() => replica.app, ownerToken);
      const faults = random.shuffled(["refusal", "before", "after"] as const).slice(random.below(3));
      const emails = Array.from(
        { length: faults.length + random.below(3) },
        () => `${unique("person")}@trials.example`,
      );
      for (const email of emails) {
        const user = await owner.do("createUser", { body: { email } });
        attempt.none("lost users", isDeepStrictEqual(await readUser(owner, user.id), user) ? [] : [user]);
      }
      await expectRows(emails, ({ attempts, outcome }) => attempts > 0 && outcome === null);
      const deaths = server.deaths.length;
      for (const fault of faults) {
        await comeBackWith(attempt, fault, emails);
      }
      await server.start();
      await expectRows(emails, ({ outcome }) => outcome === "sent");
      await replica.close();
      expectOnce(attempt, emails, server.deaths.slice(deaths));
    },
  });
});

async function readUser(owner: Client, userId: string) {
  return await owner.do("getUser", { path: { userId } });
}
