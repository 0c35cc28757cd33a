import { createHash, randomBytes } from "node:crypto";
import type { Schemas } from "roster-schema";
import type { Client } from "./client.ts";
import { unique } from "./client.ts";
import type { TestService } from "./service.ts";

type Permission = Schemas["Permission"];

/** The verification of a secret that is nobody's. */
export const nobody = {
  outcome: "refused",
  reason: "unknown",
  key: null,
  organization: null,
  owner: null,
  permissions: [],
};

/** An organization of a test's own, made by the service owner, and what a test wants in it. */
export class Scenario {
  readonly service: TestService;
  readonly owner: Client;
  readonly organization: Schemas["Organization"];

  constructor(service: TestService, organization: Schemas["Organization"]) {
    this.service = service;
    this.owner = service.as();
    this.organization = organization;
  }

  get path(): { organizationId: string } {
    return { organizationId: this.organization.id };
  }

  /** A system user at home here, active from the start. */
  async user(body: Partial<Schemas["UserCreate"]> = {}): Promise<Schemas["User"]> {
    const email = `${unique("user")}@example.com`;
    return await this.owner.do("createUser", {
      body: { email, kind: "system", homeOrganization: this.organization.id, ...body },
    });
  }

  /** A member of a role, who is at home here. */
  async member(role: string): Promise<{ user: Schemas["User"]; membership: Schemas["Membership"] }> {
    const user = await this.user();
    const membership = await this.owner.do("createMembership", { path: this.path, body: { user: user.id, role } });
    return { user, membership };
  }

  /** An opaque server key with its plaintext. */
  async key(body: Partial<Schemas["ApiKeyCreate"]> = {}): Promise<Schemas["IssuedApiKey"] & { key: string }> {
    const issued = await this.owner.do("createApiKey", {
      path: this.path,
      body: { name: unique("key"), kind: "server", ...body },
    });
    return { ...issued, key: issued.key ?? "" };
  }

  /** The access token of a system user, by default a new administrator here, with its plaintext. */
  async token(
    body: Partial<Schemas["AccessTokenCreate"]> = {},
  ): Promise<Schemas["IssuedAccessToken"] & { token: string }> {
    const { user = (await this.member("administrator")).user.id, ...others } = body;
    const issued = await this.owner.do("createAccessToken", {
      path: this.path,
      body: { name: unique("token"), permissions: ["organization:read"], ...others, user },
    });
    return { ...issued, token: issued.token ?? "" };
  }

  /** A client that acts as a new member of a role, through a key that the member owns. */
  async actingAs(
    role: string,
  ): Promise<{ client: Client; user: Schemas["User"]; key: Schemas["ApiKey"]; membership: Schemas["Membership"] }> {
    const { user, membership } = await this.member(role);
    const key = await this.key({ kind: "user", owner: user.id });
    return { client: this.service.as(key.key), user, key, membership };
  }

  /** A client with a key that nobody owns. */
  async withPermissions(...permissions: Permission[]): Promise<Client> {
    return this.service.as((await this.key({ permissions })).key);
  }

  /** An own role. */
  async role(...permissions: Permission[]): Promise<Schemas["Role"]> {
    return await this.owner.do("createRole", { path: this.path, body: { name: unique("role"), permissions } });
  }
}

/** Makes an organization: of the enterprise plan with external API access, unless a test says otherwise. */
export async function makeScenario(
  service: TestService,
  body: Partial<Schemas["OrganizationCreate"]> = {},
): Promise<Scenario> {
  const organization = await service.as().do("createOrganization", {
    body: {
      slug: unique("org"),
      name: "An organization",
      subscription: { plan: "enterprise" },
      features: { externalApiAccess: true },
      ...body,
    },
  });
  return new Scenario(service, organization);
}

/** A secret's SHA-256, as a key from before multi-key support is taken in. */
export function sha256(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** A secret as a client makes it for a Web API. */
export function clientSecret(): string {
  return randomBytes(32).toString("base64url");
}
