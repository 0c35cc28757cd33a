/** How states of earlier versions are upgraded. */
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineLifecycle } from "../../provider/lifecycle/lifecycle.ts";
import type { PropertyMap } from "../../provider/values/property-map.ts";
import { documentation, inputs, remote } from "./widget.ts";

describe("upgrade", () => {
  const cog = defineLifecycle({
    kind: "Cog",
    documentation,
    existence: { readPermission: "roles:read" },
    args: { teeth: z.number() },
    outputs: {},
    remote,
    collection: () => "/v1/cogs",
    naturalKey: () => ({}),
    item: (id) => `/v1/cogs/${id}`,
    settable: ({ teeth }) => ({ teeth }),
    readArgs: () => ({}),
    readOutputs: () => ({}),
    upgrades: [
      ({ points, ...rest }) => ({ ...rest, teeth: points }),
      ({ teeth, ...rest }) => ({ ...rest, teeth: Number(teeth) }),
    ],
  });

  const newest = { teeth: 12, etag: '"v1"', __stateVersion: 4 };
  /** What a version wrote, and what it is now. */
  const rows: readonly (readonly [what: string, written: PropertyMap, upgraded: PropertyMap])[] = [
    ["the first one", { points: "12", etag: '"v1"' }, { ...newest, adopted: false }],
    ["the second one", { points: "12", etag: '"v1"', __stateVersion: 2 }, newest],
    ["the third one", { teeth: "12", etag: '"v1"', __stateVersion: 3 }, newest],
    ["the newest one", newest, newest],
    ["none at all, where nothing was written", {}, {}],
  ];
  test.each(rows)("goes through every version in turn, from the one that wrote it: %s", (_what, written, upgraded) => {
    expect(cog.upgrade(written)).toEqual(upgraded);
  });

  test("refuses what a later version wrote", () => {
    expect(() => cog.upgrade({ ...inputs, __stateVersion: 5 })).toThrow(
      /later version of pulumi-roster .*this version supports 4/,
    );
  });
});
