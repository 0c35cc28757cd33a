/** Pages as a browser gets them. Nothing here loads the service: the tests of a service in another process use it, too. */
import type { Service } from "../../../service/app.ts";

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

/** A page's words, as they are read. */
export function wordsOn({ body }: Page): string {
  return body
    .replaceAll(/<(style|head)[\s\S]*?<\/\1>/g, " ")
    .replaceAll(/<[^>]+>/g, "")
    .replaceAll(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)))
    .replaceAll(/\s+/g, " ");
}
