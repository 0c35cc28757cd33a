/**
 * Makes the files that are generated from others:
 *
 *     npm run generate             writes them
 *     npm run generate -- --check  writes nothing; names those that would change, and ends with 1
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { withWritten } from "./documents.mjs";
import { paths } from "./environment.mjs";
import { runVisibly } from "./processes.mjs";
import { setUp } from "./setup.mjs";

/**
 * What makes generated files, in the order in which one needs another: what is made from the contract comes before what is
 * made by running the compiled provider. Each gives the contents of its files by their paths. A `folder` holds nothing else.
 */
const generators = [
  { make: contractTypes },
  { make: answers, folder: "provider/wire/generated" },
  { make: classes, folder: "provider/program/generated" },
  { make: manifestSchemas },
  { make: printedSchemas },
  { make: resourcePages },
  { make: settingsPage },
  { make: pluginSchema, folder: "provider/plugin/generated" },
  { make: policyReadme },
];

const [option, ...rest] = process.argv.slice(2);
if (rest.length > 0 || (option !== undefined && option !== "--check")) {
  process.stderr.write("Usage: npm run generate [-- --check]\n");
  process.exit(2);
}
await setUp({ engine: false, build: false });
if (Number.parseInt(process.versions.node, 10) < 26) {
  process.exit(await runVisibly(paths.node, process.argv.slice(1)));
}

/** The packages that are compiled, or being compiled, by folder. @type {Map<string, Promise<void>>} */
const compiled = new Map();
const stale = [];
for (const { make, folder } of generators) {
  const contents = await make();
  for (const [file, content] of Object.entries(contents)) {
    update(file, content);
  }
  for (const file of folder === undefined ? [] : filesIn(folder)) {
    if (!(file in contents)) {
      remove(file);
    }
  }
}
if (option === "--check" && stale.length > 0) {
  process.stderr.write(`Stale: ${stale.join(", ")}. Run: npm run generate\n`);
  process.exit(1);
}
if (stale.length === 0) {
  process.stdout.write("everything generated is up to date\n");
}

/**
 * Writes a file, unless it is up to date or only a check is asked for.
 *
 * @param {string} file
 * @param {string} content
 */
function update(file, content) {
  const target = path.join(paths.checkout, file);
  if (fs.existsSync(target) && fs.readFileSync(target, "utf8") === content) {
    return;
  }
  stale.push(file);
  if (option === "--check") {
    return;
  }
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, content);
  process.stdout.write(`wrote ${file}\n`);
}

/**
 * Removes what nothing generates any more, unless only a check is asked for.
 *
 * @param {string} file
 */
function remove(file) {
  stale.push(file);
  if (option === "--check") {
    return;
  }
  fs.rmSync(path.join(paths.checkout, file));
  process.stdout.write(`removed ${file}\n`);
}

/** @param {string} folder */
function filesIn(folder) {
  const place = path.join(paths.checkout, folder);
  return fs.existsSync(place) ? fs.readdirSync(place).map((name) => path.posix.join(folder, name)) : [];
}

/** TypeScript types of the contract, an array with the values of each of its enumerations, and patterns that code needs. */
async function contractTypes() {
  const { default: openapiTS, astToString } = await import("openapi-typescript");
  const options = { immutable: true, enumValues: true, alphabetize: false };
  const types = astToString(
    await openapiTS(pathToFileURL(path.join(paths.checkout, "schema", "openapi.yaml")), options),
  );
  const { schemas } = (await contract()).components;
  const pattern = (name, schema) =>
    `/** What the contract's \`${schema}\` looks like. */\n` +
    `export const ${name}: RegExp = ${new RegExp(schemas[schema].pattern)};\n`;
  const patterns = `${pattern("accessTokenPattern", "AccessTokenSecret")}${pattern("apiKeySecretPattern", "ApiKeySecret")}${pattern("emailPattern", "Email")}${pattern("websiteUrlPattern", "WebsiteUrl")}`;
  const head = "/* Generated from schema/openapi.yaml by `npm run generate`; never edited. */";
  return { "schema/generated/openapi.ts": `${head}\n\n${types}${patterns}` };
}

/** zod schemas of the contract's answers. */
async function answers() {
  const { answerSchemas } = await import("./generate/answer-schemas.mjs");
  return { "provider/wire/generated/answers.ts": formatted(answerSchemas((await contract()).components.schemas)) };
}

/** What a program uses: a class for each kind, in a file of its own, and the look-ups. */
async function classes() {
  const { lifecycles } = await fromProvider("kinds/registry.js");
  const { adoptionArgs } = await fromProvider("lifecycle/adoption.js");
  const { sharedOutputs } = await fromProvider("lifecycle/properties.js");
  const { setShape: setArgs, setOutputs } = await fromProvider("sets/properties.js");
  const { propertyOf } = await fromProvider("values/property.js");
  const { resourceClasses } = await import("./generate/resource-classes.mjs");
  const { lookupFunctions } = await import("./generate/lookup-functions.mjs");
  const { lookups } = await fromProvider("kinds/lookups.js");
  const { schemas } = (await contract()).components;
  const described = { propertyOf, enumerationOf: enumerationIn(schemas) };
  const modules = resourceClasses({
    lifecycles,
    adoptionArgs,
    setArgs,
    sharedOutputs: Object.keys({ ...sharedOutputs, ...setOutputs("") }),
    ...described,
  });
  modules.set("lookups.ts", lookupFunctions(lookups, described));
  const all = [...modules.keys()].toSorted().map((file) => `export * from "./${file}";`);
  modules.set(
    "index.ts",
    `/** What a program uses. Generated from provider/kinds by \`npm run generate\`; never edited. */\n${all.join("\n")}`,
  );
  const files = [...modules].map(([name, source]) => [`provider/program/generated/${name}`, formatted(source)]);
  return Object.fromEntries(files);
}

/** The schemas for editors of a manifest, and of a file that it includes, from the provider's own. */
async function manifestSchemas() {
  const { manifestSchema, includedSchema } = await fromProvider("program/manifest/schema.js");
  const { forEditors } = await import("./generate/editor-schema.mjs");
  const written = (schema, title) => `${JSON.stringify(forEditors(schema, title), null, 2)}\n`;
  return {
    "schema/manifest.schema.json": written(manifestSchema, "Roster manifest"),
    "schema/included-manifest.schema.json": written(includedSchema, "File that a Roster manifest includes"),
  };
}

/** The schemas of what commands print as JSON. */
async function printedSchemas() {
  const { z } = await import("zod");
  const { explanationSchema } = await fromProvider("explain/document.js");
  const { accessReportSchema } = await fromProvider("report/document.js");
  const { annotationsSchema } = await fromProvider("command/forms/annotations.js");
  const { unmanagedSchema } = await fromProvider("command/unmanaged.js");
  const written = (schema, title) => {
    const { $schema, ...rest } = z.toJSONSchema(schema);
    const head = { $schema, $comment: "Generated by `npm run generate`; never edited.", title };
    return `${JSON.stringify({ ...head, ...rest }, null, 2)}\n`;
  };
  return {
    "schema/explanation.schema.json": written(explanationSchema, "Explanation"),
    "schema/findings.schema.json": written(annotationsSchema, "Findings"),
    "schema/access-report.schema.json": written(accessReportSchema, "Access report"),
    "schema/unmanaged.schema.json": written(unmanagedSchema, "Unmanaged objects"),
  };
}

/** The pages of docs/resources with their tables, each between its two marks. */
async function resourcePages() {
  const { lifecycles } = await fromProvider("kinds/registry.js");
  const { adoptionArgs } = await fromProvider("lifecycle/adoption.js");
  const { sharedOutputs } = await fromProvider("lifecycle/properties.js");
  const { resourceTables } = await import("./generate/resource-tables.mjs");
  const tables = resourceTables(lifecycles, { args: adoptionArgs, outputs: sharedOutputs });
  const pages = Object.entries(tables).map(([page, table]) => {
    const text = fs.readFileSync(path.join(paths.checkout, page), "utf8");
    return [page, withWritten(text, "npm run generate", `\n${table}`)];
  });
  return Object.fromEntries(pages);
}

/** The guide to configuration with its table, between its two marks. */
async function settingsPage() {
  const { settings } = await fromProvider("wire/settings.js");
  const { propertyOf } = await fromProvider("values/property.js");
  const { settingsTable } = await import("./generate/settings-table.mjs");
  const page = "docs/guides/configuration.md";
  const text = fs.readFileSync(path.join(paths.checkout, page), "utf8");
  return { [page]: withWritten(text, "npm run generate", `\n${settingsTable(settings, propertyOf)}`) };
}

/** The schema of the Pulumi package, which the native plugin answers with. */
async function pluginSchema() {
  const { lifecycles } = await fromProvider("kinds/registry.js");
  const { listings } = await fromProvider("kinds/listings.js");
  const { lookups } = await fromProvider("kinds/lookups.js");
  const { adoptionArgs, adoptionShape } = await fromProvider("lifecycle/adoption.js");
  const { keptArguments } = await fromProvider("lifecycle/left-out.js");
  const { externalId } = await fromProvider("lifecycle/properties.js");
  const { objectKindOf } = await fromProvider("lifecycle/resource-type.js");
  const { propertyOf } = await fromProvider("values/property.js");
  const { settings } = await fromProvider("wire/settings.js");
  const { idPrefix, organizationRoles } = await fromPackage("schema", "index.js");
  const { packageSchema } = await import("./generate/package-schema/package-schema.mjs");
  const { schemas } = (await contract()).components;
  const schema = packageSchema({
    ...{ lifecycles, listings, lookups, adoptionArgs, keptArguments, settings, schemas, propertyOf, organizationRoles },
    manifest: JSON.parse(fs.readFileSync(path.join(paths.checkout, "provider", "package.json"), "utf8")),
    madeOutputs: { externalId, adopts: adoptionShape.adopts },
    enumerationOf: enumerationIn(schemas),
    meaningOf: (name) => schemas[name]?.description,
    idPrefixOf: (kind) => idPrefix(objectKindOf(kind)),
  });
  return { "provider/plugin/generated/schema.json": `${JSON.stringify(schema, null, 2)}\n` };
}

/** The page of the policy pack with its rules, between its two marks. */
async function policyReadme() {
  const { rules } = await fromPackage("policy", "rules/registry.js");
  const { policyRules } = await import("./generate/policy-rules.mjs");
  const page = "policy/README.md";
  const text = fs.readFileSync(path.join(paths.checkout, page), "utf8");
  return { [page]: withWritten(text, "npm run generate", `\n${policyRules(rules)}`) };
}

/** @param {Readonly<Record<string, { enum?: readonly string[] }>>} schemas the contract's, by name */
function enumerationIn(schemas) {
  return (values) => Object.keys(schemas).find((name) => JSON.stringify(schemas[name].enum) === JSON.stringify(values));
}

/** The contract. */
async function contract() {
  const { parse } = await import("yaml");
  return parse(fs.readFileSync(path.join(paths.checkout, "schema", "openapi.yaml"), "utf8"), { maxAliasCount: -1 });
}

/**
 * TypeScript as this project writes it.
 *
 * @param {string} source
 */
function formatted(source) {
  const biome = path.join(paths.checkout, "node_modules", "@biomejs", "biome", "bin", "biome");
  const args = [biome, "check", "--write", "--stdin-file-path=generated.ts"];
  const options = { cwd: paths.checkout, input: source, encoding: "utf8" };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, options);
  if (status !== 0) {
    throw new Error(`What was generated can't be formatted: ${stderr}`);
  }
  return stdout;
}

/** @param {string} module */
function fromProvider(module) {
  // Not before the answers are written: what the others are made from depends on nothing else that is generated.
  return fromPackage("provider", module);
}

/**
 * @param {string} folder of the package
 * @param {string} module
 */
async function fromPackage(folder, module) {
  const compiling = compiled.get(folder) ?? compile(folder);
  compiled.set(folder, compiling);
  await compiling;
  return import(pathToFileURL(path.join(paths.checkout, folder, "dist", module)).href);
}

/** @param {string} folder */
async function compile(folder) {
  if ((await runVisibly("tsc", ["--build", folder], { cwd: paths.checkout })) !== 0) {
    throw new Error(`${folder}/ doesn't compile; the reason is above.`);
  }
}
