/** Where a manifest says what it can't, and what is said of it. */
import { describe, expect, test } from "vitest";
import { parseManifest } from "../../provider/program/manifest/document.ts";
import type { Setting } from "../../provider/program/manifest/settings.ts";
import { canonicalFile, manifestHead } from "./made-up-texts.ts";
import { changed, describeWrong, failureOf, placesIn } from "./manifest-problems.ts";

describeWrong("what is missing", [
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
]);

describeWrong("unknown properties", [
  [
    "an unknown property at the top",
    `${manifestHead}▶user: {}\n`,
    [
      /^user: unknown property; it must be one of name, include, organization, roles, users, members, people, apiKeys, accessTokens$/,
    ],
  ],
  [
    "an unknown property of the organization",
    "name: acme\norganization:\n  slug: acme\n  name: Acme\n  ▶plan: basic\n",
    [/^organization\.plan: unknown property; it must be one of slug, name, /],
  ],
  [
    "an unknown property of a user",
    changed("    kind: system", "    ▶king: system"),
    [/^users\.importer\.king: unknown property; it must be one of email, givenName, /],
  ],
  [
    "an unknown property deep inside",
    changed("externalApiAccess: true", "▶externalAccess: true"),
    [/^organization\.features\.externalAccess: unknown property; it must be externalApiAccess$/],
  ],
  [
    "an unknown property deeper inside",
    changed("{ random: { bytes: 32 } }", "{ random: { bytes: 32, ▶seed: 1 } }"),
    [/^apiKeys\.checkout\.secret\.random\.seed: unknown property; it must be bytes$/],
  ],
  [
    "a property that the manifest makes itself",
    `${manifestHead}roles:\n  r: { ▶organization: x, permissions: [] }\n`,
    [/^roles\.r\.organization: unknown property; it must be one of name, permissions, adopt, onDestroy$/],
  ],
  [
    "a name that every object of JavaScript has",
    `${manifestHead}users: { ▶__proto__: { email: a@b.de } }\n`,
    [/^users\.__proto__: this name /],
  ],
]);

describeWrong("values of the wrong type", [
  [
    "a number for a name",
    "name: ▶7\norganization: { slug: acme, name: Acme }\n",
    [/^name: it must be text, not a number$/],
  ],
  ["a word for an object", "name: acme\norganization: ▶acme\n", [/^organization: .*object/]],
  ["a list for users", `${manifestHead}users:\n  ▶- ada\n`, [/^users: it must be an object, not a list$/]],
  ["nothing for a user", `${manifestHead}users:\n  ada:▶\n`, [/^users\.ada: .*object/]],
  [
    "a word for a list",
    `${manifestHead}roles:\n  r: { permissions: ▶flows:run }\n`,
    [/^roles\.r\.permissions: it must be a list, not text$/],
  ],
  [
    "a word for yes or no",
    `${manifestHead}users:\n  ada: { email: a@b.de, invite: ▶no }\n`,
    [/^users\.ada\.invite: it must be true or false, not text$/],
  ],
  [
    "a word for a number",
    changed("bytes: 32", "bytes: ▶many"),
    [/^apiKeys\.checkout\.secret\.random\.bytes: .*number/],
  ],
  ["too few bytes", changed("bytes: 32", "bytes: ▶15"), [/^apiKeys\.checkout\.secret\.random\.bytes: .*16/]],
  [
    "T11 values that are not text",
    `${manifestHead}users:\n  ada: { email: a@b.de, givenName: ▶007, familyName: ▶true }\n  bob: { email: b@b.de, familyName: ▶1e3 }\n`,
    [
      /^users\.ada\.givenName: it must be text, not a number$/,
      /^users\.ada\.familyName: it must be text, not true or false$/,
      /^users\.bob\.familyName: it must be text, not a number$/,
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
    [/^organization\.settings\.keysPerOwner: it must be a number, not infinite or NaN$/],
  ],
  [
    "T11 a value that is nothing, and could be meant as text",
    `${manifestHead}users:\n  ada: { email: a@b.de, familyName: ▶Null }\n`,
    [/^users\.ada\.familyName: it must be text, not an empty value: put Null in quotes if it is text$/],
  ],
]);

describeWrong("wrong values", [
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
    [/^organization\.logo: the file .*examples\/acme\/logos\/logo\.png does not exist$/],
  ],
  [
    "a logo that is no image",
    changed("logo: logo.png", "logo: ▶roster.yaml"),
    [/^organization\.logo: .*roster\.yaml is not a valid logo: it is not a PNG/],
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
    [/^apiKeys\.storefront\.endDate: this day or time does not exist/],
  ],
  [
    "a wrong name of an entry",
    `${manifestHead}users:\n  ▶ada lovelace: { email: a@b.de }\n`,
    [/^users\.ada lovelace: a name /],
  ],
]);

const robot = "robot: { email: r@b.de, kind: system, role: viewer }";
const tokens = (users: string, token: string) =>
  `${manifestHead}users:\n  ${users}\nmembers:\n  bob: { email: b@b.de, role: viewer }\naccessTokens:\n  t: ${token}\n`;

describeWrong("A3 access tokens", [
  [
    "no user, and no permissions",
    tokens(robot, "{}").replace("t: {}", "▶▶t: {}"),
    [/^accessTokens\.t\.user: it is required$/, /^accessTokens\.t\.permissions: it is required$/],
  ],
  [
    "a user that isn't there",
    tokens(robot, "{ user: ▶robbie, permissions: [members:read] }"),
    [/^accessTokens\.t\.user: "robbie" is not one of users; it must be robot$/],
  ],
  [
    "a member, who has a home elsewhere",
    tokens(robot, "{ user: ▶bob, permissions: [members:read] }"),
    [/^accessTokens\.t\.user: bob is one of members: a token acts as one of users, with `kind: system`$/],
  ],
  [
    "a person",
    tokens("ada: { email: a@b.de, role: viewer }", "{ user: ▶ada, permissions: [members:read] }"),
    [/^accessTokens\.t\.user: ada is a person, and people make their tokens on their own page: name one of users /],
  ],
  [
    "a system user without a role",
    tokens("robot: { email: r@b.de, kind: system }", "{ user: ▶robot, permissions: [members:read] }"),
    [/^accessTokens\.t\.user: robot is not a member: set the user's role$/],
  ],
  [
    "no permission, and what the resource refuses",
    tokens(robot, "{ user: robot, permissions: ▶[], storeSecret: ▶false }"),
    [/^accessTokens\.t\.permissions: .*at least one permission/, /^accessTokens\.t\.storeSecret: .*deliverTo/],
  ],
]);

describeWrong("references, and what goes together", [
  [
    "an unknown role",
    changed("role: viewer", "role: ▶veiwer"),
    [
      /^users\.barbara\.role: "veiwer" is not a role; it must be one of administrator, .*, release-manager, key-steward$/,
    ],
  ],
  [
    "a role that an organization can't give",
    changed("role: viewer", "role: ▶super_admin"),
    [/^users\.barbara\.role: super_admin is a system role, .*: set `systemRole: super_admin` instead, /],
  ],
  [
    "a role that an organization can't give to a member",
    `${manifestHead}members:\n  bob: { email: b@b.de, role: ▶super_admin }\n`,
    [/^members\.bob\.role: super_admin is a system role, .* in `users`, with `systemRole: super_admin`, /],
  ],
  [
    "an unknown role of a member",
    `${manifestHead}members:\n  bob: { email: b@b.de, role: ▶boss }\n`,
    [/^members\.bob\.role: "boss" is not a role/],
  ],
  [
    "an unknown owner",
    changed("owner: importer", "owner: ▶exporter"),
    [/^apiKeys\.importer\.owner: "exporter" is not one of users or members; it must be one of ada, /],
  ],
  [
    "an owner who may have no account yet",
    `${manifestHead}members:\n  bob: { email: b@b.de, role: viewer, onUnknownUser: invite }\napiKeys:\n  k: { kind: user, owner: ▶bob }\n`,
    [/^apiKeys\.k\.owner: bob may have no account until the invitation is accepted: add the key afterwards, /],
  ],
  [
    "a jwt key whose owner is a member, and no API user",
    `${manifestHead}members:\n  bob: { email: b@b.de, role: viewer }\napiKeys:\n  k: { kind: user, format: jwt, owner: ▶bob }\n`,
    [/^apiKeys\.k\.owner: a key of format jwt requires an owner with role: api_user$/],
  ],
  [
    "an unknown assignee",
    changed("[ada, dorothy]", "[ada, ▶doroty]"),
    [/^apiKeys\.storefront\.assignedTo\[1\]: "doroty" is not one of users or members; it must be one of ada, /],
  ],
  [
    "an assignee twice",
    changed("[ada, dorothy]", "[ada, ▶ada]"),
    [/^apiKeys\.storefront\.assignedTo\[1\]: ada is listed twice$/],
  ],
  [
    "an assignee without a role",
    `${manifestHead}users:\n  ada: { email: a@b.de }\napiKeys:\n  k: { kind: server, assignedTo: [▶ada] }\n`,
    [/^apiKeys\.k\.assignedTo\[0\]: ada is not a member: set the user's role$/],
  ],
  [
    "a member as a person outside the organization",
    `${manifestHead}members:\n  bob: { email: b@b.de, role: viewer }\napiKeys:\n  k: { kind: server, assignedTo: [{ email: ▶B@b.de, external: true }] }\n`,
    [/^apiKeys\.k\.assignedTo\[0\]\.email: bob is a member with this address: list bob instead$/],
  ],
  [
    "a person outside the organization twice, in another case",
    `${manifestHead}apiKeys:\n  k: { kind: server, assignedTo: [{ email: p@p.de, external: true }, { email: ▶P@p.de, external: true }] }\n`,
    [/^apiKeys\.k\.assignedTo\[1\]\.email: p@p\.de is listed twice$/],
  ],
  [
    "a name in users and in members",
    `${manifestHead}users:\n  ada: { email: a@b.de }\nmembers:\n  ▶ada: { email: c@b.de, role: viewer }\n`,
    [/^members\.ada: a user already has this name: use another name$/],
  ],
  [
    "an address twice, in another case",
    changed("email: grace@acme.example", "email: ▶Ada@ACME.example"),
    [/^users\.grace\.email: users\.ada already has this address$/],
  ],
  [
    "an address in users and in members",
    `${manifestHead}users:\n  ada: { email: a@b.de }\nmembers:\n  bob: { email: ▶A@B.de, role: viewer }\n`,
    [/^members\.bob\.email: users\.ada already has this address$/],
  ],
  [
    "a jwt key whose owner is no API user",
    `${manifestHead}users:\n  bot: { email: a@b.de, kind: system, role: operator }\napiKeys:\n  k: { kind: user, format: jwt, owner: ▶bot }\n`,
    [/^apiKeys\.k\.owner: a key of format jwt requires an owner with role: api_user$/],
  ],
  [
    "a jwt key whose owner has no role",
    `${manifestHead}users:\n  bot: { email: a@b.de, kind: system }\napiKeys:\n  k: { kind: user, format: jwt, owner: ▶bot }\n`,
    [/^apiKeys\.k\.owner: a key of format jwt requires an owner with role: api_user$/],
  ],
  [
    "a role named like a built-in one",
    `${manifestHead}roles:\n  ▶editor: { permissions: [] }\n`,
    [/^roles\.editor: this is the name of a built-in role: use another name$/],
  ],
  [
    "a role that people see as a built-in one",
    changed("name: Key steward", "name: ▶Editor"),
    [/^roles\.key-steward\.name: .*are built in/],
  ],
  [
    "the permission that is api_user's",
    `${manifestHead}roles:\n  r: { permissions: ▶[flows:read, api:call] }\n`,
    [/^roles\.r\.permissions: only the built-in role api_user can have api:call$/],
  ],
  [
    "a role without a name that is called like a built-in one",
    `${manifestHead}roles:\n  ▶Viewer: { permissions: [] }\n  Editor: { name: Redactor, permissions: [] }\n`,
    [/^roles\.Viewer: this is the name of a built-in role: use another name$/],
  ],
]);

const keyed = (key: string) => `${manifestHead}apiKeys:\n  k: ${key}\n`;

describeWrong("people outside the organization", [
  [
    "without saying so",
    keyed("{ kind: server, assignedTo: [▶{ email: p@p.de }] }"),
    [/^apiKeys\.k\.assignedTo\[0\]\.external: it is required$/],
  ],
  [
    "saying the opposite",
    keyed("{ kind: server, assignedTo: [{ email: p@p.de, external: ▶false }] }"),
    [/^apiKeys\.k\.assignedTo\[0\]\.external: it must be true$/],
  ],
  [
    "with a wrong address and an unknown property",
    keyed("{ kind: server, assignedTo: [{ email: ▶p, external: true, ▶role: viewer }] }"),
    [
      /^apiKeys\.k\.assignedTo\[0\]\.email: it must be an e-mail address/,
      /^apiKeys\.k\.assignedTo\[0\]\.role: unknown property; it must be one of email, external, resendInvite$/,
    ],
  ],
  [
    "as a number",
    keyed("{ kind: server, assignedTo: [▶7] }"),
    [/^apiKeys\.k\.assignedTo\[0\]: it must be text or an object, not a number$/],
  ],
]);

describeWrong("the secret of a Web API", [
  [
    "in plaintext",
    keyed(`{ kind: webapi, secret: ▶"a-secret-that-everybody-can-read-in-the-repository" }`),
    [
      /^apiKeys\.k\.secret: a manifest can't contain a secret: run `pulumi config set --secret <name>` and set `secret: \{/,
    ],
  ],
  ["in no form", keyed("{ kind: webapi, secret: ▶{} }"), [/^apiKeys\.k\.secret: set either `random` or `config`$/]],
  [
    "in two forms",
    keyed("{ kind: webapi, secret: ▶{ random: { bytes: 32 }, config: checkoutSecret } }"),
    [/^apiKeys\.k\.secret: set either `random` or `config`$/],
  ],
  [
    "in a form that there isn't",
    keyed("{ kind: webapi, secret: { ▶file: secret.txt, random: { bytes: 32 } } }"),
    [/^apiKeys\.k\.secret\.file: unknown property; it must be one of random, config$/],
  ],
  [
    "from a name that can't be one",
    keyed('{ kind: webapi, secret: { config: ▶"checkout secret" } }'),
    [/^apiKeys\.k\.secret\.config: it must be the name of a value in the stack's configuration, /],
  ],
  [
    "for another kind of key",
    keyed("{ kind: server, secret: ▶{ config: checkoutSecret } }"),
    [/^apiKeys\.k\.secret: only a key of kind webapi can have one; /],
  ],
]);

describeWrong("an organization that exists already", [
  [
    "with what the stack would have to manage",
    "name: acme\norganization: { existing: acme, ▶name: Acme, ▶logo: logo.png }\n",
    [
      /^organization\.name: an organization that exists already is only looked up: move this to `profile`, remove it, or remove `existing` /,
      /^organization\.logo: an organization that exists already is only looked up: /,
    ],
  ],
  [
    "by what is no slug",
    "name: acme\norganization: { existing: ▶Acme Corporation }\n",
    [/^organization\.existing: a slug has a-z/],
  ],
  [
    "and mistakes elsewhere",
    "name: acme\norganization: { existing: acme }\nusers:\n  ada: { email: ada@b.de, role: ▶boss, ▶shoe: 43 }\n",
    [/^users\.ada\.role: "boss" is not a role/, /^users\.ada\.shoe: unknown property; it must be one of email, /],
  ],
  [
    "misspelled",
    "name: acme\n▶organization: { ▶exists: acme }\n",
    [
      /^organization\.slug: it is required$/,
      /^organization\.exists: unknown property; it must be one of slug, .*, onDestroy, existing, profile$/,
    ],
  ],
]);

describeWrong("a member's names", [
  [
    "where no account is created",
    `${manifestHead}members:\n  bob: { email: b@b.de, role: viewer, givenName: ▶Bob, onUnknownUser: invite }\n`,
    [/^members\.bob\.givenName: it is used only with `onUnknownUser: create`/],
  ],
]);

describe("a value of the stack's configuration", () => {
  const text = keyed("{ kind: webapi, secret: { config: checkoutSecret } }");
  const read = (setting: Setting | undefined) => parseManifest("roster.yaml", text, () => setting).apiKeys.k?.secret;

  test("is taken by its name, and is no part of the manifest", () => {
    expect(read({ value: "kept-in-the-configuration", isSecret: true })).toEqual({ config: "checkoutSecret" });
  });

  test.each([
    ["that isn't there", undefined, "has no such value"],
    ["in plaintext", { value: "in-plaintext", isSecret: false }, "has this value in plaintext"],
  ])("%s is refused at its line", (_what, setting, reason) => {
    const failing = () => read(setting);
    expect(failing).toThrow(
      `roster.yaml:4:40: apiKeys.k.secret.config: the stack's configuration ${reason}: run \`pulumi config set --secret checkoutSecret\``,
    );
    expect(failing).not.toThrow("in-plaintext");
  });
});

test("T11 a name with what nobody sees is shown with it", () => {
  expect(
    failureOf("name: acme\norganization: { slug: acme, name: Acme, \u00a0logo: x, '\u202e\u001b[31m': x }\n").message,
  ).toMatch(/organization\.\\u00a0logo: unknown property.*organization\.\\u202e\\u001b\[31m: unknown property/s);
});

test("a wrong manifest is named with the file's name, as it was given", () => {
  expect(() => parseManifest("../some where/x.yaml", "name: 7\n")).toThrow("  ../some where/x.yaml:1:7: name: ");
});

describe("what the resources would refuse at preview", () => {
  const key = (rest: string) => `name: acme
organization: { slug: acme, name: Acme }
apiKeys:
  k: { kind: server${rest} }
`;

  test("is said together with every other mistake, also of the same entry", () => {
    const { text, places } = placesIn(`name: acme
organization: { slug: ▶Acme, name: Acme, websiteUrl: ▶https://acme.example }
apiKeys:
  k: { kind: server, endDate: ▶2020-01-01, name: ▶"", rotation: { every: ▶1h } }
  j: { kind: ▶robot, state: ▶revoked }
`);
    const { problems } = failureOf(text);
    expect(problems.map(({ line, column }) => `${line}:${column}`)).toEqual(places);
    const ifNew = "(unless the resource has this value already)";
    expect(problems.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
      expect.stringContaining("organization.slug: a slug has"),
      expect.stringContaining("organization.websiteUrl: it requires subscription.plan"),
      `apiKeys.k.endDate: 2020-01-01 has passed: set a later one, or remove it ${ifNew}`,
      "apiKeys.k.name: it must not be empty",
      expect.stringContaining("apiKeys.k.rotation.every: it must be longer than the overlap"),
      expect.stringContaining("apiKeys.j.kind: it must be one of"),
      `apiKeys.j.state: a key can't be created as revoked: remove the resource ${ifNew}`,
    ]);
  });

  test.each([", endDate: 2020-01-01", ", state: revoked"])(
    "is left to the preview if it depends on what was declared before:%s",
    (rest) => {
      expect(parseManifest(canonicalFile, key(rest)).apiKeys.k).toBeDefined();
    },
  );
});

test("several mistakes are all said, in the order of the file", () => {
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
