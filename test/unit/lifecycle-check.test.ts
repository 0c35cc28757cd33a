/** What checking the arguments of an object of any kind takes, fills in and refuses. */
import { describe, expect, test } from "vitest";
import type { PropertyMap } from "../../provider/values/property-map.ts";
import { unknown, widget } from "./widget.ts";

const required = { shelf: "shf_1", name: "Gear" };

function check(declared: PropertyMap, previous: PropertyMap = {}) {
  return widget.check(previous, declared);
}

/** What comes on top of what is required, and what check makes of it: the inputs that differ from the defaults. */
const taken: readonly (readonly [what: string, declared: PropertyMap, inputs: PropertyMap])[] = [
  [
    "fills in defaults, at every depth, and leaves out what is not given",
    { label: undefined, settings: { limit: 3 } },
    { settings: { limit: 3, strict: false } },
  ],
  ["takes null for what is not given", { label: null, tags: null }, {}],
];

test.each(taken)("%s", (_what, declared, inputs) => {
  const checked = check({ ...required, ...declared });
  expect(checked).toEqual({
    inputs: { ...required, tags: ["red"], settings: { strict: false }, ...inputs, __stateVersion: 3 },
    failures: [],
  });
  expect(Object.keys(checked.inputs)).not.toContain("label");
});

test("names what is missing", () => {
  expect(check({}).failures.map(({ property }) => property)).toEqual(["shelf", "name"]);
});

test("is right about what it returned itself", () => {
  const first = check({ ...required, settings: { limit: 3 } });
  expect(check(first.inputs, first.inputs)).toEqual(first);
});

test("hands out values of its own: the host changes what it gets", () => {
  const given = Object.freeze({ ...required, settings: Object.freeze({ limit: 1 }) });
  const { inputs } = check(given);
  (inputs.settings as Record<string, unknown>).limit = 2;
  expect(check(given).inputs.settings).toMatchObject({ limit: 1 });
  expect(check(required).inputs.tags).not.toBe(check(required).inputs.tags);
});

/** A property that is named, and what is said of it; undefined where the reason belongs to the property's own test. */
type Failure = readonly [property: string, reason?: string];

/** What comes on top of what is required, and every failure, in their order. */
type Row = readonly [what: string, declared: PropertyMap, failures: readonly Failure[]];

function expectFailures(declared: PropertyMap, wanted: readonly Failure[], previous: PropertyMap = {}) {
  const all = wanted.map(([property, reason]) => ({ property, reason: reason ?? expect.any(String) }));
  expect(check({ ...required, ...declared }, previous).failures).toEqual(all);
}

const noSuch = "unknown property; it must be one of";
const itself = "it is the name too; before, the name was";

describe("refusals", () => {
  const rows: readonly Row[] = [
    [
      "name every failure at once, each with its place",
      {
        ...{ shelf: "box_1", name: "G", tags: ["red", "pink"], size: 3, weight: 4 },
        settings: { limit: 10, strict: "yes", colour: 1 },
      },
      [
        ["size", expect.stringContaining(`${noSuch} shelf, name, label`)],
        ["weight", expect.stringContaining("unknown property")],
        ["shelf", "it must be a shelf"],
        ["name", "a name has at least 2 characters"],
        ["tags[1]", "it must be one of red, green, blue"],
        ["settings.limit", "at most 9"],
        ["settings.strict", "it must be true or false, not text"],
        ["settings.colour", `${noSuch} limit, strict`],
      ],
    ],
    ["name what the service makes", { status: "new", etag: "v1" }, [["status"], ["etag"]]],
    ["take the stack's name for the object with up to 512 characters", { externalId: "x".repeat(512) }, []],
    ["refuse one with more", { externalId: "x".repeat(513) }, [["externalId"]]],
    ["refuse an empty one", { externalId: "" }, [["externalId"]]],
  ];
  test.each(rows)("%s", (_what, declared, failures) => expectFailures(declared, failures));
});

describe("what is unknown", () => {
  test.each(["shelf", "name", "label", "tags", "settings", "password", "externalId"])("may be %s", (name) => {
    const { inputs, failures } = check({ ...required, [name]: unknown });
    expect(failures).toEqual([]);
    expect(inputs[name]).toBe(unknown);
  });

  test("may be inside, and stays where it is", () => {
    const nested = { tags: ["red", unknown], settings: { limit: unknown } };
    const { inputs, failures } = check({ ...required, ...nested });
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject(nested);
  });

  test("inside an object doesn't keep its other members from their defaults", () => {
    expect(check({ ...required, settings: { limit: unknown } }).inputs.settings).toEqual({
      limit: unknown,
      strict: false,
    });
  });

  const rows: readonly Row[] = [
    [
      "doesn't hide what is wrong next to it",
      { shelf: unknown, name: "G", tags: [unknown, "pink"], settings: { limit: unknown, strict: 1 } },
      [["name"], ["tags[1]"], ["settings.strict"]],
    ],
  ];
  test.each(rows)("%s", (_what, declared, failures) => expectFailures(declared, failures));
});

describe("a rule", () => {
  const strict = { settings: { strict: true } };
  const rows: readonly Row[] = [
    ["is asked with the arguments", { label: "Gear" }, [["label", `${itself} none`]]],
    ["is asked with defaults filled in", strict, [["settings.strict"]]],
    ["is not asked while what it needs is unknown", { ...strict, tags: unknown }, []],
    ["is not asked while an item of what it needs is unknown", { ...strict, tags: ["red", unknown] }, []],
    ["is not asked while a member of it is unknown", { settings: { strict: true, limit: unknown } }, []],
    ["is asked while something else is unknown", { shelf: unknown, label: "Gear" }, [["label"]]],
    ["is asked while something else is wrong", { shelf: "box", label: "Gear" }, [["shelf"], ["label"]]],
    ["is not asked about a wrong member", { settings: { strict: true, limit: 10 } }, [["settings.limit"]]],
    ["is not asked about a wrong item", { ...strict, tags: ["red", "pink"] }, [["tags[1]"]]],
  ];
  test.each(rows)("%s", (_what, declared, failures) => expectFailures(declared, failures));

  /** The shelf that is declared, where the object was on shf_1 and named Old, and the name that the rule is told. */
  const before: readonly (readonly [what: string, shelf: string, name: string])[] = [
    ["what was before", "shf_1", "Old"],
    ["nothing before, where the object is replaced", "shf_2", "none"],
  ];
  test.each(before)("is told %s", (_what, shelf, name) => {
    expectFailures({ label: "Gear" }, [["label", `${itself} ${name}`]], { shelf, name: "Old" });
  });
});

/** What a secret is wrong by, and the secret. */
const wrongSecrets: readonly (readonly [what: string, password: unknown])[] = [
  ["too short", "hunter2-hunter"],
  ["of other characters", "Hunter2 Hunter2 Hunter2"],
  ["a number", 987654321],
  ["in a list", ["hunter2-hunter2-hunter2"]],
  ["in an object", { value: "hunter2-hunter2-hunter2" }],
];

test.each(wrongSecrets)("never repeats a secret: %s", (_what, password) => {
  const { failures } = check({ ...required, password, pasword: password });
  expect(failures.map(({ property }) => property)).toContain("password");
  const said = JSON.stringify(failures).toLowerCase();
  expect(said).not.toContain("hunter2");
  expect(said).not.toContain("987654321");
});
