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

/** What API keys and access tokens both refuse. */
export const wrongSecretArguments = (word: string) =>
  ({
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
      [{ every: "59s" }, new RegExp(`a ${word} can be rotated at most once a minute`), "rotation.every"],
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
      ["revoked", new RegExp(`a ${word} can't be created as revoked: remove the resource`)],
    ],
  }) satisfies Readonly<Record<string, readonly Refusal[]>>;

/** The changes that API keys and access tokens both have. */
export const secretChanges = {
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
} satisfies Readonly<Record<string, readonly Change[]>>;
