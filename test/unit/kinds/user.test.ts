/** A user's arguments: what is refused, what a change does, what is set for good, and what goes together. */
import { describeKind, idOf } from "./kind.ts";
import { actChanges, wrongActs, wrongEmails, wrongIdentifiers, wrongTexts } from "./shared-rows.ts";

describeKind("User", {
  least: { email: "ada@acme.example" },
  defaults: { kind: "person", systemRole: "none", state: "active" },
  refused: {
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
  same: [[{ email: "ada@acme.example" }, { email: "Ada@ACME.example" }]],
  fixed: [
    ["kind", { kind: "person" }, { kind: "system" }],
    ["kind", { kind: "system" }, {}],
    ["homeOrganization", { homeOrganization: idOf("org") }, { homeOrganization: idOf("org", "1") }],
    ["homeOrganization", {}, { homeOrganization: idOf("org") }],
    ["homeOrganization", { homeOrganization: idOf("org") }, {}],
  ],
  together: [
    [{ kind: "system", invite: true }, ["invite"]],
    [{ kind: "system", invite: false }, []],
    [{ kind: "system" }, []],
    [{ kind: "person", invite: true }, []],
  ],
});
