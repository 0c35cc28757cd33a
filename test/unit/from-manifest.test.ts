/** What a manifest declares, in the place of the engine: only what happens in the program is tested. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect, onTestFinished, test, vi } from "vitest";
import { fromManifest } from "../../provider/program/manifest.ts";
import type { PropertyMap } from "../../provider/values/property-map.ts";
import { manifestHead } from "./made-up-texts.ts";

vi.stubEnv("ROSTER_ENDPOINT", "http://127.0.0.1:9");
vi.stubEnv("ROSTER_TOKEN", "the-token-of-a-service-that-is-not-there");

/** @returns the inputs of what a manifest declares, by the name in the stack. */
async function declaredBy(text: string): Promise<Record<string, PropertyMap>> {
  const folder = mkdtempSync(path.join(tmpdir(), "manifest-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "roster.yaml");
  writeFileSync(file, text);
  const declared: Record<string, PropertyMap> = {};
  const newResource = ({ name, type, inputs }: pulumi.runtime.MockResourceArgs) => {
    declared[`${type.split(":").at(-1)} ${name}`] = inputs;
    return { id: name, state: inputs };
  };
  await pulumi.runtime.setMocks(
    { newResource, call: ({ inputs }) => inputs },
    "project",
    "stack",
    false,
    "organization",
  );
  const { memberships, assignments } = fromManifest(file);
  // Each waits for what it depends on: that is all the rest.
  const last = [memberships, ...Object.values(assignments)].flatMap((made) => Object.values(made));
  await new Promise((resolve) => pulumi.all(last.map(({ urn }) => urn)).apply(resolve));
  return declared;
}

test("who is adopted is so as a member too, and a key with those who have it", async () => {
  const declared = await declaredBy(`${manifestHead}users:
  ada: { email: ada@x.example, role: viewer, adopt: true, onDestroy: delete }
members:
  bob: { email: bob@x.example, role: viewer }
apiKeys:
  shop: { kind: server, adopt: force, onDestroy: delete, assignedTo: [ada, bob] }
  desk: { kind: server, assignedTo: [ada] }
`);
  for (const name of ["User acme-ada", "Membership acme-ada"]) {
    expect(declared[name], name).toMatchObject({ adopt: true, onDestroy: "delete" });
  }
  for (const name of ["ApiKey acme-shop", "ApiKeyAssignment acme-shop-ada", "ApiKeyAssignment acme-shop-bob"]) {
    expect(declared[name], name).toMatchObject({ adopt: "force", onDestroy: "delete" });
  }
  for (const name of ["Membership acme-bob", "ApiKey acme-desk", "ApiKeyAssignment acme-desk-ada"]) {
    expect(declared[name], name).toBeDefined();
    expect(declared[name]?.adopt, name).toBeUndefined();
  }
});
