/** CSV files of people: what they may be, and where a wrong one is wrong. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { lineFault, memberColumns } from "roster-schema";
import { afterAll, describe, expect, test } from "vitest";
import { DeclarationError, ManifestError, type ManifestProblem } from "../../provider/errors.ts";
import { columnNames, memberShape, personFields } from "../../provider/program/csv/columns.ts";
import { assigneesFromCsv, type MembersFromCsvOptions, membersFromCsv } from "../../provider/program/csv/csv.ts";
import type { CsvMember } from "../../provider/program/csv/members.ts";
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
      '\uFEFF"email",role,given_name\r\n\r\n"ada@example.com", viewer ,"Ada ""the Countess"", née Byron"\r\n,,\r\nbob@example.com,editor,Bob';
    expect(members(content)).toEqual({
      "ada@example.com": { role: "viewer", givenName: 'Ada "the Countess", née Byron' },
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
      "4:21 given_name: it has U+000D, a line break, at character 4: leave it out",
      expect.stringMatching(/^5:8 role: "superviewer" is not a role; it must be one of administrator, /),
      "6:1 email: ada@example.com already appears in line 2: remove one of the two",
      "7:1 email: it is required",
      "8:27 this row has 4 fields, but the first line has 3",
      "9:1 this row has 1 field, but the first line has 3",
      "10:21 role: it is required: add a role to every row, or set the option `role` for the whole file",
    ]);
  });

  test("T9 addresses and names that look alike are refused, by line and column, with what tells them apart", () => {
    const content = [
      "email,role,given_name",
      "\u200bada@example.com,viewer,",
      "ada@example.com,viewer,A\0da",
      "ad\u00ada@example.com,viewer,",
      "ren\u00e9@example.com,viewer,",
      "rene\u0301@example.com,viewer,A\u202eda",
      "\u212aelvin@example.com,viewer,",
      "kelvin@example.com,viewer,",
      '"grace@example.com\u00a0",viewer,',
      "ada@b\u00fccher.example,viewer,",
    ].join("\n");
    expect(placesOf(content)).toEqual([
      "2:1 email: it has U+200B, an invisible character, at character 1: leave it out",
      "3:24 given_name: it has U+0000, a control character, at character 2: leave it out",
      "4:1 email: it has U+00AD, an invisible character, at character 3: leave it out",
      "6:1 email: it has U+0301 at character 5 in decomposed form: write the address in Unicode normalization form C",
      "6:26 given_name: it has U+202E, which changes the direction of the text around it, at character 2: leave it out",
      '7:1 email: it has U+212A at character 1, which other systems change to "K" (U+004B): write that, if that is the address',
      "9:1 email: it has U+00A0, a space, at character 18: leave it out",
      "10:1 email: it must have a domain in ASCII: write the domain as xn--bcher-kva.example",
    ]);
  });

  test("is refused with repeated or missing columns, or with none", () => {
    expect(placesOf("email,role,email\n")).toEqual(["1:12 email: this column appears twice"]);
    expect(placesOf("role,login\n")).toEqual([
      '1:1 email: the first line lacks this column; its columns are "role", "login"; if one of them is the email, set columns: { email: "…" }',
    ]);
    expect(placesOf("")).toEqual([expect.stringContaining("1:1 the file is empty")]);
    expect(placesOf("\n \n,,\n")).toEqual([expect.stringContaining("1:1 the file is empty")]);
  });

  test("is refused where it isn't CSV or UTF-8, and where it can't be read", () => {
    expect(placesOf('email,role\nada@example.com,"viewer\n')).toEqual([
      "2:17 this field's quotation mark is not closed",
    ]);
    expect(placesOf('email,role\n"ada@example.com"x,viewer\n')[0]).toMatch(
      /^2:1 there is text after the closing quotation mark/,
    );
    expect(placesOf('email,role\nada@example.com,vie"wer\n')[0]).toMatch(/^2:17 this field contains a quotation mark/);
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

  test("T11 that is right is read as it was written, whatever the names", () => {
    const name = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
      .map((text) => text.trim())
      .filter((text) => lineFault(text) === undefined && !/^'*[=+\-@]/.test(text));
    const rows = fc.uniqueArray(fc.record({ id: fc.nat(), given: name }), { selector: ({ id }) => id, maxLength: 20 });
    fc.assert(
      fc.property(rows, fc.constantFrom("\n", "\r\n"), (people, end) => {
        const lines = people.map(({ id, given }) => `p${id}@example.com,viewer,"${given.replaceAll('"', '""')}"`);
        const expected = people.map(({ id, given }) => [`p${id}@example.com`, { role: "viewer", givenName: given }]);
        expect(members(["email,role,given_name", ...lines].join(end))).toEqual(Object.fromEntries(expected));
      }),
    );
  });

  test("T11 a field in quotes keeps its blanks, and a row is found below lines of blanks", () => {
    const content = 'email,role,given_name\n   \n\t\n a@example.com ,viewer, " Ada " \nb@example.com,viewer,B\u00e9b\n';
    expect(members(content)).toEqual({
      "a@example.com": { role: "viewer", givenName: " Ada " },
      "b@example.com": { role: "viewer", givenName: "B\u00e9b" },
    });
    expect(placesOf(`${content}   \r\n\u00a0\r\n  c,viewer,\r\n`)).toEqual([
      "8:1 email: it must be an e-mail address such as ada@example.com",
    ]);
  });
});

describe("T11 a CSV file in another encoding is refused with the place", () => {
  const reasonFrom = "from here on the file is not in UTF-8: save it as UTF-8";
  test.each<[encoding: string, content: Buffer, place: string]>([
    ["ISO 8859-1", Buffer.from("email,role\nad\xe9@example.com,viewer\n", "latin1"), `2:3 ${reasonFrom}`],
    ["ISO 8859-1 in the first line", Buffer.from("email,r\xf4le\n", "latin1"), `1:8 ${reasonFrom}`],
    ["ISO 8859-1 with CR for a line's end", Buffer.from("email\ra@example.com\rb\xe9", "latin1"), `3:2 ${reasonFrom}`],
    [
      "ISO 8859-1 behind U+FFFD that the file has itself",
      Buffer.concat([Buffer.from("\uFEFFemail\n\uFFFDé\uFFFD"), Buffer.from([0xe9])]),
      `2:4 ${reasonFrom}`,
    ],
    ["UTF-8 that is cut off", Buffer.from("email\nadaé").subarray(0, -1), `2:4 ${reasonFrom}`],
    ["UTF-8 of half a surrogate", Buffer.from("656d61696c0aeda080", "hex"), `2:1 ${reasonFrom}`],
    ["UTF-16", Buffer.from("\uFEFFemail,role\n", "utf16le"), "1:1 the file is in UTF-16: save it as UTF-8"],
    ["UTF-16 BE", Buffer.from("\uFEFFemail,role\n", "utf16le").swap16(), "1:1 the file is in UTF-16: save it as UTF-8"],
    ["UTF-16 without a mark", Buffer.from("email,role\n", "utf16le"), "1:1 the file is in UTF-16: save it as UTF-8"],
    [
      "UTF-16 without a mark, whose bytes after the first line are UTF-8 by chance",
      Buffer.from(`email,氏名,role\na@example.com,${"山田太郎".repeat(50)},viewer\n`, "utf16le"),
      "1:1 the file is in UTF-16: save it as UTF-8",
    ],
    [
      "UTF-16 BE without a mark",
      Buffer.from("почта,email\nа@example.com\n", "utf16le").swap16(),
      "1:1 the file is in UTF-16: save it as UTF-8",
    ],
  ])("%s", (_encoding, content, place) => {
    expect(placesOf(content, { role: "viewer" })).toEqual([place]);
    expect(() => assigneesFromCsv(file)).toThrow(`${file}:${place.replace(" ", ": ")}`);
  });
});

test("of more problems than one message lists, the message says how many there are, and the error has them all", () => {
  const content = `email\n${"ada\n".repeat(300)}`;
  expect(() => members(content, { role: "viewer" })).toThrow(
    "300 problems in the CSV file, the first 100 of which are:",
  );
  expect(problemsOf(content, { role: "viewer" })).toHaveLength(300);
});

describe("S1 the columns of a CSV file", () => {
  test("are the address and every property of an entry of a set, and the service exports the first of them", () => {
    expect(personFields).toEqual(expect.arrayContaining(["email", ...Object.keys(memberShape)]));
    expect(personFields).toHaveLength(1 + Object.keys(memberShape).length);
    expect(Object.entries(columnNames)).toEqual(expect.arrayContaining(Object.entries(memberColumns)));
  });

  test("have the names that `columns` gives, and all others are ignored", () => {
    const content = "E-Mail,role,Vorname,role (old),role (old)\nADA@example.com,viewer,Ada,editor,\n";
    expect(members(content, { columns: { email: "E-Mail", givenName: "Vorname" } })).toEqual({
      "ada@example.com": { role: "viewer", givenName: "Ada" },
    });
    expect(members(content, { columns: { email: "E-Mail", role: false }, role: "member" })).toEqual({
      "ada@example.com": "member",
    });
    writeFileSync(file, content);
    const columns = { email: "E-Mail", givenName: "Vorname", familyName: "not read here" };
    expect(assigneesFromCsv(file, { as: "external", columns })).toEqual({ "ada@example.com": "external" });
    expect(assigneesFromCsv(file, { columns })).toEqual({ "ada@example.com": "member" });
  });

  test.each([
    ["Email", "email", "email"],
    ["e-mail", "email", "email"],
    ["EMAIL", "email", "email"],
    ["emial", "email", "email"],
    ["Given Name", "given_name", "givenName"],
    ["familyname", "family_name", "familyName"],
    ["Role", "role", "role"],
    ["rolle", "role", "role"],
  ])("that look like a mistake are refused with what may be meant: %s", (given, meant, property) => {
    const header = ["x", ...(meant === "email" ? [] : ["email"]), given].join(",");
    const [place, ...more] = placesOf(`${header}\n`, { role: "viewer" });
    expect(place).toContain(
      `1:${header.length - given.length + 1} ${meant}: the first line has "${given}": did you mean "${meant}"?`,
    );
    expect(place).toContain(`columns: { ${property}: "${given}" }`);
    expect(more).toEqual([]);
    expect(members(`${header}\n`, { role: "viewer", columns: { [property]: given } })).toEqual({});
  });

  test("that differ in what nobody sees are shown with it, and so is everything in a message", () => {
    expect(() => members("\u200bemail,role\n")).toThrow('the first line has "\\u200bemail": did you mean "email"?');
    expect(() => members("email,role\nada@example.com,viewer\u200b\n")).toThrow('"viewer\\u200b" is not a role');
    expect(() => members("email,role\n", { columns: { email: "" } })).toThrow("it must be the name of a column");
  });

  test("that `columns` names are there, once, and the places in rows have their names", () => {
    expect(placesOf("login,Mail,Mail\n", { columns: { email: "Mail", givenName: "first", role: "LOGIN" } })).toEqual([
      '1:1 first: the first line lacks this column; its columns are "login", "Mail"',
      expect.stringContaining('1:1 LOGIN: the first line has "login": did you mean "LOGIN"?'),
      "1:12 Mail: this column appears twice",
    ]);
    expect(placesOf("Mail,Job\nada,boss\n,viewer\n", { columns: { email: "Mail", role: "Job" } })).toEqual([
      "2:1 Mail: it must be an e-mail address such as ada@example.com",
      expect.stringMatching(/^2:5 Job: "boss" is not a role; it must be one of .*; use `roles` to name other roles$/),
      "3:1 Mail: it is required",
    ]);
  });

  test("that nobody could have meant are refused at once", () => {
    const refused = (options: object) => () => members("email\n", options);
    expect(refused({ columns: { given_name: "x" } })).toThrow(DeclarationError);
    expect(refused({ columns: { given_name: "x" } })).toThrow(
      "columns.given_name: unknown property; it must be one of email, givenName, familyName, role",
    );
    expect(refused({ columns: { email: false } })).toThrow("columns.email: it must be text");
    expect(refused({ columns: { role: 3 } })).toThrow("columns.role: it must be the name of a column, or false");
    expect(refused({ delimiter: "|" })).toThrow('delimiter: it must be ",", ";" or a tab');
  });

  test("are separated by what `delimiter` says, and a file that is separated otherwise is refused with what to say", () => {
    const excel = 'email;role;given_name\r\nada@example.com;viewer;"Ada, A; B"\r\n';
    const expected = { "ada@example.com": { role: "viewer", givenName: "Ada, A; B" } };
    expect(members(excel, { delimiter: ";" })).toEqual(expected);
    expect(members("email\trole\nada@example.com\tviewer\n", { delimiter: "\t" })).toEqual({
      "ada@example.com": "viewer",
    });
    expect(placesOf(excel)).toEqual([
      '1:1 this file is separated by semicolons: set delimiter: ";", or save it with commas',
    ]);
    expect(placesOf("email\trole\n")[0]).toContain('separated by tabs: set delimiter: "\\t"');
    expect(placesOf("email,role\n", { delimiter: ";" })[0]).toContain('separated by commas: set delimiter: ","');
  });

  test.each([
    ["email,role,\nada@example.com,viewer,\n", "1:12 the first line ends with a comma: remove it, "],
    ["email,role,,\n", "1:12 the first line ends with a comma: "],
    [",email,role\n", "1:1 this column has no name: add one"],
    ["sep=,\nemail,role\nada@example.com,viewer\n", "1:1 remove the line sep=, "],
    ['"sep=;"\r\nemail;role\r\n', "1:1 remove the line sep=, "],
    ["version:v1.0,,\nemail,role,x\n", "1:1 remove the line version:, "],
    ['email,"role\nada@example.com,viewer\n', "1:7 this field's quotation mark is not closed"],
    ['role,em"ail\nviewer,ada@example.com\n', "1:6 this field contains a quotation mark"],
  ])("of %j are said to be wrong by what is wrong with them", (content, said) => {
    const places = placesOf(content);
    expect(places[0]).toContain(said);
    expect(places).toHaveLength(1);
  });
});

describe("S1 what other systems export is read", () => {
  const read = (of: string, options: MembersFromCsvOptions) =>
    membersFromCsv(path.join(__dirname, "exports", `${of}.csv`), options);
  const ada = { role: "viewer", givenName: "Ada", familyName: "Lovelace" };
  const zoe = { role: "viewer", givenName: "Zoë", familyName: "O'Brien" };

  test("Google Workspace", () => {
    const columns = {
      email: "Email Address [Required]",
      givenName: "First Name [Required]",
      familyName: "Last Name [Required]",
    };
    const filter = (row: Readonly<Record<string, string>>) => row["Status [READ ONLY]"] === "Active";
    expect(read("google-workspace", { columns, filter, role: "viewer" })).toEqual({
      "ada@example.com": ada,
      "zoe@example.com": zoe,
    });
  });

  test("Microsoft 365", () => {
    const columns = { email: "User principal name", givenName: "First name", familyName: "Last name" };
    const filter = (row: Readonly<Record<string, string>>) => row["Block credential"] === "False";
    expect(read("microsoft-365", { columns, filter, role: "viewer" })).toEqual({
      "ada@example.com": ada,
      "zoe@example.com": { ...zoe, familyName: "O\u2019Brien" },
    });
  });

  test("Okta", () => {
    const columns = { givenName: "firstName", familyName: "lastName" };
    expect(read("okta", { columns, filter: ({ status }) => status === "ACTIVE", role: "viewer" })).toEqual({
      "ada@example.com": ada,
      "zoe@example.com": zoe,
    });
  });

  test("GitHub, whose roles get a meaning by the set's `roles`, and whose bots have no address", () => {
    const options = { columns: { email: "saml_name_id" }, roles: { owner: "administrator" } };
    expect(() => read("github", options)).toThrow("github.csv:4:");
    expect(() => read("github", options)).toThrow("saml_name_id: it is required");
    expect(read("github", { ...options, filter: ({ saml_name_id }) => saml_name_id !== "" })).toEqual({
      "ada@example.com": "owner",
      "zoe@example.com": "member",
    });
  });

  test("Atlassian", () => {
    const options = { columns: { role: "Org role" }, roles: { "Organization admin": "administrator", User: "viewer" } };
    expect(read("atlassian", { ...options, filter: (row) => row["User status"] === "Active" })).toEqual({
      "ada@example.com": "Organization admin",
      "zoe@example.com": "User",
    });
  });

  test("Slack, where who is deactivated has no role that could be given", () => {
    const options = { columns: { role: "status" }, roles: { Admin: "administrator", Member: "viewer" } };
    expect(() => read("slack", options)).toThrow('status: "Deactivated" is not a role');
    const filter = ({ status = "" }: Readonly<Record<string, string>>) => Object.hasOwn(options.roles, status);
    expect(read("slack", { ...options, filter })).toEqual({ "ada@example.com": "Admin", "zoe@example.com": "Member" });
  });
});

test("C10 the same file gives the assignees of a key", () => {
  writeFileSync(file, "email,role\nAda@example.com,viewer\nbob@example.com,\n");
  expect(assigneesFromCsv(file)).toEqual({ "ada@example.com": "member", "bob@example.com": "member" });
  expect(assigneesFromCsv(file, "external")).toEqual({ "ada@example.com": "external", "bob@example.com": "external" });
});

test("S2 a column has the previous addresses, for members and for assignees", () => {
  const content = "email,role,was\nada@new.example,viewer,Ada@old.example\nbob@new.example,viewer,\n";
  expect(members(content)).toEqual({
    "ada@new.example": { role: "viewer", was: "Ada@old.example" },
    "bob@new.example": "viewer",
  });
  writeFileSync(file, content);
  expect(assigneesFromCsv(file, "external")).toEqual({
    "ada@new.example": { as: "external", was: "Ada@old.example" },
    "bob@new.example": "external",
  });
  expect(placesOf("email,role,was\nada@new.example,viewer,nobody\n")).toEqual([
    "2:24 was: it must be an e-mail address such as ada@example.com",
  ]);
});
