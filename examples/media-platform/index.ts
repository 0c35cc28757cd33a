import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { fromManifest, getMembershipsOutput } from "pulumi-roster";

// Both manifests declare the same organization under the same name: going from one to the other is an update.
const plan = new pulumi.Config().require("plan");
const { organization, memberships, apiKeys, keys: plaintext } = fromManifest(path.join(__dirname, `${plan}.yaml`));

/** Whether the logo in the viewer links to the website. */
export const logoLinkActive = organization.logoLinkActive;

/** Who has access now, and as what: as the service has it, once the members are there. */
export const access = pulumi
  .all(Object.values(memberships).map(({ id }) => id))
  .apply(() => getMembershipsOutput({ organization, status: "active" }))
  .apply((members) => Object.fromEntries(members.map(({ email, role }) => [email, role])));

/** The list of API keys, as the dashboard shows it. */
export const keyList = Object.fromEntries(
  Object.entries(apiKeys).map(([name, key]) => [
    name,
    {
      name: key.displayName,
      createdAt: key.createdAt,
      endDate: key.endDate,
      lastUsedAt: key.lastUsedAt,
      status: key.status,
    },
  ]),
);

/** The keys' plaintext, secret: for whoever sets the integrations up. */
export const keys = plaintext;
