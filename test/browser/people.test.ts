/** People's pages in a real browser: by keyboard alone, at any width, light and dark, and for screen readers. */

import { EventEmitter, once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import path from "node:path";
import axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { type DeviceAuthorization, deviceAuthorizationPath } from "roster-schema";
import { afterAll, beforeAll, expect, test } from "vitest";
import { setUpBrowser } from "../../scripts/setup/browser.mjs";
import { unique } from "../contract/support/client.ts";
import { goodPassword } from "../contract/support/pages.ts";
import { makeToken, Pages } from "../contract/support/people.ts";
import { makeScenario } from "../contract/support/scenario.ts";
import { startListening, type TestService } from "../contract/support/service.ts";

const desktop = { width: 1280, height: 900 };
const phone = { width: 360, height: 740 };

/** Where pictures of the pages go, for a person to look at; nowhere by default. */
const pictures = process.env.ROSTER_TEST_PICTURES;

let browser: Browser;
let service: TestService;
let stop = async () => {};
let pages: Pages;
let origin: string;

beforeAll(async () => {
  const isRoot = process.getuid?.() === 0;
  // Chromium's sandbox doesn't work for root; nothing but our own pages is loaded.
  browser = await chromium.launch({ executablePath: await setUpBrowser(), chromiumSandbox: !isRoot });
  const options = { publicUrl: undefined, contactUrl: "mailto:roster@vendor.example" };
  ({ service, endpoint: origin, stop } = await startListening(options));
  pages = new Pages(service);
});

afterAll(async () => {
  await browser?.close();
  await stop();
});

/** A browser's window of its own, in which any script of a page, and any fault on it, fails the test. */
async function withPage(
  options: Parameters<Browser["newContext"]>[0],
  use: (page: Page, context: BrowserContext) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ baseURL: origin, viewport: desktop, ...options });
  const faults: string[] = [];
  try {
    const page = await context.newPage();
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => {
      // Of an answer that refuses, the browser itself says so.
      if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) {
        faults.push(message.text());
      }
    });
    await use(page, context);
    expect(faults).toEqual([]);
  } finally {
    await context.close();
  }
}

/** What axe-core, once it is loaded there, finds wrong with the page: all rules of WCAG 2.2 AA and its best practices. */
async function violationsOn(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate<axe.AxeResults>("axe.run()");
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** Presses Tab until the control with this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 30; presses++) {
    await page.keyboard.press("Tab");
    if ((await focused(page)).includes(name)) {
      return;
    }
  }
  throw new Error(`Tab never came to ${name}`);
}

/** What the focused control is called, by its label or its own words. */
async function focused(page: Page): Promise<string> {
  // As text: the tests are typed for Node, where there is no document.
  return await page.evaluate<string>(
    '(({ activeElement }) => activeElement?.labels?.[0]?.textContent ?? activeElement?.textContent ?? "")(document)',
  );
}

test("X3 signing up, setting a password, logging in and leaving an organization take a keyboard and no script", async () => {
  const email = `${unique("ada")}@people.example`;
  await withPage({}, async (page) => {
    await page.goto("/sign-up");
    await tabTo(page, "E-mail address");
    await page.keyboard.type(email);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Check your inbox" }).waitFor();

    await page.goto(await pages.mailed(email));
    await tabTo(page, "Given name");
    await page.keyboard.type("Ada");
    await tabTo(page, "New password");
    await page.keyboard.type(goodPassword);
    await tabTo(page, "Confirm password");
    await page.keyboard.type(goodPassword);
    await tabTo(page, "I accept this rule");
    await page.keyboard.press("Space");
    await tabTo(page, "Create the account");
    await page.keyboard.press("Enter");
    await page.getByText("Your account is ready.").waitFor();

    await tabTo(page, "E-mail address");
    await page.keyboard.type(email);
    await tabTo(page, "Password");
    await page.keyboard.type(goodPassword);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Your account", level: 1 }).waitFor();

    const scenario = await makeScenario(service, { name: "Analytical Engines" });
    await scenario.owner.do("createMembership", { path: scenario.path, body: { email, role: "viewer" } });
    await page.reload();
    await tabTo(page, "Leave Analytical Engines");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Leave Analytical Engines?" }).waitFor();
    await tabTo(page, "Leave Analytical Engines");
    await page.keyboard.press("Enter");
    await page.getByText("You have left the organization.").waitFor();
    expect(await page.getByText("Analytical Engines").count()).toBe(0);
    expect((await page.context().cookies()).map(({ httpOnly, sameSite }) => [httpOnly, sameSite])).toEqual([
      [true, "Lax"],
      [true, "Lax"],
    ]);
  });
});

test("a form that came back has the focus on what is wrong, and each fault leads to its field", async () => {
  const email = `${unique("grace")}@people.example`;
  const link = await pages.link({ purpose: "sign_up", subject: email, email });
  await withPage({}, async (page) => {
    await page.goto(link);
    await page.getByRole("button", { name: "Create the account" }).click();
    const summary = page.getByRole("alert");
    await summary.waitFor();
    expect(await focused(page)).toContain("There is a problem");
    expect(await summary.getByRole("link").count()).toBe(3);
    await summary.getByRole("link", { name: /at least 15 characters/ }).press("Enter");
    expect(await focused(page)).toBe("New password");
    const field = page.getByLabel("New password");
    const described = (await field.getAttribute("aria-describedby"))?.split(" ") ?? [];
    expect(described).toEqual(["password-hint", "password-fault"]);
    for (const id of described) {
      expect(await page.locator(`#${id}`).textContent()).toMatch(/characters/);
    }
    expect(await field.getAttribute("aria-invalid")).toBe("true");
  });
});

/**
 * Clicks a form's button twice, the second time once the service has carried the form out and before the browser has its answer:
 * then the second answer is the one that is shown.
 */
async function clickTwice(page: Page, name: string): Promise<void> {
  const { server } = service.service.app;
  const { x, y, width, height } = (await page.getByRole("button", { name }).boundingBox()) ?? never("no such button");
  const click = () => page.mouse.click(x + width / 2, y + height / 2);
  const events = new EventEmitter();
  const [held, repeated] = [once(events, "held"), once(events, "repeated")];
  let posts = 0;
  const watch = (request: IncomingMessage, response: ServerResponse) => {
    if (request.method !== "POST") {
      return;
    }
    posts++;
    if (posts > 1) {
      events.emit("repeated");
      return;
    }
    const end = response.end.bind(response);
    response.end = ((...answer: Parameters<typeof end>) => {
      events.emit("held", () => end(...answer));
      return response;
    }) as typeof end;
  };
  server.prependListener("request", watch);
  try {
    await click();
    const [release] = await held;
    await click();
    await repeated;
    release();
  } finally {
    server.off("request", watch);
  }
}

function never(reason: string): never {
  throw new Error(reason);
}

test("a double click on any form's button shows what one click shows, and so does the form in another tab", async () => {
  const email = `${unique("ada")}@people.example`;
  await withPage({}, async (page, context) => {
    const fill = async (on: Page, fields: Readonly<Record<string, string>>) => {
      for (const [label, text] of Object.entries(fields)) {
        await on.getByLabel(label).fill(text);
      }
    };
    await page.goto("/sign-up");
    await fill(page, { "E-mail address": email });
    await clickTwice(page, "Email me the link");
    await page.getByRole("heading", { name: "Check your inbox" }).waitFor();

    const link = await pages.mailed(email);
    const tab = await context.newPage();
    for (const each of [tab, page]) {
      await each.goto(link);
      await fill(each, { "Given name": "Ada", "New password": goodPassword, "Confirm password": goodPassword });
      await each.getByLabel("I accept this rule").check();
    }
    await clickTwice(page, "Create the account");
    await page.getByText("Your account is ready.").waitFor();
    await tab.getByRole("button", { name: "Create the account" }).click();
    await tab.getByText("Your account is ready.").waitFor();

    for (const each of [tab, page]) {
      await fill(each, { "E-mail address": email, Password: goodPassword });
    }
    await clickTwice(page, "Log in");
    await page.getByRole("heading", { name: "Your account", level: 1 }).waitFor();
    await tab.getByRole("button", { name: "Log in" }).click();
    await tab.getByRole("heading", { name: "Your account", level: 1 }).waitFor();

    const scenario = await makeScenario(service, { name: "Analytical Engines" });
    await scenario.owner.do("createMembership", { path: scenario.path, body: { email, role: "viewer" } });
    for (const each of [tab, page]) {
      await each.reload();
      await each.getByRole("link", { name: "Leave Analytical Engines" }).click();
      await each.getByRole("button", { name: "Leave Analytical Engines" }).waitFor();
    }
    await clickTwice(page, "Leave Analytical Engines");
    await page.getByText("You have left the organization.").waitFor();
    await tab.getByRole("button", { name: "Leave Analytical Engines" }).click();
    await tab.getByText("You have left the organization.").waitFor();

    await clickTwice(page, "Log out");
    await page.getByText("You are logged out.").waitFor();
    await tab.getByRole("button", { name: "Log out" }).click();
    await tab.getByText("You are logged out.").waitFor();
  });
});

test("a form from another site does nothing", async () => {
  const { email, browser: loggedIn } = await pages.loggedIn();
  const token = loggedIn.cookies.get("roster-session") ?? "";
  await withPage({}, async (page, context) => {
    await context.addCookies([{ name: "roster-session", value: token, url: origin, httpOnly: true, sameSite: "Lax" }]);
    // `localhost` is another site than 127.0.0.1, served by nobody.
    await page.route("http://localhost:1/", (route) =>
      route.fulfill({
        contentType: "text/html",
        body: `<form method="post" action="${origin}/me/end-other-sessions"><button>Win a prize</button></form>`,
      }),
    );
    await page.goto("http://localhost:1/");
    await page.getByRole("button").click();
    await page.getByRole("heading", { name: "This form is out of date" }).waitFor();
    await page.goto("/me");
    await page.getByText(email).waitFor();
  });
});

/** Every page, by name: where it is, for whom, and what to do there before looking. */
interface Shown {
  readonly url: string;
  readonly cookie?: string;
  readonly press?: string;
  /** The field to empty before. */
  readonly clear?: string;
}

/** The user code of a command that wants to log in. */
async function startDeviceLogIn(): Promise<string> {
  const body = new URLSearchParams({ client_id: "roster", client_name: "roster on build-7" });
  const answer = await fetch(`${origin}${deviceAuthorizationPath}`, { method: "POST", body });
  return ((await answer.json()) as DeviceAuthorization).user_code;
}

async function everyPage(): Promise<Record<string, Shown>> {
  const fresh = () => `${unique("margaret")}@people.example`;
  const link = async (purpose: "sign_up", email = fresh()) => await pages.link({ purpose, subject: email, email });
  const { browser: loggedIn, ...somebody } = await pages.loggedIn();
  const cookie = loggedIn.cookies.get("roster-session") ?? "";
  const scenario = await makeScenario(service, { name: "Analytical Engines" });
  const { id } = await scenario.owner.do("createMembership", {
    path: scenario.path,
    body: { user: somebody.id, role: "administrator" },
  });
  const other = await pages.invited(await pages.person());
  const own = await pages.invited(somebody);
  const scenarioUser = await scenario.user({ email: fresh(), kind: "person", invite: false, givenName: "Margaret" });
  const about = { subject: somebody.id, email: somebody.email };
  const newAddress = fresh();
  const key = await scenario.key({ kind: "user", owner: somebody.id });
  const { id: assignment } = await scenario.owner.do("createApiKeyAssignment", {
    path: { apiKeyId: (await scenario.key()).id },
    body: { user: somebody.id },
  });
  await scenario.owner.do("verifyApiKey", { body: { secret: key.key, api: "orders" } });
  const token = await makeToken(loggedIn, { name: "The office stack" });
  const { accessToken } = (await service.as(token).do("getSelf")).caller;
  const device = await startDeviceLogIn();
  const slug = unique("analytical");
  const logo = { content: readFileSync("examples/media-platform/logo.png").toString("base64") };
  await makeScenario(service, { slug, name: "Analytical Engines", websiteUrl: "https://engines.example", logo });
  await scenario.owner.do("updateOrganization", { path: scenario.path, body: { logo } });
  await scenario.owner.do("updateUser", { path: { userId: somebody.id }, body: { email: newAddress } });
  return {
    "sign-up": { url: "/sign-up" },
    "sign-up-fault": { url: "/sign-up", press: "Email me the link" },
    "log-in": { url: "/log-in?done=set_up" },
    "log-in-fault": { url: "/log-in", press: "Log in" },
    "forgot-password": { url: "/forgot-password" },
    "link-sign-up": { url: await link("sign_up") },
    "link-sign-up-fault": { url: await link("sign_up"), press: "Create the account" },
    "link-set-up": {
      url: await pages.link({ purpose: "set_up", subject: scenarioUser.id, email: scenarioUser.email }),
    },
    "link-membership": { url: other.link },
    "link-membership-logged-in": { url: own.link, cookie },
    "link-membership-other": { url: other.link, cookie },
    "link-password-reset": { url: await pages.link({ purpose: "password_reset", ...about }) },
    "link-email-change": { url: await pages.mailed(newAddress) },
    "link-dead": { url: "/links/dead" },
    me: { url: "/me?done=names", cookie },
    leave: { url: `/me/memberships/${id}/leave`, cookie },
    "leave-refused": { url: `/me/memberships/${id}/leave`, cookie, press: "Leave Analytical Engines" },
    profile: { url: "/me/profile", cookie },
    "profile-fault": { url: "/me/profile", cookie, press: "Save", clear: "Given name" },
    sessions: { url: "/me/sessions", cookie },
    messages: { url: "/me/messages", cookie },
    "give-up": { url: `/me/assignments/${assignment}/give-up`, cookie },
    tokens: { url: "/me/tokens?done=ended", cookie },
    "token-new": { url: "/me/tokens/new", cookie },
    "token-new-fault": { url: "/me/tokens/new", cookie, press: "Make the token" },
    token: { url: `/me/tokens/${accessToken?.id}`, cookie },
    "confirm-password": { url: "/confirm-password?next=%2Fme%2Ftokens%2Fnew", cookie },
    "device-code": { url: "/device", cookie },
    "device-code-fault": { url: "/device?code=BCDF-GHJK", cookie },
    device: { url: `/device?code=${device}`, cookie },
    "device-approved": { url: "/device/approved", cookie },
    organization: { url: `/o/${slug}` },
    settings: { url: `/me/organizations/${scenario.organization.id}`, cookie },
    "settings-fault": { url: `/me/organizations/${scenario.organization.id}`, cookie, press: "Save", clear: "Name" },
    "nothing-here": { url: "/me/memberships/none/leave", cookie },
  };
}

/** Each width and each scheme once: the style sheet never combines the two. */
const looks = [
  ["desktop-light", { viewport: desktop, colorScheme: "light" }],
  ["phone-dark", { viewport: phone, colorScheme: "dark" }],
] as const;

test("every page: no violation of accessibility, and nothing wider than the screen, in every look", async () => {
  for (const [name, { url, cookie, press, clear }] of Object.entries(await everyPage())) {
    await withPage({}, async (page, context) => {
      if (cookie !== undefined) {
        await context.addCookies([{ name: "roster-session", value: cookie, url: origin, httpOnly: true }]);
      }
      await page.goto(url);
      if (clear !== undefined) {
        await page.getByLabel(clear, { exact: true }).fill("");
      }
      if (press !== undefined) {
        await page.getByRole("button", { name: press, exact: true }).click();
      }
      expect(await page.getByRole("heading", { level: 1 }).count(), name).toBe(1);
      await page.evaluate(axe.source);
      for (const [look, { viewport, colorScheme }] of looks) {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme });
        expect(await violationsOn(page), `${name}, ${look}`).toEqual([]);
        const width = await page.evaluate<number>("document.documentElement.scrollWidth");
        expect(width, `${name}, ${look}`).toBeLessThanOrEqual(viewport.width);
        if (pictures === undefined) {
          continue;
        }
        mkdirSync(pictures, { recursive: true });
        await page.screenshot({ path: path.join(pictures, `${name}-${look}.png`), fullPage: true });
      }
    });
  }
});
