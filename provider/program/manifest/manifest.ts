/** Creates the resources that a manifest in YAML declares. */
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { foldEmail } from "roster-schema";
import { DeclarationError, RosterError } from "../../errors.ts";
import { isNotFound } from "../../wire/client.ts";
import {
  type AccessToken,
  ApiKey,
  type ApiKeyAssignees,
  ApiKeyAssignment,
  getOrganization,
  getUserOutput,
  Membership,
  Organization,
  type OrganizationMembers,
  OrganizationProfile,
  Role,
  User,
} from "../generated/index.ts";
import { type Places, placeKey, withPlaces } from "../places.ts";
import { isMocked, stackSetting } from "../program.ts";
import { declareAccessTokens } from "./access-tokens.ts";
import { declaredIn } from "./declared.ts";
import { type PlacedManifest, readManifest } from "./document.ts";
import { mapEntries } from "./entries.ts";
import { adviseSet } from "./many-people.ts";
import { declareAssignees, declarePeople } from "./people.ts";
import { deniedIn } from "./rights.ts";
import type { ExternalAssignee, ManifestDocument } from "./schema.ts";
import { withSecrets } from "./secrets.ts";
import type { Surroundings } from "./surroundings.ts";

/** The resources of a manifest, by their names in it. */
export interface Manifest {
  /**
   * The organization that the manifest declares.
   *
   * @throws DeclarationError if the manifest names an `existing` organization, which is not a resource: use `organizationId`
   */
  readonly organization: Organization;
  /** The id of the organization, whether the manifest declares it or it exists already. */
  readonly organizationId: pulumi.Output<string>;
  /** The profile of an organization that exists already, if the manifest has one. */
  readonly profile?: OrganizationProfile | undefined;
  readonly roles: Readonly<Record<string, Role>>;
  readonly users: Readonly<Record<string, User>>;
  /** By the name of the user or member. */
  readonly memberships: Readonly<Record<string, Membership>>;
  /** Those whom `people` lists, if the manifest has it. Don't let a resource use its outputs: a change of anybody makes them unknown. */
  readonly people?: OrganizationMembers | undefined;
  readonly apiKeys: Readonly<Record<string, ApiKey>>;
  /** By the name of the key, then of the user or member, or the address of a person outside the organization, in lower case. */
  readonly assignments: Readonly<Record<string, Readonly<Record<string, ApiKeyAssignment>>>>;
  /** The `assignees` of each key that has them, by the name of the key. */
  readonly assignees: Readonly<Record<string, ApiKeyAssignees>>;
  /** The plaintext of every key, secret. */
  readonly keys: pulumi.Output<Record<string, string>>;
  readonly accessTokens: Readonly<Record<string, AccessToken>>;
  /** The plaintext of every access token, secret. */
  readonly tokens: pulumi.Output<Record<string, string>>;
}

/** The options of a manifest's resources. */
export type FromManifestOptions = Pick<pulumi.CustomResourceOptions, "parent" | "protect" | "retainOnDelete">;

/**
 * Declares the resources of a manifest.
 *
 * The names of the resources begin with the manifest's `name`, such as `acme-ada`, so one stack can have several manifests.
 *
 * @param file a YAML file; see schema/manifest.schema.json
 * What the caller may not declare fails the program as well, once the service has said who calls, and before anything is declared.
 *
 * @throws ManifestError if the file is invalid; it lists every problem, by line and column
 * @example
 * ```ts
 * export const { keys } = fromManifest("roster.yaml");
 * ```
 */
export function fromManifest(file: string, options: FromManifestOptions = {}): Manifest {
  const placed = readManifest(file, stackSetting);
  return withPlaces(placesIn(placed), () => declare(file, placed, options));
}

function declare(file: string, placed: PlacedManifest, options: FromManifestOptions): Manifest {
  const { lists } = placed;
  const manifest = withSecrets(placed);
  adviseSet(file, manifest);
  const named = (name: string) => `${manifest.name}-${name}`;

  const { declared, profile, organizationId } = organizationIn(placed, options);
  const organization = declared ?? organizationId;

  const roles = mapEntries(
    manifest.roles,
    (role, name) => new Role(named(name), { organization, ...role, name: role.name ?? name }, options),
  );

  const users = mapEntries(
    manifest.users,
    ({ role: _role, ...user }, name) => new User(named(name), { ...user, homeOrganization: organization }, options),
  );

  const memberships = declareMemberships({ manifest, named, organization, users, options }, roles);
  const surroundings = { manifest, named, organization, users, memberships, options };

  const apiKeys = mapEntries(
    manifest.apiKeys,
    ({ assignedTo: _, assignees: _list, owner: ownersName, secret, ...key }, name) => {
      const [membership, member] =
        ownersName === undefined ? [] : [memberships[ownersName], manifest.members[ownersName]];
      const user = ownersName === undefined ? undefined : users[ownersName];
      return new ApiKey(
        named(name),
        {
          organization,
          ...key,
          name: key.name ?? name,
          owner: user ?? (member && membership && accountOf(member, membership)),
          secret: secret && secretOf(secret, named(name), options),
        },
        // A key of a user requires the user's role, which the membership sets.
        pulumi.mergeOptions(options, { dependsOn: membership ?? [] }),
      );
    },
  );

  const assignments = mapEntries(apiKeys, (key, keyName) => {
    // An adopted key may already be assigned to the same users.
    const { assignedTo = [], adopt, onDestroy } = manifest.apiKeys[keyName] ?? {};
    const assignees = Object.fromEntries(assignedTo.map((assignee) => [nameOf(assignee), assignee]));
    return mapEntries(assignees, (assignee, name) => {
      const who = typeof assignee === "string" ? whoIs(name, users, manifest) : assignee;
      // Only a member can have a key, and loses it by leaving: the membership is created first and deleted last.
      const after = pulumi.mergeOptions(options, { dependsOn: memberships[name] ?? [] });
      return new ApiKeyAssignment(named(`${keyName}-${name}`), { key, ...who, adopt, onDestroy }, after);
    });
  });

  const people = declarePeople(surroundings, lists, roles);
  const assignees = declareAssignees(surroundings, lists, apiKeys, people);
  const accessTokens = declareAccessTokens(surroundings);
  const keys = pulumi.secret(pulumi.all(mapEntries(apiKeys, ({ key }) => key)));
  const tokens = pulumi.secret(pulumi.all(mapEntries(accessTokens, ({ token }) => token)));
  const ofPeople = { roles, users, memberships, people, apiKeys, assignments, assignees, keys, accessTokens, tokens };
  const made = { organizationId, profile, ...ofPeople };
  return declared === undefined ? withoutOrganization(made, file) : { organization: declared, ...made };
}

/** Where the resources of a manifest are declared. */
function placesIn({ manifest, lists, placeOf }: PlacedManifest): Places {
  return new Map(
    declaredIn(manifest, lists).map(({ kind, name, path, whole }) => [
      placeKey(kind, name),
      placeOf(whole ?? path, whole === undefined),
    ]),
  );
}

/** The memberships of `users` with a role, and of `members`. */
function declareMemberships(
  { manifest, named, organization, users, options }: Omit<Surroundings, "memberships">,
  roles: Readonly<Record<string, Role>>,
): Record<string, Membership> {
  const roleOf = (name: string): string | Role => roles[name] ?? name;
  const memberships: Record<string, Membership> = Object.create(null);
  for (const [name, user] of Object.entries(users)) {
    const { role, adopt, onDestroy } = manifest.users[name] ?? {};
    if (role !== undefined) {
      const args = { organization, user, role: roleOf(role), adopt, onDestroy };
      memberships[name] = new Membership(named(name), args, options);
    }
  }
  for (const [name, { role, ...member }] of Object.entries(manifest.members)) {
    memberships[name] = new Membership(named(name), { organization, ...member, role: roleOf(role) }, options);
  }
  return memberships;
}

/** The organization: declared, or only looked up. Everything else depends on it, and waits until it is known what the caller may do. */
function organizationIn(
  placed: PlacedManifest,
  options: FromManifestOptions,
): {
  readonly declared?: Organization;
  readonly profile?: OrganizationProfile;
  readonly organizationId: pulumi.Output<string>;
} {
  const { name, organization } = withSecrets(placed);
  if ("existing" in organization) {
    const { text: place } = placed.placeOf(["organization", "existing"]);
    const found = existingOrganization(place, organization.existing).then((id) => ifAllowed(placed, id, options, id));
    const organizationId = pulumi.output(found.catch(throwAsTold));
    const { profile } = organization;
    return {
      organizationId,
      ...(profile && {
        profile: new OrganizationProfile(name, { organization: organizationId, ...profile }, options),
      }),
    };
  }
  const { slug } = organization;
  const allowed = isMocked() ? slug : ifAllowed(placed, slug, options).catch(throwAsTold);
  const declared = new Organization(name, { ...organization, slug: allowed }, options);
  return { declared, organizationId: declared.id };
}

/**
 * Throws an error whose message stays as it is. The SDK puts the names of all properties that wait for a failed value before the
 * message, and every resource of a manifest waits for its organization.
 */
function throwAsTold(error: unknown): never {
  if (error instanceof RosterError) {
    const { message } = error;
    Object.defineProperty(error, "message", { get: () => message, set: () => undefined });
  }
  throw error;
}

/**
 * Passes on a value if the caller may declare the manifest.
 *
 * @param existing the id of the organization, if the manifest doesn't declare it
 * @throws ManifestError that lists everything that the caller may not declare
 */
async function ifAllowed(
  placed: PlacedManifest,
  value: string,
  { parent }: FromManifestOptions,
  existing?: string,
): Promise<string> {
  const faults = isMocked() ? [] : await deniedIn(placed, existing, parent);
  if (faults.length > 0) {
    throw placed.errorOf(faults);
  }
  return value;
}

/**
 * Looks up the organization that a manifest names.
 *
 * @param place where the manifest names it, such as `roster.yaml:2:15: organization.existing`
 * @returns its id
 * @throws DeclarationError if there is none, or the token can't read it
 */
export async function existingOrganization(place: string, slug: string): Promise<string> {
  try {
    return (await getOrganization({ slug })).id;
  } catch (error) {
    throw isNotFound(error)
      ? new DeclarationError(
          `${place}: no open organization has the slug ${slug}, or roster:token can't read it. To create it, ` +
            "declare it with `slug` and `name` instead.",
        )
      : error;
  }
}

/** A user or member, as an assignment names them. */
function whoIs(name: string, users: Readonly<Record<string, User>>, { members }: ManifestDocument) {
  const user = users[name];
  return user === undefined ? { email: members[name]?.email } : { user };
}

/** A manifest whose organization is not a resource says so, rather than having none where a program expects one. */
function withoutOrganization(made: Omit<Manifest, "organization">, file: string): Manifest {
  return Object.defineProperty(made, "organization", {
    get() {
      throw new DeclarationError(
        `${file} names an organization that exists already, and doesn't declare it: use \`organizationId\`.`,
      );
    },
  }) as Manifest;
}

/**
 * The account of a member whom the manifest doesn't create. It is looked up by its address: the membership's output `userId` would be
 * unknown, and the key shown as replaced, whenever a preview changes the membership.
 */
function accountOf({ email }: { readonly email: string }, membership: Membership): pulumi.Output<string> {
  return getUserOutput({ email }, { dependsOn: membership }).id;
}

type Secret = NonNullable<ManifestDocument["apiKeys"][string]["secret"]>;

/** The secret of a Web API's key: from the stack's configuration, or made by the stack. */
function secretOf({ config, random: made }: Secret, name: string, options: FromManifestOptions) {
  const setting = config === undefined ? undefined : stackSetting(config);
  return setting === undefined
    ? made && new random.RandomBytes(name, { length: made.bytes }, pulumi.mergeOptions({}, options)).hex
    : pulumi.secret(setting.value);
}

/** The name of an assignee in the stack. An address can't be the name of a user or member, and its case doesn't matter. */
function nameOf(assignee: string | ExternalAssignee): string {
  return typeof assignee === "string" ? assignee : foldEmail(assignee.email);
}
