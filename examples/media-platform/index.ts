import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { fromManifest, getMembershipsOutput } from "pulumi-roster";

// Both manifests declare the same organization under the same name, so switching between them is an update.
const plan = new pulumi.Config().require("plan");
const { organization, memberships, apiKeys, keys: plaintext } = fromManifest(path.join(__dirname, `${plan}.yaml`));

/** Whether the logo in the viewer links to the website. */
export const logoLinkActive = organization.logoLinkActive;

/** The members and their roles, read from the service after the members are created. */
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

/** The plaintext of the keys, as secrets, for setting up the integrations. */
export const keys = plaintext;
