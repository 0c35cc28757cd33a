/** Generated from provider/kinds by `npm run generate`; never edited. */
import type * as pulumi from "@pulumi/pulumi";
import type { Reference } from "../arguments.ts";
import { RosterSet } from "../resource.ts";
import type { ApiKey } from "./api-key.ts";
import type { SetArgs } from "./shared.ts";

/** The arguments of {@link ApiKeyAssignees}. */
export interface ApiKeyAssigneesArgs extends SetArgs {
  /** The key. Changing it replaces the resource. */
  key: Reference<ApiKey>;
  /**
   * The users who get the key, by address in any case: a list of members, or a map of each address to `member`, to
   * `external` or to `{ as, was }`. `was` is the previous address of the same person, whose account gets the new one.
   * A person who is invited to the organization gets the key with the membership. An external user does not have to
   * be a member, and receives a link by mail to accept the key.
   */
  assignees: pulumi.Input<
    | readonly string[]
    | Readonly<Record<string, "member" | "external" | { readonly as: "member" | "external"; readonly was?: string }>>
  >;
}

/**
 * Every user to whom this stack attaches an API key, as one resource. Deleting it detaches the key, which stays.
 *
 * @example
 * ```ts
 * new ApiKeyAssignees("storefront", { key: storefront, assignees: assigneesFromCsv("members.csv") });
 * ```
 * @see schema/openapi.yaml, `createApiKeyAssignment`
 */
export class ApiKeyAssignees extends RosterSet {
  /** The key. */
  declare readonly key: pulumi.Output<string>;
  /**
   * The users who get the key, by address in any case: a list of members, or a map of each address to `member`, to
   * `external` or to `{ as, was }`. `was` is the previous address of the same person, whose account gets the new one.
   * A person who is invited to the organization gets the key with the membership. An external user does not have to
   * be a member, and receives a link by mail to accept the key.
   */
  declare readonly assignees: pulumi.Output<
    Readonly<Record<string, "member" | "external" | { readonly as: "member" | "external"; readonly was?: string }>>
  >;
  /**
   * `additive` manages the users that it lists; `authoritative` also removes the users that the last refresh found
   * and that it doesn't list.
   */
  declare readonly mode: pulumi.Output<"additive" | "authoritative">;
  /**
   * Addresses, such as `ada@example.com` or `*@example.com`, that `authoritative` keeps if they aren't listed. If
   * another stack has taken over one that you remove, the set leaves it to that stack.
   */
  declare readonly ignore: pulumi.Output<string[] | undefined>;
  /** The fraction of the set that may be removed at once, from 0 to 1. Five can always be removed. */
  declare readonly maxRemovalFraction: pulumi.Output<number>;
  /**
   * Mails everybody in the set who has not accepted yet a new link; the previous one stops working. Set or change it
   * to any text or number to do so once; at creation it does nothing.
   */
  declare readonly resendInvite: pulumi.Output<string | number | undefined>;

  constructor(name: string, args: ApiKeyAssigneesArgs, options?: pulumi.CustomResourceOptions) {
    super("ApiKeyAssignees", name, args, options);
  }
}
