/** What is there to be hit by requests that are made up, and the tokens of those who make them. */
import { image } from "../test/contract/support/images.ts";
import { clientSecret } from "../test/contract/support/scenario.ts";
import type { Service } from "../test/e2e/service.ts";

/** Objects of every kind, in two organizations. */
export interface Population {
  /** By the kind of object. */
  readonly ids: Readonly<Record<Kind, readonly string[]>>;
  /** The second organization's: the first one is that of the tokens. */
  readonly closable: readonly string[];
  /** The keys of two members. */
  readonly tokens: { readonly administrator: string; readonly viewer: string };
}

type Kind = "organization" | "user" | "role" | "membership" | "apiKey" | "assignment";

type Made = Readonly<Record<string, string>>;

/** Makes objects as the service owner would, on an empty service. */
export async function populate(service: Service): Promise<Population> {
  const ids: Record<Kind, string[]> = {
    organization: [],
    user: [],
    role: [],
    membership: [],
    apiKey: [],
    assignment: [],
  };
  const make = async (kind: Kind, pathname: string, body: object): Promise<Made> => {
    const { status, body: made } = await service.ask("POST", pathname, body);
    if (status !== 201) {
      throw new Error(`POST ${pathname} answered ${status}: ${JSON.stringify(made)}`);
    }
    ids[kind].push(String(made.id));
    return made as Made;
  };
  const [first, second] = [await populateOne(make, "first"), await populateOne(make, "second")];
  const { administrator = "", viewer = "" } = first.secrets;
  return { ids, closable: [second.organization], tokens: { administrator, viewer } };
}

/** An organization in which there is one of everything; and its members' keys. */
async function populateOne(make: (kind: Kind, pathname: string, body: object) => Promise<Made>, slug: string) {
  const { id: organization = "" } = await make("organization", "/v1/organizations", {
    slug,
    name: "An organization",
    subscription: { plan: "enterprise" },
    features: { externalApiAccess: true },
    logo: { content: image("png").toString("base64") },
  });
  const within = `/v1/organizations/${organization}`;
  const { id: reader = "" } = await make("role", `${within}/roles`, { name: "Reader", permissions: ["flows:read"] });
  const secrets: Record<string, string> = {};
  for (const role of ["administrator", "viewer", "api_user", reader]) {
    const email = `${role}@${slug}.example`;
    const { id: user = "" } = await make("user", "/v1/users", {
      email,
      kind: "system",
      homeOrganization: organization,
    });
    await make("membership", `${within}/members`, { user, role });
    const format = role === "api_user" ? "jwt" : "opaque";
    const key = await make("apiKey", `${within}/api-keys`, { name: role, kind: "user", format, owner: user });
    await make("assignment", `/v1/api-keys/${key.id}/assignments`, { user });
    secrets[role] = key.key ?? "";
  }
  const invited = { email: `invited@${slug}.example`, role: "member", onUnknownUser: "invite" };
  await make("membership", `${within}/members`, invited);
  await make("apiKey", `${within}/api-keys`, { name: "Web", kind: "webapi", secret: clientSecret() });
  const { id: server } = await make("apiKey", `${within}/api-keys`, { name: "Server", kind: "server" });
  const outsider = { email: `outsider@${slug}.example`, external: true };
  await make("assignment", `/v1/api-keys/${server}/assignments`, outsider);
  return { organization, secrets };
}
