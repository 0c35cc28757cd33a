/** An organization's manifest: its schema, and the places of its problems. */
import path from "node:path";
import { foldEmail, isBuiltInRole, organizationRoles } from "roster-schema";
import { parseDocument, type YAMLError } from "yaml";
import { z } from "zod";
import { ManifestError } from "../errors.ts";
import { type Fault, faultsOf, inPlainWords, mustBeOneOf, pathText } from "../issues.ts";
import { apiKeyLifecycle } from "../kinds/api-key/api-key.ts";
import { apiKeyShape } from "../kinds/api-key/properties.ts";
import { fromProgram } from "../kinds/logo-file.ts";
import { membershipShape } from "../kinds/membership.ts";
import { organizationLifecycle, organizationShape } from "../kinds/organization.ts";
import { roleShape } from "../kinds/role.ts";
import { userLifecycle, userShape } from "../kinds/user.ts";
import { adoptionArgs } from "../lifecycle/adoption.ts";
import type { Lifecycle } from "../lifecycle/interface.ts";
import { type CheckFailure, failureText } from "../lifecycle/shape.ts";
import { isRecord, type PropertyMap } from "../values/property-map.ts";
import { unknownValue } from "../values/unknown.ts";
import { alteredNumbers, hintAt, offsetIn, type PlacedFault, unusable, unusableCodes } from "./manifest-yaml.ts";
import { positionAfter, readTextFile } from "./text-file.ts";
import { inYamlWords } from "./yaml-words.ts";

const name = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/,
    "a name must begin with a letter or digit, and have 1 to 63 letters, digits, `_`, `.` or `-`",
  );

const { organization: _roleOrganization, name: roleName, ...roleArgs } = roleShape;
const { homeOrganization: _home, ...userArgs } = userShape;
const { email: memberEmail, onUnknownUser, resendInvite } = membershipShape;
const { organization: _keyOrganization, owner: _owner, name: keyName, secret: _secret, ...apiKeyArgs } = apiKeyShape;

const role = z.string().describe("A built-in role, or one of `roles`.");

/** The zod schema of a manifest. References are by name. */
export const manifestSchema = z
  .strictObject({
    name: name.describe("Names this manifest's resources in the stack. Keep it: another name makes other resources."),
    organization: z
      .strictObject({
        ...organizationShape,
        logo: z
          .string()
          .optional()
          .describe(
            "The logo: the path of a PNG, JPEG or WebP image of at most 512 KiB, from this file's folder. Requires the premium or the " +
              "enterprise plan.",
          ),
        ...adoptionArgs,
      })
      .describe("The organization."),
    roles: z
      .record(
        name,
        z.strictObject({
          name: roleName.optional().describe("As people see it; the entry's own name by default."),
          ...roleArgs,
          ...adoptionArgs,
        }),
      )
      .default({})
      .describe("The organization's own roles."),
    users: z
      .record(
        name,
        z.strictObject({
          ...userArgs,
          ...adoptionArgs,
          role: role.optional().describe("Makes the user a member, with this role."),
        }),
      )
      .default({})
      .describe("People and system users that this organization makes and manages."),
    members: z
      .record(name, z.strictObject({ email: memberEmail.unwrap(), role, onUnknownUser, resendInvite, ...adoptionArgs }))
      .default({})
      .describe("Members who have an account already, or are invited by address."),
    apiKeys: z
      .record(
        name,
        z.strictObject({
          name: keyName.optional().describe("As people see it; the entry's own name by default."),
          ...apiKeyArgs,
          deliverTo: apiKeyArgs.deliverTo.describe(
            "Writes each secret to a file, at creation and at every rotation. A relative path is from this file's folder.",
          ),
          ...adoptionArgs,
          owner: z.string().optional().describe("One of `users`."),
          secret: z
            .strictObject({ random: z.strictObject({ bytes: z.number().int().min(16).max(256) }) })
            .optional()
            .describe("For kind webapi: a secret that the stack makes with @pulumi/random, of so many random bytes."),
          assignedTo: z
            .array(z.string())
            .default([])
            .describe("The `users` and `members` that the key is attached to."),
        }),
      )
      .default({})
      .describe("The organization's API keys."),
  })
  .describe("An organization, its roles, users, members and API keys.");

/** A valid manifest, with defaults. */
export type ManifestDocument = z.infer<typeof manifestSchema>;

type Path = readonly PropertyKey[];

/**
 * Reads a manifest.
 *
 * @param file YAML 1.2 in UTF-8, one document of at most 10 MiB
 * @throws ManifestError if the file can't be read or is invalid; it lists every problem
 */
export function readManifest(file: string): ManifestDocument {
  return parseManifest(file, readTextFile(file, "the manifest"));
}

/**
 * Checks the text of a manifest.
 *
 * @param file the path of the file, as messages name it
 * @throws ManifestError if the text is invalid; it lists every problem
 */
export function parseManifest(file: string, text: string): ManifestDocument {
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
  const parsed = manifestSchema.safeParse(value, { error: inPlainWords });
  const misshapen = (parsed.error?.issues ?? []).flatMap((issue) => faultsOf(manifestSchema, issue));
  const rules = brokenRules(file, recordOf(value), misshapen);
  const place = ({ path, reason, atName }: Fault) => {
    const offset = offsetIn(document, path, atName);
    return {
      path,
      offset,
      reason: `${reason}${reason.endsWith(" text, not an empty value") ? hintAt(text, offset) : ""}`,
    };
  };
  const placed = [...misshapen, ...brokenReferences(value), ...rules.always].map(place);
  const altered = alteredNumbers(document).filter(({ offset }) => !placed.some((fault) => fault.offset === offset));
  if (parsed.success && placed.length + altered.length === 0) {
    return withFiles(file, parsed.data);
  }
  throw refuse([...placed, ...altered, ...rules.ifChanged.map(place)]);
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
  const placed = (found: string) => fromProgram(found, path.dirname(file), process.cwd());
  const keys = Object.entries(apiKeys).map(([name, { deliverTo, ...key }]) => {
    return [name, { ...key, ...(deliverTo && { deliverTo: { file: placed(deliverTo.file) } }) }];
  });
  return {
    ...manifest,
    organization: { ...organization, ...logoBeside(file, organization) },
    apiKeys: Object.fromEntries(keys),
  };
}

/**
 * Finds references to undeclared names, and duplicate declarations. It takes the document as it was read, so that an error
 * elsewhere doesn't hide these.
 */
function brokenReferences(document: unknown): Fault[] {
  const section = (of: string) =>
    Object.entries(recordOf(recordOf(document)[of])).map(([key, value]) => [key, recordOf(value)] as const);
  const [roles, users, members, apiKeys] = [section("roles"), section("users"), section("members"), section("apiKeys")];
  const roleNames = [...organizationRoles, ...roles.map(([key]) => key)];
  const roleOf = new Map([...users, ...members].map(([key, { role }]) => [key, role]));
  const faults: Fault[] = [];
  const refer = (path: Path, value: unknown, known: readonly string[], what: string) => {
    if (typeof value === "string" && !known.includes(value)) {
      faults.push({
        path,
        reason: `${JSON.stringify(value)} is not ${what}; ${mustBeOneOf(known)}`,
      });
    }
  };

  // A role without a `name` has the name of its entry. Names are compared without regard to case.
  for (const [key] of roles.filter(([key, { name }]) => isBuiltInRole(name === undefined ? key.toLowerCase() : key))) {
    faults.push({
      path: ["roles", key],
      reason: "this is the name of a built-in role: use another name",
      atName: true,
    });
  }
  for (const [of, entries] of [
    ["users", users],
    ["members", members],
  ] as const) {
    for (const [key, { role }] of entries) {
      refer([of, key, "role"], role, roleNames, "a role");
    }
  }
  for (const [key] of members.filter(([key]) => users.some(([user]) => user === key))) {
    faults.push({ path: ["members", key], reason: "a user already has this name: use another name", atName: true });
  }
  faults.push(
    ...repeatedAddresses([
      ["users", users],
      ["members", members],
    ]),
  );
  for (const [key, { owner, format, assignedTo }] of apiKeys) {
    refer(
      ["apiKeys", key, "owner"],
      owner,
      users.map(([user]) => user),
      "one of users",
    );
    if (format === "jwt" && typeof owner === "string" && roleOf.has(owner) && roleOf.get(owner) !== "api_user") {
      faults.push({
        path: ["apiKeys", key, "owner"],
        reason: `a key of format jwt requires an owner with role: api_user`,
      });
    }
    const assignees: readonly unknown[] = Array.isArray(assignedTo) ? assignedTo : [];
    for (const [at, name] of assignees.entries()) {
      const path = ["apiKeys", key, "assignedTo", at];
      refer(path, name, [...roleOf.keys()], "one of users or members");
      if (typeof name === "string" && roleOf.has(name) && roleOf.get(name) === undefined) {
        faults.push({ path, reason: `${name} is not a member: set the user's role` });
      }
      if (assignees.indexOf(name) < at) {
        faults.push({ path, reason: `${name} is listed twice` });
      }
    }
  }
  return faults;
}

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
function brokenRules(file: string, document: PropertyMap, misshapen: readonly Fault[]): BrokenRules {
  const [always, ifChanged]: [Fault[], Fault[]] = [[], []];
  const check = (lifecycle: Lifecycle, path: Path, given: PropertyMap) => {
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
  if (isRecord(organization)) {
    check(organizationLifecycle, ["organization"], { ...organization, ...logoBeside(file, organization) });
  }
  for (const [name, { role: _, ...user }] of entriesOf("users")) {
    check(userLifecycle, ["users", name], user);
  }
  for (const [name, { assignedTo: _, owner, secret, ...key }] of entriesOf("apiKeys")) {
    const references = { organization: unknownValue, owner: owner && unknownValue, secret: secret && unknownValue };
    check(apiKeyLifecycle, ["apiKeys", name], { ...key, name: key.name ?? name, ...references });
  }
  return { always, ifChanged };
}

/** The logo with its path resolved relative to the manifest's folder. */
function logoBeside(file: string, { logo }: PropertyMap): { readonly logo?: string } {
  return typeof logo === "string" ? { logo: path.resolve(path.dirname(file), logo) } : {};
}

type Section = readonly (readonly [string, Readonly<Record<string, unknown>>])[];

function repeatedAddresses(sections: readonly (readonly [string, Section])[]): Fault[] {
  const seen = new Map<string, string>();
  const faults: Fault[] = [];
  for (const [of, entries] of sections) {
    for (const [key, { email }] of entries) {
      if (typeof email !== "string") {
        continue;
      }
      const first = seen.get(foldEmail(email));
      if (first === undefined) {
        seen.set(foldEmail(email), `${of}.${key}`);
      } else {
        faults.push({ path: [of, key, "email"], reason: `${first} already has this address` });
      }
    }
  }
  return faults;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
