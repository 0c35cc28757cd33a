/** The pages of the service under test, and people who have accounts there. */
import { issueLink, type LinkRequest } from "../../../service/auth/links.ts";
import type { Context, PersonContext } from "../../../service/auth/operation.ts";
import { serviceOwner } from "../../../service/auth/principal.ts";
import { person } from "../../../service/people/site.ts";
import { inTransaction } from "../../../service/rows/database.ts";
import { type Client, unique } from "./client.ts";
import { account, Browser, tokenShownOn, wordsOn } from "./pages.ts";
import { makeScenario, type Scenario } from "./scenario.ts";
import { type TestService, tokenIn } from "./service.ts";

/** Makes an access token on the page of somebody who is logged in. */
export async function makeToken(browser: Browser, fields: Readonly<Record<string, string>> = {}): Promise<string> {
  await browser.get("/me/tokens/new");
  const formId = browser.field("formId");
  const made = await browser.post("/me/tokens", { name: unique("token"), days: "30", limit: "all", formId, ...fields });
  const token = tokenShownOn(made);
  if (token === undefined) {
    throw new Error(`making a token answered ${made.statusCode}: ${wordsOn(made)}`);
  }
  return token;
}

/** What an act that no request makes runs in. */
export function contextOf(service: TestService) {
  return {
    now: service.now(),
    requestId: unique("page"),
    run: undefined,
    attempt: unique("page"),
    facilities: {} as never,
  };
}

/** Does what a page does for a person, without the page. */
export async function actAs(
  service: TestService,
  { id }: { readonly id: string },
  act: (context: PersonContext) => Promise<void>,
): Promise<void> {
  const rest: Omit<Context, "db" | "principal"> = contextOf(service);
  await inTransaction(service.database, (db) => act({ db, principal: person(id), ...rest }));
}

/** The pages of a service under test. */
export class Pages {
  readonly service: TestService;

  constructor(service: TestService) {
    this.service = service;
  }

  /** Starts the service, whose pages are reached without TLS. */
  async start(options: Parameters<TestService["start"]>[0] = {}): Promise<void> {
    await this.service.start({ publicUrl: "http://localhost", ...options });
  }

  /** A browser of somebody new. */
  browser(headers?: Readonly<Record<string, string>>): Browser {
    return new Browser(() => this.service.service.app, headers);
  }

  /** The path of the link in the newest of so many mails to an address. */
  async mailed(email: string, count = 1): Promise<string> {
    const mail = (await this.service.mailbox.to(email, count)).at(-1);
    return `/links/${mail === undefined ? "" : tokenIn(mail)}`;
  }

  /** The path of a link of ours. */
  async link(request: LinkRequest): Promise<string> {
    const context = { db: this.service.database, now: this.service.now(), principal: serviceOwner };
    return `/links/${(await issueLink(context, request)).token}`;
  }

  /** An address that nobody has. */
  address(): string {
    return `${unique("person")}@people.example`;
  }

  /** Somebody with an account of their own, and the password of the account form. */
  async person(email: string = this.address()): Promise<{ id: string; email: string }> {
    const path = await this.link({ purpose: "sign_up", subject: email, email });
    const { statusCode } = await this.browser().submit(path, account);
    if (statusCode !== 303) {
      throw new Error(`signing up answered ${statusCode}`);
    }
    const [user] = (await this.service.as().do("listUsers", { query: { email } })).items;
    if (user === undefined) {
      throw new Error("signing up made nobody");
    }
    return { id: user.id, email };
  }

  /** A person who is logged in, in a browser. */
  async loggedIn(): Promise<{ id: string; email: string; browser: Browser }> {
    const somebody = await this.person();
    const browser = this.browser();
    await browser.logIn(somebody.email);
    return { ...somebody, browser };
  }

  /** Somebody with an account, who has joined organizations with a role in each, and a client that acts with their token. */
  async member(
    roles: readonly (readonly [Scenario, string])[],
    fields: Readonly<Record<string, string>> = {},
  ): Promise<{ id: string; email: string; browser: Browser; client: Client; token: string }> {
    const somebody = await this.loggedIn();
    for (const [{ owner, path }, role] of roles) {
      await owner.do("createMembership", { path, body: { user: somebody.id, role } });
    }
    const token = await makeToken(somebody.browser, fields);
    return { ...somebody, token, client: this.service.as(token) };
  }

  /** Somebody who was invited to a membership, and has not answered. */
  async invited(user: { readonly id: string; readonly email: string }, role = "viewer") {
    const scenario: Scenario = await makeScenario(this.service);
    const { path, owner } = scenario;
    const membership = await owner.do("createMembership", { path, body: { user: user.id, role } });
    await this.service.database
      .updateTable("memberships")
      .set({ status: "pending" })
      .where("id", "=", membership.id)
      .execute();
    const link = await this.link({ purpose: "membership", subject: membership.id, email: user.email });
    const read = async () => await owner.do("getMembership", { path: { membershipId: membership.id } });
    return { scenario, membership, link, read };
  }
}
