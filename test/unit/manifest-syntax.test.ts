/** Where a manifest isn't the YAML that one has, and what is said of it. */
import { expect, test } from "vitest";
import { parseManifest } from "../../provider/program/manifest/document.ts";
import { canonicalFile, manifestHead } from "./made-up-texts.ts";
import { describeWrong, failureOf, placesIn } from "./manifest-problems.ts";

describeWrong("a text that is no manifest", [
  ["nothing", "▶", [/^: the file is empty: a manifest requires a `name` and an `organization`$/]],
  ["nothing but a comment", "▶# soon\n", [/^: the file is empty/]],
  ["nothing but the mark of a document", "▶---\n...\n", [/^: the file is empty/]],
  ["a list", "▶- name: acme\n", [/^: it must be an object, not a list$/]],
  ["a word", "▶acme\n", [/^: it must be an object, not text$/]],
]);

describeWrong("wrong syntax", [
  ["syntax", "name: acme\norganization: { slug: acme, name: Acme\n▶roles: {}\n", [/^: .*}/]],
  ["a tab for indentation", "name: acme\norganization:\n▶\tslug: acme\n", [/^: .*[Tt]ab/]],
  [
    "two documents",
    `${manifestHead}▶---\n${manifestHead}`,
    [/^: a manifest is one document, and another one begins here: /],
  ],
  [
    "a name twice",
    `${manifestHead}users:\n  ada: { email: a@b.de }\n  ▶ada: { email: c@d.de }\n`,
    [/^users\.ada: "ada" already appears in line 4: /],
  ],
  [
    "a property twice",
    "name: acme\norganization:\n  slug: acme\n  name: Acme\n  ▶slug: acme2\n",
    [/^organization\.slug: "slug" already appears in line 3: /],
  ],
  [
    "text with a colon",
    `${manifestHead}users:\n  ada:\n    email: a@b.de\n    familyName: ▶Lovelace: Ada\n`,
    [/^: this value contains another name and colon: put text with a colon in quotes/],
  ],
  ["text that begins like no text", "name: ▶@acme\n", [/^: text can't begin with @: put it in quotes$/]],
  ["a path in double quotes", 'name: "C:▶\\dir"\n', [/^: \\d is not an escape: write \\\\ for a backslash/]],
  ["no comma", "name: acme\norganization: { slug: ▶acme name: A }\n", [/^: .*comma/]],
]);

describeWrong("wrong names in YAML", [
  [
    "T11 a name twice, with quotes and without",
    `${manifestHead}users:\n  7: { email: a@b.de }\n  ▶"7": { email: c@d.de }\n`,
    [/^users\.7: "7" already appears in line 4: names must be unique, with or without quotes/],
  ],
  [
    "T11 a name twice, as an entry of a list would be",
    `${manifestHead}users:\n  ? x\n  ? ▶'x'\n  ? ▶"x"\n`,
    [/^users\.x: "x" already appears in line 4/, /^users\.x: "x" already appears in line 4/],
  ],
  [
    "T11 a name that is a list or an object",
    `${manifestHead}users:\n  ? ▶[a]\n  : {}\n  ? ▶{ b: c }\n  : {}\n`,
    [/^: a name must be text: /, /^: a name must be text: /],
  ],
  [
    "T11 a name that is an alias, or has a tag",
    `${manifestHead}users:\n  &a x: { email: a@b.de }\n  ▶*a : { email: b@b.de }\n  ▶!!int 7: { email: c@b.de }\n`,
    [/^: a name must be text: /, /^: a name must be text: /],
  ],
  [
    "T11 names that only look like something",
    `${manifestHead}users:\n  ▶.5: { email: a@b.de }\n  ▶~: { email: b@b.de }\n▶  : { email: c@b.de }\n`,
    [/^users\.\.5: a name must begin/, /^users\.~: a name must begin/, /^users\.: a name must begin/],
  ],
  [
    "T11 a merge",
    `${manifestHead}users:\n  ada: &ada { email: a@b.de }\n  bob: { ▶<<: *ada, email: b@b.de }\n`,
    [/^users\.bob\.<<: a manifest can't merge maps/],
  ],
]);

describeWrong("tags, directives and documents", [
  ["T11 a tag on a set", `${manifestHead}users: ▶!!set {ada}\n`, [/^: a manifest can have only !!str and /]],
  [
    "T11 a tag on an ordered map",
    `${manifestHead}users: ▶!!omap\n  - ada: {}\n`,
    [/^: a manifest can have only !!str and /],
  ],
  [
    "T11 a tag of somebody's own",
    `${manifestHead}users: { a: { email: ▶!env X } }\n`,
    [/^: a manifest can have only !!str and /],
  ],
  ["T11 bytes", `${manifestHead}users: { a: { email: ▶!!binary aGk= } }\n`, [/^: a manifest can have only !!str and /]],
  [
    "T11 another version of YAML",
    `▶%YAML 1.1\n---\n${manifestHead}`,
    [/^: a manifest must be YAML 1\.2: remove this line$/],
  ],
  [
    "another directive",
    `▶%ROSTER 1\n---\n${manifestHead}`,
    [/^: a manifest can't have this directive: remove the line$/],
  ],
  [
    "two documents, the second empty",
    `${manifestHead}▶---\n`,
    [/^: a manifest is one document, .* remove the line ---$/],
  ],
  ["two documents after an end", `${manifestHead}...\n▶name: b\n`, [/^: a manifest is one document, /]],
]);

describeWrong("wrong aliases", [
  ["an alias of nothing", "name: acme\norganization: ▶*acme\n", [/acme/]],
  [
    "an anchor after its alias",
    `${manifestHead}roles:\n  a: { permissions: ▶*p }\n  b: { permissions: &p [] }\n`,
    [/p/],
  ],
  [
    "an alias of itself",
    "name: acme\norganization: &o { ▶slug: acme, ▶name: Acme, ▶features: *o }\n",
    [/^organization\.features\.slug: /, /^organization\.features\.name: /, /^organization\.features\.features: /],
  ],
  [
    "a wrong value behind an alias is where it is used",
    `${manifestHead}roles:\n  a: { name: &n Reader, permissions: [] }\nusers:\n  ada: { email: a@b.de, role: ▶*n }\n`,
    [/^users\.ada\.role: "Reader" is not a role/],
  ],
  [
    "a wrong item behind an alias is where it is written",
    `${manifestHead}users:\n  ada: { email: a@b.de, role: viewer }\napiKeys:\n  a: { kind: server, assignedTo: &all [ada, ▶▶bob] }\n  b: { kind: server, assignedTo: *all }\n`,
    [/^apiKeys\.a\.assignedTo\[1\]: "bob" is not/, /^apiKeys\.b\.assignedTo\[1\]: "bob" is not/],
  ],
]);

test("T11 lines may end with CR alone, as YAML has it", () => {
  const text = `${manifestHead}users:\n  ada: { email: 7 }\n`;
  expect(failureOf(text.replaceAll("\n", "\r")).problems).toEqual(failureOf(text).problems);
});

test("a quote that is never closed", () => {
  expect(failureOf(`${manifestHead}users: { ada: { email: "ada@acme.example } }\n`).message).toMatch(/quote/);
});

test("more aliases than a manifest needs", () => {
  const row = (of: string) => `[${Array(10).fill(of).join(", ")}]`;
  const bomb = `${manifestHead}a: &a ${row("x")}\nb: &b ${row("*a")}\nc: &c ${row("*b")}\nd: ${row("*c")}\n`;
  const [first] = failureOf(bomb).problems;
  expect(first).toMatchObject({
    line: 6,
    reason: expect.stringMatching(/^the aliases up to this one repeat more than/),
  });
});

test("T11 one alias as often as a manifest needs it", () => {
  const names = Array.from({ length: 500 }, (_, at) => `r${at}`);
  const roles = names.map((name) => `  ${name}: { permissions: *p }`).join("\n");
  const { roles: read } = parseManifest(
    canonicalFile,
    `${manifestHead}roles:\n  r: { permissions: &p [keys:read] }\n${roles}\n`,
  );
  expect(names.filter((name) => read[name]?.permissions[0] === "keys:read")).toEqual(names);
});

test("brackets without end are said once in a place", () => {
  const reasonsOf = (depth: number) =>
    failureOf(`${manifestHead}users: ${"[".repeat(depth)}`).problems.map(({ reason }) => reason);
  for (const reasons of [reasonsOf(100), reasonsOf(5000)]) {
    expect(new Set(reasons).size).toBe(reasons.length);
  }
});

test("several mistakes of syntax are all said, in the order of the file", () => {
  const { text, places } = placesIn(`name: acme
organization: { slug: acme, name: Acme, ▶name: Bcme }
users:
  ada: { email: a@b.de }
  ▶ada: { email: a@b.de, ▶email: b@b.de }
`);
  expect(failureOf(text).problems.map(({ line, column }) => `${line}:${column}`)).toEqual(places);
});
