/** The JSON schema of manifests, from which editors complete: it takes what the provider takes, and refuses what it can say. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { parseManifest } from "../../provider/program/manifest/document.ts";
import { manifestHead } from "./made-up-texts.ts";
import { main, readFrom } from "./manifest-folder.ts";

const checkout = path.join(__dirname, "../..");
const schemaIn = (file: string) =>
  z.fromJSONSchema(JSON.parse(readFileSync(path.join(checkout, "schema", file), "utf8")));
const schema = schemaIn("manifest.schema.json");
const includedSchema = schemaIn("included-manifest.schema.json");
const takes = (text: string) => schema.safeParse(parse(text)).success;

const examples = readdirSync(path.join(checkout, "examples"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".yaml") && !file.includes("node_modules"))
  .map((file) => ({ file, text: readFileSync(path.join(checkout, "examples", file), "utf8") }))
  .filter(({ text }) => /^organization:/m.test(text));

test("there are examples", () => {
  expect(examples.map(({ file }) => file)).toContain("acme/roster.yaml");
});

test.each(examples)("takes examples/$file", ({ text }) => {
  expect(takes(text)).toBe(true);
});

const existing = "name: acme\norganization: { existing: acme }\n";
const keyed = (key: string) => `${existing}apiKeys:\n  k: ${key}\n`;

const tokenHead = `${manifestHead}users: { robot: { email: r@b.example, kind: system, role: viewer } }\naccessTokens:\n`;

describe("takes and refuses what the provider does", () => {
  test.each([
    [existing, true],
    ["name: acme\norganization: { existing: acme, name: Acme }\n", false],
    ["name: acme\norganization: {}\n", false],
    [keyed("{ kind: webapi, secret: { config: checkoutSecret } }"), true],
    [keyed("{ kind: webapi, secret: { random: { bytes: 32 } } }"), true],
    [keyed("{ kind: webapi, secret: {} }"), false],
    [keyed("{ kind: webapi, secret: { config: checkoutSecret, random: { bytes: 32 } } }"), false],
    [keyed("{ kind: webapi, secret: a-secret-in-plaintext }"), false],
    [keyed("{ kind: server, assignedTo: [{ email: dev@partner.example, external: true, resendInvite: 1 }] }"), true],
    [keyed("{ kind: server, assignedTo: [{ email: dev@partner.example }] }"), false],
    [keyed("{ kind: server, assignedTo: [{ email: dev@partner.example, external: true, role: viewer }] }"), false],
    [`${manifestHead}people: { from: people.csv }\n`, true],
    [`${manifestHead}people: { role: viewer, entries: { Ada@x.example: {}, bob@x.example: editor } }\n`, true],
    [
      `${manifestHead}people: { from: [{ file: a.csv, delimiter: ";", columns: { role: false }, only: { a: [b] } }] }\n`,
      true,
    ],
    [`${manifestHead}people: { from: [{ path: a.csv }] }\n`, false],
    [`${manifestHead}people: { mode: exact, from: people.csv }\n`, false],
    [`${manifestHead}people: { entries: { nobody: viewer } }\n`, false],
    [keyed("{ kind: server, assignees: { from: a.csv, entries: { ada@x.example: external } } }"), true],
    [keyed("{ kind: server, assignees: { from: { file: a.csv, as: guest } } }"), false],
    [`${tokenHead}  t: { user: robot, permissions: [members:read] }\n`, true],
    [`${tokenHead}  t: { permissions: [members:read] }\n`, false],
    [`${tokenHead}  t: { user: robot, permissions: [] }\n`, false],
    [`${manifestHead}users: { ada: { email: ada@b.example, systemRole: super_admin } }\n`, true],
    // Without a stack, the provider checks only the form of values that depend on it.
    [
      keyed(`{ kind: "\${config.kind}", endDate: "\${env.ROSTER_VAR_END}", holdRotation: "\${config.hold:-true}" }`),
      true,
    ],
    [keyed(`{ kind: "\${config.kind}", allowedIps: ["\${config.range}"], adopt: "\${config.adopt}" }`), true],
    [`name: "\${config.a}"\norganization: { slug: "\${config.a}", name: "\${config.a}" }\n`, true],
    [keyed(`{ kind: server, "\${config.kind}": webapi }`), false],
    [`${existing}include: []\n`, false],
    [`${existing}include: [7]\n`, false],
  ])("%j: %s", (text, isTaken) => {
    expect(takes(text)).toBe(isTaken);
    const read = () => parseManifest("roster.yaml", text);
    isTaken ? expect(read).not.toThrow() : expect(read).toThrow();
  });
});

test.each([
  ["roles: { a: { permissions: [flows:run] } }\nusers: { a: { email: a@x.example, role: a } }\n", true],
  [`users: { a: { email: a@x.example, role: "\${config.a}", invite: "\${config.a}" } }\n`, true],
  ["users: { a: { email: a@x.example, shoe: 43 } }\n", false],
  ["name: acme\n", false],
  ["organization: { existing: acme }\n", false],
  ["include: [b.yaml]\n", false],
])("S4 an included file has a schema too: %j: %s", (text, isTaken) => {
  expect(includedSchema.safeParse(parse(text)).success).toBe(isTaken);
  const read = () => readFrom({ [main]: `${existing}include: [a.yaml]\n`, "a.yaml": text });
  isTaken ? expect(read).not.toThrow() : expect(read).toThrow();
});

test("an editor is told of include", () => {
  expect(takes(`${existing}include: [a.yaml, "teams/*.yaml"]\n`)).toBe(true);
});
