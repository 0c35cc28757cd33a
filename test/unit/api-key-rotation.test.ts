/** When a key is rotated, and what preview says of it. */
import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { apiKeyLifecycle } from "../../provider/kinds/api-key/api-key.ts";
import { ofKeys } from "../../provider/kinds/api-key/names.ts";
import type { apiKeyShape } from "../../provider/kinds/api-key/properties.ts";
import { rotationOf } from "../../provider/kinds/api-key/rotation.ts";
import type { Args } from "../../provider/lifecycle/definition.ts";
import type { PropertyMap } from "../../provider/values/property-map.ts";
import { unknownValue } from "../../provider/values/unknown.ts";

const organization = `org_${"0".repeat(32)}`;
const server = { organization, name: "Storefront", kind: "server" } as const;
const webapi = { organization, name: "Checkout", kind: "webapi" } as const;
const first = randomBytes(16).toString("hex");
const second = randomBytes(16).toString("hex");

/** The inputs of the last of some declarations, each checked after the one before; what fails stops it. */
function checked(...declarations: readonly PropertyMap[]): PropertyMap {
  return declarations.reduce((previous: PropertyMap, declared) => {
    const { inputs, failures } = apiKeyLifecycle.check(previous, declared);
    expect(failures).toEqual([]);
    return inputs;
  }, {});
}

function refused(before: PropertyMap, declared: PropertyMap): string[] {
  const { failures } = apiKeyLifecycle.check(checked(before), declared);
  return failures.map(({ property, reason }) => `${property}: ${reason}`);
}

test("a secret that is easy to guess is refused where it is new, and said without it", () => {
  const weak = "correct-horse-battery-staple";
  const reason = `secret: it is too easy to guess: make it from at least 128 random bits, such as with RandomPassword of @pulumi/random and a length of 32`;
  expect(apiKeyLifecycle.check({}, { ...webapi, secret: weak }).failures).toEqual([
    { property: "secret", reason: reason.slice("secret: ".length) },
  ]);
  expect(refused({ ...webapi, secret: first }, { ...webapi, secret: weak })).toEqual([reason]);
  // As one from before this rule.
  const old = { ...webapi, format: "opaque", secret: weak };
  expect(apiKeyLifecycle.check(old, old).failures).toEqual([]);
  expect(apiKeyLifecycle.check({}, { ...webapi, secret: unknownValue }).failures).toEqual([]);
});

describe("the generation in the inputs", () => {
  test.each<[title: string, declarations: PropertyMap[], generation: unknown]>([
    ["is 1 at creation", [server], 1],
    ["is 1 at creation, whatever rotate is", [{ ...server, rotate: 7 }], 1],
    [
      "stays where nothing changes",
      [
        { ...server, rotate: 7 },
        { ...server, rotate: 7 },
      ],
      1,
    ],
    ["goes up by one when rotate is set", [server, { ...server, rotate: 1 }], 2],
    ["goes up by one when rotate changes", [server, { ...server, rotate: 1 }, { ...server, rotate: "2" }], 3],
    [
      "is 1 for the key that takes the place of a revoked one, whatever rotate is",
      [server, { ...server, state: "revoked" }, { ...server, rotate: 1 }],
      1,
    ],
    ["stays when rotate is removed", [{ ...server, rotate: 1 }, server], 1],
    ["stays when rotate is removed and given again", [{ ...server, rotate: 1 }, server, { ...server, rotate: 1 }], 1],
    [
      "goes up when the secret changes",
      [
        { ...webapi, secret: first },
        { ...webapi, secret: second },
      ],
      2,
    ],
    [
      "goes up once when both change",
      [
        { ...webapi, secret: first },
        { ...webapi, secret: second, rotate: 1 },
      ],
      2,
    ],
    ["goes up when a secret is declared where none was", [webapi, { ...webapi, secret: first }], 2],
    [
      "goes up when another secret is declared than the one that was taken out",
      [{ ...webapi, secret: first }, webapi, { ...webapi, secret: second }],
      2,
    ],
    ["stays when the secret is taken out", [{ ...webapi, secret: first }, webapi], 1],
    ["isn't known while a secret that is new isn't", [webapi, { ...webapi, secret: unknownValue }], unknownValue],
    ["isn't known while rotate isn't", [server, { ...server, rotate: unknownValue }], unknownValue],
    ["isn't known of an adopted key", [{ ...server, adopt: true }], undefined],
    ["begins anew for another key", [server, { ...server, rotate: 1 }, { ...webapi, rotate: 2 }], 1],
    ["is none of an earlier version's", [], undefined],
  ])("%s", (_title, declarations, generation) => {
    expect(checked(...declarations).generation).toBe(generation);
  });

  test("is handed back by the engine, with ignoreChanges, without harm", () => {
    const before = checked(server);
    expect(apiKeyLifecycle.check(before, before)).toEqual({ inputs: before, failures: [] });
  });

  test("of a state from an earlier version stays unknown until it is read", () => {
    const { generation: _, ...before } = checked(server);
    expect(apiKeyLifecycle.check(before, { ...server, rotate: 1 }).inputs).not.toHaveProperty("generation");
  });
});

describe("a schedule", () => {
  const scheduled = { ...server, rotation: { every: "90d", overlap: "1d" } };
  const at = (day: number) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString();
  /** What is planned when the same declaration is checked on some days. */
  const planned = (args: PropertyMap, ...days: readonly number[]) =>
    days.reduce((previous: PropertyMap, day) => {
      vi.setSystemTime(at(day));
      return apiKeyLifecycle.check(previous, args).inputs;
    }, {});

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("counts from the creation, and is due on the day", () => {
    expect(planned(scheduled, 0, 89)).toMatchObject({ generation: 1, rotatedAt: at(0) });
    expect(planned(scheduled, 0, 90)).toMatchObject({
      generation: 2,
      rotatedAt: at(90),
      previousKeyExpiresAt: at(91),
    });
  });

  test("makes up for one, however many were missed, and counts from there", () => {
    expect(planned(scheduled, 0, 1000)).toMatchObject({ generation: 2, rotatedAt: at(1000) });
    expect(planned(scheduled, 0, 1000, 1089)).toMatchObject({ generation: 2 });
    expect(planned(scheduled, 0, 1000, 1090)).toMatchObject({ generation: 3 });
  });

  test("is a change once it is due", () => {
    const state = planned(scheduled, 0);
    expect(apiKeyLifecycle.diff(state, planned(scheduled, 0, 89)).changes).toBe(false);
    expect(apiKeyLifecycle.diff(state, planned(scheduled, 0, 90)).changes).toBe(true);
  });

  test("given later, counts from what a refresh has told, else from then on", () => {
    const before = planned(server, 0);
    vi.setSystemTime(at(100));
    expect(apiKeyLifecycle.check({ ...before, rotatedAt: at(0) }, scheduled).inputs).toMatchObject({ generation: 2 });
    expect(apiKeyLifecycle.check(before, scheduled).inputs).toMatchObject({ generation: 1, rotatedAt: at(100) });
  });

  test("begins anew with a rotation that was asked for", () => {
    const before = planned(scheduled, 0);
    vi.setSystemTime(at(50));
    const asked = apiKeyLifecycle.check(before, { ...scheduled, rotate: 1 }).inputs;
    vi.setSystemTime(at(100));
    expect(apiKeyLifecycle.check(asked, scheduled).inputs).toMatchObject({ generation: 2, rotatedAt: at(50) });
  });

  test("is no part of a key that takes the place of one whose end date has passed", () => {
    const before = planned({ ...scheduled, endDate: at(50) }, 0);
    vi.setSystemTime(at(200));
    const after = apiKeyLifecycle.check(before, { ...scheduled, endDate: at(300), rotate: 1 }).inputs;
    expect(after).toMatchObject({ generation: 1, rotatedAt: at(200) });
  });

  test.each<[title: string, args: PropertyMap]>([
    ["held", { holdRotation: true }],
    ["of a revoked key", { state: "revoked" }],
    ["of a key that has ended", { endDate: "2026-01-31" }],
  ])("rests, %s", (_title, args) => {
    const before = planned(scheduled, 0);
    vi.setSystemTime(at(200));
    expect(apiKeyLifecycle.check({ ...before, ...args }, { ...scheduled, ...args }).inputs).toMatchObject({
      generation: 1,
    });
  });

  test("waits while the secret before is in use", () => {
    const args = { ...scheduled, holdWhileUsed: "7d" };
    const before = { ...planned(args, 0), previousKeyExpiresAt: at(95) };
    vi.setSystemTime(at(94));
    expect(apiKeyLifecycle.check(before, args).inputs).toMatchObject({ generation: 1, previousKeyExpiresAt: at(95) });
    vi.setSystemTime(at(95));
    expect(apiKeyLifecycle.check(before, args).inputs).toMatchObject({ generation: 2, previousKeyExpiresAt: at(96) });
  });

  test("whose overlap isn't known yet doesn't say when the secret before dies", () => {
    const before = planned(scheduled, 0);
    vi.setSystemTime(at(200));
    for (const rotation of [{ every: "90d", overlap: unknownValue }, unknownValue]) {
      expect(apiKeyLifecycle.check(before, { ...server, rotation, rotate: 1 }).inputs).toMatchObject({
        generation: 2,
        previousKeyExpiresAt: unknownValue,
      });
    }
  });

  test("that isn't known yet changes nothing", () => {
    const before = planned(scheduled, 0);
    vi.setSystemTime(at(200));
    const unknown = { ...server, rotation: unknownValue };
    expect(apiKeyLifecycle.check(before, unknown).inputs).toMatchObject({ generation: 1 });
    const inside = { ...server, rotation: { every: unknownValue } };
    expect(apiKeyLifecycle.check(before, inside).inputs).toMatchObject({ generation: 1 });
  });
});

describe("an end date that is moved after it has passed", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test.each([["to a later one", "2026-12-31"] as const, ["away", undefined] as const])(
    "%s, replaces the key, also where no refresh has told that it has expired",
    (_how, endDate) => {
      vi.setSystemTime("2026-01-01T00:00:00Z");
      const before = checked({ ...server, endDate: "2026-01-31" });
      const state = { ...before, status: "active" };
      expect(apiKeyLifecycle.diff(state, { ...before, endDate }).replaces).toEqual([]);
      vi.setSystemTime("2026-02-01T00:00:00Z");
      const { inputs } = apiKeyLifecycle.check(before, { ...server, endDate });
      expect(apiKeyLifecycle.diff(state, inputs)).toMatchObject({ changes: true, replaces: ["endDate"] });
      expect(apiKeyLifecycle.diff(state, before)).toMatchObject({ changes: false, replaces: [] });
    },
  );
});

test("rotate, removed, stays in the inputs as it was: removing it does nothing", () => {
  expect(checked({ ...server, rotate: 1 }, server).rotate).toBe(1);
});

describe("is refused", () => {
  test("together with revoking", () => {
    expect(refused(server, { ...server, state: "revoked", rotate: 1 })).toEqual([
      "rotate: a revoked key can't be rotated: undo the change",
    ]);
    expect(refused({ ...server, rotate: 1 }, { ...server, state: "revoked", rotate: 1 })).toEqual([]);
  });

  test("where the program has the secret, and leaves it", () => {
    expect(refused({ ...webapi, secret: first }, { ...webapi, secret: first, rotate: 1 })).toEqual([
      "rotate: you declare the key's secret: change `secret` to rotate the key",
    ]);
    expect(refused({ ...webapi, secret: first, rotate: 1 }, { ...webapi, secret: first, rotate: 1 })).toEqual([]);
  });
});

test("a held rotation, a schedule beside a secret of one's own, and a hold without an overlap are refused", () => {
  expect(refused(server, { ...server, holdRotation: true, rotate: 1 })).toEqual([
    "rotate: rotation is on hold: undo the change, or remove `holdRotation`",
  ]);
  expect(refused(webapi, { ...webapi, secret: first, rotation: { every: "90d" } })).toEqual([
    "rotation.every: you declare the key's secret: remove this, and change `secret` to rotate the key",
  ]);
  expect(refused(server, { ...server, holdWhileUsed: "1h", rotation: { overlap: "0s" } })).toEqual([
    "holdWhileUsed: without an overlap, it has no effect: set an overlap, or remove it",
  ]);
});

describe("what is asked of the service", () => {
  const state = { key: "what-the-state-has", generation: 4 };
  const rotation = (args: PropertyMap, ...changed: string[]) =>
    rotationOf(ofKeys, { state, args: args as Args<typeof apiKeyShape>, changed: new Set(changed) });

  test("is nothing where neither rotate nor the secret changes", () => {
    expect(rotation({ ...server, rotate: 1 }, "name")).toBeUndefined();
    expect(rotation({ ...webapi, secret: state.key }, "secret")).toBeUndefined();
    expect(rotation(webapi, "secret")).toBeUndefined();
  });

  test("is never the generation that the stack has, as an earlier version of this package planned it", () => {
    expect(rotation({ ...webapi, secret: second, generation: 4 }, "secret")).toMatchObject({ generation: 5 });
    expect(rotation({ ...webapi, secret: second, generation: 6 }, "secret")).toMatchObject({ generation: 6 });
  });

  test("is nothing, and said, where the secret to rotate to is the one that the stack has", () => {
    expect(() => rotation({ ...webapi, secret: state.key, generation: 5 }, "secret", "generation")).toThrow(
      "secret: the key already has this secret. Run `pulumi refresh`. If the next `up` fails again, remove `secret`, which keeps it.",
    );
  });

  test("is the next generation, with an overlap", () => {
    expect(rotation({ ...server, rotate: 1 }, "rotate")).toEqual({ generation: 5, overlap: "24h", secret: undefined });
    expect(rotation({ ...server, rotate: 1, rotation: { overlap: "0s" } }, "rotate")).toMatchObject({ overlap: "0s" });
    expect(rotation({ ...webapi, secret: second }, "secret")).toEqual({ generation: 5, overlap: "0s", secret: second });
    expect(rotation({ ...webapi, secret: second, rotate: 1 }, "secret", "rotate")).toMatchObject({ overlap: "24h" });
    expect(rotation({ ...webapi, secret: second, rotation: { overlap: "1h" } }, "secret")).toMatchObject({
      overlap: "1h",
    });
  });

  test("takes a secret that the provider makes, where the key is the client's to make and the program gives none", () => {
    const [one, another] = [rotation({ ...webapi, rotate: 1 }, "rotate"), rotation({ ...webapi, rotate: 1 }, "rotate")];
    expect(one?.secret).toMatch(/^[\w-]{43}$/);
    expect(one?.secret).not.toBe(another?.secret);
  });
});
