/** What is true of a stack and its surroundings after any sequence of actions: plain data, and rules in plain words. */
import type { Declaration } from "../test/e2e/kinds.ts";
import { enterprise, the } from "../test/e2e/kinds.ts";
import type { Stored } from "../test/protocol/protocol-stack.ts";
import type { Properties } from "../test/protocol/provider-process.ts";

/** How a resource is declared: as one of several variants, and with these triggers. */
export interface Declared {
  readonly variant: number;
  readonly rotate: number;
  readonly resend: number;
}

/** A resource that a program may declare. */
export interface Declarable {
  readonly kind: string;
  readonly name: string;
  readonly variants: readonly Properties[];
  /** What else must be declared, beside what the arguments refer to; a variant of it, where not every one will do. */
  readonly needs?: Readonly<Record<string, readonly number[]>>;
}

/** An address of one sequence. Those that authoritative sets look after have a domain of their own. */
export const addressOf = (who: string, tag: string) => `${who}@${tag}.example`;
/** An address that an authoritative set leaves alone. */
export const keptAddressOf = (who: string, tag: string) => `${who}@kept-${tag}.example`;

/** Everything that can be declared, each after what it refers to. */
export function declarables(tag: string): readonly Declarable[] {
  return [...organizationsOf(tag), ...peopleOf(tag), ...keysOf(), ...setsOf(tag)];
}

function organizationsOf(tag: string): Declarable[] {
  const acme = { slug: `acme-${tag}`, name: "Acme", ...enterprise };
  const website = "https://acme.example";
  const branch = { slug: `branch-${tag}`, name: "Branch", ...enterprise };
  const role = { organization: the("branch"), name: "Porter", permissions: ["organization:read"] };
  const releaser = { organization: the("acme"), name: "Releaser", permissions: ["flows:read"] };
  return [
    {
      kind: "Organization",
      name: "acme",
      variants: [
        acme,
        { ...acme, name: "Acme Corporation", websiteUrl: website },
        { ...acme, slug: `acme-corporation-${tag}`, settings: { keysPerOwner: 5 } },
      ],
    },
    { kind: "Organization", name: "branch", variants: [branch, { ...branch, name: "Branch office" }] },
    { kind: "Role", name: "porter", variants: [role, { ...role, permissions: ["organization:read", "roles:read"] }] },
    {
      kind: "ApiKey",
      name: "branch-key",
      variants: [{ organization: the("branch"), name: "Branch", kind: "server", rotation: { overlap: "1h" } }],
    },
    {
      kind: "Role",
      name: "releaser",
      variants: [releaser, { ...releaser, name: "Release manager", permissions: ["flows:read", "flows:run"] }],
    },
  ];
}

function peopleOf(tag: string): Declarable[] {
  const robot = { email: keptAddressOf("robot", tag), kind: "system", homeOrganization: the("acme") };
  const person = { email: keptAddressOf("person", tag) };
  const member = (whom: Properties, roles: readonly unknown[]) =>
    roles.map((role) => ({ organization: the("acme"), ...whom, role }));
  const guest = { email: keptAddressOf("guest", tag), onUnknownUser: "invite" };
  return [
    {
      kind: "User",
      name: "robot",
      variants: [robot, { ...robot, givenName: "Robbie" }, { ...robot, state: "inactive" }],
    },
    { kind: "User", name: "person", variants: [person, { ...person, givenName: "Pat" }] },
    {
      kind: "Membership",
      name: "robot-in",
      variants: member({ user: the("robot") }, ["api_user", "viewer", the("releaser")]),
    },
    { kind: "Membership", name: "person-in", variants: member({ user: the("person") }, ["viewer", "editor"]) },
    { kind: "Membership", name: "guest-in", variants: member(guest, ["viewer", "operator", the("releaser")]) },
  ];
}

function keysOf(): Declarable[] {
  const server = { organization: the("acme"), name: "Server", kind: "server", rotation: { overlap: "1h" } };
  const owned = { organization: the("acme"), owner: the("robot"), kind: "user", rotation: { overlap: "0s" } };
  return [
    {
      kind: "ApiKey",
      name: "server",
      variants: [
        server,
        { ...server, name: "Server of Acme", allowedIps: ["203.0.113.7/32"] },
        { ...server, kind: "webapi" },
      ],
    },
    {
      kind: "ApiKey",
      name: "token",
      variants: [
        { ...owned, name: "Token" },
        { ...owned, name: "Token", endDate: "2040-01-01" },
      ],
      needs: { "robot-in": [0, 1, 2] },
    },
    {
      kind: "ApiKey",
      name: "jwt",
      variants: [{ ...owned, name: "JWT", format: "jwt" }],
      needs: { "robot-in": [0] },
    },
    {
      kind: "ApiKeyAssignment",
      name: "assigned",
      variants: [{ key: the("server"), user: the("robot") }],
      needs: { "robot-in": [0, 1, 2] },
    },
  ];
}

function setsOf(tag: string): Declarable[] {
  const [ada, grace, linus] = ["ada", "grace", "linus"].map((who) => addressOf(who, tag)) as [string, string, string];
  const alone = { mode: "authoritative", ignore: [`*@kept-${tag}.example`] };
  const set = { organization: the("acme"), onUnknownUser: "create", minAdmins: 0, maxRemovalFraction: 1 };
  return [
    {
      kind: "OrganizationMembers",
      name: "members",
      variants: [
        { ...set, members: { [ada]: "administrator", [grace]: "viewer" } },
        {
          ...set,
          members: { [grace]: "Release manager", [linus]: "operator" },
          roles: { "Release manager": the("releaser") },
        },
        {
          ...set,
          members: { [ada]: "editor", [grace]: "administrator" },
          ...alone,
        },
      ],
    },
    {
      kind: "ApiKeyAssignees",
      name: "assignees",
      variants: [
        { key: the("server"), assignees: { [grace]: "member" } },
        { key: the("server"), assignees: { [grace]: "member", [keptAddressOf("outsider", tag)]: "external" } },
        { key: the("server"), assignees: { [keptAddressOf("outsider", tag)]: "external" }, ...alone },
      ],
      needs: { members: [0, 1, 2] },
    },
  ];
}

/** The names that arguments refer to. */
export function references(value: unknown): string[] {
  if (typeof value !== "object" || value === null) {
    return [];
  }
  if ("$" in value) {
    return [String(value.$)];
  }
  return Object.values(value).flatMap(references);
}

/** A stack's program: what is declared of everything that can be. */
export class Program {
  readonly #all: readonly Declarable[];
  readonly #declared = new Map<string, Declared>();

  /** Everything is declared, as its first variant. */
  constructor(all: readonly Declarable[]) {
    this.#all = all;
    for (const { name } of all) {
      this.#declared.set(name, { variant: 0, rotate: 0, resend: 0 });
    }
  }

  /** Declares a resource; a variant that it doesn't have is another one that it has. */
  declare(name: string, variant: number): void {
    const { variants } = this.#find(name);
    const before = this.#declared.get(name) ?? { rotate: 0, resend: 0 };
    this.#declared.set(name, { ...before, variant: variant % variants.length });
  }

  omit(name: string): void {
    this.#declared.delete(name);
  }

  /** Sets or changes a trigger of a resource that is declared. */
  trigger(name: string, trigger: "rotate" | "resend"): void {
    const before = this.#declared.get(name);
    if (before !== undefined) {
      this.#declared.set(name, { ...before, [trigger]: before[trigger] + 1 });
    }
  }

  /** What is declared, but for what lacks something that it needs. */
  get declarations(): Declaration[] {
    const there = new Map<string, number>();
    return this.#all.flatMap(({ kind, name, variants, needs = {} }) => {
      const declared = this.#declared.get(name);
      const args = variants[declared?.variant ?? 0] ?? {};
      const isWhole =
        references(args).every((needed) => there.has(needed)) &&
        Object.entries(needs).every(([needed, fit]) => fit.includes(there.get(needed) ?? -1));
      if (declared === undefined || !isWhole) {
        return [];
      }
      there.set(name, declared.variant);
      const triggers = {
        ...(declared.rotate > 0 && { rotate: declared.rotate }),
        ...(declared.resend > 0 && { resendInvite: declared.resend }),
      };
      return [{ kind, name, args: { ...args, ...triggers } }];
    });
  }

  #find(name: string): Declarable {
    const found = this.#all.find((each) => each.name === name);
    if (found === undefined) {
      throw new Error(`nothing is called ${name}`);
    }
    return found;
  }
}

/** A membership that somebody accepts, or ends by themselves. */
export type Joining = "pending" | "active" | "left";

/** What is there beside what is declared, and what was before. */
export class Model {
  /** By the name of a resource, or that of a set and the address of an entry, the id that it was last seen with. */
  readonly ids = new Map<string, string>();
  /** What may have another id from now on, because it was ended, by whomever. */
  readonly #mayEnd = new Set<string>();
  /** Every id that a stack has ever had written down, and the kind of it. */
  readonly seen = new Map<string, string>();
  /** Whether the secret before the present one of a key lives on. */
  readonly overlaps = new Map<string, boolean>();
  /** Every secret that a key has ever had, but for those whose answer was lost; and its fingerprint, where that is known. */
  readonly secrets = new Map<string, Map<string, unknown>>();
  readonly joined = new Map<string, Joining>();
  /** Who has set up an account. */
  readonly accounts = new Set<string>();
  isRobotBlocked = false;
  /** Who was added by somebody else, by address: whether they are still there; undefined where that isn't known. */
  readonly strangers = new Map<string, boolean | undefined>();

  /** Something was ended, or may be now, and with it all that can't be without it. */
  ends(name: string): void {
    this.#mayEnd.add(name);
    const also: Readonly<Record<string, readonly string[]>> = {
      branch: ["porter", "branch-key"],
      "robot-in": ["token", "jwt", "assigned"],
      server: ["assigned", "assignees"],
    };
    for (const each of also[name] ?? []) {
      this.ends(each);
    }
    for (const each of this.ids.keys()) {
      if (each.startsWith(`${name}/`)) {
        this.ends(each);
      }
      // Whose membership ends loses the keys.
      if (name.startsWith("members/") && each === name.replace("members/", "assignees/")) {
        this.ends(each);
      }
    }
  }

  /** @returns what has another id, or is gone, and shouldn't. */
  sees(state: ReadonlyMap<string, Stored>): string[] {
    const now = new Map<string, readonly [id: string, kind: string]>();
    for (const [name, { kind, id, outputs }] of state) {
      now.set(name, [id, kind]);
      const entries = Object.entries((outputs.ids ?? {}) as Readonly<Record<string, string>>);
      for (const [address, each] of entries) {
        now.set(`${name}/${address}`, [each, entryKinds[kind] ?? kind]);
      }
      if (kind === "ApiKey" && typeof outputs.key === "string") {
        this.keep(name, outputs.key, outputs.__heldFingerprint);
      }
    }
    const wrong = [...this.ids.keys()].filter((name) => {
      return now.get(name)?.[0] !== this.ids.get(name) && !this.#mayEnd.has(name);
    });
    for (const [name, [id, kind]] of now) {
      if (this.ids.get(name) === id) {
        continue;
      }
      this.ids.set(name, id);
      this.#mayEnd.delete(name);
      this.overlaps.set(name, false);
      if (name === "guest-in") {
        this.joined.set(name, this.accounts.has("guest") ? "active" : "pending");
      }
      if (name === "person-in") {
        this.joined.set(name, "active");
      }
      this.seen.set(id, kind);
    }
    return wrong;
  }

  /** A key has, or had, a secret. */
  keep(name: string, secret: string, fingerprint: unknown): void {
    this.secrets.set(name, (this.secrets.get(name) ?? new Map()).set(secret, fingerprint));
  }

  /** A key was given a secret: the next one, or another of the same generation, which makes no end later. */
  rotates(name: string, isNext: boolean, overlap: string): void {
    this.overlaps.set(name, overlap !== "0s" && (isNext || this.overlaps.get(name) === true));
  }
}

const entryKinds: Readonly<Record<string, string>> = {
  OrganizationMembers: "Membership",
  ApiKeyAssignees: "ApiKeyAssignment",
};
