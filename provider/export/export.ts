/** Makes the manifest of an organization that exists, with which a stack adopts everything as it is. */
import { builtInRoleValues, csvLine, memberColumns } from "roster-schema";
import type { Estate } from "../estate/estate.ts";
import type { PropertyMap } from "../values/property-map.ts";
import { EntryNames } from "./entry-names.ts";
import {
  declaredKeys,
  declaredTokens,
  exportedKeys,
  exportedTokens,
  KeySection,
  ownersOf,
  tokenEntries,
} from "./keys.ts";
import { organizationSection } from "./organization.ts";
import { type People, peopleOf } from "./people.ts";
import { type Export, type ExportOptions, type LeftOut, leftOutLines, Selection } from "./selection.ts";
import { manifestText } from "./text.ts";

/** How an organization is exported as a manifest. */
export interface ManifestOptions extends ExportOptions {
  /** Up to how many people each of them is an entry of the manifest. Above that, those who own nothing are in a CSV file. */
  readonly maxEntries: number;
}

/** The name of the manifest. */
export const manifestFile = "roster.yaml";

/** The name of the file with the people. */
const peopleFile = "people.csv";

/**
 * Makes the files. The same organization gives the same files, byte for byte.
 *
 * No secret of a key or token is in them.
 */
export function exportManifest(estate: Estate, options: ManifestOptions): Export {
  const { rights, asExisting, maxEntries } = options;
  const selection = new Selection(options);
  const organization = organizationSection(estate, selection, rights, asExisting);
  const roles = rolesOf(estate, selection);
  const keys = exportedKeys(estate, selection);
  const tokens = exportedTokens(estate, selection);
  const people = peopleOf(estate, selection, {
    owners: ownersOf(keys, tokens),
    roles: new Map(roles.map(({ id, name }) => [id, name])),
    maxEntries,
    isServiceOwner: rights.isServiceOwner,
  });
  const keySection = new KeySection(declaredKeys(keys, estate, people, selection), people, selection);
  const sections = {
    roles: roles.map(({ name, entry }): Entry => [name, entry]),
    users: people.entries("users"),
    members: people.entries("members"),
    apiKeys: keySection.entries,
    accessTokens: tokenEntries(declaredTokens(tokens, people, selection), selection),
  };
  const { inFile } = people;
  const adoption = selection.adoption(...inFile.map(({ membership }) => membership));
  const { slug } = estate.organization;
  const manifest = {
    name: slug,
    organization,
    ...sections,
    ...(inFile.length > 0 && { people: { ...adoption, from: peopleSource(roles) } }),
  };
  const files = new Map([[manifestFile, manifestText(manifest, commentOf(slug, selection.leftOut))]]);
  if (inFile.length > 0) {
    files.set(peopleFile, peopleText(people));
  }
  for (const { name, addresses } of keySection.files) {
    files.set(name, [memberColumns.email, ...addresses].map((field) => csvLine([field])).join(""));
  }
  return { files, leftOut: selection.leftOut };
}

type Entry = [name: string, entry: PropertyMap];

/** The organization's own roles, each with the name of its entry. */
function rolesOf({ roles }: Estate, selection: Selection) {
  const names = new EntryNames(builtInRoleValues);
  return roles
    .filter((role) => selection.takes("role", role, role.name))
    .map((role) => {
      const { id, name: shown, permissions } = role;
      const name = names.give([shown], "role");
      return { id, name, entry: { name: shown, permissions, ...selection.adoption(role) } };
    });
}

/**
 * How the manifest names the file with the people. A file can name a role by its entry or by what people see, so it says which one it
 * means where the entry of one role is what people see of another.
 */
function peopleSource(roles: ReturnType<typeof rolesOf>): string | PropertyMap {
  const isSeen = new Set(roles.flatMap(({ name, entry }) => (entry.name === name ? [] : [entry.name])));
  const unclear = roles.filter(({ name }) => isSeen.has(name)).map(({ name }) => [name, name]);
  return unclear.length === 0 ? peopleFile : { file: peopleFile, roles: Object.fromEntries(unclear) };
}

function peopleText(people: People): string {
  const rows = people.inFile.map(({ email, names, role = "" }) => [
    email,
    names.givenName ?? "",
    names.familyName ?? "",
    role,
  ]);
  return [Object.values(memberColumns), ...rows].map(csvLine).join("");
}

/** What the manifest says of itself. */
function commentOf(slug: string, leftOut: readonly LeftOut[]): string {
  return [
    `Written by \`roster export ${slug}\`. \`pulumi up\` takes everything over as it is: it changes nothing and sends no mail.`,
    ...leftOutLines(leftOut),
  ].join("\n");
}
