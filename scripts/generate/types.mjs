/** TypeScript types, from the zod schemas that describe properties. */

/** @typedef {import("../../provider/dist/values/property.d.ts").Property} Property */
/** @typedef {import("zod").core.$ZodType} Schema */

/**
 * @typedef {object} Described
 * @property {(schema: Schema) => Property} propertyOf
 * @property {(values: readonly string[]) => string | undefined} enumerationOf the contract's name for an enumeration
 */

const lineWidth = 120;

/** Writes the types of one module, and remembers what they need. */
export class Types {
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
    return [comment(meaning), heading, ...this.#members(shape, true), "}"].join("\n");
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
    if (types !== undefined) {
      return types.args;
    }
    if (typeName !== undefined) {
      return this.#name(typeName, schema);
    }
    if (reference !== undefined) {
      return this.#reference(reference, alternatives);
    }
    const inner = this.#value(unwrapped(schema), true);
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
    return `${types?.output ?? this.held(schema)}${orNone}`;
  }

  /**
   * A value that is there, with every value in it.
   *
   * @param {Schema} schema
   * @returns {string}
   */
  held(schema) {
    return this.#value(unwrapped(schema), false);
  }

  /**
   * @param {Readonly<Record<string, Schema>>} shape
   * @param {boolean} isGiven whether a program gives it, rather than gets it
   */
  objectOf(shape, isGiven) {
    const members = this.#members(shape, isGiven);
    const isShort = members.every((member) => !member.includes("\n"));
    return isShort ? `{ ${members.join(" ")} }` : `{\n${members.join("\n")}\n}`;
  }

  /**
   * @param {string} kind
   * @param {string | undefined} alternatives
   */
  #reference(kind, alternatives) {
    if (kind !== this.#kind) {
      this.use(`./${fileOf(kind)}`, `type ${kind}`);
    }
    if (alternatives === undefined) {
      this.use("../arguments.ts", "type Reference");
      return `Reference<${kind}>`;
    }
    if (alternatives.includes("OrganizationRole")) {
      this.use("roster-schema", "type OrganizationRole");
    }
    return `pulumi.Input<${alternatives}> | ${kind}`;
  }

  /**
   * @param {string} name
   * @param {Schema} schema
   */
  #name(name, schema) {
    if (!this.#named.has(name)) {
      const { description = "", reference, alternatives } = this.#described.propertyOf(schema);
      const type =
        reference === undefined ? this.#value(unwrapped(schema), true) : this.#reference(reference, alternatives);
      this.#named.set(name, `${comment(description)}\nexport type ${name} = ${type};`);
    }
    return name;
  }

  /**
   * @param {Schema} schema
   * @param {boolean} isGiven whether the values in it are as a program may give them
   * @returns {string}
   */
  #value(schema, isGiven) {
    const { def } = schema._zod;
    const typeOf = (inner) => (isGiven ? this.args(inner) : this.held(inner));
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
        return isGiven ? `readonly ${typeOf(def.element)}[]` : `${grouped(typeOf(def.element))}[]`;
      case "record":
        return `Readonly<Record<string, ${typeOf(def.valueType)}>>`;
      case "object":
        return this.objectOf(def.shape, isGiven);
      case "union":
        return def.options.map((option) => this.#option(option, isGiven)).join(" | ");
      default:
        throw new Error(`There is no TypeScript type for a zod schema of type ${def.type}.`);
    }
  }

  /**
   * One of several types that a value can have.
   *
   * @param {Schema} schema
   * @param {boolean} isGiven
   */
  #option(schema, isGiven) {
    const hasName = this.#described.propertyOf(schema).typeName !== undefined;
    return isGiven && hasName ? this.args(schema) : this.#value(unwrapped(schema), isGiven);
  }

  /** @param {readonly string[]} values */
  #enumeration(values) {
    const name = this.#described.enumerationOf(values);
    if (name === undefined) {
      return values.map((value) => JSON.stringify(value)).join(" | ");
    }
    this.use("roster-schema", "type Schemas");
    return `Schemas[${JSON.stringify(name)}]`;
  }

  /**
   * @param {Readonly<Record<string, Schema>>} shape
   * @param {boolean} isGiven
   */
  #members(shape, isGiven) {
    return Object.entries(shape).map(([name, schema]) => {
      const { type } = schema._zod.def;
      const mayLack = type === "optional" || (isGiven && (type === "default" || type === "prefault"));
      const sentence = isGiven ? this.sentence(schema) : "";
      const start = isGiven ? (sentence === "" ? "" : `${comment(sentence)}\n`) : "readonly ";
      return `${start}${name}${mayLack ? "?" : ""}: ${isGiven ? this.args(schema) : this.held(schema)};`;
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
export function comment(...[text, ...rest]) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line !== "" && line.length + word.length > lineWidth - 8) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
    }
  }
  const all = [...lines, ...rest];
  return all.length === 1 ? `/** ${all[0]} */` : `/**\n${all.map((line) => ` * ${line}`.trimEnd()).join("\n")}\n */`;
}

/** @param {string} kind */
export function fileOf(kind) {
  return `${kind.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase()}.ts`;
}
