import { contract, type OperationId } from "../support/contract.ts";
import { accessTokenCases } from "./access-tokens.ts";
import { apiKeyAssignmentCases } from "./api-key-assignments.ts";
import { apiKeyCases } from "./api-keys.ts";
import { casesByShape } from "./by-shape.ts";
import { type AnyAsk, type Case, type RefusalCode, send } from "./case.ts";
import { memberCases } from "./members.ts";
import { organizationProfileCases } from "./organization-profiles.ts";
import { organizationCases } from "./organizations.ts";
import { roleCases } from "./roles.ts";
import { serviceCases } from "./service.ts";
import { userCases } from "./users.ts";

type ByCode = { readonly [C in RefusalCode]?: AnyAsk };

type ByStatus = { readonly [status: number]: AnyAsk | ByCode | undefined };

type Table = {
  readonly [O in OperationId]?: ByStatus & { readonly also?: { readonly [status: number]: AnyAsk | undefined } };
};

const table: Table = {
  ...organizationCases,
  ...organizationProfileCases,
  ...userCases,
  ...roleCases,
  ...memberCases,
  ...apiKeyCases,
  ...apiKeyAssignmentCases,
  ...accessTokenCases,
  ...serviceCases,
};

/** The request that each operation carries out. */
export const requests: ReadonlyMap<OperationId, AnyAsk> = new Map(
  Object.entries(table).flatMap(([id, byStatus]) =>
    Object.values(byStatus).flatMap((asked) => (typeof asked === "function" ? [[id as OperationId, asked]] : [])),
  ),
);

/** The requests that each operation's own rules refuse, with the codes. */
export const refusedRequests: readonly {
  readonly id: OperationId;
  readonly code: RefusalCode;
  readonly ask: AnyAsk;
}[] = Object.entries(table).flatMap(([id, { also: _, ...byStatus }]) =>
  Object.values(byStatus as ByStatus).flatMap((asked) =>
    typeof asked === "function"
      ? []
      : Object.entries(asked ?? {}).map(([code, ask]) => ({
          id: id as OperationId,
          code: code as RefusalCode,
          ask,
        })),
  ),
);

/** Every case of every operation: what the table says of it, and what follows from its shape. */
export const casesOfOperations: ReadonlyMap<OperationId, readonly Case[]> = new Map(
  Object.entries(table).map(([id, byStatus]) => [id as OperationId, casesOf(id as OperationId, byStatus)]),
);

function casesOf(id: OperationId, byStatus: NonNullable<Table[OperationId]>): readonly Case[] {
  const operation = contract.get(id);
  const { also = {}, ...main } = byStatus;
  const others = Object.entries(also).flatMap(([status, ask]) => {
    return ask === undefined
      ? []
      : { status: Number(status), code: undefined, title: "in another way", run: run(id, ask) };
  });
  const cases = Object.entries(main as ByStatus).flatMap(([key, asked]) => {
    const status = Number(key);
    if (typeof asked === "function") {
      const made = { status, code: undefined, title: "as asked", run: run(id, asked) };
      return operation === undefined ? [made] : [made, ...casesByShape(operation, status, asked)];
    }
    return Object.entries(asked ?? {}).map(([code, ask]): Case => {
      return { status, code: code as RefusalCode, title: "by its own rules", run: run(id, ask) };
    });
  });
  return [...cases, ...others];
}

function run(id: OperationId, ask: AnyAsk): Case["run"] {
  return async (scenario) => await send(scenario, id, await ask(scenario));
}
