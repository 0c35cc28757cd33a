/** What docs/guides/lost-state.md and docs/guides/splitting-stacks.md tell people to run, on the real engine: with their commands and manifests. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { parse, stringify } from "yaml";
import { paths } from "../../scripts/environment.mjs";
import { useService } from "./fixtures.ts";
import { enterprise } from "./kinds.ts";
import { Stack } from "./stack.ts";

type Manifest = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const service = useService();
const [ofTeam, ofRest] = blocksIn("splitting-stacks.md", "yaml").map((text) => parse(text) as Manifest);
const red = "red@acme.example";
let organization = "";

/** The blocks of a guide in one language. */
function blocksIn(guide: string, language: string): string[] {
  const text = readFileSync(path.join(paths.checkout, "docs/guides", guide), "utf8");
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, one, block = ""]) => {
    return one === language ? [block.trimEnd()] : [];
  });
}

/** A project that applies a manifest, without a stack. */
function projectOf(name: string, manifest: object): Stack {
  const stack = new Stack("test/e2e/programs/manifest-files", service);
  stack.edit("Pulumi.yaml", "stack-under-test", name);
  declare(stack, manifest);
  return stack;
}

function declare(stack: Stack, manifest: object): void {
  writeFileSync(path.join(stack.folder, "roster.yaml"), stringify(manifest));
}

/** The arguments of a command of a guide. */
function argumentsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain = ""]) => quoted ?? plain).slice(1);
}

/** The manifest that the guides split: the company's part and the team's, as one stack declares them. */
function whole(more: Readonly<Record<string, unknown>> = {}): Manifest {
  return withMore(
    {
      ...ofRest,
      people: { onUnknownUser: "create", entries: { ...entriesOf(ofRest), ...entriesOf(ofTeam) } },
      apiKeys: { storefront: { kind: "server", permissions: [] } },
    },
    more,
  );
}

function entriesOf(manifest: Manifest | undefined): Readonly<Record<string, unknown>> {
  return manifest?.people?.entries as Readonly<Record<string, unknown>>;
}

/** A manifest of the company, with an argument for everything that it declares. */
function withMore(manifest: Manifest, more: Readonly<Record<string, unknown>>): Manifest {
  const { apiKeys = {} } = manifest;
  const keys = Object.entries(apiKeys).map(([name, key]) => [name, { ...(key as object), ...more }]);
  return {
    ...manifest,
    organization: { ...manifest.organization, ...enterprise, ...more },
    people: { ...manifest.people, ...more },
    ...(keys.length > 0 && { apiKeys: Object.fromEntries(keys) }),
  };
}

/** Who is in the organization, and which keys there are: what nobody may lose. */
async function access(): Promise<unknown> {
  const keys = await service.list(`/v1/organizations/${organization}/api-keys`);
  const memberships = await service.list(`/v1/organizations/${organization}/members`);
  return [
    memberships.map(({ id, email, role, status }) => [id, email, role, status]),
    keys.map(({ id, status, generation }) => [id, status, generation]),
  ];
}

const company = projectOf("company", whole({ adopt: true }));

beforeAll(async () => {
  const lost = projectOf("company", whole());
  await lost.init("production");
  await lost.up();
  organization = await lost.idOf("Organization", "acme");
  lost.remove();
  return () => company.remove();
});

test("a stack whose state is lost takes over everything again", async () => {
  const before = await access();
  const [init = "", preview = "", up] = blocksIn("lost-state.md", "sh").join("\n").split("\n");
  await company.succeed(...argumentsOf(init));
  const { output } = await company.succeed(...argumentsOf(preview));
  expect(output).toMatch(/\+ 4 to create/);
  expect(up).toBe("pulumi up");
  const applied = await company.apply();
  expect(applied.toSorted()).toEqual([
    "create ApiKey acme-storefront",
    "create Organization acme",
    "create OrganizationMembers acme-people",
  ]);
  expect(await access()).toEqual(before);
});

test("a part of a stack moves to another one, and nobody's access is interrupted", async () => {
  const before = await access();
  const team = projectOf("red", ofTeam ?? {});
  onTestFinished(() => team.remove());
  await team.init("production");
  await team.up();
  const [command = ""] = blocksIn("splitting-stacks.md", "sh");
  await company.succeed(...argumentsOf(command), "--yes");
  declare(company, withMore(ofRest ?? {}, { adopt: true }));
  expect(await company.apply()).toEqual(["update OrganizationMembers acme-people"]);
  expect(await access()).toEqual(before);
  expect(await service.rolesIn(organization)).toMatchObject({ [red]: "viewer" });
  const managers = await service.list(`/v1/organizations/${organization}/api-keys`);
  expect(managers.map(({ externalId }) => externalId)).toEqual([
    expect.stringMatching(/^organization\/red\/production/),
  ]);
});
