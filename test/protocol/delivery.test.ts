/** Secrets of keys that are handed on to a file and not kept; the tests share one stack and its steps. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { useRelay, useService } from "../e2e/fixtures.ts";
import { type Declaration, enterprise, the } from "../e2e/kinds.ts";
import { useProtocolStack } from "./fixtures.ts";
import type { Planned } from "./protocol-stack.ts";
import { EndedError } from "./provider-process.ts";

const acme: Declaration = { kind: "Organization", name: "acme", args: { slug: "acme", name: "Acme", ...enterprise } };
const overlap = { overlap: "0s" };

const service = useService();
const relay = useRelay(service);
const stack = useProtocolStack(relay, "stack-of-deliveries");
const root = realpathSync(mkdtempSync(path.join(tmpdir(), "roster-deliveries-")));
const folder = path.join(root, "secrets");
/** Every secret that was handed on, and everything that was said of what failed. */
const secrets: string[] = [];
let said = "";

afterAll(() => rmSync(root, { recursive: true }));

function key(name: string, args: Readonly<Record<string, unknown>> = {}): Declaration {
  const deliverTo = { file: fileOf(name) };
  const given = { organization: the("acme"), name, kind: "server", deliverTo, storeSecret: false, ...args };
  return { kind: "ApiKey", name, args: given };
}
const checkout = key("checkout", { kind: "webapi" });
function fileOf(name: string): string {
  return path.join(folder, `${name}.key`);
}
/** What a file has; every one is looked for in the end. */
function handedOn(name: string): string {
  const secret = readFileSync(fileOf(name), "utf8");
  secrets.push(secret);
  return secret;
}
function up(...keys: readonly Declaration[]): Promise<Planned[]> {
  return stack.up([acme, ...keys]);
}
function preview(...keys: readonly Declaration[]): Promise<Planned[]> {
  return stack.preview([acme, ...keys]);
}
/** @returns why it failed */
async function failedUp(...keys: readonly Declaration[]): Promise<string> {
  const error: unknown = await up(...keys).then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(Error);
  const { message } = error as Error;
  said += message;
  return message;
}
async function verify(secret: string): Promise<unknown> {
  const { outcome, reason } = await service.verify(secret);
  return reason ?? outcome;
}
async function keysCalled(name: string): Promise<Record<string, unknown>[]> {
  const all = await service.list(`/v1/organizations/${stack.stored("acme").id}/api-keys`);
  return all.filter((found) => found.name === name);
}
/** When the service has answered such a request for the first time, and nobody knows of it yet. */
function whenAnswered(method: string, pathEnd: string, act: () => "swallow" | undefined): void {
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

test("what can't hold is refused before a key is made", async () => {
  expect(await failedUp(key("storefront", { deliverTo: undefined }))).toContain(
    ": storeSecret: a secret that is not stored",
  );
  const own = { kind: "webapi", secret: "a-secret-of-the-program's" };
  expect(await failedUp(key("checkout", own))).toContain("remove it, and the provider makes one");
});

test("a key whose folder isn't there is not made, and its error names the file and the reason", async () => {
  const reason = await failedUp(key("storefront"));
  // Not refused by a check: whoever previews may do that elsewhere.
  expect(reason.split("\n")[0]).toBe(
    `deliverTo.file: ${fileOf("storefront")} can't be written: the folder ${folder} does not exist.`,
  );
  expect(reason).toContain("No key was created.");
  expect(await keysCalled("storefront")).toEqual([]);
});

test("a key is handed on, and is not in the state", async () => {
  mkdirSync(folder);
  const keys = [key("storefront"), checkout];
  await up(...keys);
  expect(readdirSync(folder).toSorted()).toEqual(["checkout.key", "storefront.key"]);
  for (const name of ["storefront", "checkout"]) {
    expect(statSync(fileOf(name)).mode & 0o777).toBe(0o600);
    expect(await verify(handedOn(name))).toBe("accepted");
  }
  expect(await preview(...keys)).toEqual([]);
  await stack.refresh();
  expect(await preview(...keys)).toEqual([]);
  const { outputs } = stack.stored("storefront");
  expect(outputs).toMatchObject({ keyAvailable: false, prefix: handedOn("storefront").slice(0, 15), generation: 1 });
  expect(outputs.fingerprint).toEqual(expect.stringMatching(/./));
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
  const keys = [key("storefront", { rotate: 1, rotation: overlap }), checkout];
  await up(...keys);
  relay.asked = () => undefined;
  expect(meanwhile).toEqual(["accepted", "accepted"]);
  const after = handedOn("storefront");
  expect(after).not.toBe(before);
  expect(await verify(after)).toBe("accepted");
  expect(await verify(before)).toBe("revoked");
  expect(statSync(fileOf("storefront")).mode & 0o777).toBe(0o600);
  expect(await preview(...keys)).toEqual([]);
});

test("where handing on fails at a rotation, the secret before it works on, and the next up finishes", async () => {
  const before = handedOn("storefront");
  const keys = [key("storefront", { rotate: 2, rotation: overlap }), checkout];
  whenAnswered("POST", "/rotations", () => block("storefront"));
  const reason = await failedUp(...keys);
  expect(reason).toContain(`deliverTo.file: ${fileOf("storefront")} can't be written: it is a folder`);
  expect(reason).toContain("The new secret was revoked, and the previous one continues to work.");
  expect(await verify(before)).toBe("accepted");
  expect(await keysCalled("storefront")).toMatchObject([{ generation: 2, status: "active" }]);

  // In the way from the start, it is not rotated at all.
  expect(await failedUp(...keys)).toContain("The key was not rotated");
  expect(await verify(before)).toBe("accepted");
  expect(await keysCalled("storefront")).toMatchObject([{ generation: 2, status: "active" }]);

  unblock("storefront");
  expect(await up(...keys)).toEqual(["update storefront"]);
  expect(await verify(handedOn("storefront"))).toBe("accepted");
  expect(await verify(before)).toBe("revoked");
  expect(await keysCalled("storefront")).toMatchObject([{ generation: 3, status: "active" }]);
  expect(await preview(...keys)).toEqual([]);
});

test("where handing on fails at creation, the key is revoked, and the next up makes another", async () => {
  const keys = [key("storefront", { rotate: 2, rotation: overlap }), checkout, key("export")];
  whenAnswered("POST", "/api-keys", () => block("export"));
  expect(await failedUp(...keys)).toMatch(
    /\/export\.key can't be written: it is a folder.+The key key_\w+ was revoked\./s,
  );
  expect(await keysCalled("export")).toMatchObject([{ status: "revoked" }]);
  expect([...stack.state.keys()]).not.toContain("export");
  expect(readdirSync(folder).toSorted()).toEqual(["checkout.key", "export.key", "storefront.key"]);
  unblock("export");
  expect(await up(...keys)).toEqual(["create export"]);
  expect(await verify(handedOn("export"))).toBe("accepted");
  expect((await keysCalled("export")).map(({ status }) => status)).toEqual(["revoked", "active"]);
});

test("a key that could not be revoked either stays in the state, and the next up replaces it", async () => {
  whenAnswered("POST", "/api-keys", () => {
    block("doomed");
    // Whoever asks for its end is refused.
    relay.asked = (request) => (request.startsWith("DELETE ") ? { status: 403 } : undefined);
    return undefined;
  });
  expect(await failedUp(key("doomed"))).toContain("could not be revoked either: the response to DELETE /v1/api-keys/");
  relay.asked = () => undefined;
  const [left] = await keysCalled("doomed");
  expect(left).toMatchObject({ status: "active" });
  expect(stack.stored("doomed").id).toBe(left?.id);
  unblock("doomed");
  expect(await up(key("doomed"))).toContain("replace doomed");
  expect(await verify(handedOn("doomed"))).toBe("accepted");
  expect((await keysCalled("doomed")).map(({ status }) => status)).toEqual(["revoked", "active"]);
  expect(await preview(key("doomed"))).toEqual([]);
});

/** The engine dies when the service has answered, and nobody got the secret. */
async function dieWhenAnswered(pathEnd: string, ...keys: readonly Declaration[]): Promise<void> {
  let ended = Promise.resolve();
  whenAnswered("POST", pathEnd, () => {
    ended = stack.orphan();
    return "swallow";
  });
  await expect(up(...keys)).rejects.toThrow(EndedError);
  await ended;
}

test("killed before a new key was handed on, the next up hands it on", async () => {
  await dieWhenAnswered("/api-keys", key("doomed"), key("lost"));
  const [made] = await keysCalled("lost");
  expect(made).toMatchObject({ status: "active" });
  await up(key("doomed"), key("lost"));
  expect(await verify(handedOn("lost"))).toBe("accepted");
  expect(await keysCalled("lost")).toMatchObject([{ id: made?.id, status: "active", generation: 1 }]);
});

test("killed before a rotated key was handed on, the secret before it works on, and the next up hands on the new one", async () => {
  const before = handedOn("lost");
  const keys = [key("doomed"), key("lost", { rotate: 1, rotation: overlap })];
  await dieWhenAnswered("/rotations", ...keys);
  expect(await keysCalled("lost")).toMatchObject([{ generation: 2 }]);
  expect(readFileSync(fileOf("lost"), "utf8")).toBe(before);
  expect(await verify(before)).toBe("accepted");
  await up(...keys);
  const after = handedOn("lost");
  expect(await verify(after)).toBe("accepted");
  expect(await verify(before)).toBe("revoked");
  expect(await keysCalled("lost")).toMatchObject([{ generation: 2 }]);
  expect(await preview(...keys)).toEqual([]);
});

test("where the secret before could not be ended, a refresh forgets nothing of that, and the next up ends it", async () => {
  const before = handedOn("lost");
  const keys = [key("doomed"), key("lost", { rotate: 2, rotation: overlap })];
  relay.asked = (request) => (request.includes("/secret-revocations") ? { status: 403 } : undefined);
  expect(await failedUp(...keys)).toContain("The new secret was delivered. The previous one works for another 24h");
  relay.asked = () => undefined;
  for (const secret of [before, handedOn("lost")]) {
    expect(await verify(secret)).toBe("accepted");
  }
  await stack.refresh();
  expect(await up(...keys)).toEqual(["update lost"]);
  expect(await verify(handedOn("lost"))).toBe("accepted");
  expect(await verify(before)).toBe("revoked");
  expect(await preview(...keys)).toEqual([]);
});

test("a key that the state has is handed on from it, and forgotten", async () => {
  await up(key("doomed"), key("kept", { deliverTo: undefined, storeSecret: undefined }));
  const kept = stack.stored("kept").outputs.key;
  expect(await up(key("doomed"), key("kept"))).toEqual(["update kept"]);
  expect(handedOn("kept")).toBe(kept);
  expect(await verify(handedOn("kept"))).toBe("accepted");
});

test("none of the secrets is in the state, nor in anything that was said or logged", async () => {
  expect(new Set(secrets).size).toBeGreaterThanOrEqual(8);
  const state = JSON.stringify([...stack.state]);
  const everything = `${state}\n${said}\n${service.log}\n${relay.requests.join("\n")}`;
  for (const secret of secrets) {
    expect(secret).not.toBe("");
    // Compared here, because a failed expectation would print both.
    expect(everything.includes(secret), `secret ${secrets.indexOf(secret)}`).toBe(false);
  }
});

test("destroy revokes the keys, and leaves the files", async () => {
  const last = handedOn("doomed");
  expect(await verify(last)).toBe("accepted");
  await stack.destroy();
  expect(await verify(last)).not.toBe("accepted");
  expect(readFileSync(fileOf("doomed"), "utf8")).toBe(last);
});
