/** Types of a Pulumi package schema for what look-ups answer, from the contract. */
import { mapped } from "./type-specs.mjs";

/** @typedef {import("./type-specs.mjs").Spec} Spec */
/** @typedef {import("../answer-schemas.mjs").Schema & { description?: string }} ContractSchema */

/** Makes the types of answers. The engine has no null: what may be null may be missing. */
export class AnswerSpecs {
  #schemas;
  #types;
  #meaningOf;

  /**
   * @param {Readonly<Record<string, ContractSchema>>} schemas the contract's, by name
   * @param {import("./type-specs.mjs").TypeSpecs} types
   * @param {(object: string, property: string) => string | undefined} meaningOf what a resource says of a property
   */
  constructor(schemas, types, meaningOf) {
    this.#schemas = schemas;
    this.#types = types;
    this.#meaningOf = meaningOf;
  }

  /**
   * An object, with its properties in place.
   *
   * @param {string} name of the contract's schema, such as `Organization`
   * @returns {Spec}
   */
  object(name) {
    return this.#objectOf(this.#schemas[name] ?? {}, name);
  }

  /**
   * A reference to the type of an object.
   *
   * @param {string} name of the contract's schema
   */
  reference(name) {
    return this.#type({ $ref: name }, name);
  }

  /**
   * @param {ContractSchema} schema
   * @param {string} name of the object
   * @returns {Spec}
   */
  #objectOf({ properties = {}, required = [] }, name) {
    const present = required.filter((property) => !this.#mayBeNull(properties[property] ?? {}));
    return {
      type: "object",
      properties: mapped(properties, (schema, property) => ({
        ...this.#type(schema, `${name}${capitalized(property)}`),
        description: this.#description(schema, name, property),
      })),
      ...(present.length > 0 && { required: present }),
    };
  }

  /**
   * @param {ContractSchema} schema
   * @param {string} object
   * @param {string} property
   * @throws {Error} if there is none
   */
  #description(schema, object, property) {
    const description =
      schema.description ?? this.#resolved(schema).schema.description ?? this.#meaningOf(object, property);
    if (description === undefined) {
      throw new Error(`${property} of ${object} has no description: write one into schema/openapi.yaml.`);
    }
    return oneLine(description);
  }

  /**
   * @param {ContractSchema} given
   * @param {string} place the name of its type, if the contract has none
   * @returns {Spec}
   */
  #type(given, place) {
    const { schema, name = place } = this.#resolved(given);
    const type = [schema.type].flat().find((each) => each !== "null");
    if (schema.enum !== undefined) {
      return this.#types.enumeration(schema.enum, name, schema.description);
    }
    switch (type) {
      case "string":
      case "integer":
      case "boolean":
        return { type };
      case "array":
        return { type, items: this.#type(schema.items ?? {}, place) };
      case "object":
        return schema.properties === undefined
          ? { type, additionalProperties: { $ref: "pulumi.json#/Any" } }
          : this.#types.refer(`${name}Result`, {
              description: oneLine(schema.description),
              ...this.#objectOf(schema, name),
            });
      default:
        throw new Error(`A package schema has no type for the contract's ${place}.`);
    }
  }

  /**
   * The schema that a reference leads to, with its name, and without null.
   *
   * @param {ContractSchema} schema
   * @param {string} [name]
   * @returns {{ schema: ContractSchema, name?: string }}
   */
  #resolved(schema, name) {
    const { $ref, anyOf } = schema;
    if ($ref !== undefined) {
      const referenced = $ref.split("/").at(-1) ?? "";
      return this.#resolved(this.#schemas[referenced] ?? {}, referenced);
    }
    return anyOf === undefined
      ? { schema, name }
      : this.#resolved(anyOf.find(({ type }) => type !== "null") ?? {}, name);
  }

  /** @param {ContractSchema} schema */
  #mayBeNull(schema) {
    const { type, anyOf = [] } = schema.anyOf === undefined ? this.#resolved(schema).schema : schema;
    return [type].flat().includes("null") || anyOf.some((each) => each.type === "null");
  }
}

/** @param {string | undefined} text */
function oneLine(text) {
  return text?.trim().replaceAll("\n", " ");
}

/** @param {string} text */
function capitalized(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
