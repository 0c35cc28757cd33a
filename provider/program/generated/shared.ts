/** Generated from provider/kinds by `npm run generate`; never edited. */
import type * as pulumi from "@pulumi/pulumi";

/** The arguments by which every kind is adopted. */
export interface AdoptionArgs {
  /** Takes over the object if it exists already; `force` also takes over one that another stack manages. */
  adopt?: boolean | "force";
  /**
   * What destroying an adopted object does: `restore`, the default, lets go of it and restores what it was; `delete`
   * deletes it.
   */
  onDestroy?: "restore" | "delete";
}

/** The arguments that every set has. */
export interface SetArgs extends AdoptionArgs {
  /**
   * `additive` manages whom it lists; `authoritative` also removes whom it doesn't list, as far as the last refresh
   * has found them. The default is `additive`.
   */
  mode?: pulumi.Input<"additive" | "authoritative">;
  /** Addresses, or `*@example.com`, that `authoritative` leaves alone where they aren't listed. */
  ignore?: pulumi.Input<readonly pulumi.Input<string>[]>;
  /**
   * The fraction of the set that may be removed at once, from 0 to 1. Five can always be removed. The default is
   * `0.25`.
   */
  maxRemovalFraction?: pulumi.Input<number>;
}
