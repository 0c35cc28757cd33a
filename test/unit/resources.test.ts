/** What is each resource's own: its arguments, its rules, and what replaces it. */
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { endOf, readIpRange, textFaults } from "roster-schema";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import type { z } from "zod";
import { apiKeyLifecycle, apiKeyShape } from "../../provider/kinds/api-key/api-key.ts";
import { apiKeyAssignmentLifecycle, apiKeyAssignmentShape } from "../../provider/kinds/api-key-assignment.ts";
import { logoContent } from "../../provider/kinds/logo-file.ts";
import { membershipLifecycle, membershipShape } from "../../provider/kinds/membership.ts";
import { organizationLifecycle, organizationShape } from "../../provider/kinds/organization.ts";
import { objectLifecycles } from "../../provider/kinds/registry.ts";
import { roleLifecycle, roleShape } from "../../provider/kinds/role.ts";
import { userLifecycle, userShape } from "../../provider/kinds/user.ts";
import type { Lifecycle } from "../../provider/lifecycle/interface.ts";
import { externalId } from "../../provider/lifecycle/lifecycle.ts";
import { duration } from "../../provider/values/property-types.ts";
import { unknownValue } from "../../provider/values/unknown.ts";
import type { Values } from "../../provider/values/values.ts";

const clientSecret = () => randomBytes(32).toString("base64url");
const idOf = (prefix: string, digit = "0") => `${prefix}_${digit.repeat(32)}`;

const logo = path.join(__dirname, "../../examples/acme/logo.png");

/** An argument's other value, as a change in a program would be. */
interface Change {
  readonly to: unknown;
  /** What is declared and in the state before, beside what every case has. */
  readonly from?: Values;
  /** Whether the object is replaced; false by default. */
  readonly replaces?: boolean;
  /** What the change is, where an argument has several. */
  readonly how?: string;
}

interface Kind {
  readonly lifecycle: Lifecycle;
  readonly shape: z.ZodRawShape;
  /** The least that is right. */
  readonly least: Values;
  /** What check adds to that. */
  readonly defaults: Values;
  /** By argument: values that are refused, each with what the reason says. */
  readonly wrong: Readonly<Record<string, readonly (readonly [value: unknown, reason: RegExp, at?: string])[]>>;
  /** By argument: what a change of it does. */
  readonly changes: Readonly<Record<string, readonly Change[]>>;
}

const wrongIdentifiers = (prefix: string, what: string) => {
  const reason = new RegExp(`it must be an? ${what} or its id \\(${prefix}_…\\)`);
  return [
    ["acme", reason],
    [`${prefix}_`, reason],
    [idOf(prefix, "g"), reason],
    [`${prefix}_${"0".repeat(31)}`, reason],
    [`${prefix}_${"0".repeat(33)}`, reason],
    [`${prefix}_${"A".repeat(32)}`, reason],
    [idOf("xyz"), reason],
    [` ${idOf(prefix)}`, reason],
    [`${idOf(prefix)}\n`, reason],
    [7, /it must be text/],
  ] as const;
};

const wrongTexts = (maxLength: number) =>
  [
    ["", /it must not be empty/],
    [" \t\n", /it must not be empty/],
    ["x".repeat(maxLength + 1), new RegExp(`it must have at most ${maxLength} characters`)],
    [7, /it must be text/],
    [["x"], /it must be text/],
  ] as const;

const wrongEmails = [
  ...["", "ada", "ada@", "@acme.example", "ada@acme", "a b@acme.example", "ada@acme..example", "ada@-acme.example"],
  ...["ada@acme.example.", "Ada <ada@acme.example>", "ada@acme.example, bob@acme.example", "ada..b@acme.example"],
  ...[".ada@acme.example", "ada.@acme.example"],
].map((email) => [email, /it must be an e-mail address such as ada@example.com/] as const);

const wrongActs = [
  ["", /it must not be empty/],
  ["x".repeat(201), /it must have at most 200 characters/],
  [true, /it must be text or a number/],
  [{}, /it must be text or a number/],
] as const;

const actChanges: readonly Change[] = [
  { how: "set", to: 1 },
  { how: "changed", from: { resendInvite: 1 }, to: "2" },
  { how: "removed", from: { resendInvite: 1, resetPassword: 1 }, to: undefined },
];

const wrongPermissions = [
  [["flows:walk"], /flows:run/, "permissions[0]"],
  [["flows:run", "flows:read", "*"], /flows:run/, "permissions[2]"],
  [["flows:run", "flows:run"], /each permission is named once/],
  ["flows:run", /it must be a list/],
  [{ "flows:run": true }, /it must be a list/],
] as const;

const kinds: Readonly<Record<string, Kind>> = {
  Organization: {
    lifecycle: organizationLifecycle,
    shape: organizationShape,
    least: { slug: "acme", name: "Acme" },
    defaults: {
      joinPolicies: ["existing", "invite", "create"],
      features: { externalApiAccess: false },
      settings: { allowExpiringJwt: false },
      subscription: { plan: "basic", billing: "custom" },
    },
    wrong: {
      slug: [
        [undefined, /it is required/],
        ["Acme", /a slug has a-z/],
        ["-acme", /a slug has a-z/],
        ["acme-", /a slug has a-z/],
        ["ac me", /a slug has a-z/],
        ["a", /./],
        ["a".repeat(64), /at most 63 characters/],
        [7, /it must be text/],
      ],
      name: [[undefined, /it is required/], ...wrongTexts(200)],
      websiteUrl: [
        ["acme.example", /an address such as https:\/\/example.com/],
        ["ftp://acme.example", /an address such as/],
        ["https://", /an address such as/],
        ["https://acme.example/a b", /an address such as/],
        ["javascript:alert(1)", /an address such as/],
        [`https://acme.example/${"x".repeat(2048)}`, /2048/],
        [["https://acme.example"], /it must be text/],
      ],
      logo: [
        [path.join(__dirname, "nowhere.png"), /there is no file test\/unit\/nowhere\.png/],
        [__dirname, /test\/unit can't be read \(EISDIR\)/],
        [__filename, /test\/unit\/resources\.test\.ts is no logo: it is neither a PNG, nor a JPEG, nor a WebP image/],
        [path.join(__dirname, "../../package-lock.json"), /more than 524288 bytes|is no logo/],
        [logo, /it needs subscription.plan: premium or enterprise, and the plan is basic/],
        [7, /it must be the path of an image/],
        [[logo], /it must be the path of an image/],
      ],
      joinPolicies: [
        [[], /at least one way to join is needed/],
        [["invite", "invite"], /each way to join is named once/],
        [["invite", "beg"], /existing.*invite.*create/, "joinPolicies[1]"],
        ["invite", /it must be a list/],
      ],
      features: [
        [{ externalApiAccess: "yes" }, /it must be true or false/, "features.externalApiAccess"],
        [
          { externalAccess: true },
          /there is no such property; there is only externalApiAccess/,
          "features.externalAccess",
        ],
        [true, /it must be an object/],
        [
          { externalApiAccess: true },
          /it needs subscription.plan: enterprise, and the plan is basic/,
          "features.externalApiAccess",
        ],
      ],
      settings: [
        [{ keysPerOwner: 0 }, /1/, "settings.keysPerOwner"],
        [{ keysPerOwner: 10_001 }, /10000/, "settings.keysPerOwner"],
        [{ keysPerOwner: 1.5 }, /it must be a whole number, and is a fraction/, "settings.keysPerOwner"],
        [{ keysPerOwner: "3" }, /it must be a number, and is text/, "settings.keysPerOwner"],
        [{ allowExpiringJwt: 1 }, /it must be true or false/, "settings.allowExpiringJwt"],
        [{ keysPerOrganization: 3 }, /there are keysPerOwner, allowExpiringJwt/, "settings.keysPerOrganization"],
        ["keysPerOwner", /it must be an object/],
      ],
      subscription: [
        [{ plan: "gold" }, /basic.*premium.*enterprise/, "subscription.plan"],
        [{ billing: "cash" }, /stripe.*custom/, "subscription.billing"],
        [{ plan: "basic", price: 1 }, /there are plan, billing/, "subscription.price"],
        [
          { billing: "stripe", stripeSubscription: "cus_1" },
          /the id of a subscription at Stripe/,
          "subscription.stripeSubscription",
        ],
        [{ stripeSubscription: "sub_1" }, /it needs subscription.billing: stripe/, "subscription.stripeSubscription"],
        ["basic", /it must be an object/],
      ],
    },
    changes: {
      slug: [{ to: "acme-media" }],
      name: [{ to: "Acme Media" }],
      websiteUrl: [{ to: "https://acme.example" }],
      logo: [
        { to: { path: "logo.png", sha256: "a".repeat(64) }, how: "given" },
        { from: { logo: { sha256: "a".repeat(64) } }, to: undefined, how: "removed" },
        {
          from: { logo: { path: "a.png", sha256: "a".repeat(64) } },
          to: { path: "a.png", sha256: "b".repeat(64) },
          how: "with another content",
        },
      ],
      joinPolicies: [{ to: ["invite"] }],
      features: [{ to: { externalApiAccess: true } }],
      settings: [{ to: { allowExpiringJwt: true, keysPerOwner: 3 } }],
      subscription: [{ to: { plan: "premium", billing: "stripe" } }],
    },
  },
  Role: {
    lifecycle: roleLifecycle,
    shape: roleShape,
    least: { organization: idOf("org"), name: "Releaser", permissions: ["flows:read", "flows:run"] },
    defaults: {},
    wrong: {
      organization: [[undefined, /it is required/], ...wrongIdentifiers("org", "Organization")],
      name: [
        [undefined, /it is required/],
        ...wrongTexts(64),
        ["viewer", /are built in: use another name/],
        ["super_admin", /are built in: use another name/],
        ["API_User", /are built in: use another name/],
        [" Viewer\u00a0", /are built in: use another name/],
      ],
      permissions: [
        [undefined, /it is required/],
        ...wrongPermissions,
        [["flows:run", "api:call"], /api:call belongs to the built-in role api_user alone/],
      ],
    },
    changes: {
      organization: [{ to: idOf("org", "1"), replaces: true }],
      name: [{ to: "Release manager" }],
      permissions: [{ to: ["flows:read"] }],
    },
  },
  User: {
    lifecycle: userLifecycle,
    shape: userShape,
    least: { email: "ada@acme.example" },
    defaults: { kind: "person", systemRole: "none", state: "active" },
    wrong: {
      email: [
        [undefined, /it is required/],
        ...wrongEmails,
        [`${"a".repeat(250)}@acme.example`, /at most 254 characters/],
      ],
      givenName: wrongTexts(200),
      familyName: wrongTexts(200),
      kind: [["robot", /person.*system/]],
      homeOrganization: wrongIdentifiers("org", "Organization"),
      systemRole: [["administrator", /super_admin.*none/]],
      invite: [["no", /it must be true or false/]],
      state: [
        ["invited", /active.*inactive/],
        [false, /active.*inactive/],
      ],
      resendInvite: wrongActs,
      resetPassword: wrongActs,
    },
    changes: {
      email: [{ to: "ada.lovelace@acme.example" }],
      givenName: [{ to: "Ada" }],
      familyName: [{ to: "Lovelace" }],
      kind: [{ to: "system" }],
      homeOrganization: [{ to: idOf("org", "1") }],
      systemRole: [{ to: "super_admin" }],
      invite: [{ to: false }],
      state: [{ to: "inactive" }],
      resendInvite: actChanges,
      resetPassword: actChanges,
    },
  },
  Membership: {
    lifecycle: membershipLifecycle,
    shape: membershipShape,
    least: { organization: idOf("org"), user: idOf("usr"), role: "viewer" },
    defaults: { onUnknownUser: "fail" },
    wrong: {
      organization: [[undefined, /it is required/], ...wrongIdentifiers("org", "Organization")],
      user: [...wrongIdentifiers("usr", "User"), [undefined, /`user` or `email` must say who/]],
      email: [...wrongEmails, ["ada@acme.example", /both say who: give one of them/]],
      role: [
        [undefined, /it is required/],
        ["super_admin", /there is no such built-in role; there are administrator/],
        ["Viewer", /there is no such built-in role/],
        ["viewer ", /there is no such built-in role/],
        ["release-manager", /a role of your own is passed as a Role or its id/],
        [idOf("rol", "g"), /there is no such built-in role/],
        [7, /it must be text/],
      ],
      onUnknownUser: [["ignore", /fail.*create.*invite/]],
      resendInvite: wrongActs,
    },
    changes: {
      organization: [{ to: idOf("org", "1"), replaces: true }],
      user: [
        { how: "another", to: idOf("usr", "1"), replaces: true },
        {
          how: "instead of an address",
          from: { user: undefined, email: "ada@acme.example" },
          to: idOf("usr"),
          replaces: true,
        },
      ],
      email: [
        {
          how: "another",
          from: { user: undefined, email: "ada@acme.example" },
          to: "bob@acme.example",
          replaces: true,
        },
        { how: "instead of a user", to: "bob@acme.example", replaces: true },
      ],
      role: [{ to: "editor" }, { how: "to an own one", to: idOf("rol") }],
      onUnknownUser: [{ to: "invite" }],
      resendInvite: actChanges,
    },
  },
  ApiKey: {
    lifecycle: apiKeyLifecycle,
    shape: apiKeyShape,
    least: { organization: idOf("org"), name: "Storefront", kind: "server" },
    defaults: { format: "opaque", state: "active", generation: 1, __stateVersion: 4 },
    wrong: {
      organization: [[undefined, /it is required/], ...wrongIdentifiers("org", "Organization")],
      name: [[undefined, /it is required/], ...wrongTexts(200)],
      kind: [
        [undefined, /it is required/],
        ["robot", /server.*webapi.*user/],
        ["user", /a key of kind user needs an owner/, "owner"],
      ],
      format: [
        ["pem", /opaque.*jwt/],
        ["jwt", /a key of format jwt needs an owner, who has the role api_user/, "owner"],
      ],
      owner: wrongIdentifiers("usr", "User"),
      permissions: wrongPermissions,
      allowedIps: [
        [[], /at least one range: leave it out to allow every address/],
        [Array(101).fill("10.0.0.0/8"), /at most 100 ranges/],
        ["10.0.0.0/8", /it must be a list/],
        [["10.0.0.0/8", "10.0.0.1/8"], /"10\.0\.0\.1\/8".*write 10\.0\.0\.0\/8/, "allowedIps[1]"],
        [["2001:DB8::1/48"], /write 2001:db8::\/48/, "allowedIps[0]"],
        [["::ffff:203.0.113.7"], /write 203\.0\.113\.7\/32/, "allowedIps[0]"],
        [["10.0.0.0/33"], /\/0 to \/32/, "allowedIps[0]"],
        [["::/129"], /\/0 to \/128/, "allowedIps[0]"],
        [["acme.example"], /an address such as 203\.0\.113\.7 or 2001:db8::1/, "allowedIps[0]"],
        [["10.0.0.0/8 "], /a range such as/, "allowedIps[0]"],
        [["010.0.0.0/8"], /a range such as/, "allowedIps[0]"],
        [["10.0.0.0/"], /a range such as/, "allowedIps[0]"],
        [["10.0.0.0/8/8"], /a range such as/, "allowedIps[0]"],
        [["10.0.0.0/255.0.0.0"], /a range such as/, "allowedIps[0]"],
        [["fe80::1%eth0"], /a range such as/, "allowedIps[0]"],
        [[10], /it must be text/, "allowedIps[0]"],
      ],
      endDate: [
        ["soon", /a date such as 2027-06-30, or a time such as/],
        ["2030-6-30", /a date such as/],
        ["30.06.2030", /a date such as/],
        ["2030-06-30T12:00:00", /a date such as/],
        ["2030-06-30T12:00:00+02:00", /a date such as/],
        ["2030-06-30T12:00:00.1234Z", /a date such as/],
        ["2027-02-30", /there is no such day or time/],
        ["2027-02-29T00:00:00Z", /there is no such day or time/],
        ["2027-13-01", /there is no such day or time/],
        ["2027-00-01", /there is no such day or time/],
        ["2027-04-31T12:00:00Z", /there is no such day or time/],
        ["2027-04-30T25:00:00Z", /there is no such day or time/],
        ["2027-04-30T24:00:00Z", /there is no such day or time/],
        ["2027-04-30T12:60:00Z", /there is no such day or time/],
        ["2001-01-01", /2001-01-01 has passed: give a later one, or leave it out/],
        [20270630, /it must be text/],
      ],
      secret: [
        ["x".repeat(15), /at least 16 characters/],
        ["x".repeat(513), /at most 512 characters/],
        [`${"x".repeat(16)} y`, /visible ASCII characters only/],
        [`${"x".repeat(16)}é`, /visible ASCII characters only/],
        [7, /it must be text/],
        ["x".repeat(16), /only a key of kind webapi takes one/],
      ],
      rotate: [
        ["", /it must not be empty/],
        ["x".repeat(201), /at most 200 characters/],
        [true, /it must be a text or a number/],
      ],
      rotation: [
        ["24h", /it must be an object/],
        [{ overlap: 24 }, /it must be text/, "rotation.overlap"],
        [{ overlap: "a day" }, /a length of time such as 90s, 30m, 12h or 7d/, "rotation.overlap"],
        [{ overlap: "1.5h" }, /a length of time such as/, "rotation.overlap"],
        [{ often: "1h" }, /there is no such property; there are every, overlap/, "rotation.often"],
        [{ every: "59s" }, /a key is rotated once a minute at most/, "rotation.every"],
        [{ every: "24h" }, /it must be longer than the overlap, which is 24h/, "rotation.every"],
        [{ every: "2h", overlap: "2h" }, /it must be longer than the overlap, which is 2h/, "rotation.every"],
      ],
      holdRotation: [["yes", /it must be true or false/]],
      holdWhileUsed: [["a while", /a length of time such as/]],
      deliverTo: [
        ["storefront.key", /it must be an object/],
        [{}, /it is required/, "deliverTo.file"],
        [{ file: 7 }, /it must be text/, "deliverTo.file"],
        [{ file: "" }, /it must be the path of a file/, "deliverTo.file"],
        [{ file: "secrets/" }, /it must be the path of a file/, "deliverTo.file"],
        [{ file: "secrets\\" }, /it must be the path of a file/, "deliverTo.file"],
        [{ file: "storefront\0.key" }, /it must be the path of a file/, "deliverTo.file"],
        [{ file: "x".repeat(4097) }, /at most 4096 characters/, "deliverTo.file"],
        [{ file: "a", vault: "b" }, /there is no such property; there is only file/, "deliverTo.vault"],
      ],
      storeSecret: [
        ["no", /it must be true or false/],
        [false, /has to be handed on, or nobody has it: say where to with `deliverTo`/],
      ],
      state: [
        ["expired", /active.*revoked/],
        ["revoked", /a key can't be made revoked: leave the resource out/],
      ],
    },
    changes: {
      organization: [{ to: idOf("org", "1"), replaces: true }],
      name: [{ to: "Storefront (production)" }],
      kind: [{ to: "webapi", replaces: true }],
      format: [{ from: { owner: idOf("usr") }, to: "jwt", replaces: true }],
      owner: [
        { how: "given", to: idOf("usr"), replaces: true },
        { how: "another", from: { owner: idOf("usr") }, to: idOf("usr", "1"), replaces: true },
        { how: "taken away", from: { owner: idOf("usr") }, to: undefined, replaces: true },
      ],
      permissions: [{ from: { permissions: ["flows:run"] }, to: ["flows:read"] }],
      allowedIps: [
        { how: "given", to: ["10.0.0.0/8"] },
        { how: "another", from: { allowedIps: ["10.0.0.0/8"] }, to: ["10.0.0.0/9"] },
        { how: "one more", from: { allowedIps: ["10.0.0.0/8"] }, to: ["10.0.0.0/8", "::/0"] },
        { how: "taken away", from: { allowedIps: ["10.0.0.0/8"] }, to: undefined },
      ],
      endDate: [
        { how: "given", from: { status: "active" }, to: "2090-01-01" },
        { how: "moved before it has passed", from: { status: "active", endDate: "2080-01-01" }, to: "2090-01-01" },
        { how: "removed before it has passed", from: { status: "active", endDate: "2080-01-01" }, to: undefined },
        {
          how: "moved after it has passed",
          from: { status: "expired", endDate: "2020-01-01" },
          to: "2090-01-01",
          replaces: true,
        },
        {
          how: "removed after it has passed",
          from: { status: "expired", endDate: "2020-01-01" },
          to: undefined,
          replaces: true,
        },
      ],
      secret: [{ from: { kind: "webapi", secret: clientSecret() }, to: clientSecret() }],
      rotate: [
        { how: "set", to: 1 },
        { how: "changed", from: { rotate: 1 }, to: "2026-01-31" },
      ],
      rotation: [
        { how: "given", to: { overlap: "0s" } },
        { how: "changed", from: { rotation: { overlap: "1h" } }, to: { overlap: "0s" } },
        { how: "given a schedule", to: { every: "90d" } },
      ],
      holdRotation: [
        { how: "held", to: true },
        { how: "held no more", from: { holdRotation: true }, to: undefined },
      ],
      holdWhileUsed: [
        { how: "given", to: "1h" },
        { how: "removed", from: { holdWhileUsed: "1h" }, to: undefined },
      ],
      deliverTo: [
        { how: "given", to: { file: "storefront.key" } },
        { how: "changed", from: { deliverTo: { file: "storefront.key" } }, to: { file: "shop.key" } },
        { how: "removed", from: { deliverTo: { file: "storefront.key" } }, to: undefined },
      ],
      storeSecret: [
        { how: "turned off", to: false },
        { how: "turned on", from: { storeSecret: false }, to: true },
        { how: "left out", from: { storeSecret: false }, to: undefined },
      ],
      state: [
        { how: "revoked", to: "revoked" },
        { how: "active again", from: { state: "revoked", status: "revoked" }, to: "active", replaces: true },
        { how: "revoked after it has expired", from: { status: "expired" }, to: "revoked" },
      ],
    },
  },
  ApiKeyAssignment: {
    lifecycle: apiKeyAssignmentLifecycle,
    shape: apiKeyAssignmentShape,
    least: { key: idOf("key"), user: idOf("usr") },
    defaults: { external: false },
    wrong: {
      key: [[undefined, /it is required/], ...wrongIdentifiers("key", "ApiKey")],
      user: [...wrongIdentifiers("usr", "User"), [undefined, /`user` or `email` must say who/]],
      email: [...wrongEmails, ["ada@acme.example", /both say who: give one of them/]],
      external: [["yes", /it must be true or false/]],
      resendInvite: wrongActs,
    },
    changes: {
      key: [{ to: idOf("key", "1"), replaces: true }],
      user: [{ to: idOf("usr", "1"), replaces: true }],
      email: [{ from: { user: undefined, email: "ada@acme.example" }, to: "bob@acme.example", replaces: true }],
      external: [{ to: true }],
      resendInvite: actChanges,
    },
  },
};

test("every kind is looked at here", () => {
  expect(objectLifecycles.map(({ kind }) => kind)).toEqual(Object.keys(kinds));
  expect(objectLifecycles).toEqual(Object.values(kinds).map(({ lifecycle }) => lifecycle));
});

describe.each(Object.entries(kinds))("%s", (_kind, { lifecycle, shape, least, defaults, wrong, changes }) => {
  test("every argument is looked at here", () => {
    expect(Object.keys(wrong)).toEqual(Object.keys(shape));
    expect(Object.keys(changes)).toEqual(Object.keys(shape));
  });

  test("takes the least, and fills in the rest", () => {
    expect(lifecycle.check({}, least)).toEqual({ inputs: { ...least, __stateVersion: 2, ...defaults }, failures: [] });
  });

  test("refuses a property that it hasn't, by name", () => {
    expect(lifecycle.check({}, { ...least, colour: "red" }).failures).toEqual([
      { property: "colour", reason: expect.stringMatching(/there is no such property; there are /) },
    ]);
  });

  const refusals = Object.entries(wrong).flatMap(([name, values]) =>
    values.map(([value, reason, at = name]) => ({ name, value, reason, at, shown: shorten(value) })),
  );
  test.each(refusals)("refuses $name: $shown", ({ name, value, reason, at }) => {
    const { failures } = lifecycle.check({}, { ...least, [name]: value });
    expect(failures.map(({ property }) => property)).toContain(at);
    expect(new Set(failures.map(({ property }) => property))).toEqual(new Set([at]));
    expect(failures.map((failure) => failure.reason).join("\n")).toMatch(reason);
  });

  const changed = Object.entries(changes).flatMap(([name, all]) =>
    all.map(({ how = "changed", from = {}, to, replaces = false }) => ({
      name,
      how,
      from,
      to,
      replaces,
      does: replaces ? "replaces" : "is done in place",
    })),
  );
  test.each(changed)("$name, $how, $does", ({ name, from, to, replaces }) => {
    const state = { ...least, ...defaults, ...from, id: "x", etag: '"1"' };
    const args = Object.fromEntries(
      Object.keys(shape).map((argument) => [argument, state[argument as keyof typeof state]]),
    );
    expect(lifecycle.diff(state, args)).toMatchObject({ changes: false, replaces: [] });
    expect(lifecycle.diff(state, { ...args, [name]: to })).toMatchObject({
      changes: true,
      replaces: replaces ? [name] : [],
    });
  });

  test("no output has the name of an argument", () => {
    expect(Object.keys(lifecycle.outputs).filter((output) => output in shape)).toEqual([]);
  });
});

describe("what means the same is no change", () => {
  test.each([
    [
      "Organization",
      { joinPolicies: ["existing", "invite", "create"] },
      { joinPolicies: ["create", "existing", "invite"] },
    ],
    ["Role", { permissions: ["flows:read", "flows:run"] }, { permissions: ["flows:run", "flows:read"] }],
    ["User", { email: "ada@acme.example" }, { email: "Ada@ACME.example" }],
    ["Membership", { user: undefined, email: "ada@acme.example" }, { user: undefined, email: "Ada@ACME.example" }],
    [
      "ApiKeyAssignment",
      { user: undefined, email: "ada@acme.example" },
      { user: undefined, email: "Ada@ACME.example" },
    ],
    ["ApiKey", { permissions: ["flows:read", "flows:run"] }, { permissions: ["flows:run", "flows:read"] }],
    ["ApiKey", { permissions: ["flows:read"] }, { permissions: undefined }],
    [
      "ApiKey",
      { allowedIps: ["10.0.0.7/32", "2001:db8::/48"] },
      { allowedIps: ["2001:0DB8:0::/48", "10.0.0.7", "10.0.0.7/32"] },
    ],
    ["ApiKey", { kind: "webapi", secret: clientSecret() }, { kind: "webapi", secret: undefined }],
    ["ApiKey", { storeSecret: undefined }, { storeSecret: true }],
    ["ApiKey", { storeSecret: true }, { storeSecret: undefined }],
  ])("%s: %j, %j", (name, before, now) => {
    const { lifecycle, least, defaults } = kindOf(name);
    const all = { ...least, ...defaults };
    expect(lifecycle.diff({ ...all, ...before }, { ...all, ...now })).toMatchObject({ changes: false, replaces: [] });
  });
});

describe("what is set for good is refused when it changes, before anything is done", () => {
  const cases: [kind: string, property: string, before: Values, now: Values][] = [
    ["User", "kind", { kind: "person" }, { kind: "system" }],
    ["User", "kind", { kind: "system" }, {}],
    ["User", "homeOrganization", { homeOrganization: idOf("org") }, { homeOrganization: idOf("org", "1") }],
    ["User", "homeOrganization", {}, { homeOrganization: idOf("org") }],
    ["User", "homeOrganization", { homeOrganization: idOf("org") }, {}],
    ["ApiKey", "permissions", { permissions: ["flows:run"] }, { permissions: ["flows:read"] }],
    ["ApiKey", "permissions", { permissions: ["flows:run"] }, { permissions: ["flows:run", "flows:read"] }],
    ["ApiKey", "permissions", {}, { permissions: ["flows:read"] }],
  ];
  test.each(cases)("%s.%s, %j to %j", (name, property, before, now) => {
    const { lifecycle, least } = kindOf(name);
    const previous = lifecycle.check({}, { ...least, ...before });
    expect(previous.failures).toEqual([]);
    expect(lifecycle.check(previous.inputs, { ...least, ...before }).failures).toEqual([]);
    expect(lifecycle.check(previous.inputs, { ...least, ...now }).failures).toEqual([
      { property, reason: expect.stringMatching(/undo the change, or declare another/) },
    ]);
  });

  test("but not where another key takes its place", () => {
    const { lifecycle, least } = kindOf("ApiKey");
    const previous = lifecycle.check({}, { ...least, permissions: ["flows:run"] }).inputs;
    const another = { ...least, organization: idOf("org", "1"), permissions: ["flows:read"] };
    expect(lifecycle.check(previous, another).failures).toEqual([]);
  });
});

describe("rules over several arguments", () => {
  const owner = idOf("usr");
  const deliverTo = { file: "storefront.key" };
  const cases: [kind: string, args: Values, properties: string[]][] = [
    ["Organization", { features: { externalApiAccess: true }, subscription: { plan: "enterprise" } }, []],
    [
      "Organization",
      { features: { externalApiAccess: true }, subscription: { plan: "premium" } },
      ["features.externalApiAccess"],
    ],
    ["Organization", { websiteUrl: "https://acme.example", subscription: { plan: "premium" } }, []],
    ["Organization", { websiteUrl: "https://acme.example", subscription: { plan: "enterprise" } }, []],
    ["Organization", { websiteUrl: "https://acme.example" }, ["websiteUrl"]],
    [
      "Organization",
      { websiteUrl: "https://acme.example", features: { externalApiAccess: true } },
      ["features.externalApiAccess", "websiteUrl"],
    ],
    ["Organization", { logo, subscription: { plan: "premium" } }, []],
    ["User", { kind: "system", invite: true }, ["invite"]],
    ["User", { kind: "system", invite: false }, []],
    ["User", { kind: "system" }, []],
    ["User", { kind: "person", invite: true }, []],
    ["Membership", { user: undefined, email: "ada@acme.example" }, []],
    ["Membership", { user: owner, email: "ada@acme.example" }, ["email"]],
    ["Membership", { user: undefined }, ["user"]],
    ["ApiKey", { kind: "webapi", secret: clientSecret() }, []],
    ["ApiKey", { kind: "webapi", secret: "x".repeat(16) }, ["secret"]],
    ["ApiKey", { kind: "user", owner, secret: "x".repeat(16) }, ["secret"]],
    ["ApiKey", { kind: "user", owner }, []],
    ["ApiKey", { kind: "user", owner, format: "jwt" }, []],
    ["ApiKey", { kind: "server", owner, format: "jwt" }, []],
    ["ApiKey", { kind: "user", format: "jwt" }, ["owner", "owner"]],
    ["ApiKey", { kind: "webapi", owner, format: "jwt" }, ["format"]],
    ["ApiKey", { deliverTo, storeSecret: false }, []],
    ["ApiKey", { deliverTo, storeSecret: true }, []],
    ["ApiKey", { deliverTo: { file: unknownValue }, storeSecret: false }, []],
    ["ApiKey", { deliverTo: unknownValue, storeSecret: false }, []],
    ["ApiKey", { deliverTo, storeSecret: unknownValue }, []],
    ["ApiKey", { kind: "webapi", deliverTo, storeSecret: false }, []],
    ["ApiKey", { kind: "webapi", deliverTo, secret: clientSecret() }, []],
    ["ApiKey", { kind: "webapi", deliverTo, storeSecret: false, secret: clientSecret() }, ["storeSecret"]],
    ["ApiKey", { kind: "webapi", deliverTo, storeSecret: false, secret: unknownValue }, ["storeSecret"]],
    ["ApiKey", { deliverTo, adopt: true }, ["deliverTo"]],
    ["ApiKeyAssignment", { user: undefined, email: "ada@acme.example", external: true }, []],
    ["ApiKeyAssignment", { user: owner, email: "ada@acme.example" }, ["email"]],
    ["ApiKeyAssignment", { user: undefined }, ["user"]],
  ];
  test.each(cases)("%s %j: %j", (name, args, properties) => {
    const { lifecycle, least } = kindOf(name);
    expect(lifecycle.check({}, { ...least, ...args }).failures.map(({ property }) => property)).toEqual(properties);
  });

  test("a key that was declared active may be revoked, and stays so", () => {
    const { lifecycle, least } = kindOf("ApiKey");
    const before = lifecycle.check({}, least).inputs;
    const revoked = lifecycle.check(before, { ...least, state: "revoked" });
    expect(revoked.failures).toEqual([]);
    expect(lifecycle.check(revoked.inputs, { ...least, state: "revoked" }).failures).toEqual([]);
  });
});

describe("an end date", () => {
  const { lifecycle, least } = kindOf("ApiKey");
  const failuresOf = (endDate: string | undefined, previous: Values = {}) =>
    lifecycle.check(previous, { ...least, endDate }).failures.map(({ property }) => property);

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test.each([
    ["2027-06-30", "2027-06-30T23:59:59.999Z", "2027-07-01T00:00:00.000Z"],
    ["2028-02-29", "2028-02-29T23:59:59.999Z", "2028-03-01T00:00:00.000Z"],
    ["2027-06-30T12:00:00Z", "2027-06-30T11:59:59.999Z", "2027-06-30T12:00:00.000Z"],
    ["2027-06-30T12:00:00.5Z", "2027-06-30T12:00:00.499Z", "2027-06-30T12:00:00.500Z"],
  ])("%s holds at %s and has passed at %s", (endDate, before, after) => {
    vi.setSystemTime(before);
    expect(failuresOf(endDate)).toEqual([]);
    vi.setSystemTime(after);
    expect(failuresOf(endDate)).toEqual(["endDate"]);
  });

  test("that has passed since it was declared is no error, and a new one that has passed is", () => {
    vi.setSystemTime("2027-06-01T00:00:00Z");
    const previous = lifecycle.check({}, { ...least, endDate: "2027-06-30" }).inputs;
    vi.setSystemTime("2028-01-01T00:00:00Z");
    expect(failuresOf("2027-06-30", previous)).toEqual([]);
    expect(failuresOf("2027-07-30", previous)).toEqual(["endDate"]);
    expect(failuresOf("2028-07-30", previous)).toEqual([]);
    expect(failuresOf(undefined, previous)).toEqual([]);
  });

  test("that has passed is an error where another key takes its place", () => {
    vi.setSystemTime("2028-01-01T00:00:00Z");
    const previous = { ...least, format: "opaque", state: "active", endDate: "2027-06-30" };
    const another = { ...previous, organization: idOf("org", "1") };
    expect(lifecycle.check(previous, another).failures).toMatchObject([{ property: "endDate" }]);
  });

  test("of any day that there is is right, and of none that there isn't", () => {
    vi.setSystemTime("1999-01-01T00:00:00Z");
    const two = (value: number) => String(value).padStart(2, "0");
    fc.assert(
      fc.property(fc.integer({ min: 2000, max: 2100 }), fc.nat(13), fc.nat(32), (year, month, day) => {
        const lengths = [
          31,
          year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28,
          31,
          30,
          31,
          30,
          31,
          31,
          30,
          31,
          30,
          31,
        ];
        const exists = day >= 1 && day <= (lengths[month - 1] ?? 0);
        const date = `${year}-${two(month)}-${two(day)}`;
        expect(failuresOf(date)).toEqual(exists ? [] : ["endDate"]);
        expect(failuresOf(`${date}T07:30:00Z`)).toEqual(exists ? [] : ["endDate"]);
      }),
    );
  });
});

describe("the arguments take exactly what the contract's requests take", () => {
  const contract: Contract = parse(readFileSync(path.join(__dirname, "../../schema/openapi.yaml"), "utf8"));
  /** Arguments that are in the path of the request rather than in its body, by their schema's name. */
  const inPath: Readonly<Record<string, string>> = { organization: "OrganizationId", key: "ApiKeyId" };
  /** What we refuse and the contract's schema lets through, because a schema can't say it; the service refuses it too. */
  const narrower: Readonly<Record<string, (value: unknown) => boolean>> = {
    "Role.name": (value) => builtInRoles(contract).includes(String(value).toLowerCase()),
    "Role.permissions": (value) => Array.isArray(value) && value.includes("api:call"),
    "Membership.role": (value) => value === "super_admin",
    "ApiKey.endDate": (value) => endOf(String(value)) === undefined,
    "ApiKey.allowedIps": (value) => [value].flat().some((range) => typeof readIpRange(String(range)) === "string"),
  };

  /** What is declared in another form than it is sent in: a logo is a file here, and its content there. */
  const translated = new Set(["Organization.logo"]);

  /** A number that declares an act is sent as text. */
  const sentAs = (name: string, value: unknown) =>
    /\.(resendInvite|resetPassword)$/.test(name) && Number.isFinite(value) ? String(value) : value;

  /** What no request takes as it is: the provider makes an act of it, or does it by itself. */
  const ofProvider = ["rotate", "rotation", "holdRotation", "holdWhileUsed", "deliverTo", "storeSecret"];
  const acts = ofProvider.map((name) => `ApiKey.${name}`);

  const ofCreateAndUpdate = Object.entries(kinds).flatMap(([kind, { shape }]) =>
    Object.entries({ ...shape, externalId }).flatMap(([argument, ours]) => {
      if (acts.includes(`${kind}.${argument}`)) {
        return [];
      }
      const { [`${kind}Create`]: create, [`${kind}Update`]: update } = contract.components.schemas;
      const named = create?.properties?.[argument] ?? update?.properties?.[argument];
      const schema = named ?? contract.components.schemas[inPath[argument] ?? ""];
      return [{ name: `${kind}.${argument}`, ours: ours as z.ZodType, schema }];
    }),
  );
  const cases = [
    ...ofCreateAndUpdate,
    { name: "ApiKey.rotation.overlap", ours: duration, schema: contract.components.schemas.Duration },
    { name: "ApiKey.holdWhileUsed", ours: duration, schema: contract.components.schemas.Duration },
  ];

  test.each(cases)("$name is in the contract", ({ schema }) => {
    expect(schema).toBeDefined();
  });

  test.each(cases.filter(({ name }) => !translated.has(name)))("$name", ({ name, ours, schema }) => {
    const takes = (value: unknown) => ours.safeParse(value).success;
    const isNarrower = narrower[name] ?? (() => false);
    const agree = (value: unknown) => {
      const wanted = accepts(contract, schema ?? {}, sentAs(name, value)) && !isNarrower(value);
      if (takes(value) !== wanted) {
        expect.fail(`${JSON.stringify(value)} is ${wanted ? "right" : "wrong"} by the contract, and not by us`);
      }
    };
    const candidates = candidatesFor(contract, schema ?? {});
    for (const value of handPicked(contract, schema ?? {})) {
      agree(value);
    }
    fc.assert(fc.property(candidates, agree), { numRuns: 400 });
  });

  test("the comparison itself tells right from wrong", () => {
    const { Slug = {}, OrganizationSettings = {}, JoinPolicies = {} } = contract.components.schemas;
    expect(
      ["ac", "a-c", "a", "-ac", "a".repeat(63), "a".repeat(64), 7].map((value) => accepts(contract, Slug, value)),
    ).toEqual([true, true, false, false, true, false, false]);
    expect(accepts(contract, OrganizationSettings, { keysPerOwner: null, allowExpiringJwt: true })).toBe(true);
    expect(accepts(contract, OrganizationSettings, { keysPerOwner: 0, allowExpiringJwt: true })).toBe(false);
    expect(accepts(contract, OrganizationSettings, { allowExpiringJwt: true })).toBe(false);
    expect(accepts(contract, JoinPolicies, ["invite", "invite"])).toBe(false);
    expect(accepts(contract, JoinPolicies, [])).toBe(false);
  });
});

function kindOf(name: string): Kind {
  const kind = kinds[name];
  if (kind === undefined) {
    throw new Error(`there is no ${name} in this test`);
  }
  return kind;
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 50)}… (${text.length})` : text;
}

/** As much of JSON Schema as the contract's requests use. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly anyOf?: readonly Schema[];
}

interface Contract {
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

function builtInRoles({ components }: Contract): readonly unknown[] {
  return components.schemas.BuiltInRole?.enum ?? [];
}

/** The schema itself, where it names another one; of several, the one that isn't for null: the arguments have none. */
function resolved(contract: Contract, schema: Schema): Schema {
  const name = schema.$ref?.split("/").at(-1);
  if (name !== undefined) {
    return resolved(contract, contract.components.schemas[name] ?? {});
  }
  const other = schema.anyOf?.find(({ type }) => type !== "null");
  return other === undefined ? schema : resolved(contract, other);
}

function accepts(contract: Contract, given: Schema, value: unknown): boolean {
  const schema = resolved(contract, given);
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    return false;
  }
  if (typeof value === "string") {
    // JSON Schema counts characters, not the halves that JavaScript may store them in.
    const length = [...value].length;
    return (
      types.includes("string") &&
      length >= (schema.minLength ?? 0) &&
      length <= (schema.maxLength ?? Number.POSITIVE_INFINITY) &&
      (schema.pattern === undefined || new RegExp(schema.pattern, "u").test(value)) &&
      textFaults[schema.format ?? ""]?.(value) === undefined
    );
  }
  if (typeof value === "number") {
    return (
      (types.includes("number") || (types.includes("integer") && Number.isInteger(value))) &&
      value >= (schema.minimum ?? Number.NEGATIVE_INFINITY) &&
      value <= (schema.maximum ?? Number.POSITIVE_INFINITY)
    );
  }
  if (Array.isArray(value)) {
    return (
      types.includes("array") &&
      value.length >= (schema.minItems ?? 0) &&
      value.length <= (schema.maxItems ?? Number.POSITIVE_INFINITY) &&
      !(schema.uniqueItems === true && new Set(value).size < value.length) &&
      value.every((item) => accepts(contract, schema.items ?? {}, item))
    );
  }
  if (typeof value === "object" && value !== null) {
    const properties = schema.properties ?? {};
    return (
      types.includes("object") &&
      (schema.required ?? []).every((name) => name in value) &&
      Object.entries(value).every(([name, member]) => {
        const property = properties[name];
        return property === undefined ? schema.additionalProperties !== false : accepts(contract, property, member);
      })
    );
  }
  return types.includes(value === null ? "null" : typeof value);
}

/** Values near the edge of what the schema takes, on both sides of it. */
function candidatesFor(contract: Contract, given: Schema): fc.Arbitrary<unknown> {
  const schema = resolved(contract, given);
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
  if (schema.enum !== undefined) {
    return fc.oneof(fc.constantFrom(...schema.enum), mutated(fc.constantFrom(...schema.enum.map(String))), anything);
  }
  if (types.includes("string")) {
    const near = schema.pattern === undefined ? fc.string() : fc.stringMatching(new RegExp(schema.pattern));
    const long = fc
      .tuple(near, fc.integer({ min: -2, max: 2 }), fc.constantFrom("a", "-", "é", "\u{1f600}"))
      .map(
        ([start, more, character]) =>
          `${start}${character.repeat(Math.max(0, (schema.maxLength ?? 32) - [...start].length + more))}`,
      );
    return fc.oneof(
      near,
      mutated(near),
      long,
      fc.string({ unit: "binary" }),
      fc.string({ unit: "grapheme" }),
      anything,
    );
  }
  if (types.includes("integer")) {
    const { minimum = 0, maximum = 10 } = schema;
    return fc.oneof(
      fc.integer({ min: minimum - 2, max: minimum + 2 }),
      fc.integer({ min: maximum - 2, max: maximum + 2 }),
      fc.double(),
      anything,
    );
  }
  if (types.includes("array")) {
    return fc.oneof(fc.array(candidatesFor(contract, schema.items ?? {}), { maxLength: 4 }), anything);
  }
  if (types.includes("object")) {
    const members = Object.entries(schema.properties ?? {}).map(([name, member]) => [
      name,
      candidatesFor(contract, member),
    ]);
    return fc.oneof(
      fc.record(Object.fromEntries([...members, ["more", anything]]), { requiredKeys: [] }).map(withoutNullsIn),
      anything,
    );
  }
  return fc.oneof(fc.boolean(), anything);
}

// Neither null nor undefined: the engine passes neither, and check takes both for an argument that is not given.
const anything: fc.Arbitrary<unknown> = fc
  .oneof(
    fc.string(),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.array(fc.string(), { maxLength: 3 }),
    fc.object({ maxDepth: 1 }),
  )
  .map(withoutNullsIn);

function withoutNullsIn(value: unknown): unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null && member !== undefined))
    : value;
}

function mutated(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const characters = fc.constantFrom(
    "",
    " ",
    "\n",
    "A",
    "z",
    "0",
    "-",
    "_",
    ".",
    "@",
    ":",
    "/",
    "\u00a0",
    "\u2028",
    "é",
    "\u{1f600}",
    "\ud83d",
  );
  return fc.tuple(texts, fc.nat(600), fc.nat(1), characters).map(([text, at, removed, put]) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + put + text.slice(place + removed);
  });
}

function handPicked(contract: Contract, given: Schema): unknown[] {
  const schema = resolved(contract, given);
  const { maxLength } = schema;
  const lengths =
    maxLength === undefined ? [] : [maxLength - 1, maxLength, maxLength + 1, Math.ceil(maxLength / 2) + 1];
  const ids = ["org", "usr", "rol", "key"].flatMap((prefix) => [
    idOf(prefix),
    idOf(prefix, "f"),
    idOf(prefix, "F"),
    `${idOf(prefix)}0`,
    `${idOf(prefix)}\n`,
    `\n${idOf(prefix)}`,
  ]);
  const right = schema.pattern === undefined ? [] : fc.sample(fc.stringMatching(new RegExp(schema.pattern)), 5);
  return [
    ...right.flatMap(withEveryCharacter),
    ...[
      "",
      " ",
      "\n",
      "\t x",
      "\u00a0",
      "\ufeff",
      "\u2028",
      "a",
      "aa",
      "-a",
      "a-",
      "a--b",
      "é",
      "\u{1f600}",
      "null",
      "0",
    ],
    ...[
      "a@b.c",
      "a@b",
      "a@b.c\n",
      "a.b+c@d-e.fg",
      "ä@b.de",
      "a@ä.de",
      "a@b..c",
      "a@-b.c",
      '"a"@b.c',
      "a@b.c-",
      "\u{1f600}@b.de",
    ],
    ...[
      "http://a",
      "https://a.b/c?d#e",
      "https://a b",
      "https:///x",
      "HTTPS://a",
      "https://a\n",
      "https://é.example/ü",
    ],
    ...[
      "2027-06-30",
      "2027-06-30T12:00:00Z",
      "2027-06-30T12:00:00.123Z",
      "2027-06-30T12:00:00",
      "2027-06-30 ",
      "٢٠٢٧-٠٦-٣٠",
    ],
    ...["viewer", "super_admin", "Viewer", "member", "api_user", "x".repeat(16), "x".repeat(15), `${"x".repeat(15)}~`],
    ...ids,
    ...lengths.flatMap((length) => ["x".repeat(length), "\u{1f600}".repeat(length), "é".repeat(length)]),
    ...lengths.flatMap((length) => [
      `${"x".repeat(length - 5)}@b.de`,
      `${"\u{1f600}".repeat(length - 5)}@b.de`,
      `https://${"x".repeat(length - 8)}`,
    ]),
    ...[
      0,
      1,
      -1,
      1.5,
      10_000,
      10_001,
      true,
      false,
      [],
      {},
      ["invite"],
      ["flows:run", "flows:run"],
      ["flows:run", "flows:read"],
    ],
    ...[{ keysPerOwner: 1 }, { keysPerOwner: 10_000 }, { keysPerOwner: 10_001 }, { plan: "basic" }, { plan: "Basic" }],
    builtInRoles(contract),
    ["invite", "existing", "create"],
  ];
}

/** The text with each character of ASCII, and some others, at its ends, inside, and instead of its ends. */
function withEveryCharacter(text: string): string[] {
  const characters = [...Array(128).keys()].map((code) => String.fromCharCode(code));
  const middle = Math.floor(text.length / 2);
  return [...characters, "é", "\u00a0", "\u{1f600}"].flatMap((character) => [
    character + text,
    text + character,
    text.slice(0, middle) + character + text.slice(middle),
    character + text.slice(1),
    text.slice(0, -1) + character,
  ]);
}

describe("a logo", () => {
  const { lifecycle, least } = kindOf("Organization");
  const premium = { ...least, subscription: { plan: "premium" } };
  const logoOf = (inputs: Values) => lifecycle.check({}, { ...premium, ...inputs }).inputs.logo;

  test("is its content, and a path that holds on every machine", () => {
    expect(logoOf({ logo })).toEqual({
      path: "examples/acme/logo.png",
      sha256: createHash("sha256").update(readFileSync(logo)).digest("hex"),
    });
  });

  test("of the same content in another place is the same", () => {
    const [one, other] = [
      { path: "a.png", sha256: "a".repeat(64) },
      { path: "b.png", sha256: "a".repeat(64) },
    ];
    expect(lifecycle.diff({ ...premium, logo: one }, { ...premium, logo: other }).changes).toBe(false);
    expect(lifecycle.diff({ ...premium, logo: { sha256: one.sha256 } }, { ...premium, logo: other }).changes).toBe(
      false,
    );
  });

  test("that isn't known yet is let through", () => {
    expect(logoOf({ logo: unknownValue })).toBe(unknownValue);
  });

  test("whose changes are ignored stays as the engine gives it back, whatever became of the file", () => {
    const kept = { path: "nowhere.png", sha256: "a".repeat(64) };
    expect(logoOf({ logo: kept })).toEqual(kept);
  });

  test("that is another one by the time it is sent is not sent", () => {
    expect(() => logoContent({ path: logo, sha256: "a".repeat(64) })).toThrow(/no longer the image that was previewed/);
    expect(() => logoContent({ path: "nowhere.png", sha256: "a".repeat(64) })).toThrow(/preview again/);
  });
});
