/** CSV files of people: what they may be, and where a wrong one is wrong. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { assigneesFromCsv, type CsvMember, type MembersFromCsvOptions, membersFromCsv } from "../../provider/csv.ts";
import { ManifestError, type ManifestProblem } from "../../provider/errors.ts";
import { csvContents, expectCsvReadOrRefused } from "./made-up-texts.ts";

const folder = mkdtempSync(path.join(tmpdir(), "roster-csv-"));
const file = path.join(folder, "members.csv");
afterAll(() => rmSync(folder, { recursive: true }));

function members(content: string | Buffer, options?: MembersFromCsvOptions): Record<string, CsvMember> {
  writeFileSync(file, content);
  return membersFromCsv(file, options);
}

function problemsOf(content: string | Buffer, options?: MembersFromCsvOptions): readonly ManifestProblem[] {
  try {
    members(content, options);
  } catch (error) {
    if (error instanceof ManifestError) {
      return error.problems;
    }
    throw error;
  }
  throw new Error("nothing was refused");
}

/** Each problem as `line:column path: reason`. */
function placesOf(content: string | Buffer, options?: MembersFromCsvOptions): string[] {
  return problemsOf(content, options).map(
    ({ line, column, path: at, reason }) => `${line}:${column} ${at === "" ? "" : `${at}: `}${reason}`,
  );
}

describe("C6 a CSV file of members", () => {
  test("has the columns in any order, and gives who with which role and names", () => {
    expect(
      members("role,email,family_name,given_name\nviewer,Ada@Example.com,Lovelace,Ada\neditor,bob@example.com,,\n"),
    ).toEqual({
      "ada@example.com": { role: "viewer", givenName: "Ada", familyName: "Lovelace" },
      "bob@example.com": "editor",
    });
  });

  test("may have a BOM, CRLF, quoted fields, empty lines and blanks around", () => {
    const content =
      '\uFEFF"email",role,given_name\r\n\r\n"ada@example.com", viewer ,"Ada ""the Countess"", née\r\nByron"\r\n,,\r\nbob@example.com,editor,Bob';
    expect(members(content)).toEqual({
      "ada@example.com": { role: "viewer", givenName: 'Ada "the Countess", née\r\nByron' },
      "bob@example.com": { role: "editor", givenName: "Bob" },
    });
  });

  test("takes the option's role for who has none, and the names of the set's roles", () => {
    const content = "email,role\nada@example.com,\nbob@example.com,Release manager\n";
    const expected = { "ada@example.com": "member", "bob@example.com": "Release manager" };
    expect(members(content, { role: "member", roles: { "Release manager": "rol_1" } })).toEqual(expected);
    expect(members(content, { role: "member", roles: ["Release manager"] })).toEqual(expected);
    expect(members("email\nada@example.com\n", { role: "viewer" })).toEqual({ "ada@example.com": "viewer" });
  });

  test("gives back what a spreadsheet would have run as a formula", () => {
    const content =
      "email,given_name,role\n'+ada@example.com,'=1+1,viewer\nbob@example.com,''@x,viewer\no'hara@example.com,'Ada,viewer\n";
    expect(members(content)).toEqual({
      "+ada@example.com": { role: "viewer", givenName: "=1+1" },
      "bob@example.com": { role: "viewer", givenName: "'@x" },
      "o'hara@example.com": { role: "viewer", givenName: "'Ada" },
    });
  });

  test("says every wrong place at once, by line and column", () => {
    const content = [
      "email,given_name,role",
      "ada@example.com,Ada,viewer",
      "ada,Ada,viewer",
      `"multi@example.com","two`,
      `lines",superviewer`,
      "ADA@example.com,,editor",
      ",Nobody,viewer",
      "long@example.com,é,viewer,surplus",
      "short@example.com",
      "none@example.com,né,",
    ].join("\r\n");
    expect(placesOf(content)).toEqual([
      "3:1 email: it must be an e-mail address such as ada@example.com",
      expect.stringMatching(/^5:8 role: "superviewer" is not a role; there are administrator, /),
      "6:1 email: ada@example.com is in line 2 already: a person is in the file once",
      "7:1 email: it is required",
      "8:27 this row has 4 fields, and the first line has 3",
      "9:1 this row has 1 field, and the first line has 3",
      "10:21 role: it is required: every row needs a role, or the whole file one by the option `role`",
    ]);
  });

  test("is refused with unknown, repeated or missing columns", () => {
    expect(placesOf("email,name,role\n")).toEqual([
      '1:7 there is no column "name"; there are email, given_name, family_name, role',
    ]);
    expect(placesOf("email,role,email\n")).toEqual(["1:12 email: this column is there twice"]);
    expect(placesOf("role\n")).toEqual(["1:1 email: the first line lacks this column"]);
    expect(placesOf("email;role\nada@example.com;viewer\n")[0]).toContain('separated by commas, not by ";"');
    expect(placesOf("")).toEqual([expect.stringContaining("1:1 the file is empty")]);
  });

  test("is refused where it isn't CSV or UTF-8, and where it can't be read", () => {
    expect(placesOf('email,role\nada@example.com,"viewer\n')).toEqual([
      "2:17 this field's quotation mark is not closed",
    ]);
    expect(placesOf('email,role\n"ada@example.com"x,viewer\n')[0]).toMatch(/^2:1 this field goes on/);
    expect(placesOf('email,role\nada@example.com,vie"wer\n')[0]).toMatch(/^2:17 this field has a quotation mark/);
    expect(placesOf(Buffer.from("email,role\nad\xe9@example.com,viewer\n", "latin1"))[0]).toMatch(/^2:3 .*UTF-8/);
    expect(() => membersFromCsv(path.join(folder, "absent.csv"))).toThrow(ManifestError);
    expect(() => membersFromCsv(folder)).toThrow("the file can't be read");
  });

  test("names the file in each problem", () => {
    expect(problemsOf("email\nada\n", { role: "viewer" })[0]?.file).toBe(file);
    expect(() => members("email\nada\n", { role: "viewer" })).toThrow(
      `1 problem in the CSV file:\n  ${file}:2:1: email: `,
    );
  });

  test("whatever it holds, it is read or refused with places that are in it", () => {
    const holds = (content: string | Buffer) => void expectCsvReadOrRefused(file, content);
    fc.assert(fc.property(csvContents, holds), { numRuns: 2_000 });
  });

  test("that is right is read as it was written, whatever the names", () => {
    const name = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
      .map((text) => text.trim())
      .filter((text) => text !== "" && !/^'*[=+\-@\t\r]/.test(text) && !text.includes("\uFFFD"));
    const rows = fc.uniqueArray(fc.record({ id: fc.nat(), given: name }), { selector: ({ id }) => id, maxLength: 20 });
    fc.assert(
      fc.property(rows, fc.constantFrom("\n", "\r\n"), (people, end) => {
        const lines = people.map(({ id, given }) => `p${id}@example.com,viewer,"${given.replaceAll('"', '""')}"`);
        const expected = people.map(({ id, given }) => [`p${id}@example.com`, { role: "viewer", givenName: given }]);
        expect(members(["email,role,given_name", ...lines].join(end))).toEqual(Object.fromEntries(expected));
      }),
    );
  });
});

test("C10 the same file gives the assignees of a key", () => {
  writeFileSync(file, "email,role\nAda@example.com,viewer\nbob@example.com,\n");
  expect(assigneesFromCsv(file)).toEqual({ "ada@example.com": "member", "bob@example.com": "member" });
  expect(assigneesFromCsv(file, "external")).toEqual({ "ada@example.com": "external", "bob@example.com": "external" });
});
