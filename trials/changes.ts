/** Every change that the contract has, for trials of the service alone. */
import type { AnyAsk } from "../test/contract/statuses/case.ts";
import { requests } from "../test/contract/statuses/index.ts";
import { unique } from "../test/contract/support/client.ts";
import { contract, type OperationId } from "../test/contract/support/contract.ts";

const invite: AnyAsk = ({ organization }) => ({
  body: { email: `${unique("person")}@trials.example`, homeOrganization: organization.id },
});

/** Changes that mail somebody, which those of the table of statuses don't. */
const mailing: readonly (readonly [OperationId, AnyAsk])[] = [
  ["createUser", invite],
  [
    "createMembership",
    ({ path }) => ({
      path,
      body: { email: `${unique("guest")}@trials.example`, role: "viewer", onUnknownUser: "invite" },
    }),
  ],
  [
    "updateUser",
    async (scenario) => {
      const { id } = await scenario.user({ kind: "person", email: `${unique("person")}@trials.example` });
      return { path: { userId: id }, body: { resendInvite: "1" } };
    },
  ],
];

/** Every operation that takes an idempotency key, with a request that it carries out; some mail somebody. */
export const changes: readonly (readonly [OperationId, AnyAsk])[] = [
  ...[...requests].filter(([operation]) =>
    contract.get(operation)?.parameters.some(({ name }) => name === "Idempotency-Key"),
  ),
  ...mailing,
];
