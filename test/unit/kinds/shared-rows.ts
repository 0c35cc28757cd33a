/** Values that arguments of several kinds refuse, and changes that several have. */
import { type Change, idOf, type Refusal } from "./kind.ts";

export const wrongIdentifiers = (prefix: string, what: string): readonly Refusal[] => {
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
  ];
};

export const wrongTexts = (maxLength: number): readonly Refusal[] => [
  ["", /it must not be empty/],
  [" \t\n", /it must not be empty/],
  ["x".repeat(maxLength + 1), new RegExp(`it must have at most ${maxLength} characters`)],
  [7, /it must be text/],
  [["x"], /it must be text/],
];

export const wrongEmails: readonly Refusal[] = [
  ...["", "ada", "ada@", "@acme.example", "ada@acme", "a b@acme.example", "ada@acme..example", "ada@-acme.example"],
  ...["ada@acme.example.", "Ada <ada@acme.example>", "ada@acme.example, bob@acme.example", "ada..b@acme.example"],
  ...[".ada@acme.example", "ada.@acme.example"],
].map((email) => [email, /it must be an e-mail address such as ada@example.com/] as const);

export const wrongActs: readonly Refusal[] = [
  ["", /it must not be empty/],
  ["x".repeat(201), /it must have at most 200 characters/],
  [true, /it must be text or a number/],
  [{}, /it must be text or a number/],
];

export const actChanges: readonly Change[] = [
  { how: "set", to: 1 },
  { how: "changed", from: { resendInvite: 1 }, to: "2" },
  { how: "removed", from: { resendInvite: 1, resetPassword: 1 }, to: undefined },
];

export const wrongPermissions: readonly Refusal[] = [
  [["flows:walk"], /flows:run/, "permissions[0]"],
  [["flows:run", "flows:read", "*"], /flows:run/, "permissions[2]"],
  [["flows:run", "flows:run"], /each permission must be listed only once/],
  ["flows:run", /it must be a list/],
  [{ "flows:run": true }, /it must be a list/],
];
