/** An API key's arguments: what is refused, what a change does, and what goes together. */
import { expect, test } from "vitest";
import { clientSecret, describeKind, idOf, lifecycleOf, unknownValue } from "./kind.ts";
import { secretChanges, wrongIdentifiers, wrongPermissions, wrongSecretArguments, wrongTexts } from "./shared-rows.ts";

const owner = idOf("usr");
const deliverTo = { file: "storefront.key" };
const least = { organization: idOf("org"), name: "Storefront", kind: "server" };
const lifecycle = lifecycleOf("ApiKey");
const { allowedIps: wrongIps, endDate: wrongEndDates, ...wrongOthers } = wrongSecretArguments("key");
const { allowedIps: ipChanges, endDate: endDateChanges, ...otherChanges } = secretChanges;

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
    allowedIps: wrongIps,
    endDate: wrongEndDates,
    secret: [
      ["x".repeat(15), /at least 16 characters/],
      ["x".repeat(513), /at most 512 characters/],
      [`${"x".repeat(16)} y`, /must consist of visible ASCII characters/],
      [`${"x".repeat(16)}é`, /must consist of visible ASCII characters/],
      [7, /it must be text/],
      ["x".repeat(16), /only a key of kind webapi can have one/],
    ],
    ...wrongOthers,
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
    allowedIps: ipChanges,
    endDate: endDateChanges,
    secret: [{ from: { kind: "webapi", secret: clientSecret() }, to: clientSecret() }],
    ...otherChanges,
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
