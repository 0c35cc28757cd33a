/** What distinguishes one kind of set from another where it manages accounts. */
import type { PropertyMap } from "../values/property-map.ts";

/** The names of a person. */
export interface Names {
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
}

/** How a kind of set manages the accounts that it makes. The container is their home organization. */
export interface AccountRules<Value> {
  /** Whether the set manages accounts. */
  isManaging(args: PropertyMap): boolean;
  /** Whether the set makes accounts, and mails people the link that sets them up. */
  makes(args: PropertyMap): { readonly invites: boolean } | undefined;
  namesIn(value: Value): Names;
  /** The value with those names that it has already replaced. */
  withNames(value: Value, names: Names): Value;
}
