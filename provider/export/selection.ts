/** Which objects an export contains, and which it leaves out and why. */
import type { PropertyMap } from "../values/property-map.ts";

/** An object that an export leaves out. */
export interface LeftOut {
  /** What it is, as in the comment of the manifest: `role`, `account`, `API key`. */
  readonly kind: LeftOutKind;
  readonly id: string;
  /** Its name, or the address of its person. */
  readonly name: string;
  /** Why it is left out: a phrase that follows its kind and a colon. */
  readonly reason: string;
}

/** The kinds of what can be left out, each with its plural. */
const plurals = {
  organization: "organizations",
  profile: "profiles",
  logo: "logos",
  role: "roles",
  account: "accounts",
  membership: "memberships",
  "API key": "API keys",
  assignment: "assignments",
  "access token": "access tokens",
} as const;

/** A kind of what can be left out. */
export type LeftOutKind = keyof typeof plurals;

/** How a resource takes over objects that exist. */
export interface Adoption extends PropertyMap {
  /** `force` also takes over an object that another stack manages. */
  readonly adopt: true | "force";
  /** What becomes of the object once the manifest doesn't declare it any more; if omitted, the stack lets go of it. */
  readonly onDestroy?: "delete";
}

/** What an export takes over, and how. */
interface SelectionOptions {
  /** Whether objects that another stack manages are taken over from it; undefined if that can't be. */
  readonly includesManaged: boolean | undefined;
  /** Whether an object ends once the manifest doesn't declare it any more. Otherwise, the stack lets go of it. */
  readonly deletesRemoved: boolean;
}

/** The reason of what another stack manages. */
const managedElsewhere = "another stack manages it";

/** What the caller of an export may do. */
export interface Rights {
  /** Whether the caller may manage organizations and system roles. */
  readonly isServiceOwner: boolean;
  /** Whether the caller may change the organization's profile. */
  readonly updatesProfile: boolean;
}

/** How an organization is exported. */
export interface ExportOptions extends SelectionOptions {
  readonly rights: Rights;
  /** Whether the stack is to leave the organization itself alone, also if the caller may manage it. */
  readonly asExisting: boolean;
}

/** An organization as files. */
export interface Export {
  /** The texts of the files by their names, such as `roster.yaml`. */
  readonly files: ReadonlyMap<string, string>;
  readonly leftOut: readonly LeftOut[];
}

/** Decides which objects an export contains. */
export class Selection {
  readonly leftOut: LeftOut[] = [];
  readonly #options: SelectionOptions;

  constructor(options: SelectionOptions) {
    this.#options = options;
  }

  /** Whether an object can be taken over, as far as its manager is concerned. */
  isFree({ externalId }: { readonly externalId: string | null }): boolean {
    return externalId === null || this.#options.includesManaged === true;
  }

  /** Leaves an object out. */
  leaveOut(kind: LeftOutKind, id: string, name: string, reason: string): void {
    this.leftOut.push({ kind, id, name, reason });
  }

  /**
   * Whether the export contains an object. If not, it is left out.
   *
   * @param reason why it can't be declared; undefined if it can
   */
  takes(
    kind: LeftOutKind,
    object: { readonly id: string; readonly externalId: string | null },
    name: string,
    reason?: string,
  ): boolean {
    const remedy = this.#options.includesManaged === undefined ? "" : "; --include-managed takes it over";
    const found = reason ?? (this.isFree(object) ? undefined : `${managedElsewhere}${remedy}`);
    if (found !== undefined) {
      this.leaveOut(kind, object.id, name, found);
    }
    return found === undefined;
  }

  /** How a resource in the organization takes over objects that the export contains. */
  adoption(...objects: readonly Managed[]): Adoption {
    return { adopt: adoptOf(...objects), ...(this.#options.deletesRemoved && { onDestroy: "delete" }) };
  }
}

/** The argument `adopt` of a resource that takes over objects. */
export function adoptOf(...objects: readonly Managed[]): Adoption["adopt"] {
  return objects.some((object) => object !== undefined && object.externalId !== null) ? "force" : true;
}

/** An object, if there is one, as far as its manager is concerned. */
type Managed = { readonly externalId: string | null } | undefined;

/** How many objects are left out, by kind and reason: a line for each, such as `2 API keys: revoked`. */
export function countsOf(leftOut: readonly LeftOut[]): string[] {
  const counts = new Map<string, { readonly kind: LeftOutKind; readonly reason: string; count: number }>();
  for (const { kind, reason } of leftOut) {
    const key = `${kind}: ${reason}`;
    const found = counts.get(key) ?? { kind, reason, count: 0 };
    counts.set(key, { ...found, count: found.count + 1 });
  }
  const kinds = Object.keys(plurals);
  return [...counts.values()]
    .toSorted(
      (one, other) => kinds.indexOf(one.kind) - kinds.indexOf(other.kind) || (one.reason < other.reason ? -1 : 1),
    )
    .map(({ kind, reason, count }) => `${count} ${count === 1 ? kind : plurals[kind]}: ${reason}`);
}

/** What an export says of itself, about what it leaves out: a line for each kind and reason. */
export function leftOutLines(leftOut: readonly LeftOut[]): string[] {
  const counts = countsOf(leftOut).map((line) => `- ${line}`);
  return counts.length === 0 ? ["Nothing is left out."] : ["Left out:", ...counts];
}
