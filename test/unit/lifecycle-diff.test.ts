/** What a change of the arguments of an object of any kind means: nothing, a change in place, or another object. */
import { expect, test } from "vitest";
import type { PropertyMap } from "../../provider/values/property-map.ts";
import { inputs, state, unknown, widget } from "./widget.ts";

/** What the state has in addition, and what is declared in addition: it means the same. */
const unchanged: readonly (readonly [what: string, state: PropertyMap, declared: PropertyMap])[] = [
  ["what was declared", {}, {}],
  ["what was declared, whatever the service has added", { status: "old", weight: 3 }, {}],
  ["what the kind calls the same", {}, { name: "GEAR" }],
];

test.each(unchanged)("sees no change in %s", (_what, before, declared) => {
  expect(widget.diff({ ...state, ...before }, { ...inputs, ...declared })).toEqual({
    changes: false,
    changed: [],
    changesArguments: false,
    replaces: [],
  });
});

const otherwise = { shelf: "shf_2", name: "Wheel", label: "small" };
const sealed = { status: "sealed" };

/** What is declared in addition, the arguments that replace the object, and what the state has in addition. */
const changed: readonly (readonly [
  what: string,
  declared: PropertyMap,
  replaces: readonly string[],
  state: PropertyMap,
])[] = [
  ["an argument that is changed", { name: "Wheel" }, [], {}],
  ["an argument that is added", { label: "small" }, [], {}],
  ["an argument that is removed", { note: undefined }, [], {}],
  ["an argument that is changed inside", { settings: { strict: true } }, [], {}],
  ["an argument that is in another order", { tags: ["blue", "red"] }, [], {}],
  ["another name in the stack", { externalId: "stack/2" }, [], {}],
  ["what always replaces, and nothing else", otherwise, ["shelf"], {}],
  ["what replaces in this state too", otherwise, ["shelf", "label"], sealed],
  ["what could replace in this state and doesn't change", { name: "Wheel" }, [], sealed],
  ["an unknown, which is not asked for sameness", { name: unknown }, [], {}],
  ["an unknown where the state has its text in other letters", { name: unknown }, [], { name: unknown.toUpperCase() }],
  ["an unknown inside", { settings: { strict: unknown } }, [], {}],
  ["an unknown of what always replaces", { shelf: unknown }, ["shelf"], {}],
];

test.each(changed)("sees a change in %s", (_what, declared, replaces, before) => {
  expect(widget.diff({ ...state, ...before }, { ...inputs, ...declared })).toMatchObject({
    changes: true,
    changed: expect.arrayContaining(Object.keys(declared)),
    replaces,
  });
});
