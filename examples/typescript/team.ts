import * as pulumi from "@pulumi/pulumi";
import { type ApiKey, ApiKeyAssignment, Membership, type Organization, type Role, User } from "pulumi-roster";

/** A team's people, their role, and the keys that they use. */
export interface TeamArgs {
  organization: Organization;
  /** Addresses by given name. */
  people: Record<string, string>;
  role: string | Role;
  keys?: ApiKey[];
}

/** People who share a role and API keys. */
export class Team extends pulumi.ComponentResource {
  constructor(
    name: string,
    { organization, people, role, keys = [] }: TeamArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("acme:index:Team", name, {}, options);
    for (const [givenName, email] of Object.entries(people)) {
      const person = `${name}-${givenName.toLowerCase()}`;
      const user = new User(
        person,
        { email, givenName, homeOrganization: organization, invite: false },
        { parent: this },
      );
      const membership = new Membership(person, { organization, user, role }, { parent: this });
      for (const [at, key] of keys.entries()) {
        // Only a member can have a key.
        new ApiKeyAssignment(`${person}-key-${at + 1}`, { key, user }, { parent: this, dependsOn: membership });
      }
    }
    this.registerOutputs({});
  }
}
