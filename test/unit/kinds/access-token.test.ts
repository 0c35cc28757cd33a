/** An access token's arguments: what is refused, what a change does, and what goes together. */
import { expect, test } from "vitest";
import { describeKind, idOf, lifecycleOf, unknownValue } from "./kind.ts";
import { secretChanges, wrongIdentifiers, wrongPermissions, wrongSecretArguments, wrongTexts } from "./shared-rows.ts";

const deliverTo = { file: "pipeline.token" };
const least = { organization: idOf("org"), user: idOf("usr"), name: "Pipeline", permissions: ["roles:read"] };

describeKind("AccessToken", {
  least,
  defaults: { state: "active", generation: 1 },
  refused: {
    organization: [[undefined, /it is required/], ...wrongIdentifiers("org", "Organization")],
    user: [[undefined, /it is required/], ...wrongIdentifiers("usr", "User")],
    name: [[undefined, /it is required/], ...wrongTexts(200)],
    permissions: [[undefined, /it is required/], ...wrongPermissions, [[], /a token needs at least one permission/]],
    ...wrongSecretArguments("token"),
  },
  changes: {
    organization: [{ to: idOf("org", "1"), replaces: true }],
    user: [{ to: idOf("usr", "1"), replaces: true }],
    name: [{ to: "Pipeline (production)" }],
    permissions: [
      { how: "other ones", to: ["flows:read"] },
      { how: "more", to: ["roles:read", "flows:read"] },
    ],
    ...secretChanges,
  },
  same: [
    [{ permissions: ["flows:read", "flows:run"] }, { permissions: ["flows:run", "flows:read"] }],
    [{ allowedIps: ["10.0.0.7/32", "2001:db8::/48"] }, { allowedIps: ["2001:0DB8:0::/48", "10.0.0.7", "10.0.0.7/32"] }],
    [{ storeSecret: undefined }, { storeSecret: true }],
    [{ storeSecret: true }, { storeSecret: undefined }],
  ],
  together: [
    [{ deliverTo, storeSecret: false }, []],
    [{ deliverTo, storeSecret: true }, []],
    [{ deliverTo: { file: unknownValue }, storeSecret: false }, []],
    [{ deliverTo: unknownValue, storeSecret: false }, []],
    [{ deliverTo, storeSecret: unknownValue }, []],
    [{ deliverTo, adopt: true }, ["deliverTo"]],
  ],
});

test("A3 a token's rotation is planned, and is shown in its own names", () => {
  const lifecycle = lifecycleOf("AccessToken");
  const before = lifecycle.check({}, { ...least, rotate: 1 }).inputs;
  expect(before).toMatchObject({ generation: 1 });
  const after = lifecycle.check(before, { ...least, rotate: 2, rotation: { overlap: "1h" } });
  expect(after).toMatchObject({ failures: [], inputs: { generation: 2, previousTokenExpiresAt: expect.any(String) } });
  expect(after.inputs).not.toHaveProperty("previousKeyExpiresAt");
});
