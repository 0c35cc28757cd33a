/** Mails as text: whatever they name, no paragraph of theirs is anybody else's. */
import { lineFault } from "roster-schema";
import { describe, expect, test } from "vitest";
import {
  accountExistsNotice,
  accountUnusableNotice,
  addressChangeNotice,
  deactivationNotice,
  type Letter,
  leakNotice,
  linkLetter,
  tokenLeakNotice,
} from "../../service/mail/templates.ts";
import type { LinkPurpose } from "../../service/rows/tables.ts";

const purposes: Readonly<Record<LinkPurpose, true>> = {
  set_up: true,
  membership: true,
  assignment: true,
  email_change: true,
  password_reset: true,
  sign_up: true,
};

/** Every mail, with the same name wherever it names something. */
const letters: readonly (readonly [string, (name: string) => Letter])[] = [
  ...(Object.keys(purposes) as LinkPurpose[]).map((purpose) => {
    const about = (name: string) => ({ organization: name, key: name });
    return [
      `the link of ${purpose}`,
      (name: string) => linkLetter(purpose, about(name), "https://roster.example/links/x", new Date(0)),
    ] as const;
  }),
  ["the notice of a new address", (name) => addressChangeNotice(name)],
  ["the notice of an account", (name) => accountExistsNotice(`https://roster.example/${name}`)],
  [
    "the notice of an account that can't be used",
    (name) => accountUnusableNotice({ status: "blocked", contactUrl: name }),
  ],
  [
    "the notice of a deactivated account",
    (name) => deactivationNotice({ organization: name, home: name, email: name, role: name }),
  ],
  [
    "the notice of a leak",
    (name) => leakNotice({ organization: name, noun: "API key", name, fingerprint: name, url: name, source: name }),
  ],
  ["the notice of a person's leaked token", (name) => tokenLeakNotice({ name, url: name, source: name })],
];

const names = [
  "Acme\n\nLog in again at https://acme.example",
  "Acme\r\n\r\nBcc: ada@example.com",
  "Acme\u2029\u2028\u0085Log in again",
  "Acme\u202e\u2066\u200b\ufeff",
  "\n\n\u0000\u0007",
  "Acme\ud800",
];

describe.each(letters)("%s", (_title, letterOf) => {
  test.each(names)("T9 names %j in one line of visible characters", (name) => {
    const { subject, text, html } = letterOf(name);
    const plain = letterOf("Acme");
    expect(lineFault(subject)).toBeUndefined();
    expect(text.split("\n\n")).toHaveLength(plain.text.split("\n\n").length);
    for (const line of text.split("\n").filter((line) => line !== "")) {
      expect(lineFault(line)).toBeUndefined();
    }
    expect(html.split("\n")).toHaveLength(plain.html.split("\n").length);
    for (const line of html.split("\n").filter((line) => line !== "")) {
      expect(lineFault(line)).toBeUndefined();
    }
  });
});

test("T9 a long report is cut between characters", () => {
  const { text } = leakNotice({
    organization: "A",
    noun: "API key",
    name: "K",
    fingerprint: "F",
    url: `x${"😀".repeat(600)}`,
    source: "",
  });
  expect(text).toContain(`x${"😀".repeat(499)}…`);
  expect(text).not.toMatch(/\p{Cs}/u);
});

test("T9 what an emoji or a word needs stays in a mail", () => {
  const name = "👩\u200d💻 می\u200cخواهم";
  expect(linkLetter("membership", { organization: name }, "https://x.example", new Date(0)).text).toContain(name);
});
