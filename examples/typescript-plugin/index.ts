import * as roster from "pulumi-roster-sdk";

const acme = new roster.Organization("acme", {
  slug: "acme",
  name: "Acme",
  subscription: { plan: "enterprise" },
  features: { externalApiAccess: true },
});

const deployer = new roster.Role("deployer", {
  organization: acme.id,
  name: "Deployer",
  permissions: ["flows:read", "flows:run"],
});

const robot = new roster.User("robot", {
  email: "robot@acme.example",
  kind: "system",
  homeOrganization: acme.id,
});
new roster.Membership("robot", { organization: acme.id, user: robot.id, role: deployer.id });

export const storefront = new roster.ApiKey("storefront", {
  organization: acme.id,
  name: "Storefront",
  kind: "server",
}).key;

/** A look-up by an output: it runs once the role exists. */
export const permissions = roster.getRoleOutput({ id: deployer.id }).permissions;
