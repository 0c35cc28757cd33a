/** The classes and arguments of a program, from the kinds that describe them. */

/** @typedef {import("../../provider/dist/lifecycle/interface.d.ts").Lifecycle} Lifecycle */
/** @typedef {import("../../provider/dist/values/property.d.ts").Property} Property */
/** @typedef {import("zod").core.$ZodType} Schema */

/**
 * @typedef {object} Described
 * @property {readonly Lifecycle[]} lifecycles
 * @property {Readonly<Record<string, Schema>>} adoptionArgs the arguments of every kind
 * @property {Readonly<Record<string, Schema>>} setArgs the further arguments of every set
 * @property {readonly string[]} sharedOutputs the outputs that are declared where all kinds have them
 * @property {(schema: Schema) => Property} propertyOf
 * @property {(values: readonly string[]) => string | undefined} enumerationOf the contract's name for an enumeration
 */

const [head, lineWidth] = ["Generated from provider/kinds by `npm run generate`; never edited.", 120];

/**
 * The generated modules, each by the name of its file; not formatted.
 *
 * @param {Described} described
 * @returns {Map<string, string>}
 */
export function resourceClasses(described) {
  const modules = new Map();
  const files = described.lifecycles.map(({ kind }) => fileOf(kind));
  modules.set("shared.ts", sharedModule(described));
  for (const lifecycle of described.lifecycles) modules.set(fileOf(lifecycle.kind), kindModule(lifecycle, described));
  const all = ["shared.ts", ...files].toSorted().map((file) => `export * from "./${file}";`);
  modules.set("index.ts", [`/** Every kind of resource, as a class. ${head} */`, ...all, ""].join("\n"));
  return modules;
}

/** @param {Described} described */
function sharedModule(described) {
  const types = new Types(described);
  const adoption = types.interfaceOf(
    "AdoptionArgs",
    "The arguments by which every kind is adopted.",
    described.adoptionArgs,
  );
  const set = types.interfaceOf("SetArgs", "The arguments that every set has.", described.setArgs, "AdoptionArgs");
  return [`/** ${head} */`, types.imports(), "", adoption, "", set, ""].join("\n");
}

/**
 * @param {Lifecycle} lifecycle
 * @param {Described} described
 */
function kindModule({ kind, isSet, documentation, args, outputs }, described) {
  const types = new Types(described, kind);
  const shared = isSet ? described.setArgs : {};
  const own = Object.fromEntries(Object.entries(args).filter(([name]) => !(name in shared)));
  const base = isSet ? "RosterSet" : "RosterResource";
  const argsName = `${kind}Args`;
  const declared = types.interfaceOf(
    argsName,
    `The arguments of {@link ${kind}}.`,
    own,
    isSet ? "SetArgs" : "AdoptionArgs",
  );
  const made = Object.entries(outputs).filter(([name]) => !described.sharedOutputs.includes(name));
  const properties = [...Object.entries(args), ...made].map(([name, schema]) => {
    return `${comment(described.propertyOf(schema).description)}\ndeclare readonly ${name}: pulumi.Output<${types.output(schema)}>;`;
  });
  const { summary, example, operation } = documentation;
  const about = ["@example", "```ts", ...example.split("\n"), "```", `@see schema/openapi.yaml, \`${operation}\``];
  const source = [
    comment(summary, "", ...about),
    `export class ${kind} extends ${base} {`,
    ...properties,
    "",
    `constructor(name: string, args: ${argsName}, options?: pulumi.CustomResourceOptions) {`,
    `super(${JSON.stringify(kind)}, name, args, options);`,
    "}",
    "}",
  ];
  types.use("../resource.ts", base);
  types.use("./shared.ts", `type ${isSet ? "SetArgs" : "AdoptionArgs"}`);
  return [`/** ${head} */`, types.imports(), "", ...types.named(), declared, "", ...source, ""].join("\n");
}

/** Writes the types of one module, and remembers what they need. */
class Types {
  #described;
  #kind;
  /** @type {Map<string, Set<string>>} By module, what is imported from it. */
  #used = new Map();
  /** @type {Map<string, string>} */
  #named = new Map();

  /**
   * @param {Described} described
   * @param {string} [kind] the class that the module has itself
   */
  constructor(described, kind) {
    this.#described = described;
    this.#kind = kind;
  }

  /**
   * @param {string} module
   * @param {string} name with `type` before it, where it is one
   */
  use(module, name) {
    this.#used.set(module, (this.#used.get(module) ?? new Set()).add(name));
  }

  imports() {
    const lines = [...this.#used].map(
      ([module, names]) => `import { ${[...names].toSorted().join(", ")} } from "${module}";`,
    );
    return ['import type * as pulumi from "@pulumi/pulumi";', ...lines].join("\n");
  }

  /** The types that programs use by themselves, each followed by an empty line. */
  named() {
    return [...this.#named.values()].flatMap((source) => [source, ""]);
  }

  /**
   * @param {string} name
   * @param {string} meaning
   * @param {Readonly<Record<string, Schema>>} shape
   * @param {string} [base]
   */
  interfaceOf(name, meaning, shape, base) {
    const heading = `export interface ${name}${base === undefined ? "" : ` extends ${base}`} {`;
    return [comment(meaning), heading, ...this.#members(shape, (schema) => this.args(schema)), "}"].join("\n");
  }

  /**
   * What a property means, with what else a reader has to know of it.
   *
   * @param {Schema} schema
   */
  sentence(schema) {
    const { description = "", change } = this.#described.propertyOf(schema);
    const { defaultValue } = schema._zod.def.type === "default" ? schema._zod.def : {};
    return [
      description,
      ...(change === "replaces" ? ["Changing it replaces the resource."] : []),
      ...(change === "refused" ? ["It can't be changed."] : []),
      ...(defaultValue === undefined ? [] : [`The default is ${shown(defaultValue)}.`]),
    ]
      .filter((sentence) => sentence !== "")
      .join(" ");
  }

  /**
   * What a program may give.
   *
   * @param {Schema} schema
   * @returns {string}
   */
  args(schema) {
    const { types, typeName, reference, alternatives, plain } = this.#described.propertyOf(schema);
    if (types !== undefined) return types.args;
    if (typeName !== undefined) return this.#name(typeName, schema);
    if (reference !== undefined) return this.#reference(reference, alternatives);
    const inner = this.#given(unwrapped(schema));
    return plain ? inner : `pulumi.Input<${inner}>`;
  }

  /**
   * What a program gets.
   *
   * @param {Schema} schema
   * @returns {string}
   */
  output(schema) {
    const { types } = this.#described.propertyOf(schema);
    const orNone = schema._zod.def.type === "optional" ? " | undefined" : "";
    return `${types?.output ?? this.#value(unwrapped(schema), (inner) => this.#held(inner))}${orNone}`;
  }

  /**
   * @param {string} kind
   * @param {string | undefined} alternatives
   */
  #reference(kind, alternatives) {
    if (kind !== this.#kind) this.use(`./${fileOf(kind)}`, `type ${kind}`);
    if (alternatives === undefined) {
      this.use("../arguments.ts", "type Reference");
      return `Reference<${kind}>`;
    }
    if (alternatives.includes("OrganizationRole")) this.use("roster-schema", "type OrganizationRole");
    return `pulumi.Input<${alternatives}> | ${kind}`;
  }

  /**
   * @param {string} name
   * @param {Schema} schema
   */
  #name(name, schema) {
    if (!this.#named.has(name)) {
      const { description = "", reference, alternatives } = this.#described.propertyOf(schema);
      const type = reference === undefined ? this.#given(unwrapped(schema)) : this.#reference(reference, alternatives);
      this.#named.set(name, `${comment(description)}\nexport type ${name} = ${type};`);
    }
    return name;
  }

  /**
   * A value with values in it as a program may give them.
   *
   * @param {Schema} schema
   * @returns {string}
   */
  #given(schema) {
    const { def } = schema._zod;
    if (def.type === "union") {
      return def.options
        .map((option) => (this.#described.propertyOf(option).typeName ? this.args(option) : this.#given(option)))
        .join(" | ");
    }
    if (def.type === "array") return `readonly ${this.args(def.element)}[]`;
    return this.#value(schema, (inner) => this.args(inner));
  }

  /**
   * A value as it is in an output, inside of another.
   *
   * @param {Schema} schema
   * @returns {string}
   */
  #held(schema) {
    return this.#value(unwrapped(schema), (inner) => this.#held(inner));
  }

  /**
   * @param {Schema} schema
   * @param {(inner: Schema) => string} typeOf
   * @returns {string}
   */
  #value(schema, typeOf) {
    const { def } = schema._zod;
    switch (def.type) {
      case "string":
      case "number":
      case "boolean":
        return def.type;
      case "enum":
        return this.#enumeration(Object.values(def.entries));
      case "literal":
        return def.values.map((value) => JSON.stringify(value)).join(" | ");
      case "array":
        return `${grouped(typeOf(def.element))}[]`;
      case "record":
        return `Readonly<Record<string, ${typeOf(def.valueType)}>>`;
      case "object":
        return `{\n${this.#members(def.shape, typeOf).join("\n")}\n}`;
      case "union":
        return def.options.map(typeOf).join(" | ");
      default:
        throw new Error(`There is no TypeScript type for a zod schema of type ${def.type}.`);
    }
  }

  /** @param {readonly string[]} values */
  #enumeration(values) {
    const name = this.#described.enumerationOf(values);
    if (name === undefined) return values.map((value) => JSON.stringify(value)).join(" | ");
    this.use("roster-schema", "type Schemas");
    return `Schemas[${JSON.stringify(name)}]`;
  }

  /**
   * @param {Readonly<Record<string, Schema>>} shape
   * @param {(schema: Schema) => string} typeOf
   */
  #members(shape, typeOf) {
    return Object.entries(shape).map(([name, schema]) => {
      const { type } = schema._zod.def;
      const isGiven = typeOf(schema) === this.args(schema);
      const mayLack = type === "optional" || (isGiven && (type === "default" || type === "prefault"));
      const sentence = isGiven ? this.sentence(schema) : "";
      const start = isGiven ? (sentence === "" ? "" : `${comment(sentence)}\n`) : "readonly ";
      return `${start}${name}${mayLack ? "?" : ""}: ${typeOf(schema)};`;
    });
  }
}

/** @param {Schema} schema */
function unwrapped(schema) {
  const { def } = schema._zod;
  return ["optional", "default", "prefault"].includes(def.type) ? unwrapped(def.innerType) : schema;
}

/** @param {string} type */
function grouped(type) {
  return type.includes(" | ") ? `(${type})` : type;
}

/** @param {unknown} value */
function shown(value) {
  return Array.isArray(value) ? "all of them" : `\`${value}\``;
}

/** @param {readonly string[]} paragraphs the first is broken into lines */
function comment(...[text, ...rest]) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line !== "" && line.length + word.length > lineWidth - 8) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  const all = [...lines, ...rest];
  return all.length === 1 ? `/** ${all[0]} */` : `/**\n${all.map((line) => ` * ${line}`.trimEnd()).join("\n")}\n */`;
}

/** @param {string} kind */
function fileOf(kind) {
  return `${kind.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase()}.ts`;
}
