/** What an access report contains and finds, and that none of its forms runs or hides other people's text. */
import type { Schemas } from "roster-schema";
import { describe, expect, test } from "vitest";
import { accessCsv, accessMarkdown, accessTable } from "../../provider/command/forms/access.ts";
import { tableOf } from "../../provider/command/forms/table.ts";
import type { Estate } from "../../provider/estate/estate.ts";
import { unescaped } from "../../provider/explain/phrase.ts";
import { type Access, accessIn, type Key, type Person } from "../../provider/report/access.ts";
import { accessReportSchema, documentOf, redactedAccess } from "../../provider/report/document.ts";
import { findingsIn } from "../../provider/report/findings.ts";

const nowMs = Date.parse("2026-11-30T00:00:00Z");
const [earlier, later] = ["2026-11-29T23:59:59Z", "2026-12-01T00:00:00Z"];
const about = { at: "2026-11-30T00:00:00.000Z", domains: ["acme.example"], dormant: "90d", redacted: false };
const review = { domains: ["acme.example", "*.acme.example"], dormantMs: 90 * 86_400_000, nowMs };

function person(more: Partial<Person> = {}): Person {
  return {
    ...{ email: "ada@acme.example", user: "usr_1", kind: "person", role: "viewer", status: "active" },
    ...{ isAdministrator: false, hasAdministratorRights: false, isSuperAdmin: false, owned: [], attached: [] },
    ...more,
  };
}

function administrator(email: string, more: Partial<Person> = {}): Person {
  return person({ email, role: "administrator", isAdministrator: true, hasAdministratorRights: true, ...more });
}

function key(more: Partial<Key> = {}): Key {
  return {
    ...{ id: "key_1", name: "Shop", kind: "server", owner: null, permissions: [], holders: [] },
    ...{ createdAt: "2026-11-01T00:00:00Z", endDate: "2027-01-01", lastUsedAt: null },
    ...more,
  };
}

function accessOf(people: readonly Person[], keys: readonly Key[] = []): Access {
  return { organization: { id: "org_1", slug: "acme", name: "Acme" }, people, keys };
}

const enough = [administrator("ada@acme.example"), administrator("bob@acme.example")];

describe("G4 a finding is", () => {
  test.each<[what: string, access: Access, found: readonly string[]]>([
    ["nothing where all is well", accessOf([...enough, person()], [key()]), []],
    [
      "an address outside the domains, whatever its case, and not one in them",
      accessOf([...enough, person({ email: "Eve@Partner.EXAMPLE", role: null }), person({ email: "x@ACME.Example" })]),
      ["outside_domains: Eve@Partner.EXAMPLE is outside the domains."],
    ],
    [
      "an address whose domain only ends like one",
      accessOf([...enough, person({ email: "a@notacme.example" }), person({ email: "b@eu.acme.example" })]),
      ["outside_domains: a@notacme.example is outside the domains with the role viewer."],
    ],
    [
      "an outsider who gives access, once",
      accessOf([...enough, person({ email: "a@x.example", role: "=Boss", hasAdministratorRights: true })]),
      ["outside_administrator: a@x.example is outside the domains and can give access to others with the role =Boss."],
    ],
    [
      "an only administrator: neither those who can't log in nor robots count",
      accessOf([
        administrator("ada@acme.example"),
        administrator("bob@acme.example", { status: "blocked" }),
        administrator("cy@acme.example", { status: "pending" }),
        administrator("robot@acme.example", { kind: "system" }),
      ]),
      ["few_administrators: ada@acme.example is the only person who is an active administrator."],
    ],
    ["that there is no administrator", accessOf([]), ["few_administrators: No person is an active administrator."]],
    [
      "a super_admin, before everything else",
      accessOf([...enough, person({ isSuperAdmin: true, status: "expired" })]),
      [
        "super_admin: ada@acme.example can do everything in every organization.",
        "expired_invitation: The invitation of ada@acme.example with the role viewer has expired.",
      ],
    ],
    [
      "a key that was not used for long, or never and is that old",
      accessOf(enough, [
        key({
          name: "Used",
          lastUsedAt: "2026-08-31T23:59:59Z",
          createdAt: "2020-01-01T00:00:00Z",
          owner: "a@acme.example",
        }),
        key({ name: "Old", createdAt: "2026-08-01T00:00:00Z" }),
        key({ name: "Just used", lastUsedAt: "2026-09-01T00:00:00Z", createdAt: "2020-01-01T00:00:00Z" }),
      ]),
      [
        "dormant_key: The server key Old was never used, and was created 121 days ago.",
        "dormant_key: The server key Used of a@acme.example was last used 90 days ago.",
      ],
    ],
    [
      "a key without an end",
      accessOf(enough, [key({ endDate: null, kind: "access_token" })]),
      ["endless_key: The access token Shop has no end date."],
    ],
  ])("%s", (_what, access, found) => {
    const findings = findingsIn(access, review);
    expect(findings.map(({ kind, text }) => `${kind}: ${unescaped(text)}`)).toEqual(found);
    expect(
      findingsIn({ ...access, people: access.people.toReversed(), keys: access.keys.toReversed() }, review),
    ).toEqual(findings);
  });

  test("never an address without domains", () => {
    const outsider = administrator("a@x.example");
    expect(findingsIn(accessOf([...enough, outsider]), { ...review, domains: [] })).toEqual([]);
  });
});

/** An account, a membership or both, as far as a status depends on them. */
function estateOf(account?: Partial<Schemas["User"]>, membership?: Partial<Schemas["Membership"]>): Estate {
  const user = { id: "usr_1", email: "Ada@acme.example", kind: "person", systemRole: "none", inviteExpiresAt: null };
  return {
    organization: { id: "org_1", slug: "acme", name: "Acme" },
    roles: [{ id: "rol_1", name: "Own", permissions: ["roles:assign"] }],
    users: account === undefined ? [] : [{ ...user, ...account }],
    members:
      membership === undefined ? [] : [{ user: "usr_1", email: "ada@acme.example", role: "rol_1", ...membership }],
    ...{ apiKeys: [], assignments: [], accessTokens: [] },
  } as unknown as Estate;
}

test.each([
  ["an active account", estateOf({ status: "active" }), "active"],
  ["a pending membership", estateOf(undefined, { status: "pending", user: null, userStatus: null }), "pending"],
  ["an expired membership", estateOf({ status: "active" }, { status: "expired" }), "expired"],
  [
    "an account that is not set up",
    estateOf({ status: "invited", inviteExpiresAt: later }, { status: "active" }),
    "pending",
  ],
  ["one whose link has expired", estateOf({ status: "invited", inviteExpiresAt: earlier }), "expired"],
  ["one that was never mailed a link", estateOf({ status: "invited" }), "pending"],
  ["a blocked member from elsewhere", estateOf(undefined, { status: "active", userStatus: "blocked" }), "blocked"],
  ["an inactive member", estateOf({ status: "inactive" }, { status: "active", userStatus: "inactive" }), "inactive"],
  ["an inactive account that has nothing", estateOf({ status: "inactive" }), undefined],
])("G4 the status of %s", (_what, estate, status) => {
  const { people } = accessIn(estate, [], nowMs);
  expect(people.map((one) => one.status)).toEqual(status === undefined ? [] : [status]);
  expect(people.every(({ role, hasAdministratorRights }) => hasAdministratorRights === (role === "Own"))).toBe(true);
});

describe("G4 other people's text", () => {
  const name = "=cmd|'/c calc'!A1 `@all`, \"x\"\r\n| b";
  const people = [
    ...enough,
    person({ email: "+eve@x.example", role: name, owned: [{ id: "key_1", name, lastUsedAt: null }] }),
  ];
  const access = accessOf(people, [key({ name, owner: "-a@x.example", holders: ["@b@x.example"], endDate: null })]);
  const report = { ...access, findings: findingsIn(access, review) };

  test("is never a formula in CSV, nor another row", () => {
    expect(accessCsv(report, "people").split("\r\n").slice(1, -1)).toEqual([
      "ada@acme.example,usr_1,person,administrator,active,true,false,,,,",
      "bob@acme.example,usr_1,person,administrator,active,true,false,,,,",
      `'+eve@x.example,usr_1,person,"'=cmd|'/c calc'!A1 \`@all\`, ""x"" | b",active,false,false,"'=cmd|'/c calc'!A1 \`@all\`, ""x"" | b",,,outside_domains`,
    ]);
    expect(accessCsv(report, "keys").split("\r\n")[1]).toBe(
      `key_1,"'=cmd|'/c calc'!A1 \`@all\`, ""x"" | b",server,'-a@x.example,'@b@x.example,,2026-11-01T00:00:00Z,,,endless_key`,
    );
    expect(accessCsv(report, "findings")).toMatch(
      /^kind,person,key,text\r\noutside_domains,'\+eve@x\.example,,"'\+eve@/,
    );
  });

  test("is code in Markdown, and one line in a table", () => {
    const markdown = accessMarkdown(report, about, ["people", "keys"]);
    const code = `\`\`=cmd|'/c calc'!A1 \`@all\`, "x" | b\`\``;
    expect(markdown).toContain(`\n- \`+eve@x.example\`: ${code}, active. Owns ${code} (never used).\n`);
    expect(markdown).toContain(
      `\n- ${code}: \`server\` of \`-a@x.example\`, no end date, never used. Permissions: none. Attached to`,
    );
    expect(accessTable(report, about, ["keys"]).split("\n")).toHaveLength(8);
  });

  test("has only the beginning of addresses where they are shortened", () => {
    const shown = redactedAccess(report);
    const json = documentOf(shown, { ...about, redacted: true });
    expect(accessReportSchema.parse(json)).toEqual(json);
    const forms = [
      accessTable(shown, about, ["findings", "people", "keys"]),
      accessCsv(shown, "people"),
      JSON.stringify(json),
    ];
    for (const text of [...forms, accessMarkdown(shown, about, ["findings", "people", "keys"])]) {
      expect(text).toContain("a…@acme.example");
      expect(text).not.toMatch(/ada@|bob@|eve@/);
    }
  });
});

test("a table that is too wide cuts names, and never ids", () => {
  const columns = [
    { heading: "NAME", text: ([name]: string[]) => name ?? "", isCut: true },
    { heading: "ID", text: ([, id]: string[]) => id ?? "" },
  ];
  const rows = [
    ["a".repeat(30), "1".repeat(10)],
    ["", "2"],
  ];
  expect(tableOf(columns, rows, 32)).toBe(
    `  NAME${" ".repeat(14)}  ID\n  ${"a".repeat(17)}…  1111111111\n  -${" ".repeat(17)}  2\n`,
  );
  expect(tableOf(columns, rows, 5)).toContain(`  aaaaaa…  1111111111\n`);
  expect(tableOf(columns, rows)).toContain("a".repeat(30));
});
