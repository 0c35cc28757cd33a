/** examples/integration-tool on the real engine, with its API as a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, test } from "vitest";
import { paths } from "../../scripts/environment.mjs";
import { account } from "../contract/support/pages.ts";
import { useService, useStack } from "./fixtures.ts";

const example = "examples/integration-tool";

describe("examples/integration-tool", () => {
  // No other limit than that of wrong keys: a fast machine makes a hundred calls in a second.
  const service = useService({ ROSTER_RATE_LIMIT_PER_SECOND: "0" });
  const stack = useStack(example, service, "dev");
  let api: ChildProcess | undefined;
  let address = "";
  let key = "";

  afterAll(async () => {
    api?.kill();
  });

  async function startApi(token: unknown): Promise<void> {
    const child = spawn(paths.node, [path.join(paths.checkout, example, "api.mts")], {
      env: { PATH: process.env.PATH, ROSTER_ENDPOINT: service.endpoint, ROSTER_TOKEN: String(token), PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    api = child;
    const ended = once(child, "exit").then(() => Promise.reject(new Error("the API ended before it was ready")));
    const [line] = await Promise.race([once(createInterface({ input: child.stdout }), "line"), ended]);
    ended.catch(() => undefined);
    address = `http://127.0.0.1:${JSON.parse(String(line)).port}/`;
  }
  async function call(secret: string): Promise<number> {
    const response = await fetch(address, { headers: { authorization: `Bearer ${secret}` } });
    expect(response.headers.get("www-authenticate")).toBe(response.status === 401 ? "Bearer" : null);
    await response.body?.cancel();
    return response.status;
  }

  test("E3 each follows the mailed link, completes the account and logs in", async () => {
    await stack.up();
    for (const name of ["ada", "edsger", "olga", "vera"]) {
      const email = `${name}@flows.example`;
      const browser = service.browser();
      expect((await browser.submit(await service.mailedLink(email), account)).statusCode).toBe(303);
      expect((await browser.logIn(email)).headers.location).toBe("/me");
      expect((await browser.get("/me")).body).toContain("Flows");
    }
    const users = await service.list("/v1/users");
    expect(new Set(users.map(({ status }) => status))).toEqual(new Set(["active"]));
  });

  test("E14 the JWT is masked, and --show-secrets shows it", async () => {
    const masked = await stack.succeed("stack", "output");
    expect(masked.stdout).toMatch(/callerKey +\[secret\]/);
    const { stdout } = await stack.succeed("stack", "output", "callerKey", "--show-secrets");
    key = stdout.trim();
    expect(key.split(".")).toHaveLength(3);
    expect(masked.output).not.toContain(key);
    const { exp } = JSON.parse(Buffer.from(key.split(".")[1] ?? "", "base64url").toString());
    expect(exp).toBeUndefined();
  });

  test("E9 E10 called with the JWT of an API user the API answers, and the call has left a message that the caller sees", async () => {
    await startApi((await stack.outputs()).verifierKey);
    expect(await call(key)).toBe(200);
    expect(await call("somebody-else-without-a-key")).toBe(401);
    const organization = await stack.idOf("Organization", "flows");
    const response = await fetch(`${service.endpoint}/v1/organizations/${organization}/messages`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const { items } = (await response.json()) as { items: object[] };
    const owner = await stack.idOf("User", "flows-caller");
    expect(items).toMatchObject([{ api: "orders", outcome: "accepted", owner }]);
    const membership = `/v1/members/${await stack.idOf("Membership", "flows-caller")}`;
    for (const [role, status] of [
      ["viewer", 401],
      ["api_user", 200],
    ] as const) {
      expect((await service.ask("PATCH", membership, { role })).status).toBe(200);
      expect(await call(key), role).toBe(status);
    }
  });

  test("after a hundred wrong keys from one network the API answers 429, and a right one is answered all the while", async () => {
    const statuses = [];
    for (let count = 0; count < 100; count++) {
      statuses.push(await call(`wrong-key-number-${count}`));
    }
    // One came before.
    expect(statuses).toEqual([...Array(99).fill(401), 429]);
    expect(await call(key)).toBe(200);
  });

  test("E12 regenerated, the new JWT is answered and the one before it is dead", async () => {
    await stack.succeed("config", "set", "regenerate", "1");
    // Nor is it a difference that people have completed their accounts, and that keys have been used.
    expect(await stack.apply("--refresh")).toEqual(["update ApiKey caller"]);
    const before = key;
    key = String((await stack.outputs()).callerKey);
    expect(key).not.toBe(before);
    expect([await call(before), await call(key)]).toEqual([401, 200]);
  });

  test("E13 after revocation the API refuses with 401", async () => {
    await stack.succeed("config", "set", "revoke", "true");
    expect(await stack.apply()).toEqual(["update ApiKey caller"]);
    expect(await call(key)).toBe(401);
  });

  test("destroy leaves nobody active", async () => {
    await stack.destroy();
    const users = await service.list("/v1/users");
    expect(users.map((user) => user.status)).toEqual(users.map(() => "inactive"));
  });
});
