/** What a schema of the contract takes, and values on both sides of its edges. */
import fc from "fast-check";
import { textFaults } from "roster-schema";
import { idOf } from "./kind.ts";

/** As much of JSON Schema as the contract's requests use. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly anyOf?: readonly Schema[];
}

export interface Contract {
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export function builtInRoles({ components }: Contract): readonly unknown[] {
  return components.schemas.BuiltInRole?.enum ?? [];
}

/** The schema itself, where it names another one; of several, the one that isn't for null: the arguments have none. */
function resolved(contract: Contract, schema: Schema): Schema {
  const name = schema.$ref?.split("/").at(-1);
  if (name !== undefined) {
    return resolved(contract, contract.components.schemas[name] ?? {});
  }
  const other = schema.anyOf?.find(({ type }) => type !== "null");
  return other === undefined ? schema : resolved(contract, other);
}

/** Whether a schema takes a value. */
export function accepts(contract: Contract, given: Schema, value: unknown): boolean {
  const schema = resolved(contract, given);
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    return false;
  }
  if (typeof value === "string") {
    // JSON Schema counts characters, not the halves that JavaScript may store them in.
    const length = [...value].length;
    return (
      types.includes("string") &&
      length >= (schema.minLength ?? 0) &&
      length <= (schema.maxLength ?? Number.POSITIVE_INFINITY) &&
      (schema.pattern === undefined || new RegExp(schema.pattern, "u").test(value)) &&
      textFaults[schema.format ?? ""]?.(value) === undefined
    );
  }
  if (typeof value === "number") {
    return (
      (types.includes("number") || (types.includes("integer") && Number.isInteger(value))) &&
      value >= (schema.minimum ?? Number.NEGATIVE_INFINITY) &&
      value <= (schema.maximum ?? Number.POSITIVE_INFINITY)
    );
  }
  if (Array.isArray(value)) {
    return (
      types.includes("array") &&
      value.length >= (schema.minItems ?? 0) &&
      value.length <= (schema.maxItems ?? Number.POSITIVE_INFINITY) &&
      !(schema.uniqueItems === true && new Set(value).size < value.length) &&
      value.every((item) => accepts(contract, schema.items ?? {}, item))
    );
  }
  if (typeof value === "object" && value !== null) {
    const properties = schema.properties ?? {};
    return (
      types.includes("object") &&
      (schema.required ?? []).every((name) => name in value) &&
      Object.entries(value).every(([name, member]) => {
        const property = properties[name];
        return property === undefined ? schema.additionalProperties !== false : accepts(contract, property, member);
      })
    );
  }
  return types.includes(value === null ? "null" : typeof value);
}

/** Values near the edge of what the schema takes, on both sides of it. */
export function candidatesFor(contract: Contract, given: Schema): fc.Arbitrary<unknown> {
  const schema = resolved(contract, given);
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
  if (schema.enum !== undefined) {
    return fc.oneof(fc.constantFrom(...schema.enum), mutated(fc.constantFrom(...schema.enum.map(String))), anything);
  }
  if (types.includes("string")) {
    const near = schema.pattern === undefined ? fc.string() : fc.stringMatching(new RegExp(schema.pattern));
    const long = fc
      .tuple(near, fc.integer({ min: -2, max: 2 }), fc.constantFrom("a", "-", "é", "\u{1f600}"))
      .map(
        ([start, more, character]) =>
          `${start}${character.repeat(Math.max(0, (schema.maxLength ?? 32) - [...start].length + more))}`,
      );
    return fc.oneof(
      near,
      mutated(near),
      long,
      fc.string({ unit: "binary" }),
      fc.string({ unit: "grapheme" }),
      anything,
    );
  }
  if (types.includes("integer")) {
    const { minimum = 0, maximum = 10 } = schema;
    return fc.oneof(
      fc.integer({ min: minimum - 2, max: minimum + 2 }),
      fc.integer({ min: maximum - 2, max: maximum + 2 }),
      fc.double(),
      anything,
    );
  }
  if (types.includes("array")) {
    return fc.oneof(fc.array(candidatesFor(contract, schema.items ?? {}), { maxLength: 4 }), anything);
  }
  if (types.includes("object")) {
    const members = Object.entries(schema.properties ?? {}).map(([name, member]) => [
      name,
      candidatesFor(contract, member),
    ]);
    return fc.oneof(
      fc.record(Object.fromEntries([...members, ["more", anything]]), { requiredKeys: [] }).map(withoutNullsIn),
      anything,
    );
  }
  return fc.oneof(fc.boolean(), anything);
}

// Neither null nor undefined: the engine passes neither, and check takes both for an argument that is not given.
const anything: fc.Arbitrary<unknown> = fc
  .oneof(
    fc.string(),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.array(fc.string(), { maxLength: 3 }),
    fc.object({ maxDepth: 1 }),
  )
  .map(withoutNullsIn);

function withoutNullsIn(value: unknown): unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null && member !== undefined))
    : value;
}

function mutated(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const characters = fc.constantFrom(
    "",
    " ",
    "\n",
    "A",
    "z",
    "0",
    "-",
    "_",
    ".",
    "@",
    ":",
    "/",
    "\u00a0",
    "\u2028",
    "é",
    "\u{1f600}",
    "\ud83d",
  );
  return fc.tuple(texts, fc.nat(600), fc.nat(1), characters).map(([text, at, removed, put]) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + put + text.slice(place + removed);
  });
}

/** Values that somebody thought of, whatever the schema. */
export function handPicked(contract: Contract, given: Schema): unknown[] {
  const schema = resolved(contract, given);
  const { maxLength } = schema;
  const lengths =
    maxLength === undefined ? [] : [maxLength - 1, maxLength, maxLength + 1, Math.ceil(maxLength / 2) + 1];
  const ids = ["org", "usr", "rol", "key"].flatMap((prefix) => [
    idOf(prefix),
    idOf(prefix, "f"),
    idOf(prefix, "F"),
    `${idOf(prefix)}0`,
    `${idOf(prefix)}\n`,
    `\n${idOf(prefix)}`,
  ]);
  const right = schema.pattern === undefined ? [] : fc.sample(fc.stringMatching(new RegExp(schema.pattern)), 5);
  return [
    ...right.flatMap(withEveryCharacter),
    ...[
      "",
      " ",
      "\n",
      "\t x",
      "\u00a0",
      "\ufeff",
      "\u2028",
      "a",
      "aa",
      "-a",
      "a-",
      "a--b",
      "é",
      "\u{1f600}",
      "null",
      "0",
    ],
    ...[
      "a@b.c",
      "a@b",
      "a@b.c\n",
      "a.b+c@d-e.fg",
      "ä@b.de",
      "a@ä.de",
      "a@b..c",
      "a@-b.c",
      '"a"@b.c',
      "a@b.c-",
      "\u{1f600}@b.de",
    ],
    ...[
      "http://a",
      "https://a.b/c?d#e",
      "https://a b",
      "https:///x",
      "HTTPS://a",
      "https://a\n",
      "https://é.example/ü",
    ],
    ...[
      "2027-06-30",
      "2027-06-30T12:00:00Z",
      "2027-06-30T12:00:00.123Z",
      "2027-06-30T12:00:00",
      "2027-06-30 ",
      "٢٠٢٧-٠٦-٣٠",
    ],
    ...["viewer", "super_admin", "Viewer", "member", "api_user", "x".repeat(16), "x".repeat(15), `${"x".repeat(15)}~`],
    ...ids,
    ...lengths.flatMap((length) => ["x".repeat(length), "\u{1f600}".repeat(length), "é".repeat(length)]),
    ...lengths.flatMap((length) => [
      `${"x".repeat(length - 5)}@b.de`,
      `${"\u{1f600}".repeat(length - 5)}@b.de`,
      `https://${"x".repeat(length - 8)}`,
    ]),
    ...[
      0,
      1,
      -1,
      1.5,
      10_000,
      10_001,
      true,
      false,
      [],
      {},
      ["invite"],
      ["flows:run", "flows:run"],
      ["flows:run", "flows:read"],
    ],
    ...[{ keysPerOwner: 1 }, { keysPerOwner: 10_000 }, { keysPerOwner: 10_001 }, { plan: "basic" }, { plan: "Basic" }],
    builtInRoles(contract),
    ["invite", "existing", "create"],
  ];
}

/** The text with each character of ASCII, and some others, at its ends, inside, and instead of its ends. */
function withEveryCharacter(text: string): string[] {
  const characters = [...Array(128).keys()].map((code) => String.fromCharCode(code));
  const middle = Math.floor(text.length / 2);
  return [...characters, "é", "\u00a0", "\u{1f600}"].flatMap((character) => [
    character + text,
    text + character,
    text.slice(0, middle) + character + text.slice(middle),
    character + text.slice(1),
    text.slice(0, -1) + character,
  ]);
}
