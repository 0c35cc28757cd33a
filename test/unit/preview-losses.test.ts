/** What a change takes from people, in words. */
import type { Schemas } from "roster-schema";
import { expect, test } from "vitest";
import { lossesOf } from "../../provider/preview/losses.ts";

const nowMs = Date.parse("2026-01-10T12:00:00.000Z");

function effect(action: string, name: string, lastUsedAt: string | null = null, count = 1): Schemas["TrialEffect"] {
  const object = { kind: "api_key" as const, id: "key_1", externalId: null, name };
  return { action, object, user: null, lastUsedAt, recipient: null, count };
}

test("nobody loses anything", () => {
  expect(lossesOf([], nowMs)).toBeUndefined();
  expect(lossesOf([effect("mail.send", ""), effect("api_key.replace_secret", "Storefront")], nowMs)).toBeUndefined();
});

test.each([
  ["2026-01-10T11:59:30.000Z", "less than a minute ago"],
  ["2026-01-10T11:59:00.000Z", "1 minute ago"],
  ["2026-01-10T11:56:00.000Z", "4 minutes ago"],
  ["2026-01-10T09:00:00.000Z", "3 hours ago"],
  ["2026-01-08T12:00:00.000Z", "2 days ago"],
])("a key that was last used at %s", (lastUsedAt, ago) => {
  expect(lossesOf([effect("api_key.stop", "Storefront", lastUsedAt)], nowMs)).toBe(
    `the key Storefront stops working, last used ${ago}.`,
  );
});

/** The end of an assignment, which has the name of its person. */
function assignment(user: string) {
  return { ...effect("api_key_assignment.stop", `${user}@example.com`), user };
}

test.each([
  { keys: ["Storefront"], people: ["ada", "bob"], text: "2 people lose the key Storefront, never used." },
  { keys: ["Storefront"], people: ["ada"], text: "1 person loses the key Storefront, never used." },
  { keys: ["One", "Two"], people: [], text: "2 keys stop working, never used." },
  { keys: ["One", "Two"], people: ["ada", "ada"], text: "2 keys stop working, never used; 1 person loses them." },
  { keys: [], people: ["ada", "ada"], text: "1 person loses 2 keys that are attached to them." },
  { keys: [], people: ["ada"], text: "1 person loses a key that is attached to them." },
])("$keys and $people: $text", ({ keys, people, text }) => {
  const effects = [...keys.map((name) => effect("api_key.stop", name)), ...people.map(assignment)];
  expect(lossesOf(effects, nowMs)).toBe(text);
});

test("the last use is that of the key that was used last", () => {
  const used = ["2026-01-01T00:00:00.000Z", "2026-01-10T11:56:00.000Z", null];
  expect(
    lossesOf(
      used.map((at, number) => effect("api_key.revoke", `Key ${number}`, at)),
      nowMs,
    ),
  ).toBe("3 keys stop working, last used 4 minutes ago.");
});

test("tokens, memberships and sessions are counted", () => {
  const effects = [
    effect("access_token.stop", "Deploy"),
    effect("membership.end", "ada@example.com"),
    effect("session.end", "", null, 2),
  ];
  expect(lossesOf(effects, nowMs)).toBe("1 access token stops working, never used; 1 membership ends; 2 sessions end.");
});
