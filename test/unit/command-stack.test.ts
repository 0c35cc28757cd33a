/** What the command `roster` takes from a state that the CLI exports, and from the folders of a backend. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { isLockedAt, stackNamed } from "../../provider/command/locks.ts";
import { findOrphans } from "../../provider/command/orphans.ts";
import { readDeployment, readStack } from "../../provider/command/stack.ts";
import { asNative, resourceTypeOf } from "../../provider/lifecycle/resource-type.ts";
import { Client } from "../../provider/wire/client.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { json, ScriptedServer } from "./scripted-server.ts";

const mark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
/** A secret as `pulumi stack export --show-secrets` has it. */
const secret = (value: unknown) => ({ ...mark, plaintext: JSON.stringify(value) });

describe.each([
  ["the dynamic provider", resourceTypeOf],
  ["the plugin", (kind: string) => asNative(resourceTypeOf(kind))],
])("the objects that a state of %s knows", (_front, typeOf) => {
  const resource = (kind: string, outputs: object, more: object = {}) => ({
    urn: `urn:pulumi:test::acme::${typeOf(kind)}::one`,
    type: typeOf(kind),
    id: "id_1",
    outputs,
    ...more,
  });
  const idsOf = (...resources: object[]) => readDeployment({ resources }).known.map(({ id }) => id);

  test("are the resources and what the sets are made of, and nothing of other providers", () => {
    const { known, pendingCreates } = readDeployment({
      resources: [
        { urn: "urn:pulumi:test::acme::pulumi:pulumi:Stack::acme-test", type: "pulumi:pulumi:Stack" },
        resource("User", { externalId: "stack/1" }, { id: "usr_1" }),
        resource("OrganizationMembers", { externalId: "stack/2", ids: { "ada@x.example": "mem_1" } }, { delete: true }),
        resource("User", {}, { id: "" }),
      ],
      pending_operations: [
        { type: "creating", resource: resource("Role", {}) },
        { type: "updating", resource: resource("Role", {}) },
      ],
    });
    expect(known).toEqual([
      { id: "usr_1", externalId: "stack/1" },
      { id: "id_1", externalId: "stack/2" },
      { id: "mem_1", externalId: undefined },
    ]);
    expect(pendingCreates).toBe(1);
    expect(readDeployment({}).known).toEqual([]);
  });

  test("are known where they are secret, as a whole or one by one", () => {
    const ids = { "ada@x.example": "mem_1", "bob@x.example": "mem_2" };
    for (const given of [
      secret(ids),
      { ...ids, "bob@x.example": secret("mem_2") },
      secret({ ...ids, "bob@x.example": secret("mem_2") }),
    ]) {
      expect(idsOf(resource("OrganizationMembers", { ids: given }))).toEqual(["id_1", "mem_1", "mem_2"]);
    }
    const { known } = readDeployment({ resources: [resource("User", { externalId: secret("stack/1") })] });
    expect(known).toEqual([{ id: "id_1", externalId: "stack/1" }]);
  });

  test("are not guessed: a set whose ids can't be read is refused", () => {
    const encrypted = { ...mark, ciphertext: "v1:abc" };
    for (const outputs of [{}, { ids: encrypted }, { ids: { "ada@x.example": encrypted } }, { ids: secret("mem_1") }]) {
      expect(() => idsOf(resource("OrganizationMembers", outputs))).toThrow(
        `the entries of urn:pulumi:test::acme::${typeOf("OrganizationMembers")}::one can't be read`,
      );
    }
    expect(idsOf(resource("ApiKey", { key: encrypted }))).toEqual(["id_1"]);
  });
});

test("another service has no orphans of a stack: whatever a stack of its name has there would look like one", async () => {
  const [ours, theirs] = [`svc_${"1".repeat(32)}`, `svc_${"2".repeat(32)}`];
  const user = { urn: "urn:u", type: "pulumi-nodejs:dynamic/roster:User", id: "usr_1", outputs: { __service: ours } };
  const server = await ScriptedServer.start(
    json(200, {
      service: { id: theirs, restores: [] },
      caller: { kind: "owner", id: "owner", user: null, serviceOwner: true },
      organizations: [],
    }),
  );
  onTestFinished(() => server.stop());
  const client = new Client({ endpoint: server.endpoint, token: "of-a-test", timeoutMs: 10_000 });
  const stack = { ...readDeployment({ resources: [user] }), name: "test", project: "acme", config: () => undefined };
  const orphans = findOrphans(client, { ...stack, isLocked: false, isSelfManaged: true }, "organization/acme/test");
  await expect(orphans).rejects.toThrow(`it is ${theirs}, and this stack was applied to ${ours}`);
});

describe("where the CLI fails", () => {
  const folder = () => {
    const made = mkdtempSync(path.join(os.tmpdir(), "roster-cli-"));
    onTestFinished(() => {
      vi.unstubAllEnvs();
      rmSync(made, { recursive: true });
    });
    return made;
  };

  test("or isn't there, one line says so", async () => {
    const project = folder();
    vi.stubEnv("PATH", project);
    await expect(readStack(project, process.env, "dev")).rejects.toThrow(
      /^the Pulumi CLI was not found: install it, or add the folder of `pulumi` to PATH\.$/,
    );
  });

  test("its reason is told, and nothing else that it printed", async () => {
    const project = folder();
    writeFileSync(path.join(project, "Pulumi.yaml"), "name: acme\nruntime: nodejs\n");
    const fails = "echo a-secret; echo \"error: no stack named 'dev' found\" >&2; echo more >&2; exit 255";
    const script = `#!/bin/sh\nif [ "$1" = version ]; then echo v3.276.0; else ${fails}; fi\n`;
    writeFileSync(path.join(project, "pulumi"), script, { mode: 0o755 });
    vi.stubEnv("PATH", project);
    await expect(readStack(project, process.env, "dev")).rejects.toThrow(
      /^the Pulumi CLI can't read the stack: no stack named 'dev' found$/,
    );
  });
});

test("a stack's name may have its organization and its project before it", () => {
  for (const given of ["dev", "organization/dev", "organization/acme/dev"]) {
    expect(stackNamed(given, "acme")).toEqual({ project: "acme", name: "dev" });
  }
  expect(stackNamed("organization/other/dev", "acme")).toEqual({ project: "other", name: "dev" });
});

describe("a stack's lock, on a backend of folders", () => {
  const stack = { project: "acme", name: "dev" };

  /** A backend's folder with these files. */
  function backendOf(...files: string[]): string {
    const folder = temporaryFolder();
    add(folder, ...files);
    return folder;
  }

  function add(folder: string, ...files: string[]): void {
    for (const file of files.map((name) => path.join(folder, ".pulumi", name))) {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, "{}");
    }
  }

  const isLocked = (folder: string, named = stack) => isLockedAt(pathToFileURL(folder).href, "/", named);

  test.each([
    ["of today", "stacks/acme/dev.json", "locks/organization/acme/dev/1.json"],
    ["whose states are compressed", "stacks/acme/dev.json.gz", "locks/organization/acme/dev/1.json"],
    ["from before there were projects", "stacks/dev.json", "locks/dev/1.json"],
  ])("is found in one %s", (_title, state, lock) => {
    const folder = backendOf(state, "locks/organization/acme/other/1.json", "locks/other/1.json");
    expect(isLocked(folder)).toBe(false);
    add(folder, lock);
    expect(isLocked(folder)).toBe(true);
    rmSync(path.join(folder, ".pulumi", lock));
    expect(isLocked(folder)).toBe(false);
  });

  test("is unknown where the stack isn't, and in a bucket", () => {
    expect(isLocked(temporaryFolder())).toBeUndefined();
    expect(isLocked(backendOf("stacks/acme/dev.json"), { ...stack, name: "prod" })).toBeUndefined();
    expect(isLocked(backendOf("stacks/acme/dev.json.bak"))).toBeUndefined();
    expect(isLockedAt("s3://bucket", "/", stack)).toBeUndefined();
    expect(isLockedAt("file:///%", "/", stack)).toBeUndefined();
  });

  test("is unknown where it can't be read", () => {
    const folder = backendOf("stacks/acme/dev.json", "locks/organization/acme/dev");
    expect(isLocked(folder)).toBeUndefined();
  });

  test("is looked for where the engine looks: in the user's home, from where it runs, and without options", () => {
    const home = backendOf("stacks/acme/dev.json", "locks/organization/acme/dev/1.json");
    vi.spyOn(os, "userInfo").mockReturnValue({ ...os.userInfo(), homedir: home });
    onTestFinished(() => void vi.restoreAllMocks());
    const [parent, name] = [path.dirname(home), path.basename(home)];
    for (const address of ["~", "~/", `~/../${name}`, `./${name}`, name, `${name}?no_tmp_dir=true`]) {
      expect(isLockedAt(`file://${address}`, parent, stack), address).toBe(true);
    }
    expect(isLockedAt("file://.", home, stack)).toBe(true);
  });
});
