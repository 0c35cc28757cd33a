/** An organization's manifest: what a document may say, and where a wrong one is wrong. */
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { builtInRoleValues } from "roster-schema";
import { type Document, isAlias, isMap, isNode, isPair, isScalar, isSeq, parseDocument, visit } from "yaml";
import { z } from "zod";
import { adoptionArgs } from "./adoption.ts";
import { ManifestError } from "./errors.ts";
import { type Fault, faultsOf, inPlainWords, pathText, thereAre } from "./issues.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { apiKeyLifecycle, apiKeyShape } from "./resources/api-key.ts";
import { membershipShape } from "./resources/membership.ts";
import { organizationLifecycle, organizationShape } from "./resources/organization.ts";
import { roleShape } from "./resources/role.ts";
import { userLifecycle, userShape } from "./resources/user.ts";
import { organizationRoles } from "./resources/values.ts";
import { unknownValue } from "./unknown.ts";
import { unusableName, type Values } from "./values.ts";

const name = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/,
    "a name begins with a letter or digit, and has 1 to 63 letters, digits, `_`, `.` or `-`",
  );

const { organization: _roleOrganization, name: roleName, ...roleArgs } = roleShape;
const { homeOrganization: _home, ...userArgs } = userShape;
const { email: memberEmail, onUnknownUser, resendInvite } = membershipShape;
const { organization: _keyOrganization, owner: _owner, name: keyName, secret: _secret, ...apiKeyArgs } = apiKeyShape;

const role = z.string().describe("A built-in role, or one of `roles`.");

/** The manifest, as zod has it. References are by name. */
export const manifestSchema = z
  .strictObject({
    name: name.describe("Names this manifest's resources in the stack. Keep it: another name makes other resources."),
    organization: z
      .strictObject({
        ...organizationShape,
        logo: z.string().optional().describe(`From this file's folder. ${organizationShape.logo.description}`),
        ...adoptionArgs,
      })
      .describe("The organization."),
    roles: z
      .record(
        name,
        z.strictObject({
          name: roleName.optional().describe("As people see it; the entry's own name unless given."),
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
          name: keyName.optional().describe("As people see it; the entry's own name unless given."),
          ...apiKeyArgs,
          deliverTo: apiKeyArgs.deliverTo.describe(
            "Hands each secret on, at creation and at every rotation. A relative path is from this file's folder.",
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

/** A manifest that holds: checked, with defaults. */
export type ManifestDocument = z.infer<typeof manifestSchema>;

type Path = readonly PropertyKey[];

/** A fault by its place in the text. */
type PlacedFault = Pick<Fault, "path" | "reason"> & { readonly offset: number };

const maxFileBytes = 10 * 1024 * 1024;
const maxProblems = 100;

/**
 * Reads a manifest.
 *
 * @param file a YAML file, at most 10 MiB
 * @throws ManifestError if the file can't be read or is wrong; it says every place at once
 */
export function readManifest(file: string): ManifestDocument {
  let text: string;
  try {
    if (statSync(file).size > maxFileBytes) {
      throw new Error(`it has more than ${maxFileBytes} bytes`);
    }
    text = readFileSync(file, "utf8");
  } catch (error) {
    const reason = `the file can't be read: ${error instanceof Error ? error.message : String(error)}`;
    throw new ManifestError([{ file, line: 1, column: 1, path: "", reason }]);
  }
  return parseManifest(file, text);
}

/**
 * Checks the text of a manifest.
 *
 * @param file what its problems are said to be in
 * @throws ManifestError if the text is wrong; it says every place at once
 */
export function parseManifest(file: string, text: string): ManifestDocument {
  const document = parseDocument(text, { prettyErrors: false, logLevel: "error" });
  const refuse = (faults: readonly PlacedFault[]) => {
    const placed = faults.map(({ offset, path, reason }) => ({
      file,
      ...positionIn(text, offset),
      path: pathText(path),
      reason,
    }));
    const inOrder = placed.toSorted((one, other) => one.line - other.line || one.column - other.column);
    return new ManifestError(inOrder.slice(0, maxProblems));
  };
  const syntax = [
    ...document.errors.map(({ pos, message }) => ({ offset: pos[0], path: [], reason: message })),
    ...unusable(document),
  ];
  if (syntax.length > 0) {
    throw refuse(syntax);
  }
  const value = contentOf(document);
  const parsed = manifestSchema.safeParse(value, { error: inPlainWords });
  const manifest = parsed.success ? withFiles(file, parsed.data) : undefined;
  const faults = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => faultsOf(manifestSchema, issue)),
    ...brokenReferences(value),
    ...(manifest === undefined ? [] : brokenRules(manifest)),
  ];
  if (manifest !== undefined && faults.length === 0) {
    return manifest;
  }
  throw refuse(faults.map((fault) => ({ ...fault, offset: offsetIn(document, fault.path, fault.atName) })));
}

/** The files that a manifest names are beside it, wherever the program runs. */
function withFiles(file: string, { organization, apiKeys, ...manifest }: ManifestDocument): ManifestDocument {
  const { logo } = organization;
  const beside = (found: string) => path.resolve(path.dirname(file), found);
  // Relative, because the state of one machine is read on others.
  const placed = (found: string) => (path.isAbsolute(found) ? found : path.relative(process.cwd(), beside(found)));
  const keys = Object.entries(apiKeys).map(([name, { deliverTo, ...key }]) => {
    return [name, { ...key, ...(deliverTo && { deliverTo: { file: placed(deliverTo.file) } }) }];
  });
  return {
    ...manifest,
    organization: { ...organization, ...(logo !== undefined && { logo: beside(logo) }) },
    apiKeys: Object.fromEntries(keys),
  };
}

/** What YAML allows and a manifest can't have: aliases of nothing or without end, and JavaScript's own `__proto__`. */
function unusable(document: Document): PlacedFault[] {
  const faults: PlacedFault[] = [];
  visit(document, {
    Alias(_key, node) {
      if (node.resolve(document) === undefined) {
        const reason = `there is no anchor &${node.source} before this alias`;
        faults.push({ offset: startOf(node) ?? 0, path: [], reason });
      }
    },
    Pair(_key, pair, ancestors) {
      if (isScalar(pair.key) && pair.key.value === "__proto__") {
        const keys = ancestors.filter(isPair).map(({ key }) => (isScalar(key) ? String(key.value) : ""));
        faults.push({
          offset: startOf(pair.key) ?? 0,
          path: [...keys, "__proto__"],
          reason: unusableName,
        });
      }
    },
  });
  if (faults.length === 0) {
    try {
      contentOf(document);
    } catch (error) {
      faults.push({ offset: 0, path: [], reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return faults;
}

function contentOf(document: Document): unknown {
  return document.toJS({ maxAliasCount: 100 });
}

/** The line and column of an offset, from 1. */
function positionIn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/**
 * What refers to something that isn't declared, or is declared twice. It takes the document as it was read, so that a
 * mistake elsewhere doesn't hide these.
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
        reason: `${JSON.stringify(value)} is not ${what}; ${thereAre(known)}`,
      });
    }
  };

  for (const [key] of roles.filter(([key]) => builtInRoleValues.some((builtIn) => builtIn === key))) {
    faults.push({ path: ["roles", key], reason: "this role is built in: use another name", atName: true });
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
    faults.push({ path: ["members", key], reason: "there is a user of this name: use another", atName: true });
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
        reason: `a key of format jwt needs an owner with role: api_user`,
      });
    }
    const assignees: readonly unknown[] = Array.isArray(assignedTo) ? assignedTo : [];
    for (const [at, name] of assignees.entries()) {
      const path = ["apiKeys", key, "assignedTo", at];
      refer(path, name, [...roleOf.keys()], "one of users or members");
      if (typeof name === "string" && roleOf.has(name) && roleOf.get(name) === undefined) {
        faults.push({ path, reason: `${name} is no member: give the user a role` });
      }
      if (assignees.indexOf(name) < at) {
        faults.push({ path, reason: `${name} is named twice` });
      }
    }
  }
  return faults;
}

/** What the resources would refuse at preview, asked of each as if it had been declared so before. */
function brokenRules({ organization, users, apiKeys }: ManifestDocument): Fault[] {
  const rulesOf = (lifecycle: Lifecycle, path: Path, inputs: Values) =>
    lifecycle
      .check(inputs, inputs)
      .failures.map(({ property, reason }) => ({ path: [...path, ...property.split(".")], reason }));
  return [
    ...rulesOf(organizationLifecycle, ["organization"], organization),
    ...Object.entries(users).flatMap(([name, { role: _, ...user }]) => rulesOf(userLifecycle, ["users", name], user)),
    ...Object.entries(apiKeys).flatMap(([name, { assignedTo: _, owner, secret, ...key }]) => {
      const references = { organization: unknownValue, owner: owner && unknownValue, secret: secret && unknownValue };
      return rulesOf(apiKeyLifecycle, ["apiKeys", name], { ...key, name: key.name ?? name, ...references });
    }),
  ];
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
      const first = seen.get(email.toLowerCase());
      if (first === undefined) {
        seen.set(email.toLowerCase(), `${of}.${key}`);
      } else {
        faults.push({ path: [of, key, "email"], reason: `${first} has this address already` });
      }
    }
  }
  return faults;
}

/** Where a path is in the text: at its value, or at its name; for what is missing, at the name of what lacks it. */
function offsetIn(document: Document, path: Path, atName = false): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const [at, segment] of path.entries()) {
    const here: unknown = isAlias(node) ? node.resolve(document) : node;
    const last = at === path.length - 1;
    if (isMap(here)) {
      const pair = here.items.find(({ key }) => isScalar(key) && String(key.value) === String(segment));
      if (pair === undefined) {
        return offset;
      }
      const nameOffset = startOf(pair.key);
      offset = last && !atName ? (startOf(pair.value) ?? nameOffset ?? offset) : (nameOffset ?? offset);
      node = pair.value;
    } else if (isSeq(here)) {
      node = here.items[Number(segment)];
      offset = startOf(node) ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
