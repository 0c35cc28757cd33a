/** How an export names entries, writes text and files, and what the command says of wrong usage. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { EntryNames } from "../../provider/export/entry-names.ts";
import { manifestText } from "../../provider/export/text.ts";
import { expandedValues } from "../../provider/program/manifest/expansion.ts";
import { outsideOf } from "../../provider/program/manifest/settings.ts";
import { TestTerminal } from "./terminals.ts";

const nothing = outsideOf(() => undefined);
const long = "x".repeat(80);

describe("the name of an entry", () => {
  test.each([
    [["José (Ops)"], "jose-ops"],
    [["O'Brien"], "obrien"],
    [["../../etc/passwd"], "etc-passwd"],
    [["__proto__"], "proto"],
    [["-._x._-"], "x"],
    [["日本"], "otherwise"],
    [["日本", "日本@a.example"], "a.example"],
    [[long], "x".repeat(63)],
    [["viewer"], "viewer-2"],
    [["viewer", "viewer@a.example"], "viewer-a.example"],
  ])("of %j is %j", (wishes, name) => {
    expect(new EntryNames(["viewer"]).give(wishes, "otherwise")).toBe(name);
  });

  test("is unique, and a later one changes none", () => {
    const names = new EntryNames();
    const given = [["ada"], ["ada"], ["ada-2"], ["ada"], ["ada", "ada@b"], [long], [long], ["ß"], ["é"]];
    expect(given.map((wishes) => names.give(wishes, "key"))).toEqual([
      ...["ada", "ada-2", "ada-2-2", "ada-3", "ada-b"],
      ...["x".repeat(63), `${"x".repeat(61)}-2`, "key", "e"],
    ]);
  });
});

test("any text is read as it was written", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "${",
      "$${",
      `$$\${x}`,
      `\${config.x:-y}`,
      "a\nb",
      "\u200fא",
      "\u2028",
      "\ufeff",
      "---",
      "true",
      "1e3",
      "~",
      "",
    ),
  );
  fc.assert(
    fc.property(fc.array(text, { minLength: 3, maxLength: 3 }), ([first = "", second = "", third = ""]) => {
      const written = manifestText(
        {
          name: "acme",
          organization: { name: first },
          roles: [["role", { name: second, permissions: [third] }]],
          users: [["1", { email: third, givenName: first }]],
          members: [],
          apiKeys: [["key", { assignedTo: [{ email: second }] }]],
          accessTokens: [],
        },
        "- a comment",
      );
      const { plain, faults } = expandedValues(parseDocument(written), written, nothing);
      expect(faults).toEqual([]);
      expect(plain).toEqual({
        name: "acme",
        organization: { name: first },
        roles: { role: { name: second, permissions: [third] } },
        users: { 1: { email: third, givenName: first } },
        apiKeys: { key: { assignedTo: [{ email: second }] } },
      });
    }),
  );
});

test.each([
  [[], "ORGANIZATION is missing: name one by its slug or id."],
  [["acme", "globex"], 'name only one ORGANIZATION: "globex" is another argument.'],
  [["acme", "--json", "--out", "x"], "--json writes no files: remove --json or --out."],
  [["acme", "--people-in-csv", "many"], "--people-in-csv must be a number of people, such as 50."],
  [["acme", "--people-in-csv=-1"], "--people-in-csv must be a number of people, such as 50."],
  [["acme", "--format", "csv"], "--format must be one of manifest, import, yaml-program."],
  [["acme", "--format", "toString"], "--format must be one of manifest, import, yaml-program."],
  [
    ["acme", "--format", "import", "--include-managed"],
    "--include-managed is an option of --format manifest: remove it.",
  ],
  [
    ["acme", "--format", "yaml-program", "--people-in-csv", "50"],
    "--people-in-csv is an option of --format manifest: remove it.",
  ],
])("roster export %j is refused before anything is sent", async (args, problem) => {
  const terminal = new TestTerminal();
  expect(await terminal.run("export", ...args)).toBe(2);
  expect(terminal.told).toBe(`roster: ${problem}\nTo show the options, run \`roster export --help\`.\n`);
});
