/** Secrets of keys that are handed on to a file and not kept, on the real engine; the tests share one stack and its steps. */
import { once } from "node:events";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
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
const overlap = { overlap: "0s" };

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
const fileOf = (name: string) => path.join(program, `secrets/${name}.key`);
/** What a file has; every one is looked for in the end. */
function handedOn(name: string): string {
  const secret = readFileSync(fileOf(name), "utf8");
  secrets.push(secret);
  return secret;
}
async function up(): Promise<string> {
  const { output } = await stack.up();
  printed += output;
  return output;
}
async function failedUp(...options: string[]): Promise<string> {
  const output = await stack.fail("up", "--yes", "--skip-preview", ...options);
  printed += output;
  return output;
}
async function verify(secret: string): Promise<unknown> {
  const { outcome, reason } = await service.verify(secret);
  return reason ?? outcome;
}
async function keysCalled(name: string): Promise<Record<string, unknown>[]> {
  const all = await service.list(`/v1/organizations/${await stack.idOf("Organization", "acme")}/api-keys`);
  return all.filter((found) => found.name === name);
}
/** When the service has answered such a request for the first time, and nobody knows of it yet. */
function whenAnswered(method: string, pathEnd: string, act: () => "pass on" | "swallow" | undefined): void {
  relay.answered = (request) => {
    const places = request.split("\n").filter((one) => one.startsWith(`${method} `));
    if (!places.some((place) => place.split("?")[0]?.endsWith(pathEnd))) {
      return "pass on";
    }
    relay.answered = () => "pass on";
    return act() ?? "pass on";
  };
}
/** There is a folder where the file was to be. */
function block(name: string): undefined {
  rmSync(fileOf(name), { force: true });
  mkdirSync(fileOf(name));
}
function unblock(name: string): void {
  rmSync(fileOf(name), { recursive: true });
}

test("what can't hold is refused at preview", async () => {
  const refused = async (declared: Declaration) => {
    declare(declared);
    return stack.fail("preview");
  };
  expect(await refused(key("storefront", { deliverTo: undefined }))).toContain(
    "storeSecret: a secret that is not kept",
  );
  const own = { kind: "webapi", secret: "a-secret-of-the-program's" };
  expect(await refused(key("checkout", own))).toContain("leave it out, and the provider makes one");
});

test("a key whose folder isn't there is not made, and its error names the file and the reason", async () => {
  declare(key("storefront"));
  // Whoever previews may do that elsewhere.
  expect(await stack.preview()).toContain("create ApiKey storefront");
  const output = await failedUp();
  expect(output).toContain("deliverTo.file: secrets/storefront.key can't be written: there is no folder ");
  expect(output).toContain("No key was made.");
  expect(await keysCalled("storefront")).toEqual([]);
});

test("a key is handed on, from the program's folder, and is not in the state", async () => {
  mkdirSync(path.join(program, "secrets"));
  declare(key("storefront"), key("checkout", { kind: "webapi" }));
  await up();
  expect(readdirSync(path.join(program, "secrets")).toSorted()).toEqual(["checkout.key", "storefront.key"]);
  for (const name of ["storefront", "checkout"]) {
    expect(statSync(fileOf(name)).mode & 0o777).toBe(0o600);
    expect(await verify(handedOn(name))).toBe("accepted");
  }
  expect(await stack.preview()).toEqual([]);
  await stack.succeed("refresh", "--yes", "--skip-preview");
  expect(await stack.preview()).toEqual([]);
  const { resources } = await stack.exported();
  const { outputs } = resources.find(({ urn }) => urn.endsWith("::storefront")) ?? {};
  expect(outputs).toMatchObject({ keyAvailable: false, prefix: handedOn("storefront").slice(0, 15), generation: 1 });
  expect(outputs?.fingerprint).toEqual(expect.stringMatching(/./));
  expect(outputs).not.toHaveProperty("key");
});

test("a rotated key is handed on in the same place, and only then the secret before it ends", async () => {
  const before = handedOn("storefront");
  chmodSync(fileOf("storefront"), 0o644);
  let meanwhile: unknown[] = [];
  relay.asked = async (request) => {
    if (request.includes("/secret-revocations")) {
      meanwhile = [await verify(before), await verify(handedOn("storefront"))];
    }
    return undefined;
  };
  declare(key("storefront", { rotate: 1, rotation: overlap }), key("checkout", { kind: "webapi" }));
  await up();
  relay.asked = () => undefined;
  expect(meanwhile).toEqual(["accepted", "accepted"]);
  const after = handedOn("storefront");
  expect(after).not.toBe(before);
  expect(await verify(after)).toBe("accepted");
  expect(await verify(before)).toBe("revoked");
  expect(statSync(fileOf("storefront")).mode & 0o777).toBe(0o600);
  expect(await stack.preview()).toEqual([]);
});

test("where handing on fails at a rotation, the secret before it works on, and the next up finishes", async () => {
  const before = handedOn("storefront");
  declare(key("storefront", { rotate: 2, rotation: overlap }), key("checkout", { kind: "webapi" }));
  whenAnswered("POST", "/rotations", () => block("storefront"));
  const output = await failedUp();
  expect(output).toContain("deliverTo.file: secrets/storefront.key can't be written: it is a folder");
  expect(output).toContain("The new secret has ended, and the one before it goes on as before.");
  expect(await verify(before)).toBe("accepted");
  expect(await keysCalled("storefront")).toMatchObject([{ generation: 2, status: "active" }]);

  // In the way from the start, it is not rotated at all.
  expect(await failedUp()).toContain("The key was not rotated");
  expect(await verify(before)).toBe("accepted");
  expect(await keysCalled("storefront")).toMatchObject([{ generation: 2, status: "active" }]);

  unblock("storefront");
  expect(await stack.preview()).toEqual(["update ApiKey storefront"]);
  await up();
  expect(await verify(handedOn("storefront"))).toBe("accepted");
  expect(await verify(before)).toBe("revoked");
  expect(await keysCalled("storefront")).toMatchObject([{ generation: 3, status: "active" }]);
  expect(await stack.preview()).toEqual([]);
});

test("where handing on fails at creation, the key is revoked, and the next up makes another", async () => {
  const keys = [
    key("storefront", { rotate: 2, rotation: overlap }),
    key("checkout", { kind: "webapi" }),
    key("export"),
  ];
  declare(...keys);
  whenAnswered("POST", "/api-keys", () => block("export"));
  const output = await failedUp();
  expect(output).toMatch(/secrets\/export\.key can't be written: it is a folder.+The key key_\w+ was revoked\./s);
  expect(await keysCalled("export")).toMatchObject([{ status: "revoked" }]);
  await expect(stack.idOf("ApiKey", "export")).rejects.toThrow("no ApiKey export in the state");
  expect(readdirSync(path.join(program, "secrets")).toSorted()).toEqual([
    "checkout.key",
    "export.key",
    "storefront.key",
  ]);
  unblock("export");
  await up();
  expect(await verify(handedOn("export"))).toBe("accepted");
  expect((await keysCalled("export")).map(({ status }) => status)).toEqual(["revoked", "active"]);
});

test("a key that could not be revoked either stays in the state, and the next up replaces it", async () => {
  declare(key("doomed"));
  // Nothing that is asked to end arrives.
  whenAnswered("POST", "/api-keys", () => {
    block("doomed");
    relay.asked = (request) =>
      request.startsWith("DELETE ") && request.includes("/v1/api-keys/") ? new Promise(() => undefined) : undefined;
    return undefined;
  });
  await stack.succeed("config", "set", "roster:timeoutMs", "2000");
  const output = await failedUp("--target", "**::doomed");
  await stack.succeed("config", "rm", "roster:timeoutMs");
  relay.asked = () => undefined;
  expect(output).toContain("could not be revoked either: no answer to DELETE /v1/api-keys/");
  const [left] = await keysCalled("doomed");
  expect(left).toMatchObject({ status: "active" });
  expect(await stack.idOf("ApiKey", "doomed")).toBe(left?.id);
  unblock("doomed");
  expect(await stack.preview()).toContain("replace ApiKey doomed");
  await up();
  expect(await verify(handedOn("doomed"))).toBe("accepted");
  expect((await keysCalled("doomed")).map(({ status }) => status)).toEqual(["revoked", "active"]);
  expect(await stack.preview()).toEqual([]);
});

/** The engine dies when the service has answered, and nobody got the secret. */
async function dieWhenAnswered(pathEnd: string): Promise<void> {
  const engine = stack.start("up", "--yes", "--skip-preview");
  whenAnswered("POST", pathEnd, () => {
    engine.kill("SIGKILL");
    return "swallow";
  });
  await once(engine, "exit");
  await stack.succeed("cancel", "--yes");
}

test("killed before a new key was handed on, the next up hands it on", async () => {
  declare(key("doomed"), key("lost"));
  await dieWhenAnswered("/api-keys");
  const [made] = await keysCalled("lost");
  expect(made).toMatchObject({ status: "active" });
  await up();
  expect(await verify(handedOn("lost"))).toBe("accepted");
  expect(await keysCalled("lost")).toMatchObject([{ id: made?.id, status: "active", generation: 1 }]);
});

test("killed before a rotated key was handed on, the secret before it works on, and the next up hands on the new one", async () => {
  const before = handedOn("lost");
  declare(key("doomed"), key("lost", { rotate: 1, rotation: overlap }));
  await dieWhenAnswered("/rotations");
  expect(await keysCalled("lost")).toMatchObject([{ generation: 2 }]);
  expect(readFileSync(fileOf("lost"), "utf8")).toBe(before);
  expect(await verify(before)).toBe("accepted");
  await up();
  const after = handedOn("lost");
  expect(await verify(after)).toBe("accepted");
  expect(await verify(before)).toBe("revoked");
  expect(await keysCalled("lost")).toMatchObject([{ generation: 2 }]);
  expect(await stack.preview()).toEqual([]);
});

test("where the secret before could not be ended, a refresh forgets nothing of that, and the next up ends it", async () => {
  const before = handedOn("lost");
  declare(key("doomed"), key("lost", { rotate: 2, rotation: overlap }));
  relay.asked = (request) => (request.includes("/secret-revocations") ? { status: 403 } : undefined);
  expect(await failedUp()).toContain("The new secret is handed on; the one before it lives on for 24h");
  relay.asked = () => undefined;
  for (const secret of [before, handedOn("lost")]) expect(await verify(secret)).toBe("accepted");
  await stack.refresh();
  expect(await stack.preview()).toEqual(["update ApiKey lost"]);
  await up();
  expect(await verify(handedOn("lost"))).toBe("accepted");
  expect(await verify(before)).toBe("revoked");
  expect(await stack.preview()).toEqual([]);
});

test("a key that the state has is handed on from it, and forgotten", async () => {
  const kept = { deliverTo: undefined, storeSecret: undefined };
  declare(key("doomed"), key("kept", kept));
  await up();
  const { stdout } = await stack.succeed("stack", "export", "--show-secrets");
  const { resources } = JSON.parse(stdout).deployment as Awaited<ReturnType<Stack["exported"]>>;
  const { outputs = {} } = resources.find(({ urn }) => urn.endsWith("::kept")) ?? {};
  const { plaintext } = outputs.key as { plaintext: string };
  declare(key("doomed"), key("kept"));
  expect(await stack.preview()).toEqual(["update ApiKey kept"]);
  await up();
  expect(handedOn("kept")).toBe(JSON.parse(plaintext));
  expect(await verify(handedOn("kept"))).toBe("accepted");
});

test("none of the secrets is in the state, nor in anything that was printed or logged", async () => {
  expect(new Set(secrets).size).toBeGreaterThanOrEqual(8);
  const { stdout } = await stack.succeed("stack", "export", "--show-secrets");
  const everything = `${stdout}\n${printed}\n${service.log}\n${relay.requests.join("\n")}`;
  for (const secret of secrets) {
    expect(secret).not.toBe("");
    // Compared here, because a failed expectation would print both.
    expect(everything.includes(secret), `secret ${secrets.indexOf(secret)}`).toBe(false);
  }
});

test("destroy revokes the keys, and leaves the files", async () => {
  const last = handedOn("lost");
  await stack.succeed("destroy", "--yes", "--skip-preview");
  expect(await verify(last)).not.toBe("accepted");
  expect(readFileSync(fileOf("lost"), "utf8")).toBe(last);
});
