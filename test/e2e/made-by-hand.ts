/** An organization as people make one by hand, through the API: of everything that an export knows, with names that are hard to write. */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { logo } from "../contract/support/images.ts";
import { listAll, postAll } from "./batches.ts";
import { enterprise } from "./kinds.ts";
import { setUpAccount } from "./person.ts";
import type { Service } from "./service.ts";

/** Names that YAML, a manifest, a CSV file or a spreadsheet would read as something else. */
const hostile = {
  role: `Release: "manager" # \${env.ROSTER_VAR_X}`,
  secondRole: "=SUM(A1)",
  thirdRole: "sum-a1",
  given: `- \${config.title:-no} {x}, [y] & 'z' | > % @`,
  word: "null",
  key: `$\${not} an "expansion": yes`,
  /** In Persian and as an emoji, with the joiners that they need. */
  joined: "می\u200cخواهم 👩\u200d💻",
} as const;

/** Those who own keys and tokens, by their ids. */
type Owners = Readonly<Record<"ada" | "robot" | "caller" | "steward" | "guest", string>>;

/** An organization that somebody has made by hand. */
export class MadeByHand {
  readonly slug: string;
  /** The plaintexts of the keys, by what they are. */
  readonly secrets: Record<string, string> = {};
  id = "";
  readonly #service: Service;

  constructor(service: Service, slug: string) {
    this.#service = service;
    this.slug = slug;
  }

  /** What the API answers to a POST. */
  async post(pathname: string, body: object): Promise<Record<string, unknown> & { readonly id: string }> {
    const { status, body: made } = await this.#service.ask("POST", pathname, body);
    expect(status, `${pathname} ${JSON.stringify(made)}`).toBe(201);
    return made as Record<string, unknown> & { readonly id: string };
  }

  /** Makes it, once; in a test, because mails are waited for. */
  async make(): Promise<void> {
    if (this.id !== "") {
      return;
    }
    const organization = await this.post("/v1/organizations", {
      slug: this.slug,
      name: `Acme: "Rockets" #1 \${x}`,
      websiteUrl: "https://acme.example/?a=1#b",
      logo: logo("png"),
      joinPolicies: ["existing", "invite"],
      settings: { keysPerOwner: 7, allowExpiringJwt: true },
      ...enterprise,
    });
    this.id = organization.id;
    const roles = await this.#makeRoles();
    const people = await this.#makePeople(roles);
    await this.#makeKeys(people);
  }

  /** What becomes of a call with each of the keys. */
  async verifications(): Promise<Record<string, unknown>> {
    const outcomes = Object.entries(this.secrets).map(async ([name, secret]) => {
      const { outcome, reason, key, permissions } = await this.#service.verify(secret);
      return [name, { outcome, reason, key, permissions }];
    });
    return Object.fromEntries(await Promise.all(outcomes));
  }

  /** How many mails the service has sent, once it has sent all of them. */
  async mails(): Promise<number> {
    // Mails are sent in the order in which they were asked for.
    const last = `${randomUUID()}@elsewhere.example`;
    await this.post("/v1/users", { email: last });
    await this.#service.mailsTo(last, 1);
    return readdirSync(path.join(this.#service.folder, "mail")).filter((file) => file.endsWith(".eml")).length;
  }

  /** Makes an organization with so many members, all of whom have one key. */
  async makeMany(count: number): Promise<void> {
    const organization = await this.post("/v1/organizations", { slug: this.slug, name: "Globex", ...enterprise });
    this.id = organization.id;
    const key = await this.post(this.#in("api-keys"), { name: "Shared", kind: "server", permissions: [] });
    const emails = Array.from({ length: count }, (_, at) => this.at(`person-${at}`));
    const members = emails.map((email, at) => {
      return { email, role: at === 0 ? "administrator" : "viewer", onUnknownUser: "create", givenName: `=${at}` };
    });
    await postAll(this.#service, this.#in("members"), members);
    await postAll(
      this.#service,
      `/v1/api-keys/${key.id}/assignments`,
      emails.slice(0, 1000).map((email) => ({ email })),
    );
  }

  /** The path of something in the organization. */
  #in(collection: string): string {
    return `/v1/organizations/${this.id}/${collection}`;
  }

  /** An address at this organization's own domain. */
  at(local: string): string {
    return `${local}@${this.slug}.example`;
  }

  async #makeRoles(): Promise<string[]> {
    const permissions = ["organization:read", "flows:read", "flows:run"];
    const names = [hostile.role, hostile.secondRole, hostile.thirdRole];
    const roles = [];
    for (const name of names) {
      roles.push((await this.post(this.#in("roles"), { name, permissions })).id);
    }
    const elsewhere = { name: "Of another stack", permissions, externalId: `another/${"0".repeat(32)}` };
    roles.push((await this.post(this.#in("roles"), elsewhere)).id);
    return roles;
  }

  async #user(local: string, more: object = {}): Promise<string> {
    return (await this.post("/v1/users", { email: this.at(local), homeOrganization: this.id, invite: false, ...more }))
      .id;
  }

  async #makePeople([first = "", second = "", third = "", managed = ""]: readonly string[]): Promise<Owners> {
    const { given: givenName, joined } = hostile;
    const ada = await this.#user("ada", { invite: true });
    const moving = await this.#user("moving", { invite: true });
    await Promise.all([setUpAccount(this.#service, this.at("ada")), setUpAccount(this.#service, this.at("moving"))]);
    const { body } = await this.#service.ask("PATCH", `/v1/users/${moving}`, { email: this.at("moved") });
    expect(body.pendingEmail).toBe(this.at("moved"));
    const obrien = await this.#user(`=o'brien+\${x}`, { givenName, familyName: joined });
    const robot = await this.#user("robot", { kind: "system", invite: undefined, givenName: hostile.word });
    const caller = await this.#user("123", { kind: "system", invite: undefined });
    const steward = await this.#user("steward", { kind: "system", invite: undefined });
    const gone = await this.#user("gone", { state: "inactive" });
    await this.#user("root", { systemRole: "super_admin" });
    const guest = (await this.post("/v1/users", { email: `ada@guest.example` })).id;
    const roles: [user: object, role: string][] = [
      [{ user: ada }, "administrator"],
      [{ user: obrien }, second],
      [{ user: robot }, first],
      [{ user: caller }, "api_user"],
      [{ user: steward }, "administrator"],
      [{ user: gone }, "viewer"],
      [{ user: moving }, "viewer"],
      [{ email: "ada@guest.example" }, third],
      [{ email: this.at("asked"), onUnknownUser: "invite" }, "viewer"],
      [{ user: await this.#user("theirs") }, managed],
    ];
    for (const [who, role] of roles) {
      await this.post(this.#in("members"), { ...who, role });
    }
    // Somebody who was invited by address, and has an account by now.
    await this.post(this.#in("members"), { email: this.at("late"), onUnknownUser: "invite", role: "viewer" });
    await this.#user("late");
    return { ada, robot, caller, steward, guest };
  }

  async #makeKeys({ ada, robot, caller, steward, guest }: Owners) {
    const key = async (name: string, body: { readonly secret?: string; readonly [member: string]: unknown }) => {
      const made = await this.post(this.#in("api-keys"), { name, ...body });
      this.secrets[name] = String(made.key ?? body.secret);
      return made.id;
    };
    const limits = { allowedIps: ["127.0.0.0/8", "2001:db8::/48"], endDate: "2090-12-31" };
    const server = await key(hostile.key, { kind: "server", permissions: ["flows:read"], ...limits });
    await key("Hooks", { kind: "webapi", permissions: [], secret: randomBytes(32).toString("base64url") });
    const own = await key("Ada's", { kind: "user", owner: ada });
    const guests = await key("Guest's", { kind: "user", owner: guest, endDate: "2090-12-31T10:00:00Z" });
    await key("Calls", { kind: "server", format: "jwt", owner: caller, permissions: ["api:call"] });
    await key("Steward", { kind: "user", owner: steward });
    const ended = await key("Ended", { kind: "server", permissions: [] });
    await this.#service.ask("DELETE", `/v1/api-keys/${ended}`);
    const sha256 = createHash("sha256").update(randomBytes(16)).digest("hex");
    await this.post(this.#in("api-key-imports"), { name: "From before", sha256 });
    const assignments: [key: string, who: object][] = [
      [server, { user: ada }],
      [server, { email: "ada@guest.example" }],
      [server, { email: this.at("asked") }],
      [server, { email: "Dev@partner.example", external: true }],
      [own, { user: robot }],
      [guests, { email: "dev@partner.example", external: true }],
      // A member who has a key as an external person.
      [guests, { email: this.at("steward"), external: true }],
      [own, { email: this.at("late") }],
    ];
    for (const [of, who] of assignments) {
      await this.post(`/v1/api-keys/${of}/assignments`, who);
    }
    const token = { user: robot, name: `Pipeline: \${x}`, permissions: ["organization:read"], endDate: "2090-01-01" };
    await this.post(this.#in("access-tokens"), token);
  }

  /** Everything of the organization as the API has it, but who manages it and when it was changed. */
  async dump(): Promise<unknown[]> {
    const lists = [
      await this.#service.list(this.#in("roles")),
      await listAll(this.#service, `/v1/users?homeOrganization=${this.id}`),
      await listAll(this.#service, this.#in("members?status=all")),
      await this.#service.list(this.#in("api-keys")),
      await this.#service.list(this.#in("access-tokens?kind=system")),
    ];
    const assignments = (lists[3] ?? []).map(({ id }) => listAll(this.#service, `/v1/api-keys/${id}/assignments`));
    const organization = (await this.#service.ask("GET", `/v1/organizations/${this.id}`)).body;
    return [organization, ...lists.flat(), ...(await Promise.all(assignments)).flat()].map(
      ({ externalId: _, adopted: _adopted, updatedAt: _at, lastUsedAt: _used, secretUsed: _secret, ...object }) =>
        object,
    );
  }
}
