/** A text from outside that is looked up by name finds nothing that an object merely inherits. */

import { writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { isBuiltInRole } from "roster-schema";
import { expect, test } from "vitest";
import { driver } from "../../provider/dynamic/driver.ts";
import { lifecycles } from "../../provider/kinds/registry.ts";
import { type MembersFromCsvOptions, membersFromCsv } from "../../provider/program/csv/csv.ts";
import { ApiKeyAssignees, OrganizationMembers, Role } from "../../provider/program/generated/index.ts";
import { parseManifest } from "../../provider/program/manifest/document.ts";
import type { PropertyMap } from "../../provider/values/property-map.ts";
import { isRole } from "../../provider/values/property-types.ts";
import { readConnection } from "../../provider/wire/configuration.ts";
import { BackupLines, makeHeader, readHeader } from "../../service/backup/format.ts";
import { type BackupKeys, marksOf, refuseOtherKeys } from "../../service/backup/keys.ts";
import { parsePrices } from "../../service/billing.ts";
import { parsePeppers } from "../../service/keys/peppers.ts";
import { parseSigningKeys } from "../../service/keys/signing-keys.ts";
import { makePepper, makeSigningKey } from "../contract/support/service.ts";
import { inheritedNames } from "../inherited-names.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { manifestHead } from "./made-up-texts.ts";
import { configureNowhere } from "./mocked-engine.ts";

configureNowhere();

const organization = `org_${"0".repeat(32)}`;

/** An object with this member of its own, whatever it is called, as a file that is parsed has it. */
const having = (name: string, value: unknown): PropertyMap =>
  JSON.parse(JSON.stringify([[name, value]]), reviveEntries);

function reviveEntries(key: string, value: unknown): unknown {
  return key === "" && Array.isArray(value) ? Object.fromEntries(value) : value;
}

/** What is refused of an object of a kind with these arguments, as `property: reason`. */
function refusals(kind: string, args: PropertyMap): string[] {
  const lifecycle = lifecycles.find((each) => each.kind === kind);
  return (lifecycle?.check({}, args).failures ?? []).map(({ property, reason }) => `${property}: ${reason}`);
}

test.each(inheritedNames)("no kind has an argument %s, at the top or inside another", (name) => {
  for (const { kind } of lifecycles) {
    expect(refusals(kind, having(name, "x")), kind).toContainEqual(
      expect.stringMatching(new RegExp(`^${name}: unknown property`)),
    );
  }
  const key = { organization, name: "Shop", kind: "server" };
  expect(refusals("ApiKey", { ...key, rotation: having(name, "90d") })).toEqual([
    expect.stringMatching(new RegExp(`^rotation\\.${name}: unknown property`)),
  ]);
});

test.each(inheritedNames)("%s is refused as an entry of a set, and as a pattern of ignore", (name) => {
  const sets = [
    ["OrganizationMembers", { organization }, "members", "viewer"],
    ["ApiKeyAssignees", { key: `key_${"0".repeat(32)}` }, "assignees", "member"],
  ] as const;
  for (const [kind, container, entries, value] of sets) {
    expect(refusals(kind, { ...container, [entries]: having(name, value) })).toContainEqual(
      expect.stringContaining(`${entries}.${name}: `),
    );
    const ignoring = { ...container, [entries]: {}, mode: "authoritative", minAdmins: 0, ignore: [name] };
    const { minAdmins: _, ...withoutGuard } = ignoring;
    expect(refusals(kind, kind === "OrganizationMembers" ? ignoring : withoutGuard)).toEqual([
      expect.stringContaining("ignore[0]: "),
    ]);
  }
});

test.each(inheritedNames)("%s is no role and no permission", (name) => {
  expect([isRole(name), isBuiltInRole(name)]).toEqual([false, false]);
  expect(refusals("Membership", { organization, email: "a@x.example", role: name })).toHaveLength(1);
  expect(refusals("Role", { organization, name: "Own", permissions: [name] })).toHaveLength(1);
  expect(refusals("OrganizationMembers", { organization, members: { "a@x.example": name } })).toHaveLength(1);
  const own = { members: { "a@x.example": "viewer" }, roles: having(name, `rol_${"0".repeat(32)}`) };
  // It may be the name of one of the set's own roles, unless no object can hold it.
  expect(refusals("OrganizationMembers", { organization, ...own })).toHaveLength(name === "__proto__" ? 1 : 0);
});

test("a program that names something __proto__ is told so, and nothing of it gets lost on the way to the provider", () => {
  const name = "__proto__";
  const members = having(name, "viewer") as Readonly<Record<string, string>>;
  expect(() => new OrganizationMembers("staff", { organization, members })).toThrow(/^members\.__proto__: /);
  const roles = having(name, `rol_${"0".repeat(32)}`) as Readonly<Record<string, string>>;
  expect(() => new OrganizationMembers("staff", { organization, members: {}, roles })).toThrow(/^roles\.__proto__: /);
  const assignees = having(name, "member") as Readonly<Record<string, "member">>;
  expect(() => new ApiKeyAssignees("keys", { key: `key_${"0".repeat(32)}`, assignees })).toThrow(/__proto__: /);
  const args = { organization, name: "Own", permissions: [], ...having(name, 1) };
  expect(() => new Role("own", args as never)).toThrow(/^__proto__: /);
});

test.each(inheritedNames)("%s may be the name of anything in a manifest but what no object can hold", (name) => {
  const named = JSON.stringify(name);
  const whole = `${manifestHead}roles: { ${named}: { permissions: ["flows:read"] } }
users: { ${named}: { email: a@x.example, role: ${named} } }
members: { other: { email: b@x.example, role: ${named} } }
apiKeys: { ${named}: { kind: user, owner: ${named}, assignedTo: [${named}, other] } }
`;
  // A name begins with a letter or digit.
  if (name.startsWith("_")) {
    expect(() => parseManifest("roster.yaml", whole)).toThrow(/name/);
  } else {
    const { roles, users, apiKeys } = parseManifest("roster.yaml", whole);
    for (const section of [roles, users, apiKeys]) {
      expect(Object.keys(section)).toEqual([name]);
    }
  }
  for (const wrong of [
    `members: { ada: { email: a@x.example, role: ${named} } }`,
    `apiKeys: { shop: { kind: server, owner: ${named} } }`,
    `apiKeys: { shop: { kind: server, assignedTo: [${named}] } }`,
    `${named}: {}`,
    `users: { ada: { email: a@x.example, ${named}: 1 } }`,
  ]) {
    expect(() => parseManifest("roster.yaml", `${manifestHead}${wrong}\n`), wrong).toThrow(new RegExp(name));
  }
});

test.each(inheritedNames)("%s is no column of a CSV file, no address and no role in one", (name) => {
  const folder = temporaryFolder();
  const file = path.join(folder, "members.csv");
  const read = (text: string, options?: MembersFromCsvOptions) => {
    writeFileSync(file, text);
    return membersFromCsv(file, options);
  };
  expect(read(`email,${name}\na@x.example,1\n`, { role: "viewer" })).toEqual({ "a@x.example": "viewer" });
  expect(() => read(`email\n${name}\n`, { role: "viewer" })).toThrow("it must be an e-mail address");
  expect(() => read(`email,role\na@x.example,${name}\n`, { roles: {} })).toThrow(`"${name}" is not a role`);
  expect(read(`email,role\na@x.example,${name}\n`, { roles: [name] })).toEqual({ "a@x.example": name });
});

test.each(inheritedNames)("a pepper or signing key called %s is compared with that of a backup", async (name) => {
  const made = await keysCalled(name);
  const { peppers, signingKeys } = await marksOf(made);
  const about = { takenAt: "2026-01-01T00:00:00Z", migration: "0001-core", pepperVersion: name, tables: [] };
  const lines = new BackupLines(makeHeader({ ...about, peppers, signingKeys }), made.peppers);
  const folder = temporaryFolder();
  const file = path.join(folder, "backup.gz");
  writeFileSync(file, gzipSync(lines.header() + lines.end()));
  const header = await readHeader(file);
  await refuseOtherKeys(header, made);
  const other = await keysCalled(name);
  await expect(refuseOtherKeys(header, { ...made, peppers: other.peppers })).rejects.toThrow(
    `the pepper ${name} is not`,
  );
  await expect(refuseOtherKeys(header, { ...made, signingKeys: other.signingKeys })).rejects.toThrow(
    `the signing key ${name} is not`,
  );
});

async function keysCalled(name: string): Promise<BackupKeys> {
  return {
    peppers: parsePeppers(makePepper(name)),
    signingKeys: await parseSigningKeys(JSON.stringify([makeSigningKey(name)])),
  };
}

test.each(inheritedNames)("%s is no kind of resource, no setting and no plan", (name) => {
  expect(() => driver(name)).toThrow(`pulumi-roster has no resource ${name}`);
  const config: Readonly<Record<string, string>> = { "roster:endpoint": "http://x.example", "roster:token": name };
  expect(readConnection((key) => config[key], {}).token).toBe(name);
  expect(parsePrices(`${name}:price_1`)).toBeUndefined();
});
