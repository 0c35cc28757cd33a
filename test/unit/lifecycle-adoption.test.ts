/** What adopting an object of any kind shows and refuses before it is done. */
import { describe, expect, test } from "vitest";
import type { PropertyMap } from "../../provider/values/property-map.ts";
import { json, refusal } from "./scripted-server.ts";
import { inputs, object, serve, unknown, widget } from "./widget.ts";

describe("compare", () => {
  const adopting = { ...inputs, adopt: true };
  const page = (...items: object[]) => json(200, { items, nextCursor: null });
  const unmanaged = { ...object, externalId: null };
  const theirs = { ...object, externalId: "another/stack" };

  /** What the service finds, what is declared in addition, and the differences that adopting makes up for; undefined where it shows none. */
  const shown: readonly (readonly [
    what: string,
    found: readonly object[],
    declared: PropertyMap,
    adopts: PropertyMap | undefined,
  ])[] = [
    [
      "how adopting changes what is there, member by member",
      [{ ...unmanaged, label: "small", tags: ["blue"], settings: { limit: 3, strict: false } }],
      { settings: { strict: true } },
      { tags: '["blue"] => ["red"]', "settings.strict": "false => true" },
    ],
    ["nothing where nothing is there", [], {}, undefined],
    ["nothing where it is the stack's own", [object], {}, undefined],
    ["nothing where it is gone", [{ ...unmanaged, status: "scrapped" }], {}, undefined],
    ["no difference in what isn't known yet", [{ ...unmanaged, label: "small" }], { label: unknown }, {}],
    ["no difference where another stack's is taken by force", [theirs], { adopt: "force" }, {}],
  ];
  test.each(shown)("shows %s", async (_what, found, declared, adopts) => {
    const { server, client } = await serve(page(...found));
    const inputs = { ...adopting, ...declared };
    const compared = await widget.compare(client, inputs);
    const expected = adopts === undefined ? { inputs } : { id: "wid_1", inputs: { ...inputs, adopts } };
    expect(compared).toEqual({ ...expected, failures: [] });
    expect(server.asked).toEqual(["GET /v1/shelves/shf_1/widgets?name=Gear&limit=1000"]);
  });

  /** What the service finds, the property that is refused, and the reason. */
  const refused: readonly (readonly [what: string, found: object, property: string, reason: unknown])[] = [
    [
      "what another stack manages",
      theirs,
      "adopt",
      expect.stringContaining("another stack manages wid_1 as another/stack"),
    ],
    [
      "what is fixed otherwise, on its property",
      { ...unmanaged, shelf: "shf_2" },
      "shelf",
      "wid_1 has shf_2, which can't be changed: declare that value, or create another object",
    ],
  ];
  test.each(refused)("refuses %s", async (_what, found, property, reason) => {
    const { client } = await serve(page(found));
    expect((await widget.compare(client, adopting)).failures).toEqual([{ property, reason }]);
  });

  test("asks nothing while what it would ask about isn't known", async () => {
    const { server, client } = await serve();
    for (const given of [{ shelf: unknown }, { name: unknown }]) {
      expect((await widget.compare(client, { ...adopting, ...given })).failures).toEqual([]);
    }
    expect(server.asked).toEqual([]);
  });

  test("is silent where the token may not look, and not where the service fails", async () => {
    const { client } = await serve(refusal(403, "permission_denied"), refusal(401, "unauthenticated"));
    expect(await widget.compare(client, adopting)).toEqual({ inputs: adopting, failures: [] });
    await expect(widget.compare(client, adopting)).rejects.toMatchObject({ code: "unauthenticated" });
  });
});

describe("what adopting changed", () => {
  const given = { shelf: "shf_1", name: "Gear", adopt: true, adopts: {} };
  const check = (declared: PropertyMap, previous: PropertyMap = {}) => widget.check(previous, declared);
  const adopts = { label: "small => none" };

  test("stays in the inputs while the program says adopt, and goes with it", () => {
    const previous = { ...inputs, adopt: true, adopts };
    expect(check(given, previous).inputs.adopts).toEqual(adopts);
    const { adopts: _, adopt: _adopt, ...without } = given;
    expect(Object.keys(check(without, previous).inputs)).not.toContain("adopts");
  });

  test("is not that of the object whose place this one takes", () => {
    const previous = { ...inputs, adopt: true, adopts };
    expect(Object.keys(check({ ...given, shelf: "shf_2" }, previous).inputs)).not.toContain("adopts");
  });

  test("is not the program's to give", () => {
    expect(Object.keys(check({ ...given, adopts }).inputs)).not.toContain("adopts");
  });
});

describe("A6 what the declaration of an adopted object leaves out", () => {
  const declared = { shelf: "shf_1", name: "Gear", externalId: "stack/1" };
  const found = { ...object, label: "small", tags: ["blue"], settings: { limit: 3, strict: true } };
  const adopting = (more: PropertyMap = {}) => widget.check({}, { ...declared, adopt: true, ...more }).inputs;

  test("gets no default, in members either", () => {
    expect(adopting()).toEqual({ ...declared, adopt: true, __leftOut: ["tags", "settings"], __stateVersion: 3 });
    expect(adopting({ settings: { limit: 2 } })).toMatchObject({ settings: { limit: 2 }, __leftOut: ["tags"] });
    expect(adopting({ settings: { limit: 2 } }).settings).toEqual({ limit: 2 });
  });

  test("is not shown as a change, and not sent", async () => {
    const { server, client } = await serve(
      json(200, { items: [{ ...found, externalId: null }], nextCursor: null }),
      json(201, { ...found, adopted: true, code: "one" }, { etag: '"v1"' }),
    );
    const { inputs } = await widget.compare(client, adopting());
    expect(inputs.adopts).toEqual({});
    const { state } = await widget.create(client, inputs);
    expect(server.received.at(-1)?.body).toEqual({ name: "Gear", externalId: "stack/1", adopt: "unmanaged" });
    // Outputs of arguments with a default have a value in any case.
    expect(state).toMatchObject({ tags: ["blue"], settings: { limit: 3, strict: true } });
    expect(state).not.toHaveProperty("label");
    expect(widget.diff(state, inputs).changes).toBe(false);
  });

  const state = { ...adopting(), adopted: true, tags: ["blue"], settings: { limit: 3, strict: true }, etag: '"v1"' };

  test("is no drift, and stays left out when the program drops `adopt`", async () => {
    const { client } = await serve(json(200, { ...found, adopted: true, tags: ["green"] }, { etag: '"v2"' }));
    const read = await widget.read(client, "wid_1", state);
    expect(read?.state.tags).toEqual(["green"]);
    expect(Object.keys(read?.inputs ?? {})).not.toContain("tags");
    const { inputs } = widget.check(read?.inputs ?? {}, declared);
    expect(inputs).not.toHaveProperty("tags");
    expect(inputs).not.toHaveProperty("settings");
    const { adopt: _, ...rest } = read?.state ?? {};
    expect(widget.diff(rest, inputs).changes).toBe(false);
  });

  test("is not sent with what changes", async () => {
    const { server, client } = await serve(json(200, { ...found, adopted: true }, { etag: '"v2"' }));
    const { inputs } = widget.check(state, { ...declared, adopt: true, settings: { strict: false } });
    expect(widget.diff(state, inputs).changes).toBe(true);
    await widget.update(client, "wid_1", state, inputs);
    expect(server.received.at(-1)?.body).toEqual({ settings: { strict: false } });
  });

  test("breaks no rule about several arguments", () => {
    const check = (more: PropertyMap) => widget.check({}, { ...declared, adopt: true, ...more }).failures;
    expect(check({ settings: { strict: true } })).toEqual([]);
    expect(check({ settings: { strict: true }, tags: ["red"] })).toMatchObject([{ property: "settings.strict" }]);
  });

  test("has its default when another object takes its place", () => {
    const { inputs } = widget.check(state, { ...declared, shelf: "shf_2" });
    expect(inputs).toMatchObject({ tags: ["red"], settings: { strict: false } });
    expect(inputs).not.toHaveProperty("__leftOut");
  });
});
