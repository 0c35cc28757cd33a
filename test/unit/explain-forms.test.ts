/** What an explanation looks like, whatever other people's text contains, and what stops an update. */
import { describe, expect, test } from "vitest";
import { markdownOf } from "../../provider/command/forms/markdown.ts";
import { textOf } from "../../provider/command/forms/text.ts";
import { type About, documentOf, lossesSince } from "../../provider/explain/document.ts";
import type { Explanation } from "../../provider/explain/explain.ts";
import type { Finding } from "../../provider/explain/findings.ts";
import { applyGuards, wrongGuards } from "../../provider/explain/guards.ts";
import { counted, listed, phrase, redacted, unescaped } from "../../provider/explain/phrase.ts";
import { sectionsOf } from "../../provider/explain/sections.ts";

const nothing: Explanation = { findings: [], notTried: [], outside: [], errors: [] };
const nowMs = Date.parse("2026-11-29T12:00:00Z");
const about: About = { project: "acme", stack: "dev", state: null, manifest: null, redacted: false };

function leaves(person: string): Finding {
  return { group: "loses", text: phrase`${person} leaves.`, person, marks: ["removed-person"] };
}

describe("other people's text", () => {
  test.each([
    ["plain", "`plain`"],
    ["@everyone <b> [x](y) #1", "`@everyone <b> [x](y) #1`"],
    ["a `tick`", "`` a `tick` ``"],
    ["```", "```` ``` ````"],
    ["two\nlines", "`two lines`"],
    ["", "`  `"],
  ])("%j is code in Markdown", (text, shown) => {
    const sections = [{ heading: "One", level: 2, lines: [phrase`It is ${text}.`] }] as const;
    expect(markdownOf(sections)).toBe(`## One\n\n- It is ${shown}.\n`);
  });

  test("is one line of text, and our own words are no markup", () => {
    const lines = [phrase`The role ${"a\nb"} (super_admin) *stays*.`];
    expect(textOf([{ heading: "One", level: 2, lines }])).toBe("One\n  The role a b (super_admin) *stays*.\n");
    expect(markdownOf([{ heading: "One", level: 3, lines }])).toBe(
      "### One\n\n- The role `a b` (super\\_admin) \\*stays\\*.\n",
    );
  });

  test("keeps the domain of an address, and the first character, where addresses are shortened", () => {
    const text = phrase`${"ada.lovelace@acme.example"}: already_member: <bob@acme.example> and ${"no address"}`;
    expect(unescaped(redacted(text))).toBe("a…@acme.example: already_member: <bob@acme.example> and no address");
    const foreign = phrase`${"refused: ada@acme.example, Zoë@acme.example"}`;
    expect(unescaped(redacted(foreign))).toBe("refused: a…@acme.example, Z…@acme.example");
  });
});

test("a list names some and counts the rest", () => {
  const names = ["a", "b", "c"].map((name) => [{ quoted: name }]);
  expect(unescaped(listed(names))).toBe("a, b and c");
  expect(unescaped(listed(names, 1))).toBe("a and 2 more");
  expect(unescaped(phrase`${counted(1, "key", "keys")}, ${counted(2, "key", "keys")}`)).toBe("1 key, 2 keys");
});

test("Markdown that is too long leaves out the end, and counts it", () => {
  const lines = Array.from({ length: 100 }, (_, at) => phrase`Person ${at} leaves.`);
  const sections = [
    { heading: "Loses access", level: 3, lines },
    { heading: "Mails", level: 3, lines },
  ] as const;
  const text = markdownOf(sections, 1000);
  expect(text.length).toBeLessThanOrEqual(1000);
  const shown = text.match(/^- /gm)?.length ?? 0;
  expect(text.endsWith(`\n_${200 - shown} more lines don't fit here; \`roster explain\` prints all of them._\n`)).toBe(
    true,
  );
  expect(markdownOf(sections.slice(0, 1), 10_000)).not.toContain("more lines");
});

test("a change that concerns nobody says so", () => {
  expect(textOf(sectionsOf(nothing, []))).toBe(
    "What this change does\n  Nothing that concerns people or their keys.\n",
  );
});

describe("guards", () => {
  const key = (lastUsedAt: string | null): Finding => {
    return { group: "secrets", text: ["A key ends."], subject: "Storefront", marks: ["key-ends"], lastUsedAt };
  };
  const changed = { urn: "urn:1", text: phrase`User ada: it depends on a value.` };
  const explanation: Explanation = {
    findings: [
      leaves("ada@acme.example"),
      leaves("ada@acme.example"),
      leaves("bob@acme.example"),
      key("2026-11-28T12:00:00Z"),
    ],
    notTried: [changed],
    outside: [changed],
    errors: ["refused"],
  };

  test.each([
    ["removed-people", true],
    ["removed-people=2", true],
    ["removed-people=3", false],
    ["removed-people=0", true],
    ["admin-change", false],
    ["closes-organization", false],
    ["key-ends", true],
    ["key-in-use", true],
    ["key-in-use=25h", true],
    ["key-in-use=23h", false],
    ["refused", true],
    ["not-tried", true],
    ["outside", true],
  ])("%s", (guard, stops) => {
    expect(wrongGuards(guard)).toBeUndefined();
    expect(applyGuards(explanation, guard, nowMs).map((stop) => stop.guard)).toEqual(stops ? [guard] : []);
    expect(applyGuards(nothing, guard, nowMs)).toEqual([]);
  });

  test("a key that was never used isn't in use", () => {
    expect(applyGuards({ ...nothing, findings: [key(null)] }, "key-in-use", nowMs)).toEqual([]);
  });

  test.each([
    ["removed", 'has no guard "removed"; the guards are removed-people, admin-change'],
    ["toString", 'has no guard "toString"'],
    ["admin-change=1", '"1" is not a value for admin-change. It takes none.'],
    ["removed-people=", '"" is not a value for removed-people. It takes the number'],
    ["key-in-use=7", '"7" is not a value for key-in-use. It takes a duration, such as key-in-use=7d.'],
  ])("%s is refused", (guard, problem) => {
    expect(wrongGuards(guard)).toContain(problem);
  });
});

test("shortened addresses are so everywhere in JSON", () => {
  const urn = "urn:pulumi:dev::acme::pulumi-nodejs:dynamic/roster:ApiKeyAssignment::acme-key-ada@acme.example";
  const text = phrase`${"ada@acme.example"} leaves.`;
  const findings = [{ ...leaves("ada@acme.example"), subject: "ada@acme.example", urn }];
  const explanation = {
    findings,
    notTried: [{ urn, text }],
    outside: [{ urn, text }],
    errors: ["no ada@acme.example"],
  };
  const stops = [{ guard: "reviewed", text }];
  const json = JSON.stringify(documentOf(explanation, stops, { ...about, redacted: true }));
  expect(json).not.toMatch(/(ada|key-ada)@/);
  expect(json.match(/a…@acme\.example/g)).toHaveLength(10);
});

test("a review is compared by what is lost, and not by its words", () => {
  const used = (text: string): Finding => ({ ...leaves("ada@acme.example"), text: [text] });
  const reviewed = documentOf({ ...nothing, findings: [used("4 minutes ago")] }, [], about);
  const now = documentOf({ ...nothing, findings: [used("5 minutes ago"), leaves("bob@acme.example")] }, [], about);
  expect(lossesSince(now, reviewed).map(({ person }) => person)).toEqual(["bob@acme.example"]);
  const gains = documentOf({ ...nothing, findings: [{ group: "gains", text: ["A person joins."] }] }, [], about);
  expect(lossesSince(gains, reviewed)).toEqual([]);
});
