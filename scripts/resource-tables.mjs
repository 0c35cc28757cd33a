/** The README's tables of resources, from the lifecycles that define them. */
import { z } from "zod";

/** @typedef {import("../provider/dist/lifecycle/lifecycle.d.ts").Lifecycle} Lifecycle */

/**
 * A heading and a table for what every kind has, and for each kind.
 *
 * @param {ReadonlyArray<Lifecycle>} lifecycles
 * @param {Pick<Lifecycle, "args" | "outputs">} shared
 */
export function resourceTables(lifecycles, shared) {
  const own = lifecycles.map((lifecycle) => {
    const outputs = Object.entries(lifecycle.outputs).filter(([name]) => !(name in shared.outputs));
    return resourceTable(`\`${lifecycle.kind}\``, { ...lifecycle, outputs: Object.fromEntries(outputs) });
  });
  return [resourceTable("Every resource", { ...shared, replaceOn: [], secrets: [] }), ...own].join("\n");
}

/**
 * @param {string} heading
 * @param {Pick<Lifecycle, "args" | "outputs" | "replaceOn" | "secrets">} described
 */
function resourceTable(heading, { args, replaceOn, outputs, secrets }) {
  const { properties = {}, required = [] } = z.toJSONSchema(z.object(args), { io: "input" });
  const inputs = Object.entries(properties).flatMap(([name, schema]) =>
    rows(name, schema, required.includes(name), replaceOn.includes(name)),
  );
  const made = Object.entries(outputs).map(([name, description]) => {
    return `| \`${name}\` | output${secrets.includes(name) ? ", secret" : ""} | ${description} |`;
  });
  return `### ${heading}\n\n| property | | meaning |\n|---|---|---|\n${[...inputs, ...made].join("\n")}\n`;
}

/**
 * A row for a property, or one for each property inside it.
 *
 * @param {string} name
 * @param {import("zod").core.JSONSchema._JSONSchema} schema
 * @param {boolean} required
 * @param {boolean} replaces
 * @returns {string[]}
 */
function rows(name, schema, required, replaces) {
  if (typeof schema === "boolean") return [];
  if (schema.properties !== undefined) {
    return Object.entries(schema.properties).flatMap(([inner, innerSchema]) =>
      rows(`${name}.${inner}`, innerSchema, false, replaces),
    );
  }
  const notes = [
    ...(required ? ["required"] : []),
    ...(schema.enum === undefined ? [] : [schema.enum.map((value) => `\`${value}\``).join(", ")]),
    ...(schema.default === undefined ? [] : [`default ${text(schema.default)}`]),
    ...(replaces ? ["*replaces*"] : []),
  ];
  return [`| \`${name}\` | ${notes.join("; ")} | ${schema.description ?? ""} |`];
}

/** @param {unknown} value */
function text(value) {
  return Array.isArray(value) ? `all ${value.length}` : `\`${value}\``;
}
