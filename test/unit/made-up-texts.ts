/** Manifests and CSV files that are made up, most of them wrong, and what holds of each: for the tests and the trial. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect } from "vitest";
import { ManifestError } from "../../provider/errors.ts";
import { assigneesFromCsv, membersFromCsv } from "../../provider/program/csv/csv.ts";
import { parseManifest } from "../../provider/program/manifest/document.ts";

/** The manifest of the example, which has everything that one can have. */
export const canonicalFile: string = path.join(__dirname, "../../examples/acme/roster.yaml");
export const canonical: string = readFileSync(canonicalFile, "utf8");

/** The least that every manifest has. */
export const manifestHead = "name: acme\norganization: { slug: acme, name: Acme }\n";

/** What became of a text. */
export type Outcome = "read" | "refused";

const words = [
  ...["name", "organization", "roles", "users", "members", "apiKeys", "email", "role", "owner", "assignedTo", "ada"],
  ...["people", "entries", "from", "file", "only", "assignees", "mode", "accessTokens", "user", "a@b.de"],
  ...["acme", "permissions", "secret", "random", "slug", "kind", "jwt", "format", "__proto__", "constructor"],
  ...["7", "true", "null", "~"],
];
const punctuation = [
  ...[": ", ":\n  ", "\n", "\n  ", "\n    ", "\n\t", "- ", "{ ", " }", "[", "]", ", ", '"', "'", "# ", "|\n", ">\n  "],
  ...["? ", "&a ", "*a", "*b", "!!set ", "!!binary ", "!x ", "<<: ", "---\n", "...\n", "%YAML 1.1\n", "\r\n", "\\"],
  ...["@", "`", "\u0000", "\u{1f600}", "é", " ", "  "],
];
const yaml = fc.array(fc.constantFrom(...words, ...punctuation), { maxLength: 40 }).map((all) => all.join(""));

const put = fc.oneof(
  fc.constantFrom("", ":", "\n", " ", "\t", "{", "}", "[", "]", '"', "'", "- ", "&a ", "*a ", "*b", "!x ", "? "),
  fc.constantFrom("|", "#", "\r", "~", "7", "é"),
  fc.string({ maxLength: 5 }),
  fc.nat(canonical.length).chain((from) => fc.nat(60).map((length) => canonical.slice(from, from + length))),
);
const edits = fc.array(fc.tuple(fc.nat(canonical.length), fc.nat(30), put), { minLength: 1, maxLength: 3 });

/** Manifests, by what they are. */
export const manifestTexts: Readonly<Record<string, fc.Arbitrary<string>>> = {
  "any text": fc.oneof(fc.string(), fc.string({ unit: "binary" })),
  "anything that looks like YAML": fc.oneof(
    yaml,
    yaml.map((more) => manifestHead + more),
  ),
  "the canonical manifest with anything cut, put in or repeated": edits.map((all) =>
    all.reduce((text, [at, cut, more]) => text.slice(0, at) + more + text.slice(at + cut), canonical),
  ),
};

const pieces = fc
  .array(
    fc.constantFrom(
      ...["email", "role", "given_name", ",", "\n", "\r\n", "\r", '"', '""', ";", "ada@example.com", "Bob@example.com"],
      ...[
        "viewer",
        "superviewer",
        "=",
        "'",
        " ",
        "\t",
        "\u00a0",
        "Role",
        "sep=,",
        "é",
        "\u{1f600}",
        "\uFEFF",
        "__proto__",
        "\u2028",
        "\0",
      ],
    ),
    { maxLength: 30 },
  )
  .map((all) => all.join(""));

/** CSV files: of what they are made of, without a header and with one, of any characters, and of any bytes. */
export const csvContents: fc.Arbitrary<string | Buffer> = fc.oneof(
  pieces,
  pieces.map((rows) => `email,role,given_name\n${rows}`),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ unit: "binary", maxLength: 60 }),
);

/** Fails unless a manifest is read, or refused with a ManifestError that says places in it. */
export function expectManifestReadOrRefused(text: string): Outcome {
  return expectReadOrRefused("roster.yaml", text.split(/\r\n|\n|\r/), () => parseManifest("roster.yaml", text));
}

/** The same for a CSV file, of members and of assignees. */
export function expectCsvReadOrRefused(file: string, content: string | Buffer): Outcome {
  writeFileSync(file, content);
  const lines = readFileSync(file, "utf8").split(/\r\n|\n|\r/);
  expectReadOrRefused(file, lines, () => expectAddresses(assigneesFromCsv(file)));
  return expectReadOrRefused(file, lines, () => expectAddresses(membersFromCsv(file, { role: "viewer" })));
}

function expectAddresses(people: object): void {
  for (const address of Object.keys(people)) {
    expect(address).toMatch(/^[^@A-Z]+@[^@A-Z]+$/);
  }
}

function expectReadOrRefused(file: string, lines: readonly string[], read: () => unknown): Outcome {
  try {
    read();
    return "read";
  } catch (error) {
    if (!(error instanceof ManifestError)) {
      throw error;
    }
    expect(error.problems).not.toEqual([]);
    for (const problem of error.problems) {
      expect(problem.file).toBe(file);
      expect(problem.reason).not.toBe("");
      expect(problem.line).toBeGreaterThanOrEqual(1);
      expect(problem.line).toBeLessThanOrEqual(lines.length);
      expect(problem.column).toBeGreaterThanOrEqual(1);
      // One beyond the last character is where something is missing.
      expect(problem.column).toBeLessThanOrEqual((lines[problem.line - 1] ?? "").length + 1);
    }
    const places = error.problems.map(({ line, column }) => line * 1_000_000 + column);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    return "refused";
  }
}
