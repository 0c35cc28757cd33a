/**
 * Secrets of keys that are handed on to a file and not kept, on the real engine; the tests share one stack and its steps. What
 * becomes of a key where a step fails: see test/protocol/delivery.test.ts.
 */
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useRelay, useService } from "./fixtures.ts";
import { type Declaration, enterprise, the } from "./kinds.ts";
import { Stack } from "./stack.ts";

const acme: Declaration = {
  kind: "Organization",
  name: "acme",
  args: { slug: "acme", name: "Acme", ...enterprise },
};

const service = useService();
const relay = useRelay(service);
const stack = new Stack("test/e2e/programs/kinds", relay, { main: "program", from: tmpdir() });
/** Where the program is: neither the project's folder nor the one that the engine is run from. */
const program = path.join(stack.folder, "program");
/** Every secret that was handed on, and everything that was printed. */
const secrets: string[] = [];
let printed = "";

beforeAll(() => stack.init());
afterAll(() => stack.remove());

function declare(...keys: readonly Declaration[]): void {
  writeFileSync(path.join(program, "resources.json"), JSON.stringify([acme, ...keys]));
}
function key(name: string, args: Readonly<Record<string, unknown>> = {}): Declaration {
  const deliverTo = { file: `secrets/${name}.key` };
  const given = { organization: the("acme"), name, kind: "server", deliverTo, storeSecret: false, ...args };
  return { kind: "ApiKey", name, args: given };
}
const checkout = key("checkout", { kind: "webapi" });
const rotated = key("storefront", { rotate: 1, rotation: { overlap: "0s" } });
const late = key("late", { deliverTo: { file: "later/late.key" } });
const fileOf = (name: string) => path.join(program, `secrets/${name}.key`);
/** What a file has; every one is looked for in the end. */
function handedOn(file: string): string {
  const secret = readFileSync(file, "utf8");
  secrets.push(secret);
  return secret;
}
async function verify(secret: string): Promise<unknown> {
  const { outcome, reason } = await service.verify(secret);
  return reason ?? outcome;
}
async function keysCalled(name: string): Promise<Record<string, unknown>[]> {
  const all = await service.list(`/v1/organizations/${await stack.idOf("Organization", "acme")}/api-keys`);
  return all.filter((found) => found.name === name);
}
/** When the service has answered a rotation, and nobody knows of it yet. */
function whenRotated(act: () => "pass on" | "swallow"): void {
  relay.answered = (request) => {
    if (!/^POST \S+\/rotations/m.test(request)) {
      return "pass on";
    }
    relay.answered = () => "pass on";
    return act();
  };
}

test("a key is handed on, from the program's folder, and is not in the state", async () => {
  mkdirSync(path.join(program, "secrets"));
  declare(key("storefront"), checkout);
  printed += (await stack.up()).output;
  expect(readdirSync(path.join(program, "secrets")).toSorted()).toEqual(["checkout.key", "storefront.key"]);
  for (const name of ["storefront", "checkout"]) {
    expect(statSync(fileOf(name)).mode & 0o777).toBe(0o600);
    expect(await verify(handedOn(fileOf(name)))).toBe("accepted");
  }
  const { outputs } = await stack.resource("ApiKey", "storefront");
  const secret = handedOn(fileOf("storefront"));
  expect(outputs).toMatchObject({ keyAvailable: false, prefix: secret.slice(0, 15), generation: 1 });
  expect(outputs).not.toHaveProperty("key");
});

test("where handing on fails, what is printed names the file as it is declared, the reason, and what became of the key", async () => {
  const before = handedOn(fileOf("storefront"));
  declare(rotated, checkout, late);
  whenRotated(() => {
    rmSync(fileOf("storefront"));
    mkdirSync(fileOf("storefront"));
    return "pass on";
  });
  const output = await stack.fail("up", "--yes", "--skip-preview", "--refresh", "--continue-on-error");
  printed += output;
  // The refresh has found nothing to do for the others.
  expect(output).toMatch(/Resources:\n +3 unchanged\n/);
  expect(output).toContain("deliverTo.file: secrets/storefront.key can't be written: it is a folder");
  expect(output).toContain("The new secret was revoked, and the previous one continues to work.");
  expect(output).toContain(
    `deliverTo.file: later/late.key can't be written: the folder ${program}/later does not exist.`,
  );
  expect(output).toContain("No key was created.");
  expect(await verify(before)).toBe("accepted");
  expect(await keysCalled("late")).toEqual([]);
  rmSync(fileOf("storefront"), { recursive: true });
  mkdirSync(path.join(program, "later"));
});

test("killed before a rotated key was handed on, the secret before it works on, and the next up hands on the new one", async () => {
  // The first that was handed on; no file has it any more.
  const [before = ""] = secrets;
  declare(rotated, checkout);
  const engine = stack.start("up", "--yes", "--skip-preview");
  whenRotated(() => {
    engine.kill("SIGKILL");
    return "swallow";
  });
  await once(engine, "exit");
  await stack.succeed("cancel", "--yes");
  const [{ generation } = {}] = await keysCalled("storefront");
  expect(generation).toBe(2);
  expect(await verify(before)).toBe("accepted");

  declare(rotated, checkout, late);
  expect((await stack.apply()).toSorted()).toEqual(["create ApiKey late", "update ApiKey storefront"]);
  const after = handedOn(fileOf("storefront"));
  expect(await verify(after)).toBe("accepted");
  expect(await verify(before)).toBe("revoked");
  expect(await keysCalled("storefront")).toMatchObject([{ generation: 2, status: "active" }]);
  expect(await verify(handedOn(path.join(program, "later/late.key")))).toBe("accepted");
});

test("none of the secrets is in the state, nor in anything that was printed or logged", async () => {
  expect(new Set(secrets).size).toBe(4);
  const { text } = await stack.exported("--show-secrets");
  const everything = `${text}\n${printed}\n${service.log}\n${relay.requests.join("\n")}`;
  for (const secret of secrets) {
    expect(secret).not.toBe("");
    // Compared here, because a failed expectation would print both.
    expect(everything.includes(secret), `secret ${secrets.indexOf(secret)}`).toBe(false);
  }
});
