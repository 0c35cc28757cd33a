/** The classes and arguments of a program, from the kinds that describe them. */

import { comment, fileOf, Types } from "./types.mjs";

/** @typedef {import("../../provider/dist/lifecycle/interface.d.ts").Lifecycle} Lifecycle */
/** @typedef {import("zod").core.$ZodType} Schema */

/**
 * @typedef {object} Kinds
 * @property {readonly Lifecycle[]} lifecycles
 * @property {Readonly<Record<string, Schema>>} adoptionArgs the arguments of every kind
 * @property {Readonly<Record<string, Schema>>} setArgs the further arguments of every set
 * @property {readonly string[]} sharedOutputs the outputs that are declared where all kinds have them
 */

/** @typedef {Kinds & import("./types.mjs").Described} Described */

const head = "Generated from provider/kinds by `npm run generate`; never edited.";

/**
 * The generated modules, each by the name of its file; not formatted.
 *
 * @param {Described} described
 * @returns {Map<string, string>}
 */
export function resourceClasses(described) {
  const modules = new Map();
  modules.set("shared.ts", sharedModule(described));
  for (const lifecycle of described.lifecycles) {
    modules.set(fileOf(lifecycle.kind), kindModule(lifecycle, described));
  }
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
