/** Which mail the pages that send one send to an address, by whose address it is. */
import { beforeAll, describe, expect, test, vi } from "vitest";
import type { Mail } from "../../../service/mail/transports.ts";
import { type Page, wordsOn } from "../support/pages.ts";
import { Pages } from "../support/people.ts";
import { makeScenario } from "../support/scenario.ts";
import { onEachDatabase } from "../support/service.ts";

const contactUrl = "https://vendor.example/contact";

/** What a mail says, by its subject; undefined where none is sent. */
interface Expected {
  readonly signUp: string | undefined;
  readonly forgotten: string | undefined;
}

const signUpLink = "Confirm your address";
const blocked = { signUp: "Your account is blocked", forgotten: undefined };
const inactive = { signUp: "Your account is inactive", forgotten: undefined };
const silent = { signUp: undefined, forgotten: undefined };

onEachDatabase("a mail that a page sends", (service) => {
  let pages: Pages;
  let networks = 0;

  beforeAll(async () => {
    pages = new Pages(service());
    await pages.start({ contactUrl, trustedProxies: ["127.0.0.1"] });
  });

  /** A browser somewhere else on the network, where nothing is counted yet. */
  const elsewhere = () => pages.browser({ "x-forwarded-for": `198.51.100.${networks++ % 250}` });
  const owner = () => service().as();

  const made = async (kind: "person" | "system", state: "active" | "inactive" = "active") => {
    const scenario = await makeScenario(service());
    const user = await scenario.user({
      email: pages.address(),
      kind,
      ...(kind === "person" && { invite: false }),
    });
    if (state === "inactive") {
      await owner().do("deactivateUser", { path: { userId: user.id } });
    }
    return user;
  };

  const failToLogIn = async (email: string) => {
    const browser = elsewhere();
    await browser.get("/log-in");
    for (let attempt = 0; attempt < 10; attempt++) {
      await browser.post("/log-in", { email, password: "wrong" });
    }
  };

  /** Every kind of holder of an address: how there comes to be one, and which mail each page sends. */
  const holders: Readonly<Record<string, readonly [make: () => Promise<{ email: string }>, Expected]>> = {
    "nobody's": [async () => ({ email: pages.address() }), { signUp: signUpLink, forgotten: undefined }],
    "that of an invitation, whose account isn't there yet": [
      async () => {
        const { owner, path } = await makeScenario(service());
        const email = pages.address();
        await owner.do("createMembership", { path, body: { email, role: "viewer", onUnknownUser: "invite" } });
        return { email };
      },
      { signUp: signUpLink, forgotten: undefined },
    ],
    "that of somebody outside who is offered a key": [
      async () => {
        const scenario = await makeScenario(service());
        const email = pages.address();
        const path = { apiKeyId: (await scenario.key()).id };
        await scenario.owner.do("createApiKeyAssignment", { path, body: { email, external: true } });
        return { email };
      },
      { signUp: signUpLink, forgotten: undefined },
    ],
    "a person's who hasn't set up the account": [() => made("person"), { signUp: signUpLink, forgotten: undefined }],
    "an active person's": [
      () => pages.person(),
      { signUp: "You already have an account", forgotten: "Choose a new password" },
    ],
    "a person's who is blocked after failed log-ins": [
      async () => {
        const somebody = await pages.person();
        await failToLogIn(somebody.email);
        return somebody;
      },
      blocked,
    ],
    "a person's who is blocked for misuse": [
      async () => {
        const somebody = await pages.person();
        await owner().do("blockUser", { path: { userId: somebody.id } });
        return somebody;
      },
      blocked,
    ],
    "an inactive person's": [
      async () => {
        const somebody = await pages.person();
        await owner().do("deactivateUser", { path: { userId: somebody.id } });
        return somebody;
      },
      inactive,
    ],
    "a person's whom an organization deactivated before they set up the account": [
      () => made("person", "inactive"),
      { signUp: signUpLink, forgotten: undefined },
    ],
    "a system user's": [() => made("system"), silent],
    "an inactive system user's": [() => made("system", "inactive"), silent],
    "a system user's who is blocked": [
      async () => {
        const user = await made("system");
        await owner().do("blockUser", { path: { userId: user.id } });
        return user;
      },
      silent,
    ],
  };

  interface Asked {
    readonly email: string;
    readonly answer: Page;
    readonly mails: readonly Mail[];
  }

  const asked = new Map<string, Asked>();

  /** Waits until every mail that is due by now has been sent: one that is queued later is sent after them. */
  async function everythingIsSent(): Promise<void> {
    const last = pages.address();
    await elsewhere().submit("/sign-up", { email: last });
    await service().mailbox.to(last, 1);
    await vi.waitFor(async () => {
      const due = service().database.selectFrom("mails").select("id").where("outcome", "is", null);
      expect(await due.execute()).toEqual([]);
    });
  }

  beforeAll(async () => {
    const addresses = new Map<string, string>();
    for (const [whose, [make]] of Object.entries(holders)) {
      addresses.set(whose, (await make()).email);
    }
    for (const path of ["/sign-up", "/forgot-password"]) {
      await everythingIsSent();
      const before = service().mailbox.mails.length;
      const answers = await Promise.all(
        [...addresses].map(
          async ([whose, email]) => [whose, email, await elsewhere().submit(path, { email })] as const,
        ),
      );
      await everythingIsSent();
      const mails = service().mailbox.mails.slice(before);
      for (const [whose, email, answer] of answers) {
        const sent = mails.filter(({ recipient }) => recipient === email);
        asked.set(`${path} ${whose}`, { email, answer, mails: sent });
      }
    }
  }, 120_000);

  const of = (path: string, whose: string) => {
    const found = asked.get(`${path} ${whose}`);
    if (found === undefined) {
      throw new Error(`nothing was asked for at ${path} with an address that is ${whose}`);
    }
    return found;
  };

  describe.each(Object.entries(holders))("to an address that is %s", (whose, [, expected]) => {
    test.each([
      ["/sign-up", "signUp"],
      ["/forgot-password", "forgotten"],
    ] as const)("C13 from %s, and the page says the same as to anybody", (path, page) => {
      const { answer, email, mails } = of(path, whose);
      expect(mails.map(({ subject }) => subject)).toEqual(expected[page] === undefined ? [] : [expected[page]]);
      const other = of(path, "nobody's");
      expect(answer.statusCode).toBe(200);
      expect(wordsOn(answer).replaceAll(email, "…")).toBe(wordsOn(other.answer).replaceAll(other.email, "…"));
    });
  });

  test.each([
    ["a person's who is blocked for misuse", "it is blocked"],
    ["an inactive person's", "it is inactive"],
  ])("one to an address that is %s says why nobody can log in, and doesn't lead to the log-in", (whose, why) => {
    const [mail] = of("/sign-up", whose).mails;
    expect(mail?.text).toContain(why);
    expect(mail?.text).toContain(contactUrl);
    for (const body of [mail?.text, mail?.html]) {
      expect(body).not.toMatch(/\/log-in|\/forgot-password|\/links\//);
    }
  });
});
