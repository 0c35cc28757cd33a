/** The properties that every set has. */
import { emailFault } from "roster-schema";
import { z } from "zod";
import { property } from "../values/property.ts";
import { actionArgument } from "../values/property-types.ts";

/** The addresses that a set ignores: one address, or all addresses of a domain. */
const ignored = z.string().superRefine((pattern, { addIssue }) => {
  const fault = emailFault(pattern.replace(/^\*@/, "a@"));
  if (fault !== undefined) {
    addIssue(`it must be an address, or \`*@\` and a domain: it ${fault}`);
  }
});

/** The arguments that every set has. */
export const setShape = {
  mode: z
    .enum(["additive", "authoritative"])
    .default("additive")
    .meta(
      property(
        "`additive` manages the users that it lists; `authoritative` also removes the users that the last refresh found and that it doesn't list.",
        { schemaName: "SetMode" },
      ),
    ),
  ignore: z
    .array(ignored)
    .optional()
    .describe(
      "Addresses, such as `ada@example.com` or `*@example.com`, that `authoritative` keeps if they aren't listed. If another stack has taken over one that you remove, the set leaves it to that stack.",
    ),
  maxRemovalFraction: z
    .number()
    .min(0)
    .max(1)
    .default(0.25)
    .describe("The fraction of the set that may be removed at once, from 0 to 1. Five can always be removed."),
  resendInvite: actionArgument(
    "Mails everybody in the set who has not accepted yet a new link; the previous one stops working.",
  ),
};

/**
 * The outputs that every set has.
 *
 * @param entries the argument whose addresses the outputs repeat
 */
export function setOutputs(entries: string) {
  const ids = z.record(z.string(), z.string());
  return {
    ids: ids.meta(property("The ids of the objects that the set manages, by address.", { repeats: entries })),
    others: ids.meta(
      property("The ids of the other objects that the last refresh found, by address; for mode `authoritative`.", {
        repeats: entries,
      }),
    ),
  };
}

/** The output of sets that can manage accounts. */
export function accountOutputs(entries: string) {
  return {
    accountIds: z
      .record(z.string(), z.string())
      .optional()
      .meta(
        property("The ids of the accounts that the set manages, by address; for `accounts: manage`.", {
          repeats: entries,
        }),
      ),
  };
}
