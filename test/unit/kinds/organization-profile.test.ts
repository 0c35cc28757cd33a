/** A profile's arguments: what is refused, and what a change does. */
import { describe, expect, test } from "vitest";
import { describeKind, idOf, lifecycleOf, logo } from "./kind.ts";
import { wrongIdentifiers, wrongTexts } from "./shared-rows.ts";

const least = { organization: idOf("org") };

describeKind("OrganizationProfile", {
  least,
  defaults: { __leftOut: [] },
  refused: {
    organization: [[undefined, /it is required/], ...wrongIdentifiers("org", "Organization")],
    name: wrongTexts(200),
    websiteUrl: [
      ["acme.example", /an address such as https:\/\/example.com/],
      ["javascript:alert(1)", /an address such as/],
    ],
    logo: [
      [__filename, /is not a valid logo: it is not a PNG, JPEG or WebP image/],
      [7, /it must be the path of an image/],
    ],
    joinPolicies: [
      [[], /it must have at least one way to join/],
      [["invite", "invite"], /each way to join must be listed only once/],
      [["invite", "beg"], /existing.*invite.*create/, "joinPolicies[1]"],
    ],
  },
  changes: {
    organization: [{ to: idOf("org", "1"), replaces: true }],
    name: [{ to: "Acme Media" }],
    websiteUrl: [
      { to: "https://acme.example" },
      { from: { websiteUrl: "https://acme.example" }, to: undefined, how: "removed" },
    ],
    logo: [
      { to: { path: "logo.png", sha256: "a".repeat(64) }, how: "given" },
      { from: { logo: { sha256: "a".repeat(64) } }, to: undefined, how: "removed" },
    ],
    joinPolicies: [{ to: ["invite"] }],
  },
  same: [
    [{ joinPolicies: ["existing", "invite"] }, { joinPolicies: ["invite", "existing"] }],
    // What is no longer declared stays as it is.
    [{ name: "Acme", joinPolicies: ["invite"] }, {}],
  ],
  together: [[{ name: "Acme", websiteUrl: "https://acme.example", logo, joinPolicies: ["invite"] }, []]],
});

describe("a profile", () => {
  test("that is replaced for the same organization is taken over again, so nothing stands against it", () => {
    const state = { ...least, name: "Acme", adopted: true, externalId: "stack/1" };
    expect(lifecycleOf("OrganizationProfile").refuseReplacing(state, { ...least, externalId: "stack/1" })).toEqual([]);
  });
});
