/** An organization of 300 people and 20 keys, as its administrators make one by hand, through the API. */
import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import { listAll, postAll } from "./batches.ts";
import { enterprise } from "./kinds.ts";
import { setUpAccount } from "./person.ts";
import type { Service } from "./service.ts";

const givenNames =
  "Ada Alan Barbara Claude Dorothy Edsger Frances Grace Hedy Ivan Jean Katherine Leslie Margaret Niklaus Olga Peter Radia Stephanie Tim".split(
    " ",
  );
const familyNames =
  "Lovelace Turing Liskov Shannon Vaughan Dijkstra Allen Hopper Lamarr Sutherland Bartik Johnson Lamport Hamilton Wirth".split(
    " ",
  );
const serverKeys =
  "Backups Billing Catalog Checkout Kiosk Mobile Newsletter Reports Search Storefront Support Warehouse".split(" ");
const secretsOfPartners = ["Payment hooks", "Shipping hooks"];
/** Those who have a key of their own. */
const owners = [
  "ada.lovelace",
  "dorothy.vaughan",
  "grace.hopper",
  "katherine.johnson",
  "margaret.hamilton",
  "radia.allen",
];
const robots = { reviewer: "auditor", pipeline: "administrator" };

/** Everybody's role in the organization, by the part of the address before the `@`. */
const roles: Readonly<Record<string, string>> = {
  "ada.lovelace": "administrator",
  "grace.hopper": "administrator",
  "dorothy.vaughan": "customer_admin",
};

interface AuditEntry {
  readonly action: string;
  readonly object: { readonly id: string };
}

function addressOf(local: string): string {
  return `${local}@acme.example`;
}

/** The organization Acme. */
export class OrganizationOfPeople {
  id = "";
  /** The plaintexts of the keys, by their names. */
  readonly keys: Record<string, string> = {};
  /** Those of the pipelines' access tokens. */
  readonly tokens = { reviewer: "", pipeline: "" };
  readonly #service: Service;
  /** How many of the audit's entries {@link changes} has read. */
  #seen = 0;

  constructor(service: Service) {
    this.#service = service;
  }

  async make(): Promise<void> {
    this.id = await this.#post("/v1/organizations", {
      slug: "acme",
      name: "Acme",
      settings: { keysPerOwner: 1 },
      ...enterprise,
    });
    const role = { name: "Release manager", permissions: ["organization:read", "flows:read", "flows:run"] };
    const releaseManager = await this.#post(this.#in("roles"), role);
    await postAll(this.#service, this.#in("members"), this.#people(releaseManager));
    const members = await this.#service.list(this.#in("members"));
    const userOf = (local: string) => members.find(({ email }) => email === addressOf(local))?.user;
    await Promise.all(owners.map((local) => this.#activate(local, userOf(local))));
    for (const name of serverKeys) {
      await this.#makeKey({ name, kind: "server", permissions: ["flows:run"] });
    }
    for (const name of secretsOfPartners) {
      await this.#makeKey({ name, kind: "webapi", permissions: [], secret: randomBytes(32).toString("base64url") });
    }
    for (const owner of owners) {
      await this.#makeKey({ name: `Key of ${owner}`, kind: "user", owner: userOf(owner) });
    }
    const [storefront] = await this.#service.list(this.#in("api-keys?name=Storefront"));
    await this.#post(`/v1/api-keys/${storefront?.id}/assignments`, { user: userOf("dorothy.vaughan") });
    await this.#makeRobots();
    await this.changes();
  }

  /**
   * What was changed since the last call, as the audit has it: an action and the name of its object, such as
   * `membership.update ada.lovelace@acme.example`.
   */
  async changes(): Promise<string[]> {
    const named = await this.#named();
    const entries = await listAll(this.#service, this.#in("audit-entries"));
    const added = entries.slice(this.#seen) as unknown as AuditEntry[];
    this.#seen = entries.length;
    return added.map(({ action, object }) => `${action} ${named.get(object.id) ?? object.id}`);
  }

  /** What every object of the organization is called, by its id. */
  async #named(): Promise<ReadonlyMap<string, unknown>> {
    const lists = [
      this.#in("members?status=all"),
      `/v1/users?homeOrganization=${this.id}`,
      ...["roles", "api-keys", "access-tokens?kind=system"].map((collection) => this.#in(collection)),
    ];
    const all = await Promise.all(lists.map((list) => listAll(this.#service, list)));
    return new Map([...all.flat()].map(({ id, email, name }) => [String(id), email ?? name]));
  }

  #in(collection: string): string {
    return `/v1/organizations/${this.id}/${collection}`;
  }

  #people(releaseManager: string): object[] {
    return givenNames.flatMap((givenName, row) =>
      familyNames.map((familyName, column) => {
        const local = `${givenName}.${familyName}`.toLowerCase();
        const others = (row + column) % 7 === 0 ? releaseManager : ["viewer", "editor", "operator"][column % 3];
        const email = addressOf(local);
        return { email, givenName, familyName, onUnknownUser: "create", role: roles[local] ?? others };
      }),
    );
  }

  /** Has a person set up the account, without which nothing works with a key of theirs. */
  async #activate(local: string, user: unknown): Promise<void> {
    const { status } = await this.#service.ask("PATCH", `/v1/users/${user}`, { resendInvite: "1" });
    expect(status).toBe(200);
    await setUpAccount(this.#service, addressOf(local));
  }

  async #makeKey(key: { readonly name: string; readonly secret?: string; readonly [member: string]: unknown }) {
    const { body } = await this.#created(this.#in("api-keys"), key);
    this.keys[key.name] = key.secret ?? String(body.key);
  }

  async #makeRobots(): Promise<void> {
    const builtIn = await this.#service.list(this.#in("roles"));
    for (const [name, role] of Object.entries(robots)) {
      const user = await this.#post("/v1/users", { email: addressOf(name), kind: "system", homeOrganization: this.id });
      await this.#post(this.#in("members"), { user, role });
      const permissions = builtIn.find(({ id }) => id === role)?.permissions;
      const { body } = await this.#created(this.#in("access-tokens"), { user, name: `For ${name}`, permissions });
      this.tokens[name as keyof typeof robots] = String(body.token);
    }
  }

  /** @returns the id of what was made */
  async #post(pathname: string, body: object): Promise<string> {
    return String((await this.#created(pathname, body)).body.id);
  }

  async #created(pathname: string, body: object) {
    const answer = await this.#service.ask("POST", pathname, body);
    expect(answer.status, `${pathname} ${JSON.stringify(answer.body)}`).toBe(201);
    return answer;
  }
}
