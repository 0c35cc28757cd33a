/** zod schemas of the contract's answers, as TypeScript. */

/**
 * A schema of the contract, as far as answers use JSON Schema.
 *
 * @typedef {object} Schema
 * @property {string} [$ref]
 * @property {readonly Schema[]} [allOf]
 * @property {readonly Schema[]} [anyOf]
 * @property {string | readonly string[]} [type]
 * @property {readonly string[]} [enum]
 * @property {string} [format]
 * @property {Schema} [items]
 * @property {Readonly<Record<string, Schema>>} [properties]
 * @property {boolean | Schema} [additionalProperties]
 * @property {readonly string[]} [required]
 */

/** The schemas that the provider reads besides those of managed objects; what they are made of comes with them. */
const others = [
  "IssuedApiKey",
  "IssuedAccessToken",
  "PersonalAccessToken",
  "ManagedObject",
  "AuditEntry",
  "Message",
  "Self",
  "Run",
  "LetGo",
  "BatchAnswer",
];

/**
 * A module with a schema for each answer. An answer is checked for the types and enumerations that the provider relies on,
 * and not for lengths and patterns, which are the service's own to keep.
 *
 * @param {Readonly<Record<string, Schema>>} schemas the contract's, by name
 * @returns {string} not formatted
 */
export function answerSchemas(schemas) {
  const objects = schemas.ManagedObject?.properties?.object?.anyOf ?? [];
  const answers = [...objects.map(({ $ref = "" }) => nameIn($ref)), ...others];
  const module = new AnswerModule(schemas, answers);
  for (const name of answers) {
    module.constantFor(name);
  }
  return module.source();
}

class AnswerModule {
  #schemas;
  #answers;
  /** @type {Map<string, string>} */
  #constants = new Map();
  #enumerations = new Set();

  /**
   * @param {Readonly<Record<string, Schema>>} schemas
   * @param {readonly string[]} answers the schemas that others may import
   */
  constructor(schemas, answers) {
    this.#schemas = schemas;
    this.#answers = answers;
  }

  source() {
    return [
      "/** The contract's answers. Generated from schema/openapi.yaml by `npm run generate`; never edited. */",
      "// tidy: long because it has every answer of the contract",
      `import { ${[...this.#enumerations].toSorted().join(", ")}, type Schemas } from "roster-schema";`,
      'import { z } from "zod";',
      "",
      ...this.#constants.values(),
    ].join("\n");
  }

  /**
   * The constant with a named schema, which is written first.
   *
   * @param {string} name
   */
  constantFor(name) {
    const constant = `${uncapitalized(name)}Answer`;
    if (!this.#constants.has(name)) {
      const source = this.#schema(this.#schemas[name] ?? {}, `${uncapitalized(name)}Values`);
      const exported = this.#answers.includes(name) ? "export " : "";
      const declaration = `const ${constant}: z.ZodType<Schemas[${JSON.stringify(name)}]> = ${source};`;
      this.#constants.set(name, `/** The contract's \`${name}\`. */\n${exported}${declaration}\n`);
    }
    return constant;
  }

  /**
   * @param {Schema} schema
   * @param {string} enumeration the constant that has its values, if it is an enumeration
   * @returns {string}
   */
  #schema(schema, enumeration) {
    if (schema.$ref !== undefined) {
      return this.#reference(nameIn(schema.$ref));
    }
    if (schema.allOf !== undefined) {
      const [first, ...others] = schema.allOf.map((part) => this.#schema(part, enumeration));
      return `${first}${others.map((part) => `.and(${part})`).join("")}`;
    }
    if (schema.anyOf !== undefined) {
      return this.#alternatives(schema.anyOf, enumeration);
    }
    if (Array.isArray(schema.type)) {
      const [type] = schema.type.filter((each) => each !== "null");
      return `${this.#schema({ ...schema, type }, enumeration)}.nullable()`;
    }
    if (schema.enum !== undefined) {
      this.#enumerations.add(enumeration);
      return `z.enum(${enumeration})`;
    }
    switch (schema.type) {
      case "string":
        return schema.format === "date-time" ? "z.iso.datetime()" : "z.string()";
      case "integer":
        return "z.int()";
      case "boolean":
        return "z.boolean()";
      case "array":
        return `z.array(${this.#schema(schema.items ?? {}, enumeration)})`;
      case "object":
        return schema.properties === undefined
          ? `z.record(z.string(), ${this.#anyMember(schema, enumeration)})`
          : this.#object(schema, enumeration);
      default:
        throw new Error(
          `No answer has a schema of type ${schema.type} so far: write it into scripts/generate/answer-schemas.mjs.`,
        );
    }
  }

  /** @param {string} name */
  #reference(name) {
    const schema = this.#schemas[name] ?? {};
    return schema.properties === undefined
      ? this.#schema(schema, `${uncapitalized(name)}Values`)
      : this.constantFor(name);
  }

  /**
   * @param {readonly Schema[]} options
   * @param {string} enumeration
   */
  #alternatives(options, enumeration) {
    const [first, ...others] = options
      .filter(({ type }) => type !== "null")
      .map((each) => this.#schema(each, enumeration));
    const one = others.length === 0 ? first : `z.union([${[first, ...others].join(", ")}])`;
    return options.some(({ type }) => type === "null") ? `${one}.nullable()` : one;
  }

  /**
   * @param {Schema} schema
   * @param {string} enumeration
   */
  /**
   * The schema of the members of a map.
   *
   * @param {Schema} schema the map's
   * @param {string} enumeration
   */
  #anyMember({ additionalProperties }, enumeration) {
    return typeof additionalProperties === "object" ? this.#schema(additionalProperties, enumeration) : "z.unknown()";
  }

  #object({ properties = {}, required = [] }, enumeration) {
    const members = Object.entries(properties).map(([name, property]) => {
      const inner = `${enumeration.replace(/Values$/, "")}${name.charAt(0).toUpperCase()}${name.slice(1)}Values`;
      return `${name}: ${this.#schema(property, inner)}${required.includes(name) ? "" : ".optional()"},`;
    });
    return `z.object({\n${members.join("\n")}\n})`;
  }
}

/** @param {string} reference */
function nameIn(reference) {
  return reference.split("/").at(-1) ?? "";
}

/** @param {string} text */
function uncapitalized(text) {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
