import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { fromManifest, getApiKeysOutput, getMembershipsOutput } from "pulumi-roster";

const manifest = fromManifest(path.join(__dirname, "roster.yaml"));
const { organizationId, users, memberships, apiKeys } = manifest;

// The lists show what the resources have become.
const shown = [users, memberships, apiKeys].flatMap((section) => Object.values<pulumi.CustomResource>(section));
const organization = pulumi.all([organizationId, pulumi.all(shown.map(({ id }) => id))]).apply(([id]) => id);

/** The members and invitations, by address. */
export const members = getMembershipsOutput({ organization }).apply((all) =>
  Object.fromEntries(all.map(({ email, role, status }) => [email, `${role}, ${status}`])),
);

/** Every key that there is or was. */
export const keyList = getApiKeysOutput({ organization }).apply((all) =>
  all.map(({ displayName, kind, status, endDate, lastUsedAt }) => ({ displayName, kind, status, endDate, lastUsedAt })),
);

export const { keys, tokens } = manifest;
