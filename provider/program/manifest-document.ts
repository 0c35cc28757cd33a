/** Reads an organization's manifest, and finds its problems with their places. */
import path from "node:path";
import { parseDocument, type YAMLError } from "yaml";
import { ManifestError } from "../errors.ts";
import { type Fault, faultsOf, inPlainWords, pathText } from "../issues.ts";
import { apiKeyLifecycle } from "../kinds/api-key/api-key.ts";
import { fromProgram } from "../kinds/logo-file.ts";
import { membershipLifecycle } from "../kinds/membership.ts";
import { organizationLifecycle } from "../kinds/organization.ts";
import { userLifecycle } from "../kinds/user.ts";
import type { Lifecycle } from "../lifecycle/interface.ts";
import type { PropertyMap } from "../values/property-map.ts";
import { unknownValue } from "../values/unknown.ts";
import { brokenReferences } from "./manifest-references.ts";
import { type ManifestDocument, manifestSchema, schemaFor } from "./manifest-schema.ts";
import { brokenSettings, type Settings } from "./manifest-settings.ts";
import { alteredNumbers, hintAt, offsetIn, type PlacedFault, unusable, unusableCodes } from "./manifest-yaml.ts";
import { positionAfter, readTextFile } from "./text-file.ts";
import { inYamlWords } from "./yaml-words.ts";

/**
 * Reads a manifest.
 *
 * @param file YAML 1.2 in UTF-8, one document of at most 10 MiB
 * @param settings the stack's configuration; without it, the values that the manifest takes from it are not checked
 * @throws ManifestError if the file can't be read or is invalid; it lists every problem
 */
export function readManifest(file: string, settings?: Settings): ManifestDocument {
  return parseManifest(file, readTextFile(file, "the manifest"), settings);
}

/**
 * Checks the text of a manifest.
 *
 * @param file the path of the file, as messages name it
 * @param settings as for {@link readManifest}
 * @throws ManifestError if the text is invalid; it lists every problem
 */
export function parseManifest(file: string, text: string, settings?: Settings): ManifestDocument {
  // In YAML, a single CR ends a line, but not in the library.
  const document = parseDocument(text.replace(/\r(?!\n)/g, "\n"), {
    prettyErrors: false,
    logLevel: "error",
    schema: "core",
    // A name is its text in the file, and tags have the meaning of YAML's core schema.
    stringKeys: true,
    resolveKnownTags: false,
    // Checked in `unusable`, because the library compares each name with every other.
    uniqueKeys: false,
  });
  const refuse = (faults: readonly PlacedFault[]) => {
    const inOrder = faults.toSorted((one, other) => one.offset - other.offset);
    // If several brackets end in one place, one fault is enough.
    const once = new Map(inOrder.map((fault) => [JSON.stringify(fault), fault]));
    return new ManifestError(
      [...once.values()].map(({ offset, path, reason }) => ({
        file,
        ...positionAfter(text.slice(0, offset)),
        path: pathText(path),
        reason,
      })),
    );
  };
  const warnings = document.warnings.filter(({ code }) => unusableCodes.has(code));
  const syntax = [
    ...[...document.errors, ...warnings].filter(isFirstTooDeep()).map((error) => ({
      offset: error.pos[0],
      path: [],
      reason: inYamlWords(error),
    })),
    ...unusable(document, text),
  ];
  if (syntax.length > 0) {
    throw refuse(syntax);
  }
  // The size of aliases is limited in `unusable`, because the library only counts how often each is used.
  const value: unknown = document.toJS({ maxAliasCount: -1 });
  if (value === null) {
    throw refuse([
      { offset: 0, path: [], reason: "the file is empty: a manifest requires a `name` and an `organization`" },
    ]);
  }
  const parsed = schemaFor(value).safeParse(value, { error: inPlainWords });
  const manifest = parsed.success ? withFiles(file, parsed.data) : undefined;
  const faults = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => faultsOf(manifestSchema, issue)),
    ...brokenReferences(value),
    ...brokenSettings(value, settings),
    ...(manifest === undefined ? [] : brokenRules(manifest)),
  ];
  const placed = faults.map(({ path, reason, atName }) => {
    const offset = offsetIn(document, path, atName);
    return {
      path,
      offset,
      reason: `${reason}${reason.endsWith(" text, not an empty value") ? hintAt(text, offset) : ""}`,
    };
  });
  const altered = alteredNumbers(document).filter(({ offset }) => !placed.some((fault) => fault.offset === offset));
  if (manifest !== undefined && placed.length + altered.length === 0) {
    return manifest;
  }
  throw refuse([...placed, ...altered]);
}

/** Keeps the first problem of nesting: the number of places that the parser finds too deep depends on its remaining stack. */
function isFirstTooDeep(): (error: YAMLError) => boolean {
  let isTold = false;
  return ({ code }) => {
    if (code !== "RESOURCE_EXHAUSTION") {
      return true;
    }
    const isFirst = !isTold;
    isTold = true;
    return isFirst;
  };
}

/** Resolves the files of a manifest relative to its own folder, wherever the program runs. */
function withFiles(file: string, { organization, apiKeys, ...manifest }: ManifestDocument): ManifestDocument {
  const beside = (found: string) => path.resolve(path.dirname(file), found);
  const placed = (found: string) => fromProgram(found, path.dirname(file), process.cwd());
  const keys = Object.entries(apiKeys).map(([name, { deliverTo, ...key }]) => {
    return [name, { ...key, ...(deliverTo && { deliverTo: { file: placed(deliverTo.file) } }) }];
  });
  const logo = "logo" in organization ? organization.logo : undefined;
  return {
    ...manifest,
    organization: { ...organization, ...(logo !== undefined && { logo: beside(logo) }) },
    apiKeys: Object.fromEntries(keys),
  };
}

/** Stands for a secret that is not known here, where only it being there counts. */
const secretStandIn = "a-secret-that-is-not-known-here";

/** Finds what the resources would refuse at preview, as if they had been declared like this before. */
function brokenRules({ organization, users, members, apiKeys }: ManifestDocument): Fault[] {
  const rulesOf = (lifecycle: Lifecycle, path: Fault["path"], inputs: PropertyMap) =>
    lifecycle
      .check(inputs, inputs)
      .failures.map(({ property, reason }) => ({ path: [...path, ...property.split(".")], reason }));
  return [
    ...("existing" in organization ? [] : rulesOf(organizationLifecycle, ["organization"], organization)),
    ...Object.entries(users).flatMap(([name, { role: _, ...user }]) => rulesOf(userLifecycle, ["users", name], user)),
    ...Object.entries(members).flatMap(([name, member]) => {
      const references = { organization: unknownValue, role: unknownValue };
      return rulesOf(membershipLifecycle, ["members", name], { ...member, ...references });
    }),
    ...Object.entries(apiKeys).flatMap(([name, { assignedTo: _, owner, secret, ...key }]) => {
      const references = { organization: unknownValue, owner: owner && unknownValue, secret: secret && secretStandIn };
      return rulesOf(apiKeyLifecycle, ["apiKeys", name], { ...key, name: key.name ?? name, ...references });
    }),
  ];
}
