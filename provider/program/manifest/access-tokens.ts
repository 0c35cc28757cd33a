/** The access tokens of a manifest. */
import * as pulumi from "@pulumi/pulumi";
import { AccessToken, type AccessTokenArgs } from "../generated/index.ts";
import { mapEntries } from "./entries.ts";
import type { Surroundings } from "./surroundings.ts";

/** Declares the access tokens of a manifest, each after the membership of its user. */
export function declareAccessTokens({
  manifest,
  named,
  organization,
  users,
  memberships,
  options,
}: Surroundings): Record<string, AccessToken> {
  return mapEntries(manifest.accessTokens, ({ user: usersName, ...token }, name) => {
    const user: AccessTokenArgs["user"] = users[usersName] ?? usersName;
    // A token can do what its user's role can, which the membership sets, and ends with the membership.
    const after = pulumi.mergeOptions(options, { dependsOn: memberships[usersName] ?? [] });
    return new AccessToken(named(name), { organization, ...token, user, name: token.name ?? name }, after);
  });
}
