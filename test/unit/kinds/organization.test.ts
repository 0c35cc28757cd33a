/** An organization's arguments: what is refused, what a change does, and what goes together. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { logoContent } from "../../../provider/kinds/logo-file.ts";
import { describeKind, lifecycleOf, logo, unknownValue, type Values } from "./kind.ts";
import { wrongTexts } from "./shared-rows.ts";

const least = { slug: "acme" };

describeKind("Organization", {
  least,
  defaults: {
    features: { externalApiAccess: false },
    settings: { allowExpiringJwt: false },
    subscription: { plan: "basic", billing: "custom" },
  },
  refused: {
    slug: [
      [undefined, /it is required/],
      ["Acme", /a slug has a-z/],
      ["-acme", /a slug has a-z/],
      ["acme-", /a slug has a-z/],
      ["ac me", /a slug has a-z/],
      ["a", /./],
      ["a".repeat(64), /at most 63 characters/],
      [7, /it must be text/],
    ],
    name: wrongTexts(200),
    websiteUrl: [
      ["acme.example", /an address such as https:\/\/example.com/],
      ["ftp://acme.example", /an address such as/],
      ["https://", /an address such as/],
      ["https://acme.example/a b", /an address such as/],
      ["javascript:alert(1)", /an address such as/],
      [`https://acme.example/${"x".repeat(2048)}`, /2048/],
      [["https://acme.example"], /it must be text/],
    ],
    logo: [
      [path.join(__dirname, "nowhere.png"), /the file test\/unit\/kinds\/nowhere\.png does not exist/],
      [__dirname, /test\/unit\/kinds can't be read \(EISDIR\)/],
      [
        __filename,
        /test\/unit\/kinds\/organization\.test\.ts is not a valid logo: it is not a PNG, JPEG or WebP image/,
      ],
      [path.join(__dirname, "../../../package-lock.json"), /more than 524288 bytes|is not a valid logo/],
      [logo, /it requires subscription.plan: premium or enterprise, but the plan is basic/],
      [7, /it must be the path of an image/],
      [[logo], /it must be the path of an image/],
    ],
    joinPolicies: [
      [[], /it must have at least one way to join/],
      [["invite", "invite"], /each way to join must be listed only once/],
      [["invite", "beg"], /existing.*invite.*create/, "joinPolicies[1]"],
      ["invite", /it must be a list/],
    ],
    allowedJoinPolicies: [
      [[], /it must have at least one way to join/],
      [["create", "create"], /each way to join must be listed only once/],
      [["beg"], /existing.*invite.*create/, "allowedJoinPolicies[0]"],
    ],
    features: [
      [{ externalApiAccess: "yes" }, /it must be true or false/, "features.externalApiAccess"],
      [{ externalAccess: true }, /unknown property; it must be externalApiAccess/, "features.externalAccess"],
      [true, /it must be an object/],
      [
        { externalApiAccess: true },
        /it requires subscription.plan: enterprise, but the plan is basic/,
        "features.externalApiAccess",
      ],
    ],
    settings: [
      [{ keysPerOwner: 0 }, /1/, "settings.keysPerOwner"],
      [{ keysPerOwner: 10_001 }, /10000/, "settings.keysPerOwner"],
      [{ keysPerOwner: 1.5 }, /it must be a whole number, not a fraction/, "settings.keysPerOwner"],
      [{ keysPerOwner: "3" }, /it must be a number, not text/, "settings.keysPerOwner"],
      [{ allowExpiringJwt: 1 }, /it must be true or false/, "settings.allowExpiringJwt"],
      [{ keysPerOrganization: 3 }, /it must be one of keysPerOwner, allowExpiringJwt/, "settings.keysPerOrganization"],
      ["keysPerOwner", /it must be an object/],
    ],
    subscription: [
      [{ plan: "gold" }, /basic.*premium.*enterprise/, "subscription.plan"],
      [{ billing: "cash" }, /stripe.*custom/, "subscription.billing"],
      [{ plan: "basic", price: 1 }, /it must be one of plan, billing/, "subscription.price"],
      [
        { billing: "stripe", stripeSubscription: "cus_1" },
        /the id of a Stripe subscription/,
        "subscription.stripeSubscription",
      ],
      [{ stripeSubscription: "sub_1" }, /it requires subscription.billing: stripe/, "subscription.stripeSubscription"],
      ["basic", /it must be an object/],
    ],
  },
  changes: {
    slug: [{ to: "acme-media" }],
    name: [{ to: "Acme Media" }],
    websiteUrl: [{ to: "https://acme.example" }],
    logo: [
      { to: { path: "logo.png", sha256: "a".repeat(64) }, how: "given" },
      { from: { logo: { sha256: "a".repeat(64) } }, to: undefined, how: "removed" },
      {
        from: { logo: { path: "a.png", sha256: "a".repeat(64) } },
        to: { path: "a.png", sha256: "b".repeat(64) },
        how: "with another content",
      },
    ],
    joinPolicies: [{ to: ["invite"] }],
    allowedJoinPolicies: [{ to: ["existing", "invite"] }],
    features: [{ to: { externalApiAccess: true } }],
    settings: [{ to: { allowExpiringJwt: true, keysPerOwner: 3 } }],
    subscription: [{ to: { plan: "premium", billing: "stripe" } }],
  },
  same: [
    [{ joinPolicies: ["existing", "invite", "create"] }, { joinPolicies: ["create", "existing", "invite"] }],
    [{ allowedJoinPolicies: ["existing", "invite"] }, { allowedJoinPolicies: ["invite", "existing"] }],
    // What is no longer declared stays as it is.
    [{ name: "Acme", joinPolicies: ["invite"], allowedJoinPolicies: ["invite"] }, {}],
  ],
  together: [
    [{ features: { externalApiAccess: true }, subscription: { plan: "enterprise" } }, []],
    [{ features: { externalApiAccess: true }, subscription: { plan: "premium" } }, ["features.externalApiAccess"]],
    [{ websiteUrl: "https://acme.example", subscription: { plan: "premium" } }, []],
    [{ websiteUrl: "https://acme.example", subscription: { plan: "enterprise" } }, []],
    [{ websiteUrl: "https://acme.example" }, ["websiteUrl"]],
    [
      { websiteUrl: "https://acme.example", features: { externalApiAccess: true } },
      ["features.externalApiAccess", "websiteUrl"],
    ],
    [{ logo, subscription: { plan: "premium" } }, []],
    // The plan of an organization that is adopted is not known.
    [{ websiteUrl: "https://acme.example", adopt: true }, []],
    [{ websiteUrl: "https://acme.example", subscription: { billing: "stripe" }, adopt: true }, []],
    [{ websiteUrl: "https://acme.example", subscription: { plan: "basic" }, adopt: true }, ["websiteUrl"]],
  ],
});

describe("a logo", () => {
  const lifecycle = lifecycleOf("Organization");
  const premium = { ...least, subscription: { plan: "premium" } };
  const logoOf = (inputs: Values) => lifecycle.check({}, { ...premium, ...inputs }).inputs.logo;

  test("is its content, and a path that holds on every machine", () => {
    expect(logoOf({ logo })).toEqual({
      path: "examples/acme/logo.png",
      sha256: createHash("sha256").update(readFileSync(logo)).digest("hex"),
    });
  });

  test("of the same content in another place is the same", () => {
    const [one, other] = [
      { path: "a.png", sha256: "a".repeat(64) },
      { path: "b.png", sha256: "a".repeat(64) },
    ];
    expect(lifecycle.diff({ ...premium, logo: one }, { ...premium, logo: other }).changes).toBe(false);
    expect(lifecycle.diff({ ...premium, logo: { sha256: one.sha256 } }, { ...premium, logo: other }).changes).toBe(
      false,
    );
  });

  test("that isn't known yet is let through", () => {
    expect(logoOf({ logo: unknownValue })).toBe(unknownValue);
  });

  test("whose changes are ignored stays as the engine gives it back, whatever became of the file", () => {
    const kept = { path: "nowhere.png", sha256: "a".repeat(64) };
    expect(logoOf({ logo: kept })).toEqual(kept);
  });

  test("that is another one by the time it is sent is not sent", () => {
    expect(() => logoContent({ path: logo, sha256: "a".repeat(64) })).toThrow(/has changed since the preview/);
    expect(() => logoContent({ path: "nowhere.png", sha256: "a".repeat(64) })).toThrow(/preview again/);
  });
});
