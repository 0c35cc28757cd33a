/** An API key's arguments: what is refused, what a change does, and what goes together. */
import { expect, test } from "vitest";
import { clientSecret, describeKind, idOf, lifecycleOf, unknownValue } from "./kind.ts";
import { wrongIdentifiers, wrongPermissions, wrongTexts } from "./shared-rows.ts";

const owner = idOf("usr");
const deliverTo = { file: "storefront.key" };
const least = { organization: idOf("org"), name: "Storefront", kind: "server" };
const lifecycle = lifecycleOf("ApiKey");

describeKind("ApiKey", {
  least,
  defaults: { format: "opaque", state: "active", generation: 1, __stateVersion: 5 },
  refused: {
    organization: [[undefined, /it is required/], ...wrongIdentifiers("org", "Organization")],
    name: [[undefined, /it is required/], ...wrongTexts(200)],
    kind: [
      [undefined, /it is required/],
      ["robot", /server.*webapi.*user/],
      ["user", /a key of kind user requires an owner/, "owner"],
    ],
    format: [
      ["pem", /opaque.*jwt/],
      ["jwt", /a key of format jwt requires an owner with the role api_user/, "owner"],
    ],
    owner: wrongIdentifiers("usr", "User"),
    permissions: wrongPermissions,
    allowedIps: [
      [[], /at least one range: omit it to allow every address/],
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
      ["2027-02-30", /this day or time does not exist/],
      ["2027-02-29T00:00:00Z", /this day or time does not exist/],
      ["2027-13-01", /this day or time does not exist/],
      ["2027-00-01", /this day or time does not exist/],
      ["2027-04-31T12:00:00Z", /this day or time does not exist/],
      ["2027-04-30T25:00:00Z", /this day or time does not exist/],
      ["2027-04-30T24:00:00Z", /this day or time does not exist/],
      ["2027-04-30T12:60:00Z", /this day or time does not exist/],
      ["2001-01-01", /2001-01-01 has passed: set a later one, or remove it/],
      [20270630, /it must be text/],
    ],
    secret: [
      ["x".repeat(15), /at least 16 characters/],
      ["x".repeat(513), /at most 512 characters/],
      [`${"x".repeat(16)} y`, /must consist of visible ASCII characters/],
      [`${"x".repeat(16)}é`, /must consist of visible ASCII characters/],
      [7, /it must be text/],
      ["x".repeat(16), /only a key of kind webapi can have one/],
    ],
    rotate: [
      ["", /it must not be empty/],
      ["x".repeat(201), /at most 200 characters/],
      [true, /it must be text or a number/],
    ],
    rotation: [
      ["24h", /it must be an object/],
      [{ overlap: 24 }, /it must be text/, "rotation.overlap"],
      [{ overlap: "a day" }, /a duration such as 90s, 30m, 12h or 7d/, "rotation.overlap"],
      [{ overlap: "1.5h" }, /a duration such as/, "rotation.overlap"],
      [{ often: "1h" }, /unknown property; it must be one of every, overlap/, "rotation.often"],
      [{ every: "59s" }, /a key can be rotated at most once a minute/, "rotation.every"],
      [{ every: "24h" }, /it must be longer than the overlap, which is 24h/, "rotation.every"],
      [{ every: "2h", overlap: "2h" }, /it must be longer than the overlap, which is 2h/, "rotation.every"],
    ],
    holdRotation: [["yes", /it must be true or false/]],
    holdWhileUsed: [["a while", /a duration such as/]],
    deliverTo: [
      ["storefront.key", /it must be an object/],
      [{}, /it is required/, "deliverTo.file"],
      [{ file: 7 }, /it must be text/, "deliverTo.file"],
      [{ file: "" }, /it must be the path of a file/, "deliverTo.file"],
      [{ file: "secrets/" }, /it must be the path of a file/, "deliverTo.file"],
      [{ file: "secrets\\" }, /it must be the path of a file/, "deliverTo.file"],
      [{ file: "storefront\0.key" }, /it must be the path of a file/, "deliverTo.file"],
      [{ file: "x".repeat(4097) }, /at most 4096 characters/, "deliverTo.file"],
      [{ file: "a", vault: "b" }, /unknown property; it must be file/, "deliverTo.vault"],
    ],
    storeSecret: [
      ["no", /it must be true or false/],
      [false, /must be delivered, or it is lost: set `deliverTo`/],
    ],
    state: [
      ["expired", /active.*revoked/],
      ["revoked", /a key can't be created as revoked: remove the resource/],
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
    permissions: [
      { how: "given", to: ["flows:read"] },
      { how: "other ones", from: { permissions: ["flows:run"] }, to: ["flows:read"] },
      { how: "more", from: { permissions: ["flows:run"] }, to: ["flows:run", "flows:read"] },
      { how: "none", from: { permissions: ["flows:run"] }, to: [] },
      {
        how: "other ones of a key that has ended",
        from: { permissions: ["flows:run"], state: "revoked", status: "revoked" },
        to: [],
      },
    ],
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
  same: [
    [{ permissions: ["flows:read", "flows:run"] }, { permissions: ["flows:run", "flows:read"] }],
    [{ permissions: ["flows:read"] }, { permissions: undefined }],
    [{ allowedIps: ["10.0.0.7/32", "2001:db8::/48"] }, { allowedIps: ["2001:0DB8:0::/48", "10.0.0.7", "10.0.0.7/32"] }],
    [
      { kind: "webapi", secret: clientSecret() },
      { kind: "webapi", secret: undefined },
    ],
    [{ storeSecret: undefined }, { storeSecret: true }],
    [{ storeSecret: true }, { storeSecret: undefined }],
  ],
  together: [
    [{ kind: "webapi", secret: clientSecret() }, []],
    [{ kind: "webapi", secret: "x".repeat(16) }, ["secret"]],
    [{ kind: "user", owner, secret: "x".repeat(16) }, ["secret"]],
    [{ kind: "user", owner }, []],
    [{ kind: "user", owner, format: "jwt" }, []],
    [{ kind: "server", owner, format: "jwt" }, []],
    [{ kind: "user", format: "jwt" }, ["owner", "owner"]],
    [{ kind: "webapi", owner, format: "jwt" }, ["format"]],
    [{ deliverTo, storeSecret: false }, []],
    [{ deliverTo, storeSecret: true }, []],
    [{ deliverTo: { file: unknownValue }, storeSecret: false }, []],
    [{ deliverTo: unknownValue, storeSecret: false }, []],
    [{ deliverTo, storeSecret: unknownValue }, []],
    [{ kind: "webapi", deliverTo, storeSecret: false }, []],
    [{ kind: "webapi", deliverTo, secret: clientSecret() }, []],
    [{ kind: "webapi", deliverTo, storeSecret: false, secret: clientSecret() }, ["storeSecret"]],
    [{ kind: "webapi", deliverTo, storeSecret: false, secret: unknownValue }, ["storeSecret"]],
    [{ deliverTo, adopt: true }, ["deliverTo"]],
  ],
});

test.each([
  ["other permissions", { permissions: ["flows:read"] }],
  ["permissions, where none were declared", { permissions: ["flows:read"] }, { permissions: undefined }],
  ["no permissions any more", { permissions: undefined }],
])("a key may be declared with %s", (_what, change, from: Readonly<Record<string, unknown>> = {}) => {
  const previous = lifecycle.check({}, { ...least, permissions: ["flows:run"], ...from }).inputs;
  expect(lifecycle.check(previous, { ...least, ...change }).failures).toEqual([]);
});

test("a key that was declared active may be revoked, and stays so", () => {
  const before = lifecycle.check({}, least).inputs;
  const revoked = lifecycle.check(before, { ...least, state: "revoked" });
  expect(revoked.failures).toEqual([]);
  expect(lifecycle.check(revoked.inputs, { ...least, state: "revoked" }).failures).toEqual([]);
});
