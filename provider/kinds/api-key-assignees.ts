import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { idOf, type Reference } from "../program/resource.ts";
import { byAddress, RosterSet, type SetArgs } from "../program/set-resource.ts";
import { defineSetLifecycle } from "../sets/lifecycle.ts";
import { identifier, setAddress } from "../values/property-types.ts";
import type { ApiKey } from "./api-key/api-key.ts";
import { apiKeyAssignmentRemote } from "./api-key-assignment.ts";

/** Whether someone who has a key is a member, or needn't be. */
type Assignee = "member" | "external";

/** What the arguments of a set of assignees must look like. */
export const apiKeyAssigneesShape = {
  key: identifier("key", "an ApiKey").describe("The key."),
  assignees: z
    .record(setAddress, z.enum(["member", "external"]))
    .describe("Who, by address: a `member`, or `external`, who may be none and is mailed a link to accept."),
};

/** The life of a set of assignees. */
export const apiKeyAssigneesLifecycle = defineSetLifecycle({
  kind: "ApiKeyAssignees",
  existence: { reading: "keys:read", isKept: true },
  args: apiKeyAssigneesShape,
  container: "key",
  entries: "assignees",
  remote: apiKeyAssignmentRemote,
  collection: ({ key }) => `/v1/api-keys/${String(key)}/assignments`,
  queries: [{}],
  item: (id) => `/v1/api-key-assignments/${id}`,
  settable: () => ({}),
  createOnly: (_args, value: Assignee) => ({ external: value === "external" }),
  observe: ({ external }): Assignee => (external ? "external" : "member"),
  isFixed: (before, after) => before !== after,
});

/** The arguments of {@link ApiKeyAssignees}. */
export interface ApiKeyAssigneesArgs extends SetArgs {
  /** Changing it replaces the set. */
  key: Reference<ApiKey>;
  /** Who, by address, in any case: a list of members, or a map that says of each whether it is a member or external. */
  assignees: pulumi.Input<readonly string[] | Readonly<Record<string, Assignee>>>;
}

/**
 * Everybody whom an API key is attached to by this stack, as one resource. Deleting it detaches the key, which survives.
 *
 * @example
 * ```ts
 * new ApiKeyAssignees("storefront", { key: storefront, assignees: assigneesFromCsv("members.csv") });
 * ```
 * @see schema/openapi.yaml, `createApiKeyAssignment`
 */
export class ApiKeyAssignees extends RosterSet {
  declare readonly key: pulumi.Output<string>;
  declare readonly assignees: pulumi.Output<Readonly<Record<string, Assignee>>>;
  declare readonly mode: pulumi.Output<"additive" | "authoritative">;

  constructor(name: string, args: ApiKeyAssigneesArgs, options?: pulumi.CustomResourceOptions) {
    const { key } = args;
    const entries = byName(args.assignees);
    const assignees = byAddress(`ApiKeyAssignees ${name}`, entries, (assignee) => assignee);
    const lifecycle = apiKeyAssigneesLifecycle;
    super({ lifecycle, name, container: key, entries }, { ...args, key: idOf(key), assignees }, options);
  }
}

function byName(assignees: ApiKeyAssigneesArgs["assignees"]): pulumi.Input<Readonly<Record<string, Assignee>>> {
  const isLater = pulumi.Output.isInstance(assignees) || assignees instanceof Promise;
  return isLater
    ? pulumi.output(assignees as pulumi.Input<object>).apply((known) => mapOf(known as readonly string[]))
    : mapOf(assignees as readonly string[] | Readonly<Record<string, Assignee>>);
}

function mapOf(assignees: readonly string[] | Readonly<Record<string, Assignee>>): Readonly<Record<string, Assignee>> {
  return Array.isArray(assignees)
    ? Object.fromEntries((assignees as readonly string[]).map((address) => [address, "member" as const]))
    : (assignees as Readonly<Record<string, Assignee>>);
}
