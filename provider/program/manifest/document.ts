/** Reads an organization's manifest, and finds its problems with their places. */
import { randomBytes } from "node:crypto";
import path from "node:path";
import type { z } from "zod";
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
import type { DeclaredPlace } from "../../values/place.ts";
import { declaredPart, isRecord, type PropertyMap } from "../../values/property-map.ts";
import { unknownValue } from "../../values/unknown.ts";
import { readTextFile } from "../text-file.ts";
import { recordOf } from "./entries.ts";
import { type ListContext, type Lists, readLists } from "./lists.ts";
import { type MergedManifest, merged, withSections } from "./merging.ts";
import { brokenReferences } from "./references.ts";
import { emptySections, includedSchema, type ManifestDocument, manifestSchema, schemaFor } from "./schema.ts";
import { separatePeople } from "./separate-people.ts";
import { checkedSets } from "./set-checks.ts";
import { faultsOfSettings, type OutsideValues, outsideOf, type Settings } from "./settings.ts";
import {
  errorIn,
  placedFaults,
  placeIn,
  positionIn,
  readSources,
  type Source,
  type SourceFault,
  type Sources,
  withoutUnknown,
} from "./source.ts";
import { alteredNumbers } from "./yaml.ts";

/**
 * Reads a manifest.
 *
 * @param file YAML 1.2 in UTF-8, one document of at most 10 MiB
 * @param settings the stack's configuration; without it, the values that the manifest takes from it and from the environment are
 * unknown, and only their form is checked
 * @throws ManifestError if a file can't be read or is invalid; it lists every problem
 */
export function readManifest(file: string, settings?: Settings): PlacedManifest {
  return placedManifest(file, readTextFile(file, "the manifest"), { ...outsideIn(settings), readsFiles: true });
}

/**
 * Checks the text of a manifest, without the CSV files that it names.
 *
 * @param file the path of the file, as messages name it; the files that the text includes are read from its folder
 * @param settings as for {@link readManifest}
 * @throws ManifestError if the text is invalid; it lists every problem
 */
export function parseManifest(file: string, text: string, settings?: Settings): ManifestDocument {
  return placedManifest(file, text, { ...outsideIn(settings), readsFiles: false }).manifest;
}

function outsideIn(settings: Settings | undefined): Pick<Checking, "outside"> {
  return { outside: settings && outsideOf(settings) };
}

/** What is found in a manifest without the engine and without the service. */
export interface ManifestFindings {
  /** What a program refuses. */
  readonly errors: readonly ManifestProblem[];
  /** What a preview refuses, unless the resource has this value already. A program that finds an error lists these with it. */
  readonly ifChanged: readonly ManifestProblem[];
  /** What a preview advises. */
  readonly advice: readonly ManifestProblem[];
  /** What depends on values that aren't known here, with why they aren't. */
  readonly unknown: readonly ManifestProblem[];
  /** The manifest, if a program doesn't refuse it. */
  readonly placed?: PlacedManifest;
}

/**
 * Finds everything that a program would say of a manifest before it asks the service.
 *
 * @param file as for {@link readManifest}
 */
export function examineManifest(file: string, outside: OutsideValues): ManifestFindings {
  try {
    const sources = readSources(file, readTextFile(file, "the manifest"), outside);
    const examined = examine(sources, { outside, readsFiles: true });
    const { certain, ifChanged, unknown } = examined;
    const found = {
      ifChanged: placedFaults(sources, ifChanged),
      unknown: placedFaults(sources, unknown, (source) => source.unknown),
    };
    if (isRefused(examined)) {
      return { ...found, errors: errorIn(sources, certain, examined.problems).problems, advice: [] };
    }
    const placed = placedAt(examined);
    return { ...found, errors: [], advice: adviceOn(placed), placed };
  } catch (error) {
    if (!(error instanceof ManifestError)) {
      throw error;
    }
    return { errors: error.problems, ifChanged: [], advice: [], unknown: [] };
  }
}

function adviceOn({ manifest, placeAt }: PlacedManifest): ManifestProblem[] {
  const advice = separatePeople(manifest);
  return advice === undefined ? [] : [{ ...placeAt(advice.first, true), path: "", reason: advice.reason() }];
}

/** A valid manifest, and where everything in it is. */
export interface PlacedManifest {
  /** The manifest, with secrets in plaintext. */
  readonly manifest: ManifestDocument;
  /** Where values are that the configuration stores as ciphertext. */
  readonly secrets: readonly Fault["path"][];
  /** The people whom it lists by address and in CSV files. */
  readonly lists: Lists;
  /** The error that tells what is found wrong later, by file, line and column; of a CSV file, as the problem that it is. */
  errorOf(faults: readonly (Fault | ManifestProblem)[]): ManifestError;
  /** Where a value is, or a name. */
  placeOf(path: Fault["path"], atName?: boolean): DeclaredPlace;
  /** The same, apart. */
  placeAt(path: Fault["path"], atName?: boolean): Omit<ManifestProblem, "reason">;
}

/** How a manifest is checked. */
interface Checking {
  /** Where values come from; if undefined, only their form is checked. */
  readonly outside: OutsideValues | undefined;
  /** Whether the CSV files are read that the manifest names. */
  readonly readsFiles: boolean;
}

/** @throws ManifestError */
function placedManifest(file: string, text: string, checking: Checking): PlacedManifest {
  const sources = readSources(file, text, checking.outside);
  const examined = examine(sources, checking);
  if (isRefused(examined)) {
    throw errorIn(sources, [...examined.certain, ...examined.ifChanged], examined.problems);
  }
  return placedAt(examined);
}

/** A manifest, and what is found in it. */
interface Examined {
  readonly sources: Sources;
  readonly whole: MergedManifest;
  readonly read: readonly Read[];
  readonly lists: Lists;
  /** What is refused. */
  readonly certain: readonly SourceFault[];
  /** What is wrong in CSV files. */
  readonly problems: readonly ManifestProblem[];
  /** What is refused of a resource that is new or changed. */
  readonly ifChanged: readonly SourceFault[];
  /** Secrets that aren't known; other values are in each source. */
  readonly unknown: readonly SourceFault[];
}

/** @throws ManifestError if the manifest is empty */
function examine(sources: Sources, { outside, readsFiles }: Checking): Examined {
  const [own] = sources;
  if (own.plain === null) {
    const reason = "the file is empty: a manifest requires a `name` and an `organization`";
    throw errorIn(sources, [{ source: own, path: [], reason }]);
  }
  const read = sources.map((source) => readBy(source === own ? schemaFor(own.plain) : includedSchema, source));
  const whole = merged(sources);
  const misshapen = read.flatMap(({ faults }) => faults);
  const inSource = (fault: Fault) => ({ ...fault, source: whole.sourceOf(fault.path) });
  const located = (faults: readonly Fault[]) => withoutUnknown(whole, faults).map(inSource);
  const listed = readLists(recordOf(whole.checked), listContext(own.file, readsFiles, whole));
  const rules = brokenRules(own.file, recordOf(whole.checked), misshapen, listed.lists);
  const ofSettings = faultsOfSettings(whole.checked, outside?.settings);
  const certain = [
    ...read.flatMap(({ source, faults }) => withoutUnknown(source, faults)),
    ...whole.faults,
    ...located([...brokenReferences(whole.checked), ...ofSettings.broken, ...listed.faults, ...rules.always]),
  ];
  return {
    ...{ sources, whole, read, certain, lists: listed.lists, problems: listed.problems },
    ifChanged: located(rules.ifChanged),
    unknown: ofSettings.unknown.map(inSource),
  };
}

/** Whether a program refuses a manifest. */
function isRefused({ sources, certain, problems }: Examined): boolean {
  const isOther = sources.some((source) => source.faults.length + alteredNumbers(source.document).length > 0);
  return isOther || certain.length + problems.length > 0;
}

/** A manifest that isn't refused, with its defaults and the places of its values. */
function placedAt({ sources, whole, read, lists }: Examined): PlacedManifest {
  const [own] = sources;
  // What the schema refuses because it isn't known yet stays as it is written.
  const isRead = read.every(({ data }) => data !== undefined);
  const [first, ...included] = isRead ? read.map(({ data }) => data) : [{ ...emptySections, ...recordOf(whole.plain) }];
  const data = withSections(first, ...included);
  return {
    manifest: withFiles(own.file, asWritten(data as ManifestDocument, recordOf(whole.checked))),
    secrets: sources.flatMap(({ secrets }) => secrets),
    lists,
    errorOf: (faults) => {
      const inFiles = faults.filter((fault) => "file" in fault);
      const here = faults.filter((fault): fault is Fault => !("file" in fault));
      return errorIn(
        sources,
        here.map((fault) => ({ ...fault, source: whole.sourceOf(fault.path) })),
        inFiles,
      );
    },
    placeOf: (path, atName) => placeIn(whole.sourceOf(path), path, atName),
    placeAt: (path, atName) => placeAt(whole, path, atName),
  };
}

/** What the reader of lists is told of a manifest: its files are relative to its folder. */
function listContext(file: string, readsFiles: boolean, whole: MergedManifest): ListContext {
  return {
    readsFiles,
    folder: path.dirname(file),
    placeAt: (at, atName) => placeAt(whole, at, atName),
  };
}

function placeAt(whole: MergedManifest, path: Fault["path"], atName?: boolean): Omit<ManifestProblem, "reason"> {
  return { ...positionIn(whole.sourceOf(path), path, atName), path: pathText(path) };
}

/** A file, as a schema reads it. */
interface Read {
  readonly source: Source;
  /** Undefined if the schema refuses it. */
  readonly data: unknown;
  readonly faults: readonly SourceFault[];
}

function readBy(schema: z.ZodObject, source: Source): Read {
  if (source.plain === null) {
    const reason = "the file is empty: declare something in it, or don't include it";
    return { source, data: undefined, faults: [{ source, path: [], reason }] };
  }
  const { data, error } = schema.safeParse(source.plain, { error: inPlainWords });
  // An unknown property of the organization is told with those of both forms.
  const described = schema === includedSchema ? schema : manifestSchema;
  const faults = (error?.issues ?? []).flatMap((issue) => faultsOf(described, issue));
  return { source, data, faults: faults.map((fault) => ({ ...fault, source })) };
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
