import * as pulumi from "@pulumi/pulumi";
import { ApiKey, ApiKeyAssignment, Membership, Organization, Role, User } from "pulumi-roster";

const organization = new Organization("globex", {
  slug: "globex",
  name: "Globex",
  subscription: { plan: "enterprise" },
  features: { externalApiAccess: true },
});
const releaser = new Role("releaser", { organization, name: "Releaser", permissions: ["flows:read"] });
const hank = new User("hank", { email: "hank@globex.example", homeOrganization: organization, invite: false });
const member = new Membership("hank", { organization, email: hank.email, role: releaser });
const made = new ApiKey("made", { organization, name: "Made by the provider", kind: "webapi" });
const brought = new ApiKey("brought", {
  organization,
  name: "Brought along",
  kind: "webapi",
  secret: pulumi.secret("the-first-secret-of-a-test-3e55abd41667cf65c746ed3968734ac7"),
});
const limited = new ApiKey("limited", { organization, name: "Limited", kind: "server", endDate: "2040-01-01" });
new ApiKeyAssignment("hank-made", { key: made, email: hank.email }, { dependsOn: member });

export const keys = { made: made.key, brought: brought.key, limited: limited.key };
