/** The main job with the oldest SDK that the package allows: every other test has the newest. */
import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { paths } from "../../scripts/environment.mjs";
import { useService, useStack } from "./fixtures.ts";

const oldest = path.join(paths.checkout, "node_modules/pulumi-sdk-oldest");

const service = useService();
const stack = useStack("examples/acme", service);

beforeAll(() => {
  const from = path.join(paths.checkout, "node_modules");
  const to = path.join(stack.root, "node_modules");
  rmSync(to);
  mkdirSync(path.join(to, "@pulumi"), { recursive: true });
  for (const name of readdirSync(from)) {
    if (!["@pulumi", "pulumi-roster"].includes(name)) {
      symlinkSync(path.join(from, name), path.join(to, name));
    }
  }
  symlinkSync(oldest, path.join(to, "@pulumi/pulumi"));
  // What imports the SDK is copied: by way of a link it would find the checkout's.
  cpSync(path.join(from, "@pulumi/random"), path.join(to, "@pulumi/random"), { recursive: true });
  for (const part of ["package.json", "dist"]) {
    cpSync(path.join(paths.checkout, "provider", part), path.join(to, "pulumi-roster", part), { recursive: true });
  }
  stack.edit("index.ts", "{ fromManifest }", "{ fromManifest, getRoleOutput, Role }");
  stack.edit("index.ts", "export const { keys } =", "const { keys, organization, roles } =");
  appendFileSync(
    path.join(stack.folder, "index.ts"),
    `
const name = roles["release-manager"]?.name ?? "";
const found = getRoleOutput({ organization, name }, { dependsOn: organization });
export = { keys, read: Role.get("read", found.id).permissions, found: found.permissions };
`,
  );
});

function versionIn(file: string): string {
  return JSON.parse(readFileSync(file, "utf8")).version;
}

test("is the oldest that the peer dependency allows", () => {
  const { peerDependencies } = JSON.parse(readFileSync(path.join(paths.checkout, "provider/package.json"), "utf8"));
  expect(peerDependencies["@pulumi/pulumi"]).toBe(`^${versionIn(path.join(oldest, "package.json"))}`);
});

test("makes what is declared, looks it up and reads it, finds nothing to change, and ends it", async () => {
  const made = await stack.apply();
  const { read, found } = await stack.outputs();
  expect(found).toContain("flows:run");
  expect(read).toEqual(found);
  expect(made).toHaveLength(29);
  expect(made).toContain("create ApiKey acme-storefront");
  const { storefront } = await stack.keys();
  const organization = await stack.idOf("Organization", "acme");
  expect(await service.verify(storefront)).toMatchObject({ outcome: "accepted", organization });
  expect((await stack.exported()).text).not.toContain(storefront);
  expect(await stack.apply("--refresh")).toEqual([]);
  await stack.destroy();
  expect((await service.ask("GET", `/v1/organizations/${organization}`)).body.status).toBe("closed");
});
