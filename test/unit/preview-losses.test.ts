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

test("people who lose one key are counted, with its last use", () => {
  const used = "2026-01-10T11:56:00.000Z";
  const effects = ["2026-01-01T00:00:00.000Z", used, null].map((at) => {
    return effect("api_key_assignment.stop", "Storefront", at);
  });
  expect(lossesOf([...effects, effect("api_key_assignment.delete", "Tests")], nowMs)).toBe(
    "3 people lose the key Storefront, last used 4 minutes ago; 1 person loses the key Tests, never used.",
  );
});

test("keys, tokens, memberships and sessions are counted", () => {
  const effects = [
    effect("api_key.revoke", "One"),
    effect("api_key.stop", "Two"),
    effect("access_token.stop", "Deploy"),
    effect("membership.end", "ada@example.com"),
    effect("session.end", "", null, 2),
  ];
  expect(lossesOf(effects, nowMs)).toBe(
    "2 keys stop working, never used; 1 access token stops working, never used; 1 person loses a membership; 2 sessions end.",
  );
});
