/** The tables of arguments and outputs in docs/resources, from the lifecycles that define the kinds. */
import { z } from "zod";

/** @typedef {import("../../provider/dist/lifecycle/interface.d.ts").Lifecycle} Lifecycle */

/** The page of what every kind has. */
export const sharedPage = "docs/resources/common.md";

/**
 * The page of a kind.
 *
 * @param {string} kind such as `ApiKey`
 */
export function pageOf(kind) {
  return `docs/resources/${kind.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase()}.md`;
}

/**
 * The tables of what every kind has, and of each kind, by the page that they belong to.
 *
 * @param {ReadonlyArray<Lifecycle>} lifecycles
 * @param {Pick<Lifecycle, "args" | "outputs">} shared
 * @returns {Record<string, string>}
 */
export function resourceTables(lifecycles, shared) {
  const pages = lifecycles.map((lifecycle) => {
    const own = Object.entries(lifecycle.outputs).filter(([name]) => !(name in shared.outputs));
    return [pageOf(lifecycle.kind), tables({ ...lifecycle, outputs: Object.fromEntries(own) })];
  });
  return Object.fromEntries([[sharedPage, tables({ ...shared, replaceOn: [], secrets: [] })], ...pages]);
}

/**
 * A table of the arguments, and one of the outputs.
 *
 * @param {Pick<Lifecycle, "args" | "outputs" | "replaceOn" | "secrets">} described
 */
function tables({ args, replaceOn, outputs, secrets }) {
  const { properties = {}, required = [] } = z.toJSONSchema(z.object(args), { io: "input" });
  const inputs = Object.entries(properties).flatMap(([name, schema]) => {
    const notes = [
      ...(replaceOn.includes(name) ? ["*replaces*"] : []),
      ...(schema.change === "refused" ? ["*fixed*"] : []),
    ];
    return rows(name, schema, required.includes(name), notes);
  });
  const described = z.toJSONSchema(z.object(outputs)).properties ?? {};
  const made = Object.entries(described).map(([name, { description = "" }]) => {
    return `| \`${name}\` | ${secrets.includes(name) ? "secret" : ""} | ${description} |`;
  });
  return `${table("Arguments", inputs)}\n${table("Outputs", made)}`;
}

/**
 * @param {string} heading
 * @param {ReadonlyArray<string>} rows
 */
function table(heading, rows) {
  return `## ${heading}\n\n| ${heading.toLowerCase().slice(0, -1)} | | meaning |\n|---|---|---|\n${rows.join("\n")}\n`;
}

/**
 * A row for a property, or one for each property inside it.
 *
 * @param {string} name
 * @param {import("zod").core.JSONSchema._JSONSchema} schema
 * @param {boolean} required
 * @param {readonly string[]} more what else is to be noted of it
 * @returns {string[]}
 */
function rows(name, schema, required, more) {
  if (typeof schema === "boolean") {
    return [];
  }
  if (schema.properties !== undefined) {
    return Object.entries(schema.properties).flatMap(([inner, innerSchema]) =>
      rows(`${name}.${inner}`, innerSchema, false, more),
    );
  }
  const notes = [
    ...(required ? ["required"] : []),
    ...(schema.enum === undefined ? [] : [schema.enum.map((value) => `\`${value}\``).join(", ")]),
    ...(schema.default === undefined ? [] : [`default ${text(schema.default)}`]),
    ...more,
  ];
  return [`| \`${name}\` | ${notes.join("; ")} | ${schema.description ?? ""} |`];
}

/** @param {unknown} value */
function text(value) {
  return Array.isArray(value) ? "all of them" : `\`${value}\``;
}
