/** What a manifest may say, and where a wrong one is wrong. */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { visible } from "roster-schema";
import { describe, expect, onTestFinished, test } from "vitest";
import { ManifestError } from "../../provider/errors.ts";
import { type ManifestDocument, parseManifest, readManifest } from "../../provider/program/manifest-document.ts";
import { canonical, canonicalFile, expectManifestReadOrRefused, manifestHead, manifestTexts } from "./made-up-texts.ts";

function failureOf(text: string): ManifestError {
  try {
    parseManifest(canonicalFile, text);
  } catch (error) {
    expect(error).toBeInstanceOf(ManifestError);
    return error as ManifestError;
  }
  throw new Error("it was taken");
}

/** The canonical manifest with one thing in it changed. */
function changed(from: string, to: string): string {
  expect(canonical.split(from).length - 1, `${from} is in the file once`).toBe(1);
  return canonical.replace(from, () => to);
}

describe("the canonical manifest", () => {
  test("is right", () => {
    const manifest = readManifest(canonicalFile);
    expect(manifest).toEqual(parseManifest(canonicalFile, canonical));
    expect(manifest.name).toBe("acme");
    expect(manifest.organization.subscription.plan).toBe("enterprise");
    expect(manifest.organization.logo).toBe(path.join(path.dirname(canonicalFile), "logo.png"));
    expect(Object.keys(manifest.roles)).toEqual(["release-manager", "key-steward"]);
    expect(Object.keys(manifest.users)).toHaveLength(9);
    expect(manifest.users.importer).toMatchObject({ kind: "system", role: "api_user", state: "active" });
    expect(manifest.users.ada).toMatchObject({ kind: "person", invite: false, systemRole: "none" });
    expect(manifest.apiKeys.checkout).toMatchObject({ kind: "webapi", secret: { random: { bytes: 32 } } });
    expect(manifest.apiKeys.storefront).toMatchObject({ endDate: "2030-12-31", assignedTo: ["ada", "dorothy"] });
  });

  test("is right with the line ends and the mark of another editor", () => {
    expect(parseManifest(canonicalFile, `\ufeff${canonical.replaceAll("\n", "\r\n")}`)).toEqual(
      parseManifest(canonicalFile, canonical),
    );
  });
});

describe("the file that a key is handed on to", () => {
  const keyed = (...keys: string[]) =>
    parseManifest("access/roster.yaml", `${manifestHead}apiKeys:\n  ${keys.join("\n  ")}\n`);

  test("is beside the manifest, as the program's folder has it", () => {
    const { apiKeys } = keyed(
      "shop: { kind: server, deliverTo: { file: secrets/shop.key } }",
      "desk: { kind: server, deliverTo: { file: /run/keys/desk.key }, storeSecret: false }",
    );
    expect(apiKeys.shop).toMatchObject({ deliverTo: { file: "access/secrets/shop.key" } });
    expect(apiKeys.desk).toMatchObject({ deliverTo: { file: "/run/keys/desk.key" }, storeSecret: false });
  });

  test("doesn't keep a secret out of the state that the stack makes", () => {
    const secret = "secret: { random: { bytes: 32 } }";
    const given = `shop: { kind: webapi, ${secret}, deliverTo: { file: shop.key }, storeSecret: false }`;
    expect(() => keyed(given)).toThrow(/apiKeys\.shop\.storeSecret: a `secret` that the program gives is in the state/);
  });
});

describe("what is left out has its default", () => {
  test("in the least that there is", () => {
    expect(parseManifest("roster.yaml", manifestHead)).toEqual({
      name: "acme",
      organization: {
        slug: "acme",
        name: "Acme",
        joinPolicies: ["existing", "invite", "create"],
        features: { externalApiAccess: false },
        settings: { allowExpiringJwt: false },
        subscription: { plan: "basic", billing: "custom" },
      },
      roles: {},
      users: {},
      members: {},
      apiKeys: {},
    } satisfies ManifestDocument);
  });

  test("in a member and a key", () => {
    const text = `${manifestHead}members: { bob: { email: bob@b.example, role: viewer } }\napiKeys: { k: { kind: server } }\n`;
    expect(parseManifest("roster.yaml", text)).toMatchObject({
      members: { bob: { email: "bob@b.example", role: "viewer", onUnknownUser: "fail" } },
      apiKeys: { k: { kind: "server", format: "opaque", state: "active", assignedTo: [] } },
    });
  });
});

describe("T11 a name is the text that stands in the file", () => {
  test.each([
    "7",
    "07",
    "00123",
    "1e3",
    "0x10",
    "0o7",
    "1_000",
    "null",
    "NULL",
    "true",
    "NaN",
    "y",
    "2026-01-01",
    "1.50",
  ])("%s", (name) => {
    const { users } = parseManifest("roster.yaml", `${manifestHead}users:\n  ${name}: { email: a@b.de }\n`);
    expect(Object.keys(users)).toEqual([name]);
    const inQuotes = `${manifestHead}users: { "${name}": { email: a@b.de } }\n`;
    expect(parseManifest("roster.yaml", inQuotes).users).toEqual(users);
  });

  test("also where several would be one number, and where JavaScript's objects have it", () => {
    const names = ["7", "07", "7.0", "constructor", "toString", "hasOwnProperty", "valueOf"];
    const section = (value: (at: number) => string) => names.map((name, at) => `  ${name}: ${value(at)}\n`).join("");
    const text = `${manifestHead}roles:\n${section(() => "{ permissions: [] }")}members:\n${section(
      (at) => `{ email: m${at}@b.de, role: "${names[at]}" }`,
    )}apiKeys:\n${section((at) => `{ kind: server, assignedTo: ["${names[at]}"] }`)}`;
    const { roles, members, apiKeys } = parseManifest("roster.yaml", text);
    for (const entries of [roles, members, apiKeys]) {
      expect(Object.keys(entries).toSorted()).toEqual(names.toSorted());
    }
  });

  test("whatever the name, as far as it can be one", () => {
    const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,8}$/);
    const entry = fc.record({
      name: fc.oneof(name, fc.double().map(String), fc.integer().map(String)),
      quoted: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.uniqueArray(entry, { selector: ({ name }) => name, maxLength: 8 }), (entries) => {
        const usable = entries.filter(({ name }) => /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/.test(name));
        const lines = usable.map(
          ({ name, quoted }, at) => `  ${quoted ? JSON.stringify(name) : name}: { email: e${at}@b.de }\n`,
        );
        const { users } = parseManifest(
          "roster.yaml",
          `${manifestHead}users: # none, it may be\n${lines.join("") || "  {}\n"}`,
        );
        const found = Object.entries(users).map(([name, { email }]) => [name, email]);
        expect(Object.fromEntries(found)).toEqual(
          Object.fromEntries(usable.map(({ name }, at) => [name, `e${at}@b.de`])),
        );
      }),
    );
  });
});

test("anchors and aliases stand for what they name", () => {
  const text = `${manifestHead}roles:
  one: { permissions: &reading [organization:read, flows:read] }
  two: { permissions: *reading }
users:
  ada: &person { email: &address ada@acme.example, role: one }
members:
  bob: { email: bob@acme.example, role: two }
apiKeys:
  first: { kind: server, assignedTo: &everybody [ada, bob] }
  second: { kind: server, assignedTo: *everybody }
`;
  const { roles, apiKeys } = parseManifest("roster.yaml", text);
  expect(roles.two?.permissions).toEqual(["organization:read", "flows:read"]);
  expect(apiKeys.second?.assignedTo).toEqual(["ada", "bob"]);
});

/** Takes the marks out of a text, and says where they were: before each `▶` something is wrong. */
function placesIn(marked: string): { text: string; places: string[] } {
  const places: string[] = [];
  let text = "";
  for (const part of marked.split("▶")) {
    text += part;
    const lines = text.split("\n");
    places.push(`${lines.length}:${(lines.at(-1) ?? "").length + 1}`);
  }
  return { text, places: places.slice(0, -1) };
}

describe("a wrong manifest says where and what", () => {
  /** What is wrong, the text with a mark at each place, and what is said of each. */
  const cases: [what: string, marked: string, problems: RegExp[]][] = [
    ["syntax", "name: acme\norganization: { slug: acme, name: Acme\n▶roles: {}\n", [/^: .*}/]],
    ["a tab for indentation", "name: acme\norganization:\n▶\tslug: acme\n", [/^: .*[Tt]ab/]],
    [
      "two documents",
      `${manifestHead}▶---\n${manifestHead}`,
      [/^: a manifest is one document, and another begins here: /],
    ],
    [
      "a name twice",
      `${manifestHead}users:\n  ada: { email: a@b.de }\n  ▶ada: { email: c@d.de }\n`,
      [/^users\.ada: "ada" is there already, in line 4: /],
    ],
    [
      "a property twice",
      "name: acme\norganization:\n  slug: acme\n  name: Acme\n  ▶slug: acme2\n",
      [/^organization\.slug: "slug" is .* line 3: /],
    ],
    ["nothing", "▶", [/^: the file is empty: a manifest has a `name` and an `organization`$/]],
    ["nothing but a comment", "▶# soon\n", [/^: the file is empty/]],
    ["nothing but the mark of a document", "▶---\n...\n", [/^: the file is empty/]],
    ["a list", "▶- name: acme\n", [/^: it must be an object, and is a list$/]],
    ["a word", "▶acme\n", [/^: it must be an object, and is text$/]],

    ["no name", "▶organization: { slug: acme, name: Acme }\n", [/^name: it is required$/]],
    ["no organization", "▶name: acme\n", [/^organization: it is required$/]],
    ["no slug", "name: acme\n▶organization: { name: Acme }\n", [/^organization\.slug: it is required$/]],
    ["no email", `${manifestHead}users:\n  ▶ada: { role: viewer }\n`, [/^users\.ada\.email: it is required$/]],
    ["no permissions", `${manifestHead}roles:\n  ▶mine: {}\n`, [/^roles\.mine\.permissions: it is required$/]],
    ["no kind", `${manifestHead}apiKeys:\n  ▶k: { name: K }\n`, [/^apiKeys\.k\.kind: it is required$/]],
    [
      "no role of a member",
      `${manifestHead}members:\n  ▶bob: { email: b@b.de }\n`,
      [/^members\.bob\.role: it is required$/],
    ],
    [
      "no bytes",
      `${manifestHead}apiKeys:\n  k: { kind: webapi, secret: { ▶random: {} } }\n`,
      [/^apiKeys\.k\.secret\.random\.bytes: it is required$/],
    ],

    [
      "an unknown property at the top",
      `${manifestHead}▶user: {}\n`,
      [/^user: there is no such property; there are name, organization, roles, users, members, apiKeys$/],
    ],
    [
      "an unknown property of the organization",
      "name: acme\norganization:\n  slug: acme\n  name: Acme\n  ▶plan: basic\n",
      [/^organization\.plan: there is no such property; there are slug, name, /],
    ],
    [
      "an unknown property of a user",
      changed("    kind: system", "    ▶king: system"),
      [/^users\.importer\.king: there is no such property; there are email, givenName, /],
    ],
    [
      "an unknown property deep inside",
      changed("externalApiAccess: true", "▶externalAccess: true"),
      [/^organization\.features\.externalAccess: there is no such property; there is only externalApiAccess$/],
    ],
    [
      "an unknown property deeper inside",
      changed("{ random: { bytes: 32 } }", "{ random: { bytes: 32, ▶seed: 1 } }"),
      [/^apiKeys\.checkout\.secret\.random\.seed: there is no such property; there is only bytes$/],
    ],
    [
      "a property that the manifest makes itself",
      `${manifestHead}roles:\n  r: { ▶organization: x, permissions: [] }\n`,
      [/^roles\.r\.organization: there is no such property; there are name, permissions, adopt, onDestroy$/],
    ],
    [
      "a name that every object of JavaScript has",
      `${manifestHead}users: { ▶__proto__: { email: a@b.de } }\n`,
      [/^users\.__proto__: a name /],
    ],

    [
      "a number for a name",
      "name: ▶7\norganization: { slug: acme, name: Acme }\n",
      [/^name: it must be text, and is a number$/],
    ],
    ["a word for an object", "name: acme\norganization: ▶acme\n", [/^organization: .*object/]],
    ["a list for users", `${manifestHead}users:\n  ▶- ada\n`, [/^users: it must be an object, and is a list$/]],
    ["nothing for a user", `${manifestHead}users:\n  ada:▶\n`, [/^users\.ada: .*object/]],
    [
      "a word for a list",
      `${manifestHead}roles:\n  r: { permissions: ▶flows:run }\n`,
      [/^roles\.r\.permissions: it must be a list, and is text$/],
    ],
    [
      "a word for yes or no",
      `${manifestHead}users:\n  ada: { email: a@b.de, invite: ▶no }\n`,
      [/^users\.ada\.invite: it must be true or false, and is text$/],
    ],
    [
      "a word for a number",
      changed("bytes: 32", "bytes: ▶many"),
      [/^apiKeys\.checkout\.secret\.random\.bytes: .*number/],
    ],
    ["too few bytes", changed("bytes: 32", "bytes: ▶15"), [/^apiKeys\.checkout\.secret\.random\.bytes: .*16/]],

    [
      "a wrong value of several",
      changed("plan: enterprise", "plan: ▶gold"),
      [/^organization\.subscription\.plan: .*basic.*premium.*enterprise/],
    ],
    [
      "a wrong permission",
      changed("flows:read, flows:run", "flows:read, ▶flows:fly"),
      [/^roles\.release-manager\.permissions\[2\]: .*flows:run/],
    ],
    ["a wrong kind", changed("kind: webapi", "kind: ▶web"), [/^apiKeys\.checkout\.kind: .*server.*webapi.*user/]],
    [
      "a logo that isn't there",
      changed("logo: logo.png", "logo: ▶logos/logo.png"),
      [/^organization\.logo: there is no file .*examples\/acme\/logos\/logo\.png$/],
    ],
    [
      "a logo that is no image",
      changed("logo: logo.png", "logo: ▶roster.yaml"),
      [/^organization\.logo: .*roster\.yaml is no logo: it is neither/],
    ],
    ["a wrong slug", changed("slug: acme", "slug: ▶Acme!"), [/^organization\.slug: a slug has a-z/]],
    [
      "a wrong address",
      changed("ada@acme.example", "▶ada at acme"),
      [/^users\.ada\.email: it must be an e-mail address/],
    ],
    [
      "T9 an address with a character that nobody sees",
      changed("ada@acme.example", '▶"\\u200bada@acme.example"'),
      [/^users\.ada\.email: it has U\+200B, an invisible character, at character 1: leave it out/],
    ],
    [
      "T9 an address that was taken for another one",
      `${manifestHead}users:\n  ada: { email: ▶"\\u212aelvin@b.de" }\n  kay: { email: kelvin@b.de }\n`,
      [/^users\.ada\.email: it has U\+212A at character 1, which other systems change to "K"/],
    ],
    [
      "T9 a domain of other letters",
      changed("ada@acme.example", "▶ada@bücher.example"),
      [/^users\.ada\.email: .*write the domain as xn--bcher-kva\.example/],
    ],
    [
      "T9 a name with a line break",
      `${manifestHead}users:\n  ada: { email: a@b.de, givenName: ▶"Ada\\nLog in again" }\n`,
      [/^users\.ada\.givenName: it has U\+000A, a line break, at character 4: leave it out/],
    ],
    [
      "T9 a name with half of a character",
      `${manifestHead}users:\n  ada: { email: a@b.de, givenName: ▶"A\\ud800" }\n`,
      [/^users\.ada\.givenName: it has U\+D800, half of a character, at character 2: leave it out/],
    ],
    [
      "no such day",
      changed("2030-12-31", "▶2030-02-31"),
      [/^apiKeys\.storefront\.endDate: there is no such day or time/],
    ],
    [
      "a wrong name of an entry",
      `${manifestHead}users:\n  ▶ada lovelace: { email: a@b.de }\n`,
      [/^users\.ada lovelace: a name /],
    ],

    [
      "an unknown role",
      changed("role: viewer", "role: ▶veiwer"),
      [/^users\.barbara\.role: "veiwer" is not a role; there are administrator, .*, release-manager, key-steward$/],
    ],
    [
      "a role that an organization can't give",
      changed("role: viewer", "role: ▶super_admin"),
      [/^users\.barbara\.role: "super_admin" is not a role/],
    ],
    [
      "an unknown role of a member",
      `${manifestHead}members:\n  bob: { email: b@b.de, role: ▶boss }\n`,
      [/^members\.bob\.role: "boss" is not a role/],
    ],
    [
      "an unknown owner",
      changed("owner: importer", "owner: ▶exporter"),
      [/^apiKeys\.importer\.owner: "exporter" is not one of users; there are ada, /],
    ],
    [
      "an owner who is a member only",
      `${manifestHead}members:\n  bob: { email: b@b.de, role: viewer }\napiKeys:\n  k: { kind: user, owner: ▶bob }\n`,
      [/^apiKeys\.k\.owner: "bob" is not one of users; there is none$/],
    ],
    [
      "an unknown assignee",
      changed("[ada, dorothy]", "[ada, ▶doroty]"),
      [/^apiKeys\.storefront\.assignedTo\[1\]: "doroty" is not one of users or members; there are ada, /],
    ],
    [
      "an assignee twice",
      changed("[ada, dorothy]", "[ada, ▶ada]"),
      [/^apiKeys\.storefront\.assignedTo\[1\]: ada is named twice$/],
    ],
    [
      "an assignee without a role",
      `${manifestHead}users:\n  ada: { email: a@b.de }\napiKeys:\n  k: { kind: server, assignedTo: [▶ada] }\n`,
      [/^apiKeys\.k\.assignedTo\[0\]: ada is no member: give the user a role$/],
    ],
    [
      "a name in users and in members",
      `${manifestHead}users:\n  ada: { email: a@b.de }\nmembers:\n  ▶ada: { email: c@b.de, role: viewer }\n`,
      [/^members\.ada: there is a user of this name: use another$/],
    ],
    [
      "an address twice, in another case",
      changed("email: grace@acme.example", "email: ▶Ada@ACME.example"),
      [/^users\.grace\.email: users\.ada has this address already$/],
    ],
    [
      "an address in users and in members",
      `${manifestHead}users:\n  ada: { email: a@b.de }\nmembers:\n  bob: { email: ▶A@B.de, role: viewer }\n`,
      [/^members\.bob\.email: users\.ada has this address already$/],
    ],
    [
      "a jwt key whose owner is no API user",
      `${manifestHead}users:\n  bot: { email: a@b.de, kind: system, role: operator }\napiKeys:\n  k: { kind: user, format: jwt, owner: ▶bot }\n`,
      [/^apiKeys\.k\.owner: a key of format jwt needs an owner with role: api_user$/],
    ],
    [
      "a jwt key whose owner has no role",
      `${manifestHead}users:\n  bot: { email: a@b.de, kind: system }\napiKeys:\n  k: { kind: user, format: jwt, owner: ▶bot }\n`,
      [/^apiKeys\.k\.owner: a key of format jwt needs an owner with role: api_user$/],
    ],
    [
      "a role named like a built-in one",
      `${manifestHead}roles:\n  ▶editor: { permissions: [] }\n`,
      [/^roles\.editor: this role is built in: use another name$/],
    ],
    [
      "a role that people see as a built-in one",
      changed("name: Key steward", "name: ▶Editor"),
      [/^roles\.key-steward\.name: .*are built in/],
    ],
    [
      "the permission that is api_user's",
      `${manifestHead}roles:\n  r: { permissions: ▶[flows:read, api:call] }\n`,
      [/^roles\.r\.permissions: api:call belongs to the built-in role api_user alone$/],
    ],

    [
      "T11 a name twice, with quotes and without",
      `${manifestHead}users:\n  7: { email: a@b.de }\n  ▶"7": { email: c@d.de }\n`,
      [/^users\.7: "7" is there already, in line 4: names are unique, in quotes or not/],
    ],
    [
      "T11 a name twice, as an entry of a list would be",
      `${manifestHead}users:\n  ? x\n  ? ▶'x'\n  ? ▶"x"\n`,
      [/^users\.x: "x" is there already, in line 4/, /^users\.x: "x" is there already, in line 4/],
    ],
    [
      "T11 a name that is a list or an object",
      `${manifestHead}users:\n  ? ▶[a]\n  : {}\n  ? ▶{ b: c }\n  : {}\n`,
      [/^: a name is text: /, /^: a name is text: /],
    ],
    [
      "T11 a name that is an alias, or has a tag",
      `${manifestHead}users:\n  &a x: { email: a@b.de }\n  ▶*a : { email: b@b.de }\n  ▶!!int 7: { email: c@b.de }\n`,
      [/^: a name is text: /, /^: a name is text: /],
    ],
    [
      "T11 names that only look like something",
      `${manifestHead}users:\n  ▶.5: { email: a@b.de }\n  ▶~: { email: b@b.de }\n▶  : { email: c@b.de }\n`,
      [/^users\.\.5: a name begins/, /^users\.~: a name begins/, /^users\.: a name begins/],
    ],
    [
      "T11 a merge",
      `${manifestHead}users:\n  ada: &ada { email: a@b.de }\n  bob: { ▶<<: *ada, email: b@b.de }\n`,
      [/^users\.bob\.<<: a manifest merges nothing/],
    ],
    [
      "T11 values that are not text",
      `${manifestHead}users:\n  ada: { email: a@b.de, givenName: ▶007, familyName: ▶true }\n  bob: { email: b@b.de, familyName: ▶1e3 }\n`,
      [
        /^users\.ada\.givenName: it must be text, and is a number$/,
        /^users\.ada\.familyName: it must be text, and is true or false$/,
        /^users\.bob\.familyName: it must be text, and is a number$/,
      ],
    ],
    [
      "T11 a number that is not read as it is written",
      `${manifestHead}users:\n  ada: { email: a@b.de, resendInvite: ▶1.10, resetPassword: 1.1 }\n  bob: { email: b@b.de, resendInvite: ▶20261129024343001, resetPassword: 20261129024343 }\n`,
      [
        /^users\.ada\.resendInvite: this number is read as 1\.1: /,
        /^users\.bob\.resendInvite: this number is read as 20261129024343000: /,
      ],
    ],
    [
      "T11 no number where a number belongs",
      "name: acme\norganization: { slug: acme, name: Acme, settings: { keysPerOwner: ▶.inf } }\n",
      [/^organization\.settings\.keysPerOwner: it must be a number, and is no finite number$/],
    ],
    [
      "a role without a name that is called like a built-in one",
      `${manifestHead}roles:\n  ▶Viewer: { permissions: [] }\n  Editor: { name: Redactor, permissions: [] }\n`,
      [/^roles\.Viewer: this role is built in: use another name$/],
    ],
    [
      "T11 a value that is nothing, and could be meant as text",
      `${manifestHead}users:\n  ada: { email: a@b.de, familyName: ▶Null }\n`,
      [/^users\.ada\.familyName: it must be text, and is empty: put Null in quotes if it is meant as text$/],
    ],
    ["T11 a tag on a set", `${manifestHead}users: ▶!!set {ada}\n`, [/^: a manifest has no tags but /]],
    ["T11 a tag on an ordered map", `${manifestHead}users: ▶!!omap\n  - ada: {}\n`, [/^: a manifest has no tags but /]],
    [
      "T11 a tag of somebody's own",
      `${manifestHead}users: { a: { email: ▶!env X } }\n`,
      [/^: a manifest has no tags but /],
    ],
    ["T11 bytes", `${manifestHead}users: { a: { email: ▶!!binary aGk= } }\n`, [/^: a manifest has no tags but /]],
    [
      "T11 another version of YAML",
      `▶%YAML 1.1\n---\n${manifestHead}`,
      [/^: a manifest is YAML 1\.2: leave out this line$/],
    ],
    [
      "another directive",
      `▶%ROSTER 1\n---\n${manifestHead}`,
      [/^: a manifest can't have this directive: leave out the line$/],
    ],
    [
      "two documents, the second empty",
      `${manifestHead}▶---\n`,
      [/^: a manifest is one document, .* leave out the line ---$/],
    ],
    ["two documents after an end", `${manifestHead}...\n▶name: b\n`, [/^: a manifest is one document, /]],
    [
      "text with a colon",
      `${manifestHead}users:\n  ada:\n    email: a@b.de\n    familyName: ▶Lovelace: Ada\n`,
      [/^: there is another name and colon in this value: put text with a colon in quotes/],
    ],
    ["text that begins like no text", "name: ▶@acme\n", [/^: text can't begin with @: put it in quotes$/]],
    ["a path in double quotes", 'name: "C:▶\\dir"\n', [/^: \\d is not an escape: write \\\\ for a backslash/]],
    ["no comma", "name: acme\norganization: { slug: ▶acme name: A }\n", [/^: .*comma/]],

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
  ];
  test.each(cases)("%s", (_what, marked, expected) => {
    const { text, places } = placesIn(marked);
    const { problems } = failureOf(text);
    expect(problems.map(({ line, column }) => `${line}:${column}`)).toEqual(places);
    expect(problems).toHaveLength(expected.length);
    for (const [at, { path, reason }] of problems.entries()) {
      expect(`${path}: ${reason}`).toMatch(expected[at] ?? /never/);
    }
  });

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
    const places = failureOf(`${manifestHead}users: ${"[".repeat(5000)}`).problems.map(({ reason }) => reason);
    expect(new Set(places).size).toBe(places.length);
  });

  test("T11 a name with what nobody sees is shown with it", () => {
    expect(
      failureOf("name: acme\norganization: { slug: acme, name: Acme, \u00a0logo: x, '\u202e\u001b[31m': x }\n").message,
    ).toMatch(
      /organization\.\\u00a0logo: there is no such property.*organization\.\\u202e\\u001b\[31m: there is no such property/s,
    );
  });

  test("with the file's name, as it was given", () => {
    expect(() => parseManifest("../some where/x.yaml", "name: 7\n")).toThrow("  ../some where/x.yaml:1:7: name: ");
  });
});

describe("several mistakes", () => {
  test("are all said, in the order of the file", () => {
    const { text, places } = placesIn(`name: acme
organization: { slug: ▶Acme, name: Acme }
members:
  ▶bob: { email: ▶BOB@acme.example, role: ▶boss }
users:
  bob: { email: bob@acme.example, role: viewer, ▶shoe: 43 }
  eve: { email: ▶eve }
apiKeys:
  k: { kind: ▶robot, owner: ▶mallory, assignedTo: [▶eve, ▶mallory] }
roles:
  ▶viewer: { permissions: [▶flows:fly] }
▶colour: red
`);
    const { problems } = failureOf(text);
    expect(problems.map(({ line, column }) => `${line}:${column}`)).toEqual(places);
    expect(problems.map(({ path }) => path)).toEqual([
      "organization.slug",
      "members.bob",
      "members.bob.email",
      "members.bob.role",
      "users.bob.shoe",
      "users.eve.email",
      "apiKeys.k.kind",
      "apiKeys.k.owner",
      "apiKeys.k.assignedTo[0]",
      "apiKeys.k.assignedTo[1]",
      "roles.viewer",
      "roles.viewer.permissions[0]",
      "colour",
    ]);
  });

  test("of syntax are all said, in the order of the file", () => {
    const { text, places } = placesIn(`name: acme
organization: { slug: acme, name: Acme, ▶name: Bcme }
users:
  ada: { email: a@b.de }
  ▶ada: { email: a@b.de, ▶email: b@b.de }
`);
    expect(failureOf(text).problems.map(({ line, column }) => `${line}:${column}`)).toEqual(places);
  });
});

describe("a file", () => {
  function temporaryFile(): string {
    const folder = mkdtempSync(path.join(tmpdir(), "manifest-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    return path.join(folder, "roster.yaml");
  }

  test.each([
    ["that isn't there", "/nowhere/roster.yaml"],
    ["that is a folder", __dirname],
    ["whose name can't be one", "roster\u0000.yaml"],
  ])("%s", (_what, file) => {
    expect(() => readManifest(file)).toThrow(ManifestError);
    expect(() => readManifest(file)).toThrow(`${visible(file)}:1:1: the file can't be read: `);
  });

  test("of more than 10 MiB is not read", () => {
    const file = temporaryFile();
    writeFileSync(file, manifestHead);
    truncateSync(file, 10 * 1024 * 1024 + 1);
    expect(() => readManifest(file)).toThrow(
      /roster\.yaml:1:1: the file can't be read: it has more than 10485760 bytes/,
    );
  });

  test.each<[encoding: string, content: Buffer, place: string]>([
    [
      "ISO 8859-1",
      Buffer.from(`${manifestHead}users: { a: { email: a@b.de, familyName: M\xfcller } }\n`, "latin1"),
      "3:43: from here on the file is not in UTF-8: save it as UTF-8",
    ],
    [
      "ISO 8859-1 in a comment, behind a mark",
      Buffer.concat([Buffer.from("\uFEFF"), Buffer.from(`# f\xfcr\n${manifestHead}`, "latin1")]),
      "1:4: from here on the file is not in UTF-8: save it as UTF-8",
    ],
    ["UTF-16", Buffer.from(`\uFEFF${manifestHead}`, "utf16le"), "1:1: the file is in UTF-16: save it as UTF-8"],
    ["UTF-16 without a mark", Buffer.from(manifestHead, "utf16le"), "1:1: the file is in UTF-16: save it as UTF-8"],
    ["UTF-16 BE", Buffer.from(manifestHead, "utf16le").swap16(), "1:1: the file is in UTF-16: save it as UTF-8"],
    ["no encoding", Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x0a, 0x80]), "1:1: the file is in UTF-16: save it as UTF-8"],
  ])("T11 in %s is refused with the place", (_encoding, content, place) => {
    const file = temporaryFile();
    writeFileSync(file, content);
    expect(() => readManifest(file)).toThrow(ManifestError);
    expect(() => readManifest(file)).toThrow(`${file}:${place}`);
  });

  test("T11 in UTF-8 is read with a mark or without, and U+FFFD in it is refused as what it is", () => {
    const file = temporaryFile();
    for (const mark of ["", "\uFEFF"]) {
      writeFileSync(file, `${mark}name: acme\norganization: { slug: acme, name: Bü }\n`);
      expect(readManifest(file).organization.name).toBe("Bü");
      writeFileSync(file, `${mark}name: acme\norganization: { slug: acme, name: B\uFFFDé }\n`);
      expect(() => readManifest(file)).toThrow("U+FFFD");
    }
  });
});

describe("whatever the text is, it is taken or said to be wrong at places in it", () => {
  test.each(Object.entries(manifestTexts))("%s", (_what, texts) => {
    const holds = (text: string) => void expectManifestReadOrRefused(text);
    fc.assert(fc.property(texts, holds), { numRuns: 1_500 });
  });

  test.each(["]name\n    <<: ", " }name\n    name: ", "*a", "a\n- b: ["])("%j after a manifest's head", (more) => {
    expectManifestReadOrRefused(manifestHead + more);
  });

  test("the canonical manifest with any line left out, repeated or moved to another depth", () => {
    const lines = canonical.split("\n");
    for (const [at, line] of lines.entries()) {
      for (const instead of [
        [],
        [line, line],
        [`  ${line}`],
        [line.slice(2)],
        [line.replace(/:.*/, ":")],
        [line.replace(/:.*/, ": 7")],
      ]) {
        expectManifestReadOrRefused([...lines.slice(0, at), ...instead, ...lines.slice(at + 1)].join("\n"));
      }
    }
  });

  test("nested without end", () => {
    for (const depth of [100, 10_000]) {
      expectManifestReadOrRefused("[".repeat(depth));
      expectManifestReadOrRefused(`name: ${"{a: ".repeat(depth)}${"}".repeat(depth)}`);
      expectManifestReadOrRefused(`name: ${"[".repeat(depth)}${"]".repeat(depth)}`);
      expectManifestReadOrRefused("{".repeat(depth));
      expectManifestReadOrRefused("? ".repeat(depth));
    }
  });
});
