/** Types of a Pulumi package schema: those of properties, from zod schemas, and the named ones that they refer to. */
import { Types } from "../types.mjs";

/** @typedef {import("../types.mjs").Schema} Schema */

/**
 * A type, or a property with its type.
 *
 * @typedef {Readonly<Record<string, unknown>>} Spec
 */

/**
 * @typedef {object} Described
 * @property {import("../types.mjs").Described["propertyOf"]} propertyOf
 * @property {(values: readonly string[]) => string | undefined} enumerationOf the contract's name for an enumeration
 * @property {(name: string) => string | undefined} meaningOf the contract's description of an enumeration
 * @property {readonly string[]} organizationRoles the roles that every organization has
 * @property {(kind: string) => string} idPrefixOf such as `org` for `Organization`
 */

/** Makes the types of one package schema, and keeps those that have a name. */
export class TypeSpecs {
  #described;
  #sentences;
  /** @type {Map<string, Spec>} */
  #named = new Map();

  /** @param {Described} described */
  constructor(described) {
    this.#described = described;
    this.#sentences = new Types(described);
  }

  /** The named types, by token. */
  named() {
    return Object.fromEntries([...this.#named].toSorted(([one], [other]) => (one < other ? -1 : 1)));
  }

  /**
   * An argument.
   *
   * @param {Schema} schema
   * @param {{ readonly isKept?: boolean, readonly isSecret?: boolean }} [of] whether an adopted object keeps its value if a program
   * leaves it out, so that an SDK must not fill in the default, and whether it is secret
   * @returns {Spec}
   */
  input(schema, { isKept = false, isSecret = false } = {}) {
    const { plain, change } = this.#described.propertyOf(schema);
    const { defaultValue } = schema._zod.def.type === "default" && !isKept ? schema._zod.def : {};
    return {
      ...this.#type(schema, true),
      ...(plain && { plain: true }),
      description: [this.#sentences.sentence(schema), ...this.#notes(schema)].join(" "),
      ...(defaultValue !== undefined && { default: defaultValue }),
      ...(isSecret && { secret: true }),
      ...(change === "replaces" && { willReplaceOnChanges: true }),
    };
  }

  /**
   * An output.
   *
   * @param {Schema} schema
   * @param {boolean} isSecret
   * @returns {Spec}
   */
  output(schema, isSecret) {
    const { description } = this.#described.propertyOf(schema);
    return {
      ...this.#type(schema, false),
      description: [description, ...this.#notes(schema)].join(" "),
      ...(isSecret && { secret: true }),
    };
  }

  /**
   * A reference to a named type.
   *
   * @param {string} name
   * @param {Spec} spec
   * @throws {Error} if it has no description, or another type has the name
   */
  refer(name, spec) {
    const token = tokenOf(name);
    const known = this.#named.get(token);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(spec)) {
      throw new Error(`Two types are named ${name}: give one of them another \`schemaName\`.`);
    }
    if (spec.description === undefined) {
      throw new Error(`The type ${name} has no description: write one where it is described.`);
    }
    this.#named.set(token, spec);
    return { $ref: `#/types/${token}` };
  }

  /**
   * A reference to an enumeration.
   *
   * @param {readonly string[]} values
   * @param {string | undefined} ownName if the contract has no name for it
   * @param {string | undefined} ownMeaning
   */
  enumeration(values, ownName, ownMeaning) {
    const name = this.#described.enumerationOf(values) ?? ownName;
    if (name === undefined) {
      throw new Error(`The enumeration ${values.join(", ")} has no name: give it a \`schemaName\`.`);
    }
    const description = this.#described.meaningOf(name) ?? (name === ownName ? ownMeaning : undefined);
    const all = values.map((value) => ({ name: pascalCase(value), value }));
    return this.refer(name, { description, type: "string", enum: all });
  }

  /** What a reader has to know of a value that isn't a resource here. */
  #notes(schema) {
    const { reference, alternatives } = this.#described.propertyOf(schema);
    if (reference === undefined) {
      return [];
    }
    const id = `\`${this.#described.idPrefixOf(reference)}_…\``;
    return alternatives === undefined
      ? [`Its value is the \`id\` of the \`${reference}\`, ${id}.`]
      : [
          `Built-in roles are ${listed(this.#described.organizationRoles)}. A \`${reference}\` is given by its \`id\`, ${id}.`,
        ];
  }

  /**
   * @param {Schema} outer
   * @param {boolean} isInput
   * @returns {Spec}
   */
  #type(outer, isInput) {
    const { forms, schemaName, description } = this.#described.propertyOf(outer);
    if (forms !== undefined) {
      const { args, output } = forms();
      return this.#type(isInput ? args : output, isInput);
    }
    const schema = unwrapped(outer);
    const { def } = schema._zod;
    const typeOf = (inner) => this.#type(inner, isInput);
    switch (def.type) {
      case "string":
      case "boolean":
        return { type: def.type };
      case "number":
        return { type: schema.isInt ? "integer" : "number" };
      case "literal":
        return { type: typeof def.values[0] };
      case "enum":
        return this.enumeration(Object.values(def.entries), schemaName, this.#meaning(schema, description));
      case "array":
        return { type: "array", items: typeOf(def.element) };
      case "record":
        return { type: "object", additionalProperties: typeOf(def.valueType) };
      case "object":
        return this.#object(schemaName, this.#meaning(schema, description), def.shape);
      case "union":
        return {
          oneOf: distinct(def.options.map((option) => (hasValues(option) ? { type: "string" } : typeOf(option)))),
        };
      default:
        throw new Error(`A package schema has no type for a zod schema of type ${def.type}.`);
    }
  }

  /** What the type of a property means: what it says itself, or else what the property does. */
  #meaning(schema, ofProperty) {
    return this.#described.propertyOf(schema).description ?? ofProperty;
  }

  /**
   * Arguments and outputs share an object type, so it has no defaults: an adopted object keeps the members that a program leaves out.
   *
   * @param {string | undefined} name
   * @param {string} description
   * @param {Readonly<Record<string, Schema>>} shape
   */
  #object(name, description, shape) {
    if (name === undefined) {
      throw new Error(`The object with ${Object.keys(shape).join(", ")} has no name: give it a \`schemaName\`.`);
    }
    const properties = mapped(shape, (schema) => this.input(schema, { isKept: true }));
    return this.refer(name, { description, type: "object", properties, ...requiredIn(shape) });
  }
}

/**
 * The names of the arguments that a program can't leave out, as a part of a spec; nothing if there are none.
 *
 * @param {Readonly<Record<string, Schema>>} shape
 * @param {string} [member] of the spec
 */
export function requiredIn(shape, member = "required") {
  return listIn(shape, member, ({ type }) => !["optional", "default", "prefault"].includes(type));
}

/**
 * The names of the outputs that every resource has, as a part of a spec.
 *
 * @param {Readonly<Record<string, Schema>>} shape
 */
export function presentIn(shape) {
  return listIn(shape, "required", ({ type }) => type !== "optional");
}

function listIn(shape, member, has) {
  const names = Object.keys(shape).filter((name) => has(shape[name]._zod.def));
  return names.length === 0 ? {} : { [member]: names };
}

/** @param {string} name of a resource, a function or a type */
export function tokenOf(name) {
  return `roster:index:${name}`;
}

/**
 * An object with other values under the same names.
 *
 * @template Value, Result
 * @param {Readonly<Record<string, Value>>} values
 * @param {(value: Value, name: string) => Result} to
 * @returns {Record<string, Result>}
 */
export function mapped(values, to) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, to(value, name)]));
}

/** @param {Schema} schema */
function unwrapped(schema) {
  const { def } = schema._zod;
  return ["optional", "default", "prefault"].includes(def.type) ? unwrapped(def.innerType) : schema;
}

/**
 * Whether a type is an enumeration. One type among others must not be: the generator for Go would have strings for all of them.
 *
 * @param {Schema} schema
 */
function hasValues(schema) {
  return schema._zod.def.type === "enum";
}

/** @param {readonly Spec[]} specs */
function distinct(specs) {
  return [...new Map(specs.map((spec) => [JSON.stringify(spec), spec])).values()];
}

/** @param {string} value such as `messages:read_own` */
function pascalCase(value) {
  return value.replace(/(?:^|[^a-zA-Z0-9]+)([a-z0-9])/g, (_all, first) => first.toUpperCase());
}

/** @param {readonly string[]} values */
function listed(values) {
  const names = values.map((value) => `\`${value}\``);
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
