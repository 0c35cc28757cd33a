/**
 * The schema of the Pulumi package `roster`, from what describes kinds, look-ups and settings. SDKs and the registry are made from it.
 *
 * @see https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/
 */
import { AnswerSpecs } from "./answer-specs.mjs";
import { describedByExample } from "./examples.mjs";
import { mapped, presentIn, requiredIn, TypeSpecs, tokenOf } from "./type-specs.mjs";

/** @typedef {import("../../../provider/dist/lifecycle/interface.d.ts").Lifecycle} Lifecycle */
/** @typedef {import("../../../provider/dist/kinds/listings.d.ts").Listing} Listing */
/** @typedef {import("../../../provider/dist/lifecycle/lookup.d.ts").Lookup} Lookup */
/** @typedef {import("../types.mjs").Schema} Schema */
/** @typedef {Readonly<Record<string, Schema>>} Shape */
/** @typedef {import("./type-specs.mjs").Spec} Spec */

/** What the SDKs are called where they are published. That for Go is a folder of the repository. */
const sdks = { nodejs: "pulumi-roster-sdk", python: "pulumi_roster", go: "sdk/go/roster" };

/** The property with the list that a look-up answers. */
const listProperty = "items";

/**
 * @typedef {object} Manifest
 * @property {string} version
 * @property {string} license
 * @property {{ readonly url: string }} repository
 * @property {Readonly<Record<string, string>>} peerDependencies
 */

/**
 * @typedef {object} Sources
 * @property {Manifest} manifest the provider's package.json
 * @property {readonly Lifecycle[]} lifecycles
 * @property {Shape} adoptionArgs the arguments of every kind
 * @property {Shape} madeOutputs the outputs of every kind that the provider makes of its inputs
 * @property {(args: Shape) => readonly string[]} keptArguments those that an adopted object keeps if a program leaves them out
 * @property {readonly Listing[]} listings
 * @property {readonly Lookup[]} lookups
 * @property {Shape} settings
 * @property {Readonly<Record<string, import("./answer-specs.mjs").ContractSchema>>} schemas the contract's, by name
 */

/**
 * @param {Sources & import("./type-specs.mjs").Described} sources
 * @returns {Spec}
 */
export function packageSchema(sources) {
  const { manifest, lifecycles, lookups } = sources;
  const types = new TypeSpecs(sources);
  const descriptions = describedByExample(lifecycles, sdks.nodejs);
  const resources = lifecycles.map((lifecycle) => [
    tokenOf(lifecycle.kind),
    { description: descriptions[lifecycle.kind], ...resource(lifecycle, sources, types) },
  ]);
  const answers = new AnswerSpecs(sources.schemas, types, meaningIn(sources));
  const functions = lookups.map((lookup) => [tokenOf(lookup.name), lookupFunction(lookup, types, answers)]);
  const configuration = settings(sources, types);
  const repository = repositoryOf(manifest);
  return {
    name: "roster",
    displayName: "Roster",
    version: manifest.version,
    description: "Organizations, users, roles, memberships and API keys of a Roster service.",
    keywords: ["pulumi", "roster", "category/infrastructure", "kind/native"],
    publisher: "Roster",
    homepage: `https://github.com/${repository}`,
    repository: `https://github.com/${repository}`,
    // The engine downloads the plugin from the release of the version that a program needs.
    pluginDownloadURL: `github://api.github.com/${repository}`,
    license: manifest.license,
    language: languages(manifest),
    ...configuration,
    types: types.named(),
    resources: Object.fromEntries(resources),
    functions: Object.fromEntries(functions),
  };
}

/**
 * What the generators of SDKs need to know.
 *
 * @param {Manifest} manifest
 */
function languages(manifest) {
  const pulumi = manifest.peerDependencies["@pulumi/pulumi"];
  const [oldest] = pulumi.match(/\d+\.\d+\.\d+/) ?? [];
  const nextMajor = Number.parseInt(oldest, 10) + 1;
  return {
    nodejs: { packageName: sdks.nodejs, dependencies: { "@pulumi/pulumi": pulumi }, respectSchemaVersion: true },
    python: {
      packageName: sdks.python,
      requires: { pulumi: `>=${oldest},<${nextMajor}.0.0` },
      pyproject: { enabled: true },
      respectSchemaVersion: true,
    },
    go: {
      importBasePath: `github.com/${repositoryOf(manifest)}/${sdks.go}`,
      generateResourceContainerTypes: true,
      respectSchemaVersion: true,
    },
  };
}

/**
 * The repository on GitHub, as `owner/name`.
 *
 * @param {Manifest} manifest
 * @throws {Error} if it is somewhere else
 */
function repositoryOf({ repository: { url } }) {
  const [, repository] = /^git\+https:\/\/github\.com\/([^/]+\/[^/]+)\.git$/.exec(url) ?? [];
  if (repository === undefined) {
    throw new Error(`The repository of provider/package.json is ${url}, and a release is on GitHub.`);
  }
  return repository;
}

/**
 * The variables of a stack's configuration, and the inputs of a provider resource. An SDK stores in the state what it finds in the
 * environment, even a token that expires, so for a provider resource, the environment is left to the plugin.
 *
 * @param {Sources & import("./type-specs.mjs").Described} sources
 * @param {TypeSpecs} types
 */
function settings({ settings: shape, propertyOf }, types) {
  const specs = Object.entries(shape).map(([name, schema]) => {
    const { environment, secret } = propertyOf(schema);
    const spec = types.input(schema, { isSecret: secret });
    const ofEnvironment = `If it is omitted, the environment variable \`${environment}\` applies.`;
    return environment === undefined
      ? { name, variable: spec, input: spec }
      : {
          name,
          variable: { ...spec, defaultInfo: { environment: [environment] } },
          input: { ...spec, description: `${spec.description} ${ofEnvironment}` },
        };
  });
  return {
    config: { variables: Object.fromEntries(specs.map(({ name, variable }) => [name, variable])) },
    provider: {
      description: "The connection to a Roster service.",
      type: "object",
      inputProperties: Object.fromEntries(specs.map(({ name, input }) => [name, input])),
    },
  };
}

/**
 * @param {Lifecycle} lifecycle
 * @param {Sources} sources
 * @param {TypeSpecs} types
 */
function resource(
  { kind, args, outputs, secrets, isSet },
  { adoptionArgs, madeOutputs, keptArguments, listings },
  types,
) {
  const given = { ...args, ...adoptionArgs };
  const kept = isSet ? [] : keptArguments(args);
  const all = { ...given, ...outputs, ...madeOutputs };
  const listing = listings.find((each) => each.kind === kind);
  return {
    properties: mapped(all, (schema, name) => types.output(schema, secrets.includes(name))),
    ...presentIn(all),
    inputProperties: mapped(given, (schema, name) =>
      types.input(schema, { isKept: kept.includes(name), isSecret: secrets.includes(name) }),
    ),
    ...requiredIn(given, "requiredInputs"),
    ...(listing !== undefined && { listInputs: listInputs(listing, types) }),
  };
}

/**
 * What a list of objects can be limited to.
 *
 * @param {Listing} listing
 * @param {TypeSpecs} types
 */
function listInputs({ summary, shape }, types) {
  return {
    description: summary,
    type: "object",
    properties: mapped(shape, (schema) => types.input(schema)),
    ...requiredIn(shape),
  };
}

/**
 * @param {Lookup} lookup
 * @param {TypeSpecs} types
 * @param {AnswerSpecs} answers
 */
function lookupFunction({ summary, query, shapes, answers: answer, isList }, types, answers) {
  const ways = shapes.map((shape) => namedIn(shape).join(" and "));
  const or = shapes.some((shape) => namedIn(shape).length > 1) ? ", or " : " or ";
  const isNeeded = (name) => shapes.every((shape) => requiredIn(shape).required?.includes(name));
  const all = Object.assign({}, ...shapes);
  const required = Object.keys(all).filter(isNeeded);
  return {
    description: shapes.length === 1 ? summary : `${summary} Set either ${ways.join(or)}.`,
    inputs: {
      description: query.meaning,
      type: "object",
      properties: mapped(all, (schema) => types.input(schema)),
      ...(required.length > 0 && { required }),
    },
    outputs: isList ? listOf(answers.reference(answer), query.meaning) : answers.object(answer),
  };
}

/** @param {Shape} shape */
function namedIn(shape) {
  return Object.keys(shape).map((name) => `\`${name}\``);
}

/**
 * @param {Spec} items
 * @param {string} description
 */
function listOf(items, description) {
  const properties = { [listProperty]: { type: "array", items, description } };
  return { type: "object", properties, required: [listProperty] };
}

/**
 * What the resources of a kind say of a property.
 *
 * @param {Sources & import("./type-specs.mjs").Described} sources
 */
function meaningIn({ lifecycles, madeOutputs, propertyOf }) {
  return (kind, property) => {
    const { args = {}, outputs = {} } = lifecycles.find((each) => each.kind === kind) ?? {};
    const schema = { ...madeOutputs, ...args, ...outputs }[property];
    return schema === undefined ? undefined : propertyOf(schema).description;
  };
}
