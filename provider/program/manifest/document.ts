/** Reads an organization's manifest, and finds its problems with their places. */
import { randomBytes } from "node:crypto";
import path from "node:path";
import { parseDocument, type YAMLError } from "yaml";
import { ManifestError, type ManifestProblem } from "../../errors.ts";
import { type Fault, faultsOf, inPlainWords, pathText } from "../../issues.ts";
import { accessTokenLifecycle } from "../../kinds/access-token.ts";
import { apiKeyLifecycle } from "../../kinds/api-key/api-key.ts";
import { fromProgram } from "../../kinds/logo-file.ts";
import { membershipLifecycle } from "../../kinds/membership.ts";
import { organizationLifecycle } from "../../kinds/organization.ts";
import { organizationProfileLifecycle } from "../../kinds/organization-profile.ts";
import { userLifecycle } from "../../kinds/user.ts";
import type { Lifecycle } from "../../lifecycle/interface.ts";
import { type CheckFailure, failureText } from "../../lifecycle/shape.ts";
import { declaredPart, isRecord, type PropertyMap } from "../../values/property-map.ts";
import { unknownValue } from "../../values/unknown.ts";
import { positionAfter, readTextFile } from "../text-file.ts";
import { recordOf } from "./entries.ts";
import { type ListContext, type Lists, readLists } from "./lists.ts";
import { brokenReferences } from "./references.ts";
import { type ManifestDocument, manifestSchema, schemaFor } from "./schema.ts";
import { checkedSets } from "./set-checks.ts";
import { brokenSettings, type Settings } from "./settings.ts";
import { alteredNumbers, hintAt, offsetIn, type PlacedFault, unusable, unusableCodes } from "./yaml.ts";
import { inYamlWords } from "./yaml-words.ts";

/**
 * Reads a manifest.
 *
 * @param file YAML 1.2 in UTF-8, one document of at most 10 MiB
 * @param settings the stack's configuration; without it, the values that the manifest takes from it are not checked
 * @throws ManifestError if the file can't be read or is invalid; it lists every problem
 */
export function readManifest(file: string, settings?: Settings): PlacedManifest {
  return placedManifest(file, readTextFile(file, "the manifest"), { settings, readsFiles: true });
}

/**
 * Checks the text of a manifest, without the CSV files that it names.
 *
 * @param file the path of the file, as messages name it
 * @param settings as for {@link readManifest}
 * @throws ManifestError if the text is invalid; it lists every problem
 */
export function parseManifest(file: string, text: string, settings?: Settings): ManifestDocument {
  return placedManifest(file, text, { settings, readsFiles: false }).manifest;
}

/** A valid manifest, and where everything in it is. */
export interface PlacedManifest {
  readonly manifest: ManifestDocument;
  /** The people whom it lists by address and in CSV files. */
  readonly lists: Lists;
  /** The error that tells what is found wrong later, by line and column; of a CSV file, as the problem that it is. */
  errorOf(faults: readonly (Fault | ManifestProblem)[]): ManifestError;
}

/** How the text of a manifest is checked. */
interface Checking {
  readonly settings: Settings | undefined;
  /** Whether the CSV files are read that the manifest names. */
  readonly readsFiles: boolean;
}

function placedManifest(file: string, text: string, { settings, readsFiles }: Checking): PlacedManifest {
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
  const refuse = refusalOf(file, text);
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
  const misshapen = (parsed.error?.issues ?? []).flatMap((issue) => faultsOf(manifestSchema, issue));
  const positionOf: Position = (at, atName) => positionAfter(text.slice(0, offsetIn(document, at, atName)));
  const listed = readLists(recordOf(value), listContext(file, readsFiles, positionOf));
  const rules = brokenRules(file, recordOf(value), misshapen, listed.lists);
  const place = ({ path, reason, atName }: Fault) => {
    const offset = offsetIn(document, path, atName);
    return {
      path,
      offset,
      reason: `${reason}${reason.endsWith(" text, not an empty value") ? hintAt(text, offset) : ""}`,
    };
  };
  const broken = [...brokenReferences(value), ...brokenSettings(value, settings), ...listed.faults, ...rules.always];
  const placed = [...misshapen, ...broken].map(place);
  const altered = alteredNumbers(document).filter(({ offset }) => !placed.some((fault) => fault.offset === offset));
  if (parsed.success && placed.length + altered.length + listed.problems.length === 0) {
    return {
      manifest: withFiles(file, asWritten(parsed.data, recordOf(value))),
      lists: listed.lists,
      errorOf: (faults) => {
        const inFiles = faults.filter((fault) => "file" in fault);
        return refuse(faults.filter((fault): fault is Fault => !("file" in fault)).map(place), inFiles);
      },
    };
  }
  throw refuse([...placed, ...altered, ...rules.ifChanged.map(place)], listed.problems);
}

/** Makes the error that lists faults by line and column, and after them those of the manifest's CSV files. */
function refusalOf(file: string, text: string) {
  return (faults: readonly PlacedFault[], inFiles: readonly ManifestProblem[] = []): ManifestError => {
    const inOrder = faults.toSorted((one, other) => one.offset - other.offset);
    // If several brackets end in one place, one fault is enough.
    const once = new Map(inOrder.map((fault) => [JSON.stringify(fault), fault]));
    const here = [...once.values()].map(({ offset, path, reason }) => ({
      file,
      ...positionAfter(text.slice(0, offset)),
      path: pathText(path),
      reason,
    }));
    // Two sections can list people from the same file.
    const there = new Map(inFiles.map((problem) => [JSON.stringify(problem), problem]));
    return new ManifestError(
      [...here, ...there.values()],
      there.size === 0 ? "the manifest" : "the manifest and its CSV files",
    );
  };
}

/** The line and column of a place in the manifest. */
type Position = (path: Fault["path"], atName?: boolean) => { readonly line: number; readonly column: number };

/** What the reader of lists is told of a manifest: its files are relative to its folder. */
function listContext(file: string, readsFiles: boolean, positionOf: Position): ListContext {
  return {
    readsFiles,
    fileAt: (_path, written) => (path.isAbsolute(written) ? written : path.join(path.dirname(file), written)),
    placeAt: (at, atName) => ({ file, ...positionOf(at, atName), path: pathText(at) }),
  };
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

/** A manifest without the defaults of its entries, which the resources apply themselves: adopting leaves out what isn't written. */
function asWritten(manifest: ManifestDocument, document: PropertyMap): ManifestDocument {
  const entries = <Entry>(section: Readonly<Record<string, Entry>>, written: unknown) =>
    Object.fromEntries(
      Object.entries(section).map(([name, entry]) => [name, declaredPart(entry, recordOf(written)[name]) as Entry]),
    );
  return {
    ...manifest,
    organization: declaredPart(manifest.organization, document.organization) as ManifestDocument["organization"],
    users: entries(manifest.users, document.users),
    members: entries(manifest.members, document.members),
    ...(manifest.people && { people: declaredPart(manifest.people, document.people) as ManifestDocument["people"] }),
    apiKeys: entries(manifest.apiKeys, document.apiKeys),
    accessTokens: entries(manifest.accessTokens, document.accessTokens),
  };
}

/** Resolves the files of a manifest relative to its own folder, wherever the program runs. */
function withFiles(file: string, { organization, apiKeys, accessTokens, ...manifest }: ManifestDocument) {
  const delivered = <Entry extends { readonly deliverTo?: { readonly file: string } | undefined }>(
    section: Readonly<Record<string, Entry>>,
  ) =>
    Object.fromEntries(
      Object.entries(section).map(([name, entry]) => {
        const { deliverTo } = entry;
        const placed = deliverTo && { file: fromProgram(deliverTo.file, path.dirname(file), process.cwd()) };
        return [name, { ...entry, ...(placed && { deliverTo: placed }) }];
      }),
    );
  return {
    ...manifest,
    organization: {
      ...organization,
      ...logoBeside(file, organization),
      ...("profile" in organization && profileBeside(file, organization.profile)),
    },
    apiKeys: delivered(apiKeys),
    accessTokens: delivered(accessTokens),
  };
}

/** Stands for a secret that is not known here, where only its presence matters. */
const secretStandIn = randomBytes(32).toString("base64url");

/** What the resources of a manifest would refuse at preview. */
interface BrokenRules {
  /** What they refuse also if they have been declared like this before. */
  readonly always: readonly Fault[];
  /** What they refuse if they are new, or have been declared otherwise before. Only the engine knows that. */
  readonly ifChanged: readonly Fault[];
}

/**
 * Finds what the resources would refuse at preview. It takes the document as it was read, so that an error elsewhere doesn't hide
 * these.
 *
 * @param misshapen the faults that were found before, whose arguments are not checked again
 */
function brokenRules(file: string, document: PropertyMap, misshapen: readonly Fault[], lists: Lists): BrokenRules {
  const [always, ifChanged]: [Fault[], Fault[]] = [[], []];
  const check = (lifecycle: Lifecycle, path: Fault["path"], given: PropertyMap) => {
    const isMisshapen = (name: string) =>
      misshapen.some((fault) => [...path, name].every((key, at) => fault.path[at] === key));
    const isFound = ({ property }: CheckFailure) => isMisshapen(property.split(/[.[]/)[0] ?? "");
    const inputs = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, isMisshapen(name) ? unknownValue : value]),
    );
    const fault = ({ property, reason }: CheckFailure) => ({ path: [...path, ...property.split(".")], reason });
    const created = lifecycle.check({}, inputs);
    // With the defaults that the arguments had before.
    const unchanged = lifecycle.check(created.inputs, inputs).failures.filter((failure) => !isFound(failure));
    always.push(...unchanged.map(fault));
    const known = new Set(unchanged.map(failureText));
    for (const { property, reason } of created.failures) {
      if (!isFound({ property, reason }) && !known.has(failureText({ property, reason }))) {
        ifChanged.push(fault({ property, reason: `${reason} (unless the resource has this value already)` }));
      }
    }
  };
  const entriesOf = (section: string) =>
    Object.entries(recordOf(document[section])).filter((entry): entry is [string, PropertyMap] => isRecord(entry[1]));
  const { organization } = document;
  if (isRecord(organization) && organization.existing === undefined) {
    check(organizationLifecycle, ["organization"], { ...organization, ...logoBeside(file, organization) });
  }
  if (isRecord(organization) && isRecord(organization.profile)) {
    const { profile } = organization;
    const given = { ...profile, ...logoBeside(file, profile), organization: unknownValue };
    check(organizationProfileLifecycle, ["organization", "profile"], given);
  }
  for (const [name, { role: _, ...user }] of entriesOf("users")) {
    check(userLifecycle, ["users", name], user);
  }
  for (const [name, member] of entriesOf("members")) {
    check(membershipLifecycle, ["members", name], { ...member, organization: unknownValue, role: unknownValue });
  }
  for (const [name, { assignedTo: _, assignees: _list, owner, secret, ...key }] of entriesOf("apiKeys")) {
    const references = { organization: unknownValue, owner: owner && unknownValue, secret: secret && secretStandIn };
    check(apiKeyLifecycle, ["apiKeys", name], { ...key, name: key.name ?? name, ...references });
  }
  for (const [name, token] of entriesOf("accessTokens")) {
    const references = { organization: unknownValue, user: unknownValue };
    check(accessTokenLifecycle, ["accessTokens", name], { ...token, name: token.name ?? name, ...references });
  }
  for (const { lifecycle, path, args } of checkedSets(document, lists)) {
    check(lifecycle, path, args);
  }
  return { always, ifChanged };
}

/** The profile with the path of its logo resolved. */
function profileBeside<Profile extends PropertyMap>(file: string, profile: Profile | undefined) {
  return { profile: profile && { ...profile, ...logoBeside(file, profile) } };
}

/** The logo with its path resolved relative to the manifest's folder. */
function logoBeside(file: string, { logo }: PropertyMap): { readonly logo?: string } {
  return typeof logo === "string" ? { logo: path.resolve(path.dirname(file), logo) } : {};
}
