/** The API keys and access tokens of an exported manifest. */
import { foldEmail, requiredOwnerRole, type Schemas } from "roster-schema";
import type { Estate } from "../estate/estate.ts";
import type { PropertyMap } from "../values/property-map.ts";
import { EntryNames } from "./entry-names.ts";
import type { People, Person } from "./people.ts";
import type { Adoption, Selection } from "./selection.ts";

type ApiKey = Schemas["ApiKey"];
type Assignment = Schemas["ApiKeyAssignment"];
type AccessToken = Schemas["AccessToken"];

/** Above how many assignees a key has them in CSV files. */
const maxListed = 50;

/** A key or token, with the name of its entry. */
export interface Named<Value> {
  readonly value: Value;
  readonly name: string;
}

/** A CSV file of assignees, by its name. */
export interface AssigneeFile {
  readonly name: string;
  readonly addresses: readonly string[];
}

/** The API keys that a manifest can declare, as far as it depends on them alone. The others are left out. */
export function exportedKeys({ apiKeys }: Estate, selection: Selection): Named<ApiKey>[] {
  return named(
    apiKeys.filter((key) => {
      const reason =
        endedReason(key) ?? (key.legacy ? "from before the service supported several keys for each owner" : undefined);
      return selection.takes("API key", key, key.name, reason);
    }),
    "key",
  );
}

/** The access tokens that a manifest can declare, as far as it depends on them alone. The others are left out. */
export function exportedTokens({ accessTokens }: Estate, selection: Selection): Named<AccessToken>[] {
  const live = accessTokens.filter((token) => selection.takes("access token", token, token.name, endedReason(token)));
  return named(live, "token");
}

/** The ids of the users who own these keys and tokens. */
export function ownersOf(keys: readonly Named<ApiKey>[], tokens: readonly Named<AccessToken>[]): ReadonlySet<string> {
  const owners = [...keys.map(({ value }) => value.owner), ...tokens.map(({ value }) => value.user)];
  return new Set(owners.filter((owner) => owner !== null));
}

function endedReason({ status }: Pick<ApiKey, "status">): string | undefined {
  return status === "active" ? undefined : status;
}

function named<Value extends { readonly name: string }>(values: readonly Value[], otherwise: string): Named<Value>[] {
  const names = new EntryNames();
  return values.map((value) => ({ value, name: names.give([value.name], otherwise) }));
}

/** A key that can be declared, with its owner and those who have it. */
export interface DeclaredKey extends Named<ApiKey> {
  /** Undefined if the key has no owner. */
  readonly owner: Person | undefined;
  readonly assignments: readonly Assignment[];
}

/** The keys whose owners are declared, each with its assignments. The others are left out. */
export function declaredKeys(
  keys: readonly Named<ApiKey>[],
  { assignments }: Estate,
  people: People,
  selection: Selection,
): DeclaredKey[] {
  const byKey = new Map<string, Assignment[]>();
  for (const assignment of assignments) {
    const ofKey = byKey.get(assignment.key) ?? [];
    ofKey.push(assignment);
    byKey.set(assignment.key, ofKey);
  }
  return keys.flatMap(({ value: key, name }): DeclaredKey[] => {
    const owner = people.withAccount(key.owner);
    if (key.owner !== null && !mayOwn(owner, key)) {
      selection.leaveOut("API key", key.id, key.name, "its owner is left out");
      return [];
    }
    const addresses = new Set<string>();
    const taken = (byKey.get(key.id) ?? []).filter((assignment) => {
      const address = foldEmail(assignment.email);
      // An offer can have the address that another assignee has by now.
      const reason = addresses.has(address) ? "another assignment of the key has its address" : undefined;
      addresses.add(address);
      return selection.takes("assignment", assignment, `${key.name}: ${assignment.email}`, reason);
    });
    return [{ value: key, name, owner, assignments: taken }];
  });
}

/** The section `apiKeys`, and the CSV files that it names. */
export class KeySection {
  readonly entries: [name: string, entry: PropertyMap][] = [];
  readonly files: AssigneeFile[] = [];
  readonly #people: People;
  readonly #selection: Selection;
  /** The names of the assignments in the stack, each of which consists of the name of the key and that of the assignee. */
  readonly #assignmentNames = new Set<string>();

  constructor(keys: readonly DeclaredKey[], people: People, selection: Selection) {
    this.#people = people;
    this.#selection = selection;
    for (const key of keys) {
      this.#add(key);
    }
  }

  #add({ value: key, name, owner, assignments }: DeclaredKey): void {
    this.entries.push([
      name,
      {
        ...keyArgs(key, owner?.name),
        ...this.#assigned(name, assignments, this.#selection.adoption(key)),
      },
    ]);
  }

  /** How the key is adopted, and who has it: as separate assignments if the manifest can name everybody, otherwise as a set. */
  #assigned(key: string, assignments: readonly Assignment[], ofKey: Adoption): PropertyMap {
    if (assignments.length === 0) {
      return ofKey;
    }
    const ofAssignments = this.#selection.adoption(...assignments);
    const separate = assignments.length > maxListed ? undefined : this.#named(key, assignments);
    if (separate !== undefined) {
      // The arguments are those of the key and of the assignments.
      return { ...(ofKey.adopt === "force" ? ofKey : ofAssignments), assignedTo: separate };
    }
    return { ...ofKey, assignees: { ...ofAssignments, ...this.#listed(key, assignments) } };
  }

  /** The assignees as `assignedTo` has them; undefined if it can't name one of them. */
  #named(key: string, assignments: readonly Assignment[]): (string | PropertyMap)[] | undefined {
    const assignees = assignments.map(({ email, external }) => {
      const person = this.#people.withAddress(email);
      if (external) {
        // Where a member has the key as an external person, the manifest expects the name of the member.
        return isNamed(person) ? undefined : { sort: foldEmail(email), written: { email, external } };
      }
      return isNamed(person) ? { sort: person.name, written: person.name } : undefined;
    });
    const all = assignees.filter((assignee) => assignee !== undefined);
    const names = all.map(({ sort }) => `${key}-${sort}`);
    if (all.length < assignees.length || names.some((name) => this.#assignmentNames.has(name))) {
      return undefined;
    }
    for (const name of names) {
      this.#assignmentNames.add(name);
    }
    return all.toSorted((one, other) => (one.sort < other.sort ? -1 : 1)).map(({ written }) => written);
  }

  /** The assignees as a set has them. */
  #listed(key: string, assignments: readonly Assignment[]): PropertyMap {
    const byAddress = assignments.toSorted((one, other) => (foldEmail(one.email) < foldEmail(other.email) ? -1 : 1));
    if (byAddress.length <= maxListed) {
      const entries = byAddress.map(
        ({ email, external }) => [foldEmail(email), external ? "external" : "member"] as const,
      );
      return { entries: new Map(entries) };
    }
    const from = (["member", "external"] as const).flatMap((as) => {
      const addresses = byAddress.filter(({ external }) => external === (as === "external")).map(({ email }) => email);
      const name = `${key}-${as}s.csv`;
      if (addresses.length === 0) {
        return [];
      }
      this.files.push({ name, addresses });
      return [as === "member" ? name : { file: name, as }];
    });
    return { from };
  }
}

/** A token that can be declared, with its user. */
export interface DeclaredToken extends Named<AccessToken> {
  readonly user: Person;
}

/** The tokens whose users are declared. The others are left out. */
export function declaredTokens(
  tokens: readonly Named<AccessToken>[],
  people: People,
  selection: Selection,
): DeclaredToken[] {
  return tokens.flatMap(({ value: token, name }): DeclaredToken[] => {
    const user = people.withAccount(token.user);
    if (user?.section !== "users" || user.role === undefined) {
      selection.leaveOut("access token", token.id, token.name, "its user is left out");
      return [];
    }
    return [{ value: token, name, user }];
  });
}

/** The section `accessTokens`. */
export function tokenEntries(tokens: readonly DeclaredToken[], selection: Selection): [string, PropertyMap][] {
  return tokens.map(({ value, name, user }) => [
    name,
    { ...tokenArgs(value, user.name), ...selection.adoption(value) },
  ]);
}

/** How a key is declared, without what is left out by default. @param owner how its owner is named, if it has one */
export function keyArgs(key: ApiKey, owner: unknown): PropertyMap {
  return {
    name: key.name,
    kind: key.kind,
    ...(key.format !== "opaque" && { format: key.format }),
    ...(owner !== undefined && { owner }),
    permissions: key.permissions,
    ...limitsOf(key),
  };
}

/** How a token is declared, without what is left out by default. @param user how its user is named */
export function tokenArgs(token: AccessToken, user: unknown): PropertyMap {
  return { name: token.name, user, permissions: token.permissions, ...limitsOf(token) };
}

function limitsOf({ allowedIps, endDate }: Pick<ApiKey, "allowedIps" | "endDate">): PropertyMap {
  return { ...(allowedIps !== null && { allowedIps }), ...(endDate !== null && { endDate }) };
}

/** Whether `assignedTo` can name somebody: as one of `users` or `members` who is a member. */
function isNamed(person: Person | undefined): person is Person {
  return person?.role !== undefined && (person.section === "users" || person.section === "members");
}

/** Whether the manifest can name somebody as the owner of a key. */
function mayOwn(person: Person | undefined, { format }: ApiKey): boolean {
  const role = requiredOwnerRole(format);
  return (person?.section === "users" || person?.section === "members") && (role === undefined || person.role === role);
}
