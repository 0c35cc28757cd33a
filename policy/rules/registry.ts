/** The only list of all rules. */
import type { Rule } from "../rule.ts";
import { addressDomains } from "./address-domains.ts";
import { administrators } from "./administrators.ts";
import { allPermissions } from "./all-permissions.ts";
import { keyLifetime } from "./key-lifetime.ts";
import { keysOfPeople } from "./keys-of-people.ts";
import { oneByOne } from "./one-by-one.ts";

/** Every rule, in the order in which the documentation lists them. */
export const rules: readonly Rule[] = [
  keyLifetime,
  keysOfPeople,
  administrators,
  allPermissions,
  addressDomains,
  oneByOne,
];
