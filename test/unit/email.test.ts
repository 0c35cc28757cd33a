import { emailFault, foldEmail } from "roster-schema";
import { expect, test } from "vitest";
import { setShape } from "../../provider/sets/properties.ts";

const form = "must be an e-mail address such as ada@example.com";

test.each([
  "ada@example.com",
  "Ada.Lovelace+roster@EXAMPLE.co.uk",
  "o'hara!#$%&*/=?^_`{|}~-@xn--bcher-kva.example",
  "zoë@example.com",
  "ZOË@example.com",
  "用户@example.com",
  "δοκιμή@example.com",
  "правда1@example.com",
])("T9 %j is an address", (address) => {
  expect(emailFault(address)).toBeUndefined();
  expect(emailFault(foldEmail(address))).toBeUndefined();
  expect(foldEmail(address)).toBe(address.toLowerCase());
});

test("T10 an address that is too long is looked at no further", () => {
  // Putting these into their order would take minutes.
  const marks = "\u0301\u0316".repeat(500_000);
  expect(emailFault(`a${marks}@example.com`)).toBe("must have at most 254 characters");
  expect(emailFault(`a@${marks}example.com`)).toBe("must have at most 254 characters");
  expect(emailFault(`${"😀".repeat(120)}@example.com`)).not.toMatch(/at most/);
  expect(emailFault(`${"字".repeat(242)}@example.com`)).toBeUndefined();
});

test.each([
  ["", form],
  ["ada", form],
  ["ada@example", form],
  ["a b@example.com", form],
  ['"a b"@example.com', form],
  // A mail server would quote these.
  ["a..b@example.com", form],
  [".a@example.com", form],
  ["a.@example.com", form],
  ["a@b@example.com", form],
  ["a@[192.0.2.1]", form],
  ["\u200bada@example.com", "has U+200B, an invisible character, at character 1: leave it out"],
  ["ada@example.com\u200b", "has U+200B, an invisible character, at character 16: leave it out"],
  ["ada@exam\u00adple.com", "has U+00AD, an invisible character, at character 9: leave it out"],
  ["\ufeffada@example.com", "has U+FEFF, an invisible character, at character 1: leave it out"],
  ["ada\u00a0@example.com", "has U+00A0, a space, at character 4: leave it out"],
  ["a\u200dda@example.com", "has U+200D, an invisible character, at character 2: leave it out"],
  ["ada\ufe0f@example.com", "has U+FE0F, an invisible character, at character 4: leave it out"],
  ["ada\u{e0061}@example.com", "has U+E0061, an invisible character, at character 4: leave it out"],
  [
    "a\u202eda@example.com",
    "has U+202E, which changes the direction of the text around it, at character 2: leave it out",
  ],
  ["a\u001fb@example.com", "has U+001F, a control character, at character 2: leave it out"],
  ["a\u007fb@example.com", "has U+007F, a control character, at character 2: leave it out"],
  ["a\0b@example.com", "has U+0000, a control character, at character 2: leave it out"],
  ["a\ud800@example.com", "has U+D800, half of a character, at character 2: leave it out"],
  ["ada@example.com\n", "has U+000A, a line break, at character 16: leave it out"],
  ["\u3164@example.com", "has U+3164, an invisible character, at character 1: leave it out"],
  [
    "\u212aelvin@example.com",
    'has U+212A at character 1, which other systems change to "K" (U+004B): write that, if that is the address',
  ],
  [
    "\u2126@example.com",
    'has U+2126 at character 1, which other systems change to "Ω" (U+03A9): write that, if that is the address',
  ],
  [
    "\u212bke@example.com",
    'has U+212B at character 1, which other systems change to "Å" (U+00C5): write that, if that is the address',
  ],
  [
    "\u0130@example.com",
    'has U+0130 at character 1, which other systems change to "i\u0307" (U+0069 U+0307): write that, if that is the address',
  ],
  [
    "\u0131@example.com",
    'has U+0131 at character 1, which other systems change to "i" (U+0069): write that, if that is the address',
  ],
  [
    "straße@example.com",
    'has U+00DF at character 5, which other systems change to "ss" (U+0073 U+0073): write that, if that is the address',
  ],
  [
    "STRA\u1e9eE@example.com",
    'has U+1E9E at character 5, which other systems change to "ß" (U+00DF): write that, if that is the address',
  ],
  [
    "μας@example.com",
    'has U+03C2 at character 3, which other systems change to "σ" (U+03C3): write that, if that is the address',
  ],
  [
    "ｋelvin@example.com",
    'has U+FF4B at character 1, which other systems change to "k" (U+006B): write that, if that is the address',
  ],
  [
    "ﬁ@example.com",
    'has U+FB01 at character 1, which other systems change to "fi" (U+0066 U+0069): write that, if that is the address',
  ],
  [
    "zoe\u0308@example.com",
    "has U+0308 at character 4 in decomposed form: write the address in Unicode normalization form C",
  ],
  [
    "J\u030cx@example.com",
    "has U+030C at character 2, which other systems join with the small letter before it: use another address",
  ],
  [
    "Μα\u0390ου@example.com",
    "has U+0390 at character 3, which other systems change to several characters: use another address",
  ],
  ["😀@example.com", "has U+1F600 at character 1: outside ASCII, only letters and digits can come before the @"],
  ["ada@bücher.example", "must have a domain in ASCII: write the domain as xn--bcher-kva.example"],
  ["ada@例え.テスト", "must have a domain in ASCII: write the domain as xn--r8jz45g.xn--zckzah"],
  ["ada@ｅxample.com", "must have a domain in ASCII: write the domain as example.com"],
  ["ada@b\u00fc cher.example", form],
  ["ada＠example.com", form],
])("T9 %j is not an address, and the refusal shows why", (address, reason) => {
  expect(emailFault(address)).toBe(reason);
});

test("T9 no two addresses fold to one, but for the case of letters that have two", () => {
  expect(foldEmail("ADA@Example.com")).toBe("ada@example.com");
  expect(foldEmail("ZOË@example.com")).toBe("zoë@example.com");
  for (const other of [
    "\u212aelvin@example.com",
    "\u2126@x.com",
    "\u212b@x.com",
    "\u0130@x.com",
    "STRA\u1e9eE@x.com",
  ]) {
    expect(foldEmail(other)).toContain(/[^A-Z]/u.exec(other)?.[0]);
  }
  // Whatever passes has one lower case, letter by letter and as a whole.
  for (let codePoint = 0x80; codePoint < 0x2_0000; codePoint++) {
    const address = `x${String.fromCodePoint(codePoint)}@example.com`;
    if (emailFault(address) !== undefined) {
      continue;
    }
    expect(foldEmail(address.toUpperCase()), address).toBe(foldEmail(address));
    expect(foldEmail(address).normalize("NFKC"), address).toBe(foldEmail(address));
  }
});

test("T9 what is an address is one in lower case, too, also with marks that some letters are joined with", () => {
  const letters = Array.from({ length: 0x600 }, (_, at) => String.fromCodePoint(0x41 + at)).filter((each) =>
    /\p{L}/u.test(each),
  );
  const marks = Array.from({ length: 0x70 }, (_, at) => String.fromCodePoint(0x300 + at));
  const addresses = letters.flatMap((letter) => marks.map((mark) => `${letter}${mark}@example.com`));
  const taken = addresses.filter((address) => emailFault(address) === undefined);
  expect(taken.length).toBeGreaterThan(1000);
  expect(taken.filter((address) => emailFault(foldEmail(address)) !== undefined)).toEqual([]);
});

test("T9 whom a set leaves alone is an address, or a whole domain", () => {
  const check = (pattern: string) => setShape.ignore.safeParse([pattern]).error?.issues[0]?.message;
  expect(check("*@example.com")).toBeUndefined();
  expect(check("ada@example.com")).toBeUndefined();
  expect(check("*")).toMatch(/^it must be an address, or `\*@` and a domain/);
  expect(check("*@exam\u200bple.com")).toContain("it has U+200B, an invisible character, at character 7");
  expect(check("*@bücher.example")).toContain("write the domain as xn--bcher-kva.example");
  expect(check("\u212aelvin@example.com")).toContain("U+212A");
});
