/** The arguments of a key's assignment: what is refused, what a change does, and what goes together. */
import { describeKind, idOf } from "./kind.ts";
import { actChanges, wrongActs, wrongEmails, wrongIdentifiers } from "./shared-rows.ts";

const owner = idOf("usr");

describeKind("ApiKeyAssignment", {
  least: { key: idOf("key"), user: idOf("usr") },
  defaults: { external: false },
  refused: {
    key: [[undefined, /it is required/], ...wrongIdentifiers("key", "ApiKey")],
    user: [...wrongIdentifiers("usr", "User"), [undefined, /set either `user` or `email`/]],
    email: [...wrongEmails, ["ada@acme.example", /set either `user` or `email`, not both/]],
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
  same: [
    [
      { user: undefined, email: "ada@acme.example" },
      { user: undefined, email: "Ada@ACME.example" },
    ],
  ],
  together: [
    [{ user: undefined, email: "ada@acme.example", external: true }, []],
    [{ user: owner, email: "ada@acme.example" }, ["email"]],
    [{ user: undefined }, ["user"]],
  ],
});
