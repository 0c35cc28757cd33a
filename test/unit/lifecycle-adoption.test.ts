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
      {},
      { label: "small => none", tags: '["blue"] => ["red"]', "settings.limit": "3 => none" },
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
    expect(compared).toEqual({ inputs: adopts === undefined ? inputs : { ...inputs, adopts }, failures: [] });
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
