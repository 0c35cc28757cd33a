/** A role's arguments: what is refused, and what a change does. */
import { describeKind, idOf } from "./kind.ts";
import { wrongIdentifiers, wrongPermissions, wrongTexts } from "./shared-rows.ts";

describeKind("Role", {
  least: { organization: idOf("org"), name: "Releaser", permissions: ["flows:read", "flows:run"] },
  defaults: {},
  refused: {
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
      [["flows:run", "api:call"], /only the built-in role api_user can have api:call/],
    ],
  },
  changes: {
    organization: [{ to: idOf("org", "1"), replaces: true }],
    name: [{ to: "Release manager" }],
    permissions: [{ to: ["flows:read"] }],
  },
  same: [[{ permissions: ["flows:read", "flows:run"] }, { permissions: ["flows:run", "flows:read"] }]],
});
