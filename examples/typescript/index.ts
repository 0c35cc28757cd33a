import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import {
  AccessToken,
  ApiKey,
  getMembershipsOutput,
  Membership,
  Organization,
  OrganizationProfile,
  Role,
  User,
} from "pulumi-roster";
import { Team } from "./team";

// The settings of each environment are in Pulumi.<stack>.yaml.
const config = new pulumi.Config();

const acme = new Organization("acme", {
  slug: config.require("slug"),
  subscription: { plan: "enterprise" },
  features: { externalApiAccess: true },
});

// The organization's administrators could have this in a stack of their own: it doesn't take the service owner's token.
new OrganizationProfile("acme", {
  organization: acme,
  name: "Acme",
  websiteUrl: config.get("website"),
  logo: "logo.png",
});

const releaseManager = new Role("release-manager", {
  organization: acme,
  name: "Release manager",
  permissions: ["organization:read", "flows:read", "flows:run"],
});

const storefront = new ApiKey("storefront", {
  organization: acme,
  name: "Storefront",
  kind: "server",
  endDate: config.get("keysEndOn"),
});
const checkout = new ApiKey("checkout", {
  organization: acme,
  name: "Checkout Web API",
  kind: "webapi",
  secret: new random.RandomBytes("checkout", { length: 32 }).hex,
});

const domain = `${config.require("slug")}.example`;
const administrators = new Team("administrators", {
  organization: acme,
  people: { Ada: `ada@${domain}`, Grace: `grace@${domain}` },
  role: "administrator",
});
const releases = new Team("releases", {
  organization: acme,
  people: { Margaret: `margaret@${domain}`, Radia: `radia@${domain}` },
  role: releaseManager,
  keys: [storefront, checkout],
});

const importer = new User("importer", { email: `importer@${domain}`, kind: "system", homeOrganization: acme });
const mayCall = new Membership("importer", { organization: acme, user: importer, role: "api_user" });
const nightlyImport = new ApiKey(
  "nightly-import",
  { organization: acme, name: "Nightly import", kind: "user", format: "jwt", owner: importer },
  { dependsOn: mayCall },
);

// The pipeline that runs this stack acts as a system user, and can do no more than its token says.
const pipeline = new User("pipeline", { email: `pipeline@${domain}`, kind: "system", homeOrganization: acme });
const mayManage = new Membership("pipeline", { organization: acme, user: pipeline, role: "administrator" });
const pipelineToken = new AccessToken(
  "pipeline",
  {
    organization: acme,
    user: pipeline,
    name: "Pipeline",
    permissions: ["organization:read", "members:read", "members:manage", "users:read", "users:create", "roles:read"],
    rotation: { every: "90d" },
  },
  { dependsOn: mayManage },
);

// Another provider's resource uses an output: a new storefront key gives the release a new number.
export const release = new random.RandomId("release", {
  byteLength: 4,
  keepers: { storefrontKey: storefront.fingerprint },
}).hex;

export const keys = pulumi.secret({
  storefront: storefront.key,
  checkout: checkout.key,
  nightlyImport: nightlyImport.key,
  pipeline: pipelineToken.token,
});

/** The members, read from the service after the teams are created. */
export const members = getMembershipsOutput(
  { organization: acme, status: "active" },
  { dependsOn: [administrators, releases, mayCall, mayManage] },
).apply((memberships) => memberships.map(({ email, role }) => ({ email, role })));
