/**
 * A stand-in for the plugin of `@pulumi/random`, for machines that cannot download the official
 * one: the same tokens and properties, served by the SDK. It lacks `bcryptHash`, the other
 * resources of that package, and import.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";
import { main } from "@pulumi/pulumi/provider/index.js";
import {
  isRpcSecret,
  specialSecretSig,
  specialSigKey,
  unknownValue,
  unwrapRpcSecret,
} from "@pulumi/pulumi/runtime/index.js";
import { randomByteStrings, randomId, randomString, randomUuid } from "./random-values.mjs";

/** @typedef {Record<string, unknown>} Properties */

/**
 * @typedef {object} Kind
 * @property {Properties} inputs every input with its default; undefined where it has none
 * @property {string[]} counts the required input that says how much to make
 * @property {string[]} secrets the outputs that are secret, whatever the program says
 * @property {(inputs: Properties) => { id: string, outputs: Properties }} make
 */

const stringInputs = {
  keepers: undefined,
  length: undefined,
  lower: true,
  upper: true,
  numeric: true,
  number: true,
  special: true,
  minLower: 0,
  minUpper: 0,
  minNumeric: 0,
  minSpecial: 0,
  overrideSpecial: undefined,
};
const least = ["minLower", "minUpper", "minNumeric", "minSpecial"];

/** @type {Record<string, Kind>} */
const kinds = {
  "random:index/randomBytes:RandomBytes": {
    inputs: { keepers: undefined, length: undefined },
    counts: ["length"],
    secrets: ["base64", "hex"],
    // The identifier is not secret in the state, so a secret value's says nothing.
    make: ({ length }) => ({ id: "none", outputs: randomByteStrings(Number(length)) }),
  },
  "random:index/randomPassword:RandomPassword": {
    inputs: stringInputs,
    counts: ["length"],
    secrets: ["result"],
    make: (inputs) => ({ id: "none", outputs: { result: randomString(shapeOf(inputs)) } }),
  },
  "random:index/randomString:RandomString": {
    inputs: stringInputs,
    counts: ["length"],
    secrets: [],
    make: (inputs) => {
      const result = randomString(shapeOf(inputs));
      return { id: result, outputs: { result } };
    },
  },
  "random:index/randomId:RandomId": {
    inputs: { keepers: undefined, byteLength: undefined, prefix: undefined },
    counts: ["byteLength"],
    secrets: [],
    make: ({ byteLength, prefix }) => {
      const { id, ...outputs } = randomId(Number(byteLength), String(prefix ?? ""));
      return { id, outputs };
    },
  },
  "random:index/randomUuid:RandomUuid": {
    inputs: { keepers: undefined },
    counts: [],
    secrets: [],
    make: () => {
      const result = randomUuid();
      return { id: result, outputs: { result } };
    },
  },
};

/** @type {import("@pulumi/pulumi/provider/index.js").Provider} */
const provider = {
  version: JSON.parse(readFileSync(createRequire(import.meta.url).resolve("@pulumi/random/package.json"), "utf8"))
    .version,

  async check(urn, _olds, news) {
    const kind = kindOf(urn);
    const failures = kind === undefined ? [unsupported(urn)] : failuresOf(kind, plain(news));
    return { inputs: news, failures };
  },

  async diff(_id, urn, olds, news) {
    const kind = existing(kindOf(urn), urn);
    const before = plain(olds);
    const after = withDefaults(kind, plain(news));
    // A value once made never changes: whatever decides about it makes a new one.
    const replaces = Object.keys(kind.inputs).filter((name) => !isDeepStrictEqual(before[name], after[name]));
    return { changes: replaces.length > 0, replaces };
  },

  async create(urn, news) {
    const kind = existing(kindOf(urn), urn);
    const { id, outputs } = kind.make(withDefaults(kind, plain(news)));
    for (const name of kind.secrets) {
      outputs[name] = { [specialSigKey]: specialSecretSig, value: outputs[name] };
    }
    return { id, outs: { ...withDefaults(kind, news), ...outputs } };
  },

  // Nothing exists outside the state: the SDK's answers to read and delete, "as it was" and "done", are right.
};

/** @param {string} urn */
function kindOf(urn) {
  // urn:pulumi:stack::project::parent$type::name, where the name may hold anything.
  const type = urn.split("::")[2]?.split("$").pop() ?? "";
  return kinds[type];
}

/**
 * @param {Kind | undefined} kind
 * @param {string} urn
 */
function existing(kind, urn) {
  if (kind === undefined) {
    throw new Error(unsupported(urn).reason);
  }
  return kind;
}

/** @param {string} urn */
function unsupported(urn) {
  return {
    property: "",
    reason: `the stand-in for the plugin of @pulumi/random has no ${urn.split("::")[2]}; it has ${Object.keys(kinds).join(", ")}`,
  };
}

/**
 * @param {Kind} kind
 * @param {Properties} inputs
 */
function failuresOf(kind, inputs) {
  const failures = [];
  for (const property of kind.counts) {
    if (!isKnown(inputs[property])) {
      continue;
    }
    if (!isCount(inputs[property], 1)) {
      failures.push({ property, reason: "must be a whole number, at least 1" });
    }
  }
  if (!("special" in kind.inputs)) {
    return failures;
  }

  for (const property of least) {
    if (!isKnown(inputs[property] ?? 0)) {
      return failures;
    }
    if (!isCount(inputs[property] ?? 0, 0)) {
      failures.push({ property, reason: "must be a whole number, at least 0" });
    }
  }
  if (failures.length > 0 || !isKnown(inputs.length)) {
    return failures;
  }
  const sum = least.reduce((total, name) => total + Number(inputs[name] ?? 0), 0);
  if (sum > Number(inputs.length)) {
    failures.push({ property: "length", reason: `must be at least ${least.join(" + ")}, which is ${sum}` });
  }
  const { lower, upper, numeric, special } = shapeOf(withDefaults(kind, inputs));
  if (!lower && !upper && !numeric && !special && sum < Number(inputs.length)) {
    failures.push({ property: "special", reason: "at least one of lower, upper, numeric and special must be true" });
  }
  return failures;
}

/**
 * @param {unknown} value
 * @param {number} lowest
 */
function isCount(value, lowest) {
  return Number.isSafeInteger(value) && /** @type {number} */ (value) >= lowest;
}

/** @param {unknown} value */
function isKnown(value) {
  return value !== unknownValue;
}

/**
 * @param {Kind} kind
 * @param {Properties} inputs
 * @returns {Properties}
 */
function withDefaults(kind, inputs) {
  const isGiven = (/** @type {[string, unknown]} */ [, value]) => value !== undefined && value !== null;
  const all = {
    ...Object.fromEntries(Object.entries(kind.inputs).filter(isGiven)),
    ...Object.fromEntries(Object.entries(inputs).filter(isGiven)),
  };
  // `number` is the older name of `numeric`; either sets both.
  if ("numeric" in all) {
    all.number = all.numeric = inputs.numeric ?? inputs.number ?? true;
  }
  return all;
}

/**
 * @param {Properties} inputs with defaults
 * @returns {import("./random-values.mjs").StringShape}
 */
function shapeOf(inputs) {
  return /** @type {import("./random-values.mjs").StringShape} */ (/** @type {unknown} */ (inputs));
}

/**
 * The values without the wrapping in which the engine marks secrets.
 *
 * @template T
 * @param {T} value
 * @returns {T}
 */
function plain(value) {
  if (isRpcSecret(value)) {
    return plain(unwrapRpcSecret(value));
  }
  if (Array.isArray(value)) {
    return /** @type {T} */ (value.map(plain));
  }
  if (value === null || typeof value !== "object") {
    return value;
  }
  return /** @type {T} */ (Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)])));
}

await main(provider, process.argv.slice(2));
