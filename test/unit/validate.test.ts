/** The command `roster validate`, on manifests in folders of their own. */

import { writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalFile, manifestHead, manifestTexts } from "./made-up-texts.ts";
import { expectSameExamined, type Files, folderWith, main } from "./manifest-folder.ts";
import { TestTerminal } from "./terminals.ts";

/** Runs the command in a folder with these files. */
async function validated(files: Files, args: readonly string[] = [], environment: NodeJS.ProcessEnv = {}) {
  const folder = folderWith(files);
  const terminal = new TestTerminal(environment, folder);
  const status = await terminal.run("validate", ...args);
  // Reasons name files as the process does that runs the command; a person runs it in the folder.
  const lines = terminal.printed.replaceAll(`${path.relative(process.cwd(), folder)}${path.sep}`, "");
  return { status, lines: lines.split("\n").slice(0, -1), told: terminal.told, folder };
}

const broken: Files = {
  [main]: `${manifestHead}include: ["teams/*.yaml"]
users:
  ada: { email: ada@x.example, role: boss }
members:
  grace: { email: grace@x.example, role: viewer }
people: { from: people.csv, role: viewer }
`,
  "teams/red.yaml": "users:\n  ada: {}\napiKeys:\n  old: { kind: server, endDate: 2020-01-01 }\n",
  "people.csv": "email,given_name\nGRACE@x.example,Grace\nnobody,\n",
};
const roles = "administrator, customer_admin, auditor, editor, operator, viewer, member, api_user";

test("G4 every problem is reported at once, each in its own file, in the words of the program", async () => {
  const { status, lines, told } = await validated(broken);
  expect(lines).toEqual([
    `roster.yaml:5:38: error: users.ada.role: "boss" is not a role; it must be one of ${roles}`,
    "teams/red.yaml:2:3: error: users.ada.email: it is required",
    'teams/red.yaml:2:3: error: users.ada: "ada" is already declared at roster.yaml:5:3',
    "people.csv:2:1: error: email: grace@x.example is also in roster.yaml:7:19 (members.grace.email): remove one of the two",
    "people.csv:3:1: error: email: it must be an e-mail address such as ada@example.com",
    "teams/red.yaml:4:33: warning: apiKeys.old.endDate: 2020-01-01 has passed: set a later one, or remove it (unless the resource has this value already)",
  ]);
  expect(status).toBe(3);
  expect(told).toBe("Problems: 5. Warnings: 1. Not checked: 0.\n");
});

test("G4 a warning is no problem, and a valid manifest prints nothing", async () => {
  const people = Array.from({ length: 51 }, (_, at) => `  m${at}: { email: m${at}@x.example, role: viewer }\n`);
  const { status, lines } = await validated({ [main]: `${manifestHead}members:\n${people.join("")}` });
  expect(lines).toEqual([
    "roster.yaml:4:3: warning: users and members declare 51 people one by one. As `people`, they are one resource. docs/guides/many-people.md#from-users-and-members-to-people says how to move them.",
  ]);
  expect(status).toBe(0);
  expect(await validated({ [main]: manifestHead })).toMatchObject({ status: 0, lines: [] });
  expect(await validated({}, [canonicalFile])).toMatchObject({ status: 0, lines: [] });
});

test.each<[what: string, files: Files, line: RegExp]>([
  ["an empty file", { [main]: "" }, /^roster\.yaml:1:1: error: the file is empty/],
  ["Latin-1", { [main]: Buffer.from(`${manifestHead}# é\n`, "latin1") }, /^roster\.yaml:3:3: error: .*UTF-8/],
  ["a syntax error", { [main]: "name: [a\n" }, /^roster\.yaml:2:1: error: the preceding \{ or \[ is not closed/],
  [
    "names that look like numbers",
    { [main]: `${manifestHead}users:\n  7: { email: a@b.de }\n  "7": { email: c@d.de }\n` },
    /^roster\.yaml:5:3: error: users\.7: "7" already appears in line 4/,
  ],
  ["a file that is missing", { [main]: `${manifestHead}include: [a.yaml]\n` }, /^roster\.yaml:3:11: error: .*a\.yaml/],
])("G4 %s is a problem of the manifest", async (_what, files, line) => {
  const { status, lines } = await validated(files);
  expect(lines).toEqual([expect.stringMatching(line)]);
  expect(status).toBe(3);
});

test("G4 file names are relative to the root, which can be above the current folder", async () => {
  const files = { "infra/a.yaml": `${manifestHead}x: 1\n`, "infra/b.yaml": `${manifestHead}y: 1\n` };
  const folder = folderWith(files);
  const terminal = new TestTerminal({}, path.join(folder, "infra"));
  expect(await terminal.run("validate", "a.yaml", "b.yaml", "--root", "..", "--format", "github")).toBe(3);
  expect(terminal.printed.match(/file=[^,]*,line=\d+/g)).toEqual([
    "file=infra/a.yaml,line=3",
    "file=infra/b.yaml,line=3",
  ]);
});

test("G4 a problem of a file that two manifests share is reported once", async () => {
  const manifest = `${manifestHead}people: { from: people.csv, role: viewer }\n`;
  const { lines } = await validated({ "a.yaml": manifest, "b.yaml": manifest, "people.csv": "email\nx\n" }, [
    "a.yaml",
    "b.yaml",
  ]);
  expect(lines).toEqual(["people.csv:2:1: error: email: it must be an e-mail address such as ada@example.com"]);
});

const outside = `name: acme
organization:
  slug: acme
  name: \${config.title}
users:
  ada:
    email: ada@\${env.ROSTER_VAR_DOMAIN}
    role: \${config.other:role:-viewer}
    givenName: \${config.nickname}
apiKeys:
  shop: { kind: webapi, secret: { config: shopSecret } }
`;
const project =
  "name: staff\nruntime: yaml\nconfig:\n  title: { type: string, default: Acme }\n  kind: { type: string }\n";
const ciphertext = "v1:Y2lwaGVydGV4dA==:bm90LWEtc2VjcmV0";
const stack = `config:\n  staff:nickname:\n    secure: ${ciphertext}\n  staff:shopSecret:\n    secure: ${ciphertext}\n  version: 1.10\n  staff:list: [{ secure: ${ciphertext} }]\n`;

describe("G4 values from outside", () => {
  test("that aren't given are not checked, which is no failure", async () => {
    const { status, lines } = await validated({ [main]: outside });
    expect(lines).toEqual([
      "roster.yaml:4:9: notice: organization.name: not checked: the value title of the stack's configuration is not given: add --stack NAME or --config title=<value>",
      "roster.yaml:7:16: notice: users.ada.email: not checked: the environment variable ROSTER_VAR_DOMAIN is not set",
      "roster.yaml:9:16: notice: users.ada.givenName: not checked: the value nickname of the stack's configuration is not given: add --stack NAME or --config nickname=<value>",
      "roster.yaml:11:43: notice: apiKeys.shop.secret.config: not checked: the value shopSecret of the stack's configuration is not given: add --stack NAME or --config shopSecret=<value>",
    ]);
    expect(status).toBe(0);
  });

  test("come from options and the environment, and are checked", async () => {
    const config = ["title=Acme=1", "other:role=boss", "nickname=", "shopSecret=not-shown"].flatMap((each) => [
      "--config",
      each,
    ]);
    const { status, lines } = await validated({ [main]: outside }, config, { ROSTER_VAR_DOMAIN: "x example" });
    expect(lines).toEqual([
      "roster.yaml:7:12: error: users.ada.email: it must be an e-mail address such as ada@example.com",
      `roster.yaml:8:11: error: users.ada.role: "boss" is not a role; it must be one of ${roles}`,
      expect.stringMatching(/^roster\.yaml:9:16: error: users\.ada\.givenName: /),
    ]);
    expect(status).toBe(3);
  });

  test("come from the file of a stack, whose ciphertext exists and is never shown", async () => {
    const files = { [main]: outside, "Pulumi.yaml": project, "Pulumi.dev.yaml": stack };
    const { status, lines } = await validated(files, ["--stack", "acme/staff/dev"], { ROSTER_VAR_DOMAIN: "x.example" });
    expect(lines).toEqual([
      "roster.yaml:9:16: notice: users.ada.givenName: not checked: the value nickname of the stack's configuration is encrypted in Pulumi.dev.yaml",
      "roster.yaml:11:43: notice: apiKeys.shop.secret.config: not checked: the value shopSecret of the stack's configuration is encrypted in Pulumi.dev.yaml",
    ]);
    expect(status).toBe(0);
  });

  test("that a stack lacks or can't have there are problems, in the words of the program", async () => {
    const wrong = `name: acme
organization: { slug: "\${config.nickname}", name: "\${config.missing}" }
users:
  ada:
    email: "\${config.list}@x.example"
    role: \${config.version}
apiKeys:
  a: { kind: webapi, secret: { config: version } }
  b: { kind: webapi, secret: { config: missing } }
`;
    const files = { [main]: wrong, "Pulumi.yaml": project, "Pulumi.dev.yaml": stack };
    for (const format of ["text", "github", "gitlab", "json"]) {
      const { status, lines, told } = await validated(files, ["--stack", "dev", "--format", format]);
      expect(status).toBe(3);
      expect(lines.join("\n") + told).not.toContain(ciphertext.slice(3, 10));
      expect(lines.join("\n")).toContain(
        "the stack's configuration has no value missing: run `pulumi config set missing",
      );
    }
    const { lines } = await validated(files, ["--stack", "dev"]);
    const secret = (name: string) =>
      `the value ${name} of the stack's configuration is secret, and can't be used here, because the program needs it in plaintext: run \`pulumi config set --plaintext ${name} <value>\`, or write out the value`;
    const run = "run `pulumi config set --secret";
    expect(lines).toEqual([
      `roster.yaml:2:23: error: organization.slug: ${secret("nickname")}`,
      expect.stringMatching(
        /^roster\.yaml:2:52: error: organization\.name: the stack's configuration has no value missing/,
      ),
      `roster.yaml:5:12: error: users.ada.email: ${secret("list")}`,
      // The CLI, too, reads 1.10 in its own files as a number.
      `roster.yaml:6:11: error: users.ada.role: it must be text, not a fraction: put \${config.version} in quotes if it is text`,
      `roster.yaml:8:40: error: apiKeys.a.secret.config: the stack's configuration has this value in plaintext: ${run} version\``,
      `roster.yaml:9:40: error: apiKeys.b.secret.config: the stack's configuration has no such value: ${run} missing\``,
    ]);
  });

  test("may come from the environments that a stack imports", async () => {
    const files = { [main]: outside, "Pulumi.yaml": project, "Pulumi.dev.yaml": `environment: [acme/dev]\n${stack}` };
    const { status, lines } = await validated({ ...files, [main]: outside.replace("title", "headline") }, [
      "--stack",
      "dev",
    ]);
    expect(lines[0]).toBe(
      "roster.yaml:4:9: notice: organization.name: not checked: the value headline of the stack's configuration may come from the environments of Pulumi.dev.yaml",
    );
    expect(status).toBe(0);
  });
});

test.each<[args: readonly string[], status: number, told: RegExp]>([
  [["none.yaml"], 2, /the manifest none\.yaml does not exist in /],
  [["--format", "xml"], 2, /--format must be one of text, github, gitlab, json\./],
  [["--format", "text", "--json"], 2, /--json and --format text exclude each other\./],
  [["--config", "hunter2"], 2, /--config needs a name and a value, such as --config title=Acme\.\n/],
  [["--stack", "dev"], 2, /the stack dev has no file Pulumi\.dev\.yaml in /],
  [["--stack", "../dev/.."], 2, /the stack \.\. has no file Pulumi\.\.\.\.yaml/],
  [["--stack", "bad"], 1, /Pulumi\.bad\.yaml:3:1: the file is not valid YAML\./],
  [["--stack", "list"], 1, /Pulumi\.list\.yaml: the file must be an object with names and values\./],
  [["--cwd", "."], 2, /Unknown option '--cwd'/],
])("G4 %j ends with %i", async (args, status, told) => {
  const files = {
    [main]: manifestHead,
    "Pulumi.yaml": project,
    "Pulumi.bad.yaml": `config:\n  a: "${ciphertext}\n`,
    "Pulumi.list.yaml": "- a\n",
  };
  const run = await validated(files, args);
  expect(run).toMatchObject({ status, lines: [], told: expect.stringMatching(told) });
  expect(run.told).not.toMatch(/hunter2|Y2lwaGVydGV4dA/);
});

test("G4 a stack needs a project", async () => {
  const { status, told } = await validated({ [main]: manifestHead }, ["--stack", "dev"]);
  expect(told).toMatch(/--stack needs a project: run the command in a folder with a Pulumi\.yaml/);
  expect(status).toBe(2);
});

test("G4 whatever is cut out of a manifest, put in or repeated, the program says the same", () => {
  const file = path.join(folderWith({ [main]: "" }), main);
  const texts = manifestTexts["the canonical manifest with anything cut, put in or repeated"] ?? fc.constant("");
  let refused = 0;
  const holds = (text: string) => {
    writeFileSync(file, text);
    refused += expectSameExamined(file, () => undefined) > 0 ? 1 : 0;
  };
  fc.assert(fc.property(texts, holds), { numRuns: 200 });
  expect(refused).toBeGreaterThan(20);
});
