/** The resources of a preview, and what their changes mean for each other. */
import { entryIn, foldEmail, setIn } from "roster-schema";
import type { Attempt, Lifecycle } from "../lifecycle/interface.ts";
import { isRecord, type PropertyMap } from "../values/property-map.ts";
import type { Declared } from "./refusals.ts";

/** What a preview does with a resource. */
export interface PlannedChange {
  /** Undefined if the resource is created or replaced. */
  readonly id: string | undefined;
  /** The checked inputs. */
  readonly inputs: PropertyMap;
  readonly isUnchanged: boolean;
}

/** A resource of the program. */
export interface PreviewedResource {
  readonly lifecycle: Lifecycle;
  /** The resource, as messages name it, such as `Role releaser`. */
  readonly title: string;
  /** What the front calls the resource. */
  readonly source: object;
  /** Finds the resources that the engine changes before it. */
  before(): Promise<readonly object[]>;
  /** Whether messages must not contain the addresses of its entries. */
  hasSecretEntries(): Promise<boolean>;
  /** Prints a message at the resource. An error fails the preview, and doesn't end it. */
  print(severity: "error" | "warning", message: string): void;
}

/** Who is meant by a request: an address in lower case, or the id of a user. */
type Person = string;

/** The kinds whose changes can make a person a user or a member, or change what the person may do. */
export const aboutPeople: ReadonlySet<string> = new Set(["User", "Membership", "OrganizationMembers"]);

/** The resources of one preview. */
export class PreviewedResources {
  readonly #changes = new Map<PreviewedResource, PlannedChange | undefined>();
  /** By externalId. */
  readonly #byName = new Map<unknown, PreviewedResource>();
  /** The resources that the engine changes before another one, as the front calls them. */
  readonly #before = new Map<PreviewedResource, ReadonlySet<object>>();

  /** Adds a resource whose change isn't known yet. */
  add(resource: PreviewedResource): void {
    this.#changes.set(resource, undefined);
  }

  /** Notes what the preview does with a resource. */
  plan(resource: PreviewedResource, change: PlannedChange): void {
    this.#changes.set(resource, change);
    this.#byName.set(change.inputs.externalId, resource);
  }

  /** Finds which resources the engine changes before others. A preview that tries nothing doesn't need it. */
  async findOrder(): Promise<void> {
    const planned = [...this.#changes].filter(
      ([resource, change]) => change !== undefined && !this.#before.has(resource),
    );
    await Promise.all(
      planned.map(async ([resource]) => {
        this.#before.set(resource, new Set(await resource.before()));
      }),
    );
  }

  /** The externalId of the object that a request of a resource creates or changes. */
  nameOf(resource: PreviewedResource, entry: string | undefined): string {
    const externalId = String(this.#changes.get(resource)?.inputs.externalId);
    return entry === undefined ? externalId : `${externalId}/${entry}`;
  }

  /** The resource of an object, or of the set that it is an entry of; undefined if no resource declares it. */
  declares(externalId: string): Declared | undefined {
    const single = this.#byName.get(externalId);
    if (single !== undefined) {
      return this.#declared(single);
    }
    const set = this.#byName.get(setIn(externalId));
    const isListed = set !== undefined && Object.hasOwn(this.#entriesOf(set), entryIn(externalId));
    return isListed ? this.#declared(set) : undefined;
  }

  /** The other resources that change, and that concern a person in a request. */
  changingPerson(resource: PreviewedResource, { request }: Attempt): Declared[] {
    const people = peopleIn(request.body);
    return this.#others(resource).flatMap((other) => {
      const isMeant = aboutPeople.has(other.lifecycle.kind) && this.#peopleOf(other).some((one) => people.has(one));
      return isMeant ? [{ ...this.#declared(other), isMadeFirst: this.#isMadeFirst(other, resource) }] : [];
    });
  }

  /** The other resources that change, and that give roles in the organization of a resource. */
  changingRoles(resource: PreviewedResource): Declared[] {
    const organization = this.#changes.get(resource)?.inputs.organization;
    return this.#others(resource).flatMap((other) => {
      const { kind } = other.lifecycle;
      const isMeant = kind !== "User" && aboutPeople.has(kind);
      const isHere = this.#changes.get(other)?.inputs.organization === organization;
      return isMeant && isHere ? [this.#declared(other)] : [];
    });
  }

  /** Leaves out requests that name a person by an address whose account the program creates: they can't be tried before that. */
  withoutNewUsers<One extends Attempt & { readonly resource: PreviewedResource }>(attempts: readonly One[]): One[] {
    const newUsers = new Map<Person, PreviewedResource>();
    for (const [resource, change] of this.#changes) {
      const { email } = change?.inputs ?? {};
      if (resource.lifecycle.kind === "User" && change?.id === undefined && typeof email === "string") {
        newUsers.set(foldEmail(email), resource);
      }
    }
    return attempts.filter(({ resource, request }) =>
      [...peopleIn(request.body)].every((person) => [undefined, resource].includes(newUsers.get(person))),
    );
  }

  /** Sorts resources so that each comes after those that the engine changes before it, and otherwise updates before creates. */
  inOrder(resources: ReadonlySet<PreviewedResource>): PreviewedResource[] {
    const bySource = new Map([...this.#changes.keys()].map((one) => [one.source, one]));
    const seen = new Set<PreviewedResource>();
    const sorted: PreviewedResource[] = [];
    const visit = (resource: PreviewedResource) => {
      if (seen.has(resource)) {
        return;
      }
      seen.add(resource);
      for (const source of this.#before.get(resource) ?? []) {
        const before = bySource.get(source);
        if (before !== undefined) {
          visit(before);
        }
      }
      sorted.push(resource);
    };
    const isUpdate = (resource: PreviewedResource) => this.#changes.get(resource)?.id !== undefined;
    const updatesFirst = [...resources].toSorted((one, other) => Number(isUpdate(other)) - Number(isUpdate(one)));
    for (const resource of updatesFirst) {
      visit(resource);
    }
    return sorted.filter((resource) => resources.has(resource));
  }

  /** Whether the engine creates a resource, or the entries of a set, before it changes another one. */
  #isMadeFirst(resource: PreviewedResource, other: PreviewedResource): boolean {
    const makes = resource.lifecycle.isSet || this.#changes.get(resource)?.id === undefined;
    return makes && this.#comesFirst(resource, other, new Set());
  }

  #comesFirst(resource: PreviewedResource, other: PreviewedResource, seen: Set<PreviewedResource>): boolean {
    seen.add(other);
    const before = this.#before.get(other) ?? new Set();
    return (
      before.has(resource.source) ||
      [...this.#changes.keys()].some(
        (one) => before.has(one.source) && !seen.has(one) && this.#comesFirst(resource, one, seen),
      )
    );
  }

  #others(resource: PreviewedResource): PreviewedResource[] {
    return [...this.#changes.keys()].filter((other) => other !== resource && this.#isChanging(other));
  }

  #isChanging(resource: PreviewedResource): boolean {
    return this.#changes.get(resource)?.isUnchanged !== true;
  }

  #declared(resource: PreviewedResource): Declared {
    return { title: resource.title, isChanging: this.#isChanging(resource) };
  }

  #entriesOf(resource: PreviewedResource): PropertyMap {
    const change = this.#changes.get(resource);
    const entries = change?.inputs[resource.lifecycle.subjects.entries ?? ""];
    return isRecord(entries) ? entries : {};
  }

  /** The people that a resource declares. */
  #peopleOf(resource: PreviewedResource): Person[] {
    const change = this.#changes.get(resource);
    const { email, user } = change?.inputs ?? {};
    const id = resource.lifecycle.kind === "User" ? change?.id : user;
    return [
      ...(typeof email === "string" ? [foldEmail(email)] : []),
      ...(typeof id === "string" ? [id] : []),
      ...Object.keys(this.#entriesOf(resource)),
    ];
  }
}

/** The people that the body of a request names. */
function peopleIn(body: object | undefined): ReadonlySet<Person> {
  const { email, user, owner } = (body ?? {}) as PropertyMap;
  const named = [typeof email === "string" ? foldEmail(email) : undefined, user, owner];
  return new Set(named.filter((one) => typeof one === "string"));
}
