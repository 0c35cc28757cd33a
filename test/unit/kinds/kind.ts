/** What the tables of a kind's test say, and the tests that are made of them. Everything of the provider that they need is imported here. */
import { randomBytes } from "node:crypto";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { objectLifecycles } from "../../../provider/kinds/registry.ts";
import type { Lifecycle } from "../../../provider/lifecycle/interface.ts";
import type { PropertyMap } from "../../../provider/values/property-map.ts";

export { unknownValue } from "../../../provider/values/unknown.ts";
export type { PropertyMap as Values };

/** A value that check refuses of an argument, what the reason says, and the property that it names where it isn't the argument. */
export type Refusal = readonly [value: unknown, reason: RegExp, at?: string];

/** An argument's other value, as a change in a program would be. */
export interface Change {
  readonly to: unknown;
  /** What is declared and in the state before, in addition to what every case has. */
  readonly from?: PropertyMap;
  /** Whether the object is replaced; false by default. */
  readonly replaces?: boolean;
  /** What the change is, where an argument has several. */
  readonly how?: string;
}

/** What is given and wanted of one kind. What a row declares comes on top of {@link Tables.least}. */
export interface Tables {
  /** The least that is right. */
  readonly least: PropertyMap;
  /** What check adds to that. */
  readonly defaults: PropertyMap;
  /** By argument: what is refused. */
  readonly refused: Readonly<Record<string, readonly Refusal[]>>;
  /** By argument: what a change of it does. */
  readonly changes: Readonly<Record<string, readonly Change[]>>;
  /** What the state has, and what the program declares, which means the same: no change. */
  readonly same?: readonly (readonly [before: PropertyMap, now: PropertyMap])[];
  /** What is declared first and then, and the argument whose change is refused, because it is set for good. */
  readonly fixed?: readonly (readonly [argument: string, before: PropertyMap, now: PropertyMap])[];
  /** Arguments that are declared together, and the properties that are refused. */
  readonly together?: readonly (readonly [declared: PropertyMap, refused: readonly string[]])[];
}

export const clientSecret = (): string => randomBytes(32).toString("base64url");
export const idOf = (prefix: string, digit = "0"): string => `${prefix}_${digit.repeat(32)}`;

/** The logo of the canonical example. */
export const logo: string = path.join(__dirname, "../../../examples/acme/logo.png");

export function lifecycleOf(kind: string): Lifecycle {
  const found = objectLifecycles.find((lifecycle) => lifecycle.kind === kind);
  if (found === undefined) {
    throw new Error(`there is no kind ${kind}`);
  }
  return found;
}

/** Makes the tests of a kind. */
export function describeKind(kind: string, tables: Tables): void {
  const lifecycle = lifecycleOf(kind);
  const shape = lifecycle.args;
  const { least, defaults, refused, changes, same, fixed, together } = tables;

  describe(kind, () => {
    test("every argument is looked at here", () => {
      expect(Object.keys(refused)).toEqual(Object.keys(shape));
      expect(Object.keys(changes)).toEqual(Object.keys(shape));
    });

    test("takes the least, and fills in the rest", () => {
      expect(lifecycle.check({}, least)).toEqual({
        inputs: { ...least, __stateVersion: 3, ...defaults },
        failures: [],
      });
    });

    test("refuses a property that it hasn't, by name", () => {
      expect(lifecycle.check({}, { ...least, colour: "red" }).failures).toEqual([
        { property: "colour", reason: expect.stringMatching(/unknown property; it must be one of /) },
      ]);
    });

    const refusals = Object.entries(refused).flatMap(([name, values]) =>
      values.map(([value, reason, at = name]) => ({ name, value, reason, at, shown: shorten(value) })),
    );
    test.each(refusals)("refuses $name: $shown", ({ name, value, reason, at }) => {
      const { failures } = lifecycle.check({}, { ...least, [name]: value });
      expect(failures.map(({ property }) => property)).toContain(at);
      expect(new Set(failures.map(({ property }) => property))).toEqual(new Set([at]));
      expect(failures.map((failure) => failure.reason).join("\n")).toMatch(reason);
    });

    const changed = Object.entries(changes).flatMap(([name, all]) =>
      all.map(({ how = "changed", from = {}, to, replaces = false }) => ({
        name,
        how,
        from,
        to,
        replaces,
        does: replaces ? "replaces" : "is done in place",
      })),
    );
    test.each(changed)("$name, $how, $does", ({ name, from, to, replaces }) => {
      const state = { ...least, ...defaults, ...from, id: "x", etag: '"1"' };
      const args = Object.fromEntries(
        Object.keys(shape).map((argument) => [argument, state[argument as keyof typeof state]]),
      );
      expect(lifecycle.diff(state, args)).toMatchObject({ changes: false, replaces: [] });
      expect(lifecycle.diff(state, { ...args, [name]: to })).toMatchObject({
        changes: true,
        replaces: replaces ? [name] : [],
      });
    });

    test("no output has the name of an argument", () => {
      expect(Object.keys(lifecycle.outputs).filter((output) => output in shape)).toEqual([]);
    });
  });

  // A suite without tests fails.
  if (same !== undefined) {
    describe("what means the same is no change", () => {
      test.each(same)(`${kind}: %j, %j`, (before, now) => {
        const all = { ...least, ...defaults };
        expect(lifecycle.diff({ ...all, ...before }, { ...all, ...now })).toMatchObject({
          changes: false,
          replaces: [],
        });
      });
    });
  }

  if (fixed !== undefined) {
    describe("what is set for good is refused when it changes, before anything is done", () => {
      test.each(fixed)(`${kind}.%s, %j to %j`, (property, before, now) => {
        const previous = lifecycle.check({}, { ...least, ...before });
        expect(previous.failures).toEqual([]);
        expect(lifecycle.check(previous.inputs, { ...least, ...before }).failures).toEqual([]);
        expect(lifecycle.check(previous.inputs, { ...least, ...now }).failures).toEqual([
          { property, reason: expect.stringMatching(/undo the change, or declare another/) },
        ]);
      });
    });
  }

  if (together !== undefined) {
    describe("rules over several arguments", () => {
      test.each(together)(`${kind} %j: %j`, (declared, properties) => {
        const { failures } = lifecycle.check({}, { ...least, ...declared });
        expect(failures.map(({ property }) => property)).toEqual(properties);
      });
    });
  }
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 50)}… (${text.length})` : text;
}
