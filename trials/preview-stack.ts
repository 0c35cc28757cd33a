/** The stack of the preview drill: every kind, in an organization in which others have objects too. */
import { randomBytes } from "node:crypto";
import { type Declaration, enterprise, the } from "../test/e2e/kinds.ts";
import type { Service } from "../test/e2e/service.ts";
import type { Stack } from "../test/e2e/stack.ts";

/** Another value for some arguments; undefined removes one. */
export type Arguments = Readonly<Record<string, unknown>>;

/** An edit can't be made, because an earlier one has ended what it is about. */
export class LeftOutError extends Error {
  override readonly name = "LeftOutError";
}

/** A stack whose declarations are edited. */
export class EditedStack {
  readonly stack: Stack;
  readonly #service: Service;
  readonly #tag: string;
  #declared: readonly Declaration[];
  #count = 0;

  constructor(stack: Stack, service: Service, tag: string) {
    this.stack = stack;
    this.#service = service;
    this.#tag = tag;
    this.#declared = base(tag);
  }

  /** What the stack declares. */
  get declared(): readonly Declaration[] {
    return this.#declared;
  }

  set declared(declared: readonly Declaration[]) {
    this.#declared = declared;
    this.stack.declare(sorted(declared));
  }

  /** @throws LeftOutError if something that is referred to isn't declared */
  requireComplete(): void {
    for (const { args, after = [] } of this.#declared) {
      this.#require(...after, ...namesIn(args));
    }
  }

  #require(...names: readonly string[]): void {
    const missing = names.find((name) => !this.#declared.some((one) => one.name === name));
    if (missing !== undefined) {
      throw new LeftOutError(`${missing} is not declared any more`);
    }
  }

  /** Makes the stack, and what others have in the same service. */
  async start(): Promise<void> {
    this.declared = this.#declared;
    await this.stack.up();
    await this.outside("/v1/organizations", { slug: `taken-${this.#tag}`, name: "Taken" });
    await this.outside("/v1/users", { email: this.address("taken"), invite: false });
    const acme = await this.path("Organization", "acme");
    await this.outside(`${acme}/roles`, { name: "Taken", permissions: ["flows:read"] });
    await this.outside(`${acme}/api-keys`, { name: "Taken", kind: "server" });
    await this.outside(`${acme}/access-tokens`, {
      name: "Taken",
      user: await this.id("User", "steward"),
      permissions: ["organization:read"],
    });
    const eve = await this.member("eve");
    await this.outside(`/v1/api-keys/${await this.id("ApiKey", "steady")}/assignments`, { user: eve });
    await this.member("frank", await this.id("Role", "kept"));
  }

  /** An address of this stack's own. */
  address(who: string): string {
    return `${who}@${this.#tag}.example`;
  }

  /** A slug of this stack's own. */
  slug(word: string): string {
    return `${word}-${this.#tag}`;
  }

  /** A name that nothing has. */
  fresh(word: string): string {
    this.#count += 1;
    return `${word}-${this.#count}`;
  }

  /** Whether the keys of `globex` authenticate. */
  get access(): "on" | "off" {
    const { externalApiAccess } = this.args("globex").features as { readonly externalApiAccess: boolean };
    return externalApiAccess ? "on" : "off";
  }

  /** Has the keys of `globex` authenticate, or not. */
  turnAccess(access: "on" | "off"): void {
    this.set("globex", { features: { externalApiAccess: access === "on" } });
  }

  /** Declares other arguments of a resource. */
  set(name: string, args: Arguments, rest: Partial<Declaration> = {}): void {
    this.#require(name);
    this.declared = this.#declared.map((one) =>
      one.name === name ? { ...one, ...rest, args: { ...one.args, ...args } } : one,
    );
  }

  /** Declares one more resource. @returns what refers to it */
  add(kind: string, args: Arguments, rest: Partial<Declaration> = {}) {
    const name = this.fresh(kind.toLowerCase());
    this.declared = [...this.#declared, { kind, name, args, ...rest }];
    return the(name);
  }

  /** The same, of something in the organization of the others. */
  addHere(kind: string, args: Arguments, rest: Partial<Declaration> = {}) {
    return this.add(kind, { organization: the("acme"), ...args }, rest);
  }

  /** No longer declares some resources. */
  drop(...names: readonly string[]): void {
    this.#require(...names);
    this.declared = this.#declared.filter(({ name }) => !names.includes(name));
  }

  /** The arguments of a resource as they are declared. */
  args(name: string): Arguments {
    this.#require(name);
    return this.#declared.find((one) => one.name === name)?.args ?? {};
  }

  /** The id of a resource. */
  async id(kind: string, name: string): Promise<string> {
    return await this.stack.idOf(kind, name);
  }

  /** Where the API has an organization. */
  async path(kind: "Organization", name: string): Promise<string> {
    return `/v1/organizations/${await this.id(kind, name)}`;
  }

  /** Has somebody else make an object. @returns its id */
  async outside(path: string, body: object): Promise<string> {
    const { status, body: answer } = await this.#service.ask("POST", path, body);
    if (status !== 201) {
      throw new Error(`POST ${path} was answered with ${status}: ${JSON.stringify(answer)}`);
    }
    return String(answer.id);
  }

  /** Has somebody else change an object. */
  async meddle(path: string, body: object): Promise<void> {
    const { status, body: answer } = await this.#service.ask("PATCH", path, body);
    if (status !== 200) {
      throw new Error(`PATCH ${path} was answered with ${status}: ${JSON.stringify(answer)}`);
    }
  }

  /** Somebody with an account that the stack doesn't manage. @returns the id of the user */
  async user(who: string, more: object = {}): Promise<string> {
    return await this.outside("/v1/users", { email: this.address(who), invite: false, ...more });
  }

  /** A system user that the stack doesn't manage. @returns the id of the user */
  async robot(who: string): Promise<string> {
    const homeOrganization = await this.id("Organization", "acme");
    return await this.outside("/v1/users", { email: this.address(who), kind: "system", homeOrganization });
  }

  /** A member that the stack doesn't manage. @returns the id of the user */
  async member(who: string, role = "viewer"): Promise<string> {
    const user = await this.user(who);
    await this.outside(`${await this.path("Organization", "acme")}/members`, { user, role });
    return user;
  }
}

/** The resources, each after those that it refers to. */
function sorted(declared: readonly Declaration[]): Declaration[] {
  const done = new Map<string, Declaration>();
  const visit = (one: Declaration) => {
    if (done.has(one.name)) {
      return;
    }
    const needed = new Set([...(one.after ?? []), ...namesIn(one.args)]);
    for (const other of declared) {
      if (needed.has(other.name) && other !== one) {
        visit(other);
      }
    }
    done.set(one.name, one);
  };
  for (const one of declared) {
    visit(one);
  }
  return [...done.values()];
}

function namesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) {
    return [];
  }
  return [...("$" in value ? [String(value.$)] : []), ...Object.values(value).flatMap(namesIn)];
}

/** Every kind of resource; some are there for one kind of edit alone. */
function base(tag: string): Declaration[] {
  const address = (who: string) => `${who}@${tag}.example`;
  const [acme, globex, guild] = [the("acme"), the("globex"), the("guild")];
  const one = (kind: string, name: string, args: Arguments, after: readonly string[] = []): Declaration => {
    return { kind, name, args, after };
  };
  const organization = (name: string, args: Arguments = enterprise) =>
    one("Organization", name, { slug: `${name}-${tag}`, ...args });
  const role = (name: string) => one("Role", name, { organization: acme, name, permissions: ["flows:read"] });
  const person = (name: string) => one("User", name, { email: address(name), homeOrganization: acme, invite: false });
  const robot = (name: string) => one("User", name, { email: address(name), kind: "system", homeOrganization: acme });
  const member = (user: string, given: unknown, where: unknown = acme, name = `${user}-in`) =>
    one("Membership", name, { organization: where, user: the(user), role: given });
  const key = (name: string, args: Arguments = { kind: "server" }, after: readonly string[] = []) =>
    one("ApiKey", name, { organization: acme, name, ...args }, after);
  const token = (name: string, user: string) =>
    one("AccessToken", name, { organization: acme, user: the(user), name, permissions: ["organization:read"] }, [
      `${user}-in`,
    ]);
  const assignment = (name: string, of: string, user: string) =>
    one("ApiKeyAssignment", name, { key: the(of), user: the(user) }, [`${user}-in`]);
  return [
    organization("acme"),
    organization("globex"),
    organization("guild"),
    organization("elsewhere"),
    organization("closing"),
    organization("basic", { name: "Basic" }),
    one("OrganizationProfile", "profile", {
      organization: acme,
      name: "Acme",
      joinPolicies: ["existing", "invite", "create"],
    }),
    one("OrganizationProfile", "moving-profile", { organization: the("closing"), name: "Closing" }),
    ...["releaser", "deployer", "unused", "moving", "forced", "kept", "leaving", "first", "second"].map(role),
    ...["ada", "bob", "dan", "cyd", "erin", "leaver", "chief", "deputy"].map(person),
    ...["robot", "twin", "steward", "warden", "watcher", "free", "third", "fourth"].map(robot),
    member("ada", "administrator"),
    member("bob", "administrator"),
    member("dan", the("releaser")),
    member("erin", the("leaving")),
    member("leaver", "viewer"),
    member("robot", "api_user"),
    member("twin", "api_user"),
    member("steward", "administrator"),
    member("warden", "administrator"),
    member("watcher", "viewer"),
    member("chief", "administrator", guild),
    member("deputy", "viewer", guild),
    one("Membership", "addressed", {
      organization: acme,
      email: address("anna"),
      role: "viewer",
      onUnknownUser: "create",
    }),
    ...["server", "steady", "spare", "removed", "renamed", "moved", "alpha", "listed"].map((name) => key(name)),
    key("web", { kind: "webapi", secret: `edited-${randomBytes(24).toString("hex")}` }),
    key("jwt", { kind: "user", format: "jwt", owner: the("robot") }, ["robot-in"]),
    key("owned", { kind: "user", owner: the("robot") }, ["robot-in"]),
    key("distant", { organization: globex, kind: "server" }),
    key("rotating", { organization: globex, kind: "server" }),
    token("token", "steward"),
    token("second-token", "steward"),
    assignment("assigned", "server", "dan"),
    assignment("reassigned", "steady", "watcher"),
    assignment("detached", "steady", "leaver"),
    one("OrganizationMembers", "staff", {
      organization: acme,
      members: { [address("grace")]: "viewer", [address("hal")]: "editor", [address("ivy")]: "viewer" },
      onUnknownUser: "create",
      minAdmins: 0,
    }),
    one("OrganizationMembers", "guests", {
      organization: guild,
      members: { [address("gus")]: "viewer" },
      onUnknownUser: "create",
      minAdmins: 0,
    }),
    one("ApiKeyAssignees", "assignees", { key: the("listed"), assignees: { [address("grace")]: "member" } }, ["staff"]),
  ];
}
