/** Programs in languages that only the native plugin serves, on their real hosts. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { paths } from "../../../scripts/environment.mjs";
import { generateSdks } from "../../../scripts/generate-sdks.mjs";
import { setUpGoSdk } from "../../../scripts/setup/go-sdk.mjs";
import { setUpLanguages } from "../../../scripts/setup/languages.mjs";
import { setUpPythonSdk } from "../../../scripts/setup/python-sdk.mjs";
import { useService } from "../fixtures.ts";
import { type Layout, Stack } from "../stack.ts";

const compiler = path.join(paths.checkout, "node_modules/typescript/bin/tsc");
const service = useService();
const sdks = mkdtempSync(path.join(tmpdir(), "roster-sdks-"));
const stacks: Stack[] = [];
let hosts = "";

beforeAll(async () => {
  hosts = (await setUpLanguages()).binFolder;
  await generateSdks(path.join(paths.checkout, "provider/plugin/generated/schema.json"), sdks);
});
afterAll(() => {
  for (const stack of stacks) {
    stack.remove();
  }
  rmSync(sdks, { recursive: true, force: true });
});

async function stackOf(example: string, layout: Layout = {}): Promise<Stack> {
  const stack = new Stack(example, service, { binFolder: hosts, ...layout });
  stacks.push(stack);
  await stack.init();
  return stack;
}

/** Compiles the generated SDK for Node.js, as its package is built. @returns the folder of the package */
function builtNodeSdk(): string {
  const [source, built] = [path.join(sdks, "nodejs"), path.join(sdks, "nodejs/bin")];
  symlinkSync(path.join(paths.checkout, "node_modules"), path.join(sdks, "node_modules"));
  execFileSync(paths.node, [compiler, "--project", source]);
  cpSync(path.join(source, "package.json"), path.join(built, "package.json"));
  return built;
}

/** The secrets that a state must not contain in plaintext. */
async function expectCiphertext(stack: Stack, secrets: readonly unknown[]): Promise<void> {
  const { text } = await stack.exported();
  for (const secret of secrets) {
    expect(String(secret).length).toBeGreaterThan(20);
    expect(text).not.toContain(secret);
  }
}

test("N2 N4 N5 a YAML program without any code: a set, a key, a look-up, and an empty second preview", async () => {
  const stack = await stackOf("examples/yaml");
  await stack.up();
  const { key, members } = (await stack.outputs()) as { key: string; members: { email: string; role: string }[] };
  expect(members).toContainEqual(expect.objectContaining({ email: "ada@acme.example", role: "administrator" }));
  expect(members).toContainEqual(expect.objectContaining({ email: "grace@acme.example", status: "active" }));
  expect((await service.verify(key)).outcome).toBe("accepted");
  await expectCiphertext(stack, [key]);
  expect(await stack.preview()).toEqual([]);
  await stack.destroy();
});

test("N2 N5 a Python program with a generated SDK", async () => {
  const python = await setUpPythonSdk();
  const site = path.join(sdks, "site");
  const offline = ["--no-index", "--no-deps", "--no-build-isolation", "--quiet"];
  execFileSync(python, ["-m", "pip", "install", ...offline, "--target", site, path.join(sdks, "python")]);
  const stack = await stackOf("examples/python", {
    environment: { PULUMI_PYTHON_CMD: python, PYTHONPATH: site },
  });
  await stack.up();
  const { keys, members } = (await stack.outputs()) as { keys: Record<string, string>; members: string[] };
  expect(members).toEqual(["ada@acme.example", "grace@acme.example"]);
  await expectCiphertext(stack, Object.values(keys));
  for (const key of Object.values(keys)) {
    expect((await service.verify(key)).outcome).toBe("accepted");
  }
  expect(await stack.preview()).toEqual([]);
  await stack.destroy();
});

test("N2 N5 a Go program with a generated SDK", async () => {
  const stack = await stackOf("examples/go", { environment: await setUpGoSdk() });
  const sdk = path.join(sdks, "go/roster");
  stack.edit("go.mod", "=> ../../sdk/go/roster", `=> ${sdk}`);
  writeFileSync(path.join(sdk, "go.mod"), "module github.com/roster-service/pulumi-roster/sdk/go/roster\n\ngo 1.26\n");
  await stack.up();
  const { keys, members } = (await stack.outputs()) as {
    keys: Record<string, string>;
    members: { email: string; role: string }[];
  };
  expect(members.map(({ email, role }) => `${email} ${role}`).toSorted()).toEqual([
    "ada@acme.example administrator",
    "grace@acme.example editor",
  ]);
  await expectCiphertext(stack, Object.values(keys));
  expect(Object.keys(keys)).toEqual(["reports", "storefront"]);
  for (const key of Object.values(keys)) {
    expect((await service.verify(key)).outcome).toBe("accepted");
  }
  expect(await stack.preview()).toEqual([]);
  await stack.destroy();
});

test("N2 N4 N5 a TypeScript program with a generated SDK, whose types its arguments have", async () => {
  const sdk = builtNodeSdk();
  const stack = await stackOf("examples/typescript-plugin", { project: "app" });
  mkdirSync(path.join(stack.folder, "node_modules"));
  symlinkSync(sdk, path.join(stack.folder, "node_modules/pulumi-roster-sdk"));
  const options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--types", "node"];
  execFileSync(paths.node, [compiler, ...options, path.join(stack.folder, "index.ts")], { cwd: stack.folder });
  await stack.up();
  const { storefront, permissions } = await stack.outputs();
  expect(permissions).toEqual(["flows:read", "flows:run"]);
  expect((await service.verify(storefront)).outcome).toBe("accepted");
  await expectCiphertext(stack, [storefront]);
  expect(await stack.preview()).toEqual([]);
});
