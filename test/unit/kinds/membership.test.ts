/** A membership's arguments: what is refused, what a change does, and what goes together. */
import { describeKind, idOf } from "./kind.ts";
import { actChanges, wrongActs, wrongEmails, wrongIdentifiers, wrongTexts } from "./shared-rows.ts";

const owner = idOf("usr");

describeKind("Membership", {
  least: { organization: idOf("org"), user: idOf("usr"), role: "viewer" },
  defaults: { onUnknownUser: "fail" },
  refused: {
    organization: [[undefined, /it is required/], ...wrongIdentifiers("org", "Organization")],
    user: [...wrongIdentifiers("usr", "User"), [undefined, /set either `user` or `email`/]],
    email: [...wrongEmails, ["ada@acme.example", /set either `user` or `email`, not both/]],
    role: [
      [undefined, /it is required/],
      ["super_admin", /it must be one of the built-in roles administrator/],
      ["Viewer", /it must be one of the built-in roles/],
      ["viewer ", /it must be one of the built-in roles/],
      ["release-manager", /or a Role or its id/],
      [idOf("rol", "g"), /it must be one of the built-in roles/],
      [7, /it must be text/],
    ],
    onUnknownUser: [["ignore", /fail.*create.*invite/]],
    givenName: [...wrongTexts(200), ["Ada", /only with `onUnknownUser: create`/]],
    familyName: [...wrongTexts(200), ["Lovelace", /only with `onUnknownUser: create`/]],
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
    givenName: [{ from: { onUnknownUser: "create" }, to: "Ada" }],
    familyName: [{ from: { onUnknownUser: "create" }, to: "Lovelace" }],
    resendInvite: actChanges,
  },
  same: [
    [
      { user: undefined, email: "ada@acme.example" },
      { user: undefined, email: "Ada@ACME.example" },
    ],
  ],
  together: [
    [{ user: undefined, email: "ada@acme.example" }, []],
    [{ user: owner, email: "ada@acme.example" }, ["email"]],
    [{ user: undefined }, ["user"]],
    [{ user: undefined, email: "ada@acme.example", onUnknownUser: "create", givenName: "Ada" }, []],
    [{ user: undefined, email: "ada@acme.example", onUnknownUser: "invite", familyName: "Lovelace" }, ["familyName"]],
  ],
});
