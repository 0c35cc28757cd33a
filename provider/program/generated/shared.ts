/** Generated from provider/kinds by `npm run generate`; never edited. */
import type * as pulumi from "@pulumi/pulumi";

/** The arguments by which every kind is adopted. */
export interface AdoptionArgs {
  /** Takes over the object if it exists already; `force` also takes over one that another stack manages. */
  adopt?: boolean | "force";
  /**
   * What destroying an adopted object does: `restore`, the default, releases it and restores what it was; `delete`
   * deletes it.
   */
  onDestroy?: "restore" | "delete";
}

/** The arguments that every set has. */
export interface SetArgs extends AdoptionArgs {
  /**
   * `additive` manages the users that it lists; `authoritative` also removes the users that the last refresh found
   * and that it doesn't list. The default is `additive`.
   */
  mode?: pulumi.Input<"additive" | "authoritative">;
  /**
   * Addresses, such as `ada@example.com` or `*@example.com`, that `authoritative` keeps if they aren't listed. If
   * another stack has taken over one that you remove, the set leaves it to that stack.
   */
  ignore?: pulumi.Input<readonly pulumi.Input<string>[]>;
  /**
   * The fraction of the set that may be removed at once, from 0 to 1. Five can always be removed. The default is
   * `0.25`.
   */
  maxRemovalFraction?: pulumi.Input<number>;
  /**
   * Mails everybody in the set who has not accepted yet a new link; the previous one stops working. Set or change it
   * to any text or number to do so once; at creation it does nothing.
   */
  resendInvite?: pulumi.Input<string | number>;
}
