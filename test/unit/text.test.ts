import { asLine, characterCount, lineFault, storageFault, visible } from "roster-schema";
import { expect, test } from "vitest";

test.each([
  "Acme",
  " Acme  Media ",
  "Zoë",
  "Müller\u00a0GmbH",
  "東京\u3000支社",
  // Persian and Hindi words, and a Malayalam one that ends with a joiner.
  "می\u200cخواهم",
  "क्\u200dष",
  "അവന്\u200d",
  "👨\u200d👩\u200d👧",
  "👩🏽\u200d💻",
  "❤\ufe0f\u200d🔥",
  "1\ufe0f\u20e3",
  "🇩🇪",
])("T9 %j is one line of visible characters", (text) => {
  expect(lineFault(text)).toBeUndefined();
  expect(asLine(text)).toBe(text.replaceAll(/\s+/g, " ").trim());
});

test.each([
  ["a\nb", "U+000A, a line break, at character 2"],
  ["a\r\nb", "U+000D, a line break, at character 2"],
  ["a\u2029b", "U+2029, a line break, at character 2"],
  ["a\u0085b", "U+0085, a line break, at character 2"],
  ["a\tb", "U+0009, a control character, at character 2"],
  ["a\0", "U+0000, a control character, at character 2"],
  ["\u007f", "U+007F, a control character, at character 1"],
  ["😀\u202eb", "U+202E, which changes the direction of the text around it, at character 2"],
  ["\u2067b", "U+2067, which changes the direction of the text around it, at character 1"],
  ["\u200fb", "U+200F, which changes the direction of the text around it, at character 1"],
  ["\u200bada", "U+200B, an invisible character, at character 1"],
  ["a\u00adb", "U+00AD, an invisible character, at character 2"],
  ["\ufeffa", "U+FEFF, an invisible character, at character 1"],
  ["a\u{e0061}", "U+E0061, an invisible character, at character 2"],
  ["a\ufe0f", "U+FE0F, an invisible character, at character 2"],
  ["1\ufe0f", "U+FE0F, an invisible character, at character 2"],
  ["a\u034f", "U+034F, an invisible character, at character 2"],
  ["\u3164", "U+3164, an invisible character, at character 1"],
  ["\u2800", "U+2800, an invisible character, at character 1"],
  // Joiners that no word of the script needs.
  ["ada\u200d", "U+200D, an invisible character, at character 4"],
  ["a\u200cb", "U+200C, an invisible character, at character 2"],
  ["M\ufffdller", "U+FFFD, which stands for a character that was lost, at character 2"],
  ["a\ud800", "U+D800, half of a character, at character 2"],
  ["\udc00a", "U+DC00, half of a character, at character 1"],
])("T9 %j is not one line of visible characters, and the refusal shows why", (text, reason) => {
  expect(lineFault(text)).toBe(`has ${reason}: leave it out`);
  expect([undefined, "must not be empty"]).toContain(lineFault(asLine(text)));
});

test("T11 what no database takes is found in text of any kind", () => {
  expect(storageFault("two\nlines, and \u200b")).toBeUndefined();
  expect(storageFault("a\0")).toBe("has U+0000, a control character, at character 2: leave it out");
  expect(storageFault("😀\ud83d")).toBe("has U+D83D, half of a character, at character 2: leave it out");
});

test("what nobody sees is shown, and what is seen stays itself", () => {
  expect(visible("\ufeffemail\u00a0\u001b[31m\u202e\u{e0061}\r\n")).toBe(
    "\\ufeffemail\\u00a0\\u001b[31m\\u202e\\udb40\\udc61\\u000d\n",
  );
  for (const text of ["two\nlines", "می\u200cخواهم", "👨\u200d👩\u200d👧", "Zoë"]) {
    expect(visible(text)).toBe(text);
  }
});

test("T11 characters are counted as the contract counts them", () => {
  expect(characterCount("a😀é")).toBe(3);
});
