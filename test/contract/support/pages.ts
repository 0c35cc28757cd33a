import type { Service } from "../../../service/app.ts";
import { issueLink, type LinkRequest } from "../../../service/auth/links.ts";
import type { Context, PersonContext } from "../../../service/auth/operation.ts";
import { serviceOwner } from "../../../service/auth/principal.ts";
import { person } from "../../../service/people/site.ts";
import { inTransaction } from "../../../service/rows/database.ts";
import { type Client, unique } from "./client.ts";
import { makeScenario, type Scenario } from "./scenario.ts";
import { type TestService, tokenIn } from "./service.ts";

/** A page as it was answered. */
export type Page = Pick<Awaited<ReturnType<Service["app"]["inject"]>>, "statusCode" | "headers" | "body" | "cookies">;

/** What answers a browser: the service's app, or something in front of a service elsewhere. */
export interface App {
  inject(request: {
    readonly method: "GET" | "POST";
    readonly url: string;
    readonly headers: Record<string, string>;
    readonly payload?: string;
  }): Promise<Page>;
}

/** A password that nobody would guess. */
export const goodPassword = "seven brass lanterns drift north";

/** Another one. */
export const otherPassword = "quiet orchards under violet rain";

/** What the account form is given. */
export const account = {
  givenName: "Ada",
  familyName: "Lovelace",
  password: goodPassword,
  "password-again": goodPassword,
  "rule-accepted": "yes",
};

/** A browser of one person: it keeps cookies, and sends forms as they were shown. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #app: () => App;
  readonly #headers: Readonly<Record<string, string>>;
  #page = "";

  constructor(app: () => App, headers: Readonly<Record<string, string>> = {}) {
    this.#app = app;
    this.#headers = headers;
  }

  /** The token of the forms on the page that was loaded last. */
  get token(): string {
    return tokenOn(this.#page);
  }

  /** What a field of that page has that no person fills in. */
  field(name: string): string {
    return new RegExp(`name="${name}" value="([^"]+)"`).exec(this.#page)?.[1] ?? "";
  }

  /** The same browser, answered by somebody else. */
  at(app: () => App): Browser {
    const same = new Browser(app, this.#headers);
    for (const [name, value] of this.cookies) {
      same.cookies.set(name, value);
    }
    same.#page = this.#page;
    return same;
  }

  /** Loads a page, without following where it leads. */
  async get(url: string): Promise<Page> {
    return this.#keep(await this.#app().inject({ method: "GET", url, headers: this.#all({}) }));
  }

  /** Sends a form with the token of the page that was loaded last; a field can be overridden, the token too. */
  async post(
    url: string,
    fields: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Page> {
    const body = new URLSearchParams({ formToken: tokenOn(this.#page), ...fields });
    return this.#keep(
      await this.#app().inject({
        method: "POST",
        url,
        headers: this.#all({ "content-type": "application/x-www-form-urlencoded", ...headers }),
        payload: body.toString(),
      }),
    );
  }

  /** Loads a page and sends its form. */
  async submit(url: string, fields: Readonly<Record<string, string>> = {}): Promise<Page> {
    await this.get(url);
    return await this.post(url, fields);
  }

  /** Logs in; the answer is the log-in's. */
  async logIn(email: string, password: string = goodPassword): Promise<Page> {
    return await this.submit("/log-in", { email, password });
  }

  #all(headers: Readonly<Record<string, string>>): Record<string, string> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    return { ...this.#headers, ...headers, ...(cookie === "" ? {} : { cookie }) };
  }

  #keep(page: Page): Page {
    for (const { name, value, maxAge } of page.cookies) {
      if (maxAge === 0) {
        this.cookies.delete(name);
      } else {
        this.cookies.set(name, value);
      }
    }
    // A form that came back has a token as well, and a redirect leaves the page that there was.
    if (page.body !== "") {
      this.#page = page.body;
    }
    return page;
  }
}

/** The token of the forms on a page. */
export function tokenOn(page: string): string {
  return /name="formToken" value="([^"]+)"/.exec(page)?.[1] ?? "";
}

/** The access token on the page that shows it once; undefined if there is none. */
export function tokenShownOn({ body }: Page): string | undefined {
  return /rst_token_[0-9A-Za-z]{49}/.exec(body)?.[0];
}

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

/** A page's words, as they are read. */
export function wordsOn({ body }: Page): string {
  return body
    .replaceAll(/<(style|head)[\s\S]*?<\/\1>/g, " ")
    .replaceAll(/<[^>]+>/g, "")
    .replaceAll(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)))
    .replaceAll(/\s+/g, " ");
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
