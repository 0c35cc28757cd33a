/** Creates the resources that a manifest in YAML declares. */
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { ApiKey, ApiKeyAssignment, Membership, Organization, Role, User } from "./generated/index.ts";
import { readManifest } from "./manifest-document.ts";

/** The resources of a manifest, by their names in it. */
export interface Manifest {
  readonly organization: Organization;
  readonly roles: Readonly<Record<string, Role>>;
  readonly users: Readonly<Record<string, User>>;
  /** By the name of the user or member. */
  readonly memberships: Readonly<Record<string, Membership>>;
  readonly apiKeys: Readonly<Record<string, ApiKey>>;
  /** By the name of the key, then of the user or member. */
  readonly assignments: Readonly<Record<string, Readonly<Record<string, ApiKeyAssignment>>>>;
  /** The plaintext of every key, secret. */
  readonly keys: pulumi.Output<Record<string, string>>;
}

/** The options of a manifest's resources. */
export type FromManifestOptions = Pick<pulumi.CustomResourceOptions, "parent" | "protect" | "retainOnDelete">;

/**
 * Declares the resources of a manifest.
 *
 * The names of the resources begin with the manifest's `name`, such as `acme-ada`, so one stack can have several manifests.
 *
 * @param file a YAML file; see schema/manifest.schema.json
 * @throws ManifestError if the file is invalid; it lists every problem, by line and column
 * @example
 * ```ts
 * export const { keys } = fromManifest("roster.yaml");
 * ```
 */
export function fromManifest(file: string, options: FromManifestOptions = {}): Manifest {
  const manifest = readManifest(file);
  const named = (name: string) => `${manifest.name}-${name}`;

  const organization = new Organization(manifest.name, manifest.organization, options);

  const roles = mapEntries(
    manifest.roles,
    (role, name) => new Role(named(name), { organization, ...role, name: role.name ?? name }, options),
  );
  const roleOf = (name: string): string | Role => roles[name] ?? name;

  const users = mapEntries(
    manifest.users,
    ({ role: _role, ...user }, name) => new User(named(name), { ...user, homeOrganization: organization }, options),
  );

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

  const apiKeys = mapEntries(manifest.apiKeys, ({ assignedTo: _, owner, secret, ...key }, name) => {
    const made =
      secret && new random.RandomBytes(named(name), { length: secret.random.bytes }, pulumi.mergeOptions({}, options));
    return new ApiKey(
      named(name),
      {
        organization,
        ...key,
        name: key.name ?? name,
        owner: owner === undefined ? undefined : users[owner],
        secret: made?.hex,
      },
      // A key of a user requires the user's role, which the membership sets.
      pulumi.mergeOptions(options, { dependsOn: owner === undefined ? [] : memberships[owner] }),
    );
  });

  const assign = (keyName: string, key: ApiKey, name: string) => {
    const user = users[name];
    const who = user === undefined ? { email: manifest.members[name]?.email } : { user };
    // An adopted key may already be assigned to the same users.
    const { adopt, onDestroy } = manifest.apiKeys[keyName] ?? {};
    return new ApiKeyAssignment(
      named(`${keyName}-${name}`),
      { key, ...who, adopt, onDestroy },
      // Only a member can have a key, and loses it by leaving: the membership is created first and deleted last.
      pulumi.mergeOptions(options, { dependsOn: memberships[name] }),
    );
  };
  const assignments = mapEntries(apiKeys, (key, keyName) => {
    const assignedTo = manifest.apiKeys[keyName]?.assignedTo ?? [];
    return mapEntries(Object.fromEntries(assignedTo.map((name) => [name, name])), (name) => assign(keyName, key, name));
  });

  const keys = pulumi.secret(pulumi.all(mapEntries(apiKeys, ({ key }) => key)));
  return { organization, roles, users, memberships, apiKeys, assignments, keys };
}

function mapEntries<From, To>(
  from: Readonly<Record<string, From>>,
  to: (value: From, name: string) => To,
): Record<string, To> {
  // Without a prototype, because a user may be called `constructor`.
  const entries: Record<string, To> = Object.create(null);
  for (const [name, value] of Object.entries(from)) {
    entries[name] = to(value, name);
  }
  return entries;
}
