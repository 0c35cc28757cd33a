/** Values of a manifest from the stack's configuration and the environment. */
import { describe, expect, test, vi } from "vitest";
import { parseManifest } from "../../provider/program/manifest/document.ts";
import { mayHoldSecret, type Setting, type Settings } from "../../provider/program/manifest/settings.ts";
import { isUnknown } from "../../provider/values/unknown.ts";
import { manifestHead } from "./made-up-texts.ts";
import { expectProblems, type Files, main, readFrom } from "./manifest-folder.ts";
import { failureOf } from "./manifest-problems.ts";

const plain = (value: string): Setting => ({ value, isSecret: false });
const configuration: Readonly<Record<string, Setting>> = {
  name: plain("Ada"),
  "other:name": plain("Grace"),
  enabled: plain("true"),
  three: plain("3"),
  version: plain("1.10"),
  none: plain(""),
  nothing: plain("null"),
  nested: plain(`\${config.name} and $\${config.name}`),
  colon: plain("a: b # c"),
  secret: { value: "the-secret-of-the-stack", isSecret: true },
  secretState: { value: "retired", isSecret: true },
};
const settings: Settings = (name) => configuration[name];
vi.stubEnv("ROSTER_VAR_CITY", "Paris");
vi.stubEnv("ROSTER_VAR_EMPTY", "");

/** What a value of a manifest is once it is expanded. */
function expanded(value: string): unknown {
  const text = `name: acme\norganization:\n  slug: acme\n  name: Acme\nusers:\n  u:\n    email: u@x.example\n    resendInvite: ${value}\n`;
  return parseManifest("roster.yaml", text, settings).users.u?.resendInvite;
}

describe("S4 a value is expanded", () => {
  test.each<[value: string, expanded: unknown]>([
    [`\${config.name}`, "Ada"],
    [`\${config.other:name}`, "Grace"],
    [`\${env.ROSTER_VAR_CITY}`, "Paris"],
    [`Dr. \${config.name} of \${env.ROSTER_VAR_CITY}`, "Dr. Ada of Paris"],
    [`"\${config.name}\\t\${config.other:name}"`, "Ada\tGrace"],
    [`'\${config.name}'`, "Ada"],
    [`>\n      Dr.\n      \${config.name}`, "Dr. Ada\n"],
    // Defaults are for what isn't set, or is empty.
    [`\${config.missing:-Bob}`, "Bob"],
    [`\${config.other:missing:-Bob}`, "Bob"],
    [`\${env.ROSTER_VAR_MISSING:-a:-b c}`, "a:-b c"],
    [`\${env.ROSTER_VAR_EMPTY:-Bob}`, "Bob"],
    [`\${config.none:-Bob}`, "Bob"],
    [`\${config.name:-Bob}`, "Ada"],
    [`x\${config.missing:-}`, "x"],
    // The escape, and dollars that are nothing else.
    [`$\${config.name}`, `\${config.name}`],
    [`$\${`, `\${`],
    ["US$ 5", "US$ 5"],
    [`$$\${config.name}`, `$\${config.name}`],
    // A value is expanded once.
    [`\${config.nested}`, `\${config.name} and $\${config.name}`],
    // And is never read as YAML, but for numbers.
    [`\${config.colon}`, "a: b # c"],
    [`\${config.nothing}`, "null"],
    [`\${config.three}`, 3],
    [`"\${config.three}"`, "3"],
    [`!!str \${config.three}`, "3"],
    [`\${config.three}0`, "30"],
    [`\${config.missing:-7}`, 7],
    // A number that would be written otherwise stays what it is.
    [`\${config.version}`, "1.10"],
    [`\${config.missing:-0x10}`, "0x10"],
    [`\${config.missing:-.inf}`, ".inf"],
  ])("%j", (value, wanted) => {
    expect(expanded(value)).toBe(wanted);
  });

  test("to a boolean, if it is wholly one and not in quotes", () => {
    const text = (value: string) =>
      `name: acme\norganization:\n  slug: acme\n  name: Acme\n  subscription: { plan: enterprise }\n  features:\n    externalApiAccess: ${value}\n`;
    const { organization } = parseManifest("roster.yaml", text(`\${config.enabled}`), settings);
    expect(organization).toMatchObject({ features: { externalApiAccess: true } });
    expect(() => parseManifest("roster.yaml", text(`"\${config.enabled}"`), settings)).toThrow(
      "roster.yaml:7:24: organization.features.externalApiAccess: it must be true or false, not text",
    );
  });

  test("wherever text can be, through aliases too, and never in names", () => {
    const { manifest } = readFrom(
      {
        [main]: `name: acme-\${config.three}\norganization:\n  existing: \${config.missing:-acme}\ninclude: [a.yaml]\n`,
        "a.yaml": `users:\n  a: { email: &mail "\${config.name}@x.example", role: viewer }\napiKeys:\n  k: { kind: server, assignedTo: [a, "\${config.missing:-b}"] }\nmembers:\n  b: { email: "b-\${config.name}@x.example", role: &role "\${config.missing:-viewer}" }\n  c: { email: c@x.example, role: *role }\n`,
      },
      settings,
    );
    expect(manifest).toMatchObject({
      name: "acme-3",
      organization: { existing: "acme" },
      users: { a: { email: "Ada@x.example" } },
      members: { b: { email: "b-Ada@x.example", role: "viewer" }, c: { role: "viewer" } },
      apiKeys: { k: { assignedTo: ["a", "b"] } },
    });
    expect(() => parseManifest("roster.yaml", `${manifestHead}users:\n  \${config.name}: {}\n`, settings)).toThrow(
      /roster\.yaml:4:3: users\.\$\{config\.name\}: a name must begin with a letter or digit/,
    );
  });
});

const users = (lines: string) => ({ [main]: `${manifestHead}users:\n  u:\n    email: u@x.example\n${lines}` });

describe("S4 what can't be expanded is refused at its place", () => {
  test.each<[what: string, files: Files, problems: readonly RegExp[]]>([
    [
      "what isn't set",
      users(`    givenName: ▶\${config.missing}\n    familyName: a ▶\${env.ROSTER_VAR_MISSING} b\n`),
      [
        /^users\.u\.givenName: the stack's configuration has no value missing: run `pulumi config set missing <value>`, or write a default: \$\{config\.missing:-default\}$/,
        /^users\.u\.familyName: the environment variable ROSTER_VAR_MISSING is not set: set it, or write a default: /,
      ],
    ],
    [
      "other variables",
      users(`    givenName: ▶\${env.HOME}\n    familyName: ▶\${env.ROSTER_VAR_}\n`),
      [
        /^users\.u\.givenName: a manifest can read only environment variables whose names begin with ROSTER_VAR_: /,
        /^users\.u\.familyName: a manifest can read only/,
      ],
    ],
    [
      "other forms",
      users(`    givenName: ▶\${name}▶\${config.}▶\${}▶\${config.a b}\n    familyName: "\\t▶\${config.name"\n`),
      [
        ...[1, 2, 3, 4].map(
          () => /^users\.u\.givenName: it must be \$\{config\.name\}, .*; write \$\$\{ for \$\{ itself$/,
        ),
        /^users\.u\.familyName: the closing \} is missing; write \$\$\{ for \$\{ itself$/,
      ],
    ],
    [
      "a value without quotes within brackets",
      { [main]: `${manifestHead}users:\n  u: { email: u@x.example, givenName: $▶{config.name}, role: boss }\n` },
      [/^: within \{ \} or \[ \], a value with \$\{ \} needs quotes: put the whole value in quotes$/],
    ],
    [
      "a number where text belongs",
      users(`    givenName: ▶\${config.three}\n    familyName: ▶\${config.enabled}\n`),
      [
        /^users\.u\.givenName: it must be text, not a number: put \$\{config\.three\} in quotes if it is text$/,
        /^users\.u\.familyName: it must be text, not true or false: put \$\{config\.enabled\} in quotes if it is text$/,
      ],
    ],
    [
      "a value of the wrong form, in whatever file it is",
      {
        [main]: `${manifestHead}include: [a.yaml]\n`,
        "a.yaml": `users:\n  u:\n    email: ▶\${config.name}\n    role: ▶\${config.name}\n    state: ▶\${config.name}\n`,
      },
      [
        /^users\.u\.email: /,
        /^users\.u\.role: "Ada" is not a role/,
        /^users\.u\.state: it must be one of active, inactive$/,
      ],
    ],
    [
      "nothing else about a value that isn't known",
      {
        [main]: `${manifestHead}users:\n  u:\n    email: ▶\${config.m}\n    role: ▶\${config.m}\n    kind: ▶\${config.m}\n  v: { email: v@x.example, role: ▶boss }\napiKeys:\n  k:\n    kind: user\n    owner: u\n    format: jwt\n    endDate: ▶\${config.m}\n`,
      },
      [
        /users\.u\.email: the stack/,
        /users\.u\.role: the/,
        /users\.u\.kind: the/,
        /users\.v\.role: "boss"/,
        /apiKeys\.k\.endDate: the/,
      ],
    ],
  ])("%s", (_what, files, problems) => {
    expectProblems(files, problems, settings);
  });

  test("an alias is told once", () => {
    const text = `${manifestHead}members:\n  a: { email: a@x.example, role: &role "▶\${config.missing}" }\n  b: { email: b@x.example, role: *role }\n`;
    expectProblems({ [main]: text }, [/^members\.a\.role: the stack's configuration has no value missing/], settings);
  });
});

describe("a secret of the configuration", () => {
  test("S4 is taken where the program passes it on, and said to be one", () => {
    const { manifest, secrets, errorOf } = readFrom(
      users(
        `    givenName: "Dr. \${config.secret}"\n    familyName: \${config.secret:-none}\n    resendInvite: \${config.missing:-\${config.secret}\n`,
      ),
      (name) => (name === "missing" ? plain("x") : configuration[name]),
    );
    expect(manifest.users.u).toMatchObject({
      givenName: "Dr. the-secret-of-the-stack",
      familyName: "the-secret-of-the-stack",
    });
    expect(secrets).toEqual([
      ["users", "u", "givenName"],
      ["users", "u", "familyName"],
    ]);
    // What is found wrong later is not about the value itself.
    const [problem] = errorOf([{ path: ["users", "u", "givenName"], reason: "no permission" }]).problems;
    expect(problem?.reason).toBe("no permission");
  });

  test("S4 is refused where the program needs it, without being shown", () => {
    const needed =
      /can't be used here, because the program needs it in plaintext: run `pulumi config set --plaintext secret <value>`/;
    const files = {
      [main]: `name: ▶\${config.secret}
organization:
  slug: ▶\${config.secret}
  name: Acme
  adopt: ▶\${config.secret}
users:
  u:
    email: ▶\${config.secret}
    role: ▶a-\${config.secret}
members:
  m:
    email: m@x.example
    role: viewer
    onDestroy: ▶\${config.secret}
apiKeys:
  k:
    kind: webapi
    owner: ▶\${config.secret}
    deliverTo:
      file: ▶\${config.secret}
    secret:
      config: ▶\${config.secret}
    assignedTo: [u, ▶"\${config.secret}"]
`,
    };
    const { problems, message } = failureOf(files[main].replaceAll("▶", ""), settings);
    expectProblems(
      files,
      problems.map(() => needed),
      settings,
    );
    expect(message).not.toContain("the-secret");
  });

  test("S4 of the wrong form is refused without being shown", () => {
    const state =
      "the secret value from the stack's configuration can't be used here, because it does not have the required form";
    const { problems, message } = failureOf(users(`    state: \${config.secretState}\n`)[main] ?? "", settings);
    expect(problems).toMatchObject([{ line: 6, column: 12, path: "users.u.state", reason: state }]);
    expect(message).not.toContain("retired");
  });

  test("S4 is refused in sets, and taken in the name of a token", () => {
    const files = {
      [main]: `${manifestHead}users:
  bot: { email: bot@x.example, kind: system, role: viewer }
people:
  role: ▶\${config.secret}
  entries:
    ada@x.example: { role: viewer, givenName: ▶"\${config.secret}" }
  ignore: [▶"\${config.secret}"]
apiKeys:
  k: { kind: server, assignees: { entries: { bob@x.example: ▶"\${config.secret}" } } }
accessTokens:
  t:
    user: ▶\${config.secret}
    name: \${config.secret}
    permissions: [members:read]
`,
    };
    expectProblems(
      files,
      [1, 2, 3, 4, 5].map(() => /can't be used here, because the program needs it in plaintext/),
      settings,
    );
  });

  test("is never taken in a section that isn't made of resources", () => {
    expect(mayHoldSecret(["people", "entries", "ada@x.example", "givenName"])).toBe(false);
    expect(mayHoldSecret(["organization", "profile"])).toBe(false);
    expect(mayHoldSecret(["organization", "profile", "name"])).toBe(true);
    expect(mayHoldSecret(["apiKeys", "k", "allowedIps", 0])).toBe(true);
  });
});

describe("without a stack, only the form is checked", () => {
  test("and values are unknown", () => {
    const text = `name: acme\norganization:\n  slug: \${config.missing}\n  name: Acme\nusers:\n  u:\n    email: \${config.missing}\n    invite: \${config.missing}\n    role: \${env.ROSTER_VAR_MISSING}\napiKeys:\n  k: { kind: "\${config.missing}", assignedTo: [u] }\n`;
    const { organization, users, members, apiKeys } = parseManifest("roster.yaml", text);
    expect(organization).toMatchObject({ slug: expect.toSatisfy(isUnknown), name: "Acme" });
    expect(users.u?.invite).toSatisfy(isUnknown);
    expect(apiKeys.k).toMatchObject({ kind: expect.toSatisfy(isUnknown), assignedTo: ["u"] });
    expect(members).toEqual({});
  });

  test("and sets are checked as far as they are known", () => {
    const sets = (role: string) =>
      `${manifestHead}people:\n  role: \${config.role}\n  from: \${config.csv}\n  entries:\n    ada@x.example: { role: ${role}, givenName: "\${config.a}" }\n    bob@x.example: "\${config.role}"\n`;
    const { lists } = readFrom({ [main]: sets("viewer") });
    expect(lists.people?.isComplete).toBe(false);
    expectProblems({ [main]: sets("▶boss") }, [/^people\.entries\.ada@x\.example\.role: "boss" is not a role/]);
  });

  test("and what is wrong elsewhere is told", () => {
    const { problems } = failureOf(
      users(
        `    role: \${config.role}\n    givenName: \${env.HOME}\n    familyName: \${\n    state: gone\n    shoe: \${config.a}\n`,
      )[main] ?? "",
    );
    expect(problems.map(({ path }) => path)).toEqual([
      "users.u.givenName",
      "users.u.familyName",
      "users.u.state",
      "users.u.shoe",
    ]);
  });
});
