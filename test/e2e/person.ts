/** People with accounts, who log in from the commands of a stack as they do at a terminal. */
import { expect } from "vitest";
import { account, type Browser } from "../contract/support/pages.ts";
import type { Service } from "./service.ts";
import { endOf, type Run, type Stack } from "./stack.ts";

/** What `roster login` shows: where the person goes, and the code. */
interface Shown {
  readonly page: string;
  readonly code: string;
}

/** What a person does with a code. */
type Decision = "approve" | "deny";

/** Follows the newest of so many mailed links to the account form, and completes it. */
export async function setUpAccount(service: Service, email: string, count = 1): Promise<void> {
  const { statusCode } = await service.browser().submit(await service.mailedLink(email, count), account);
  expect(statusCode).toBe(303);
}

/** Makes an account as a person does who comes by themselves: on the sign-up page, and by the mailed link. */
export async function signUp(service: Service, email: string): Promise<void> {
  expect((await service.browser().submit("/sign-up", { email })).statusCode).toBe(200);
  await setUpAccount(service, email);
}

/** Logs in with `roster login`, so that the stack acts as the person. */
export async function logIn(service: Service, stack: Stack, email: string): Promise<void> {
  const { status, output } = await tryLogIn(service, stack, { email, decision: "approve" });
  expect(status, output).toBe(0);
}

/** Runs `roster login` to its end, where the person decides so. */
export async function tryLogIn(
  service: Service,
  stack: Stack,
  { email, decision, args = [] }: { readonly email: string; readonly decision: Decision; readonly args?: string[] },
): Promise<Run> {
  const command = stack.startRoster("login", "--name", "of a test", ...args);
  const ended = endOf(command);
  const shown = await Promise.race([
    new Promise<Shown>((resolve) => {
      let told = "";
      command.stderr.on("data", (chunk) => {
        told += chunk;
        const [, page, code] = /\n {2}(https?:\S+)\n {2}([A-Z]{4}-[A-Z]{4})\n/.exec(told) ?? [];
        if (page !== undefined && code !== undefined) {
          resolve({ page, code });
        }
      });
    }),
    ended.then(({ output }) => Promise.reject(new Error(`roster login showed no code:\n${output}`))),
  ]);
  const browser = service.browser();
  await browser.logIn(email);
  await decide(browser, shown, decision);
  return await ended;
}

/** What the person does with the code, on the service's pages. */
async function decide(browser: Browser, { page, code }: Shown, decision: Decision): Promise<void> {
  const { pathname } = new URL(page);
  const entered = await browser.submit(pathname, { code });
  const { body } = await browser.get(String(entered.headers.location));
  expect(body).toContain(code);
  const form = { ...hiddenFieldsOf(body), name: "of a test", limit: "all", decision };
  const decided = await browser.post(`${pathname}/decision`, form);
  expect(decided.statusCode).toBe(303);
}

/** The fields that a form has and no person fills in. */
function hiddenFieldsOf(body: string): Record<string, string> {
  const fields = [...body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return Object.fromEntries(fields.map(([, name = "", value = ""]) => [name, value]));
}
