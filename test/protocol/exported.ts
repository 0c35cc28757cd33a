/** What an exported manifest declares, for a stack on the provider's own protocol. */
import * as pulumi from "@pulumi/pulumi";
import { expect } from "vitest";
import { fromManifest } from "../../provider/program/manifest/manifest.ts";
import type { Declaration } from "../e2e/kinds.ts";
import type { Service } from "../e2e/service.ts";
import { configureNowhere, mockEngine } from "../unit/mocked-engine.ts";

/**
 * What a manifest declares, in the order in which it does. The program's look-ups ask the service.
 *
 * @returns declarations with the names `<kind> <name>`
 */
export async function declarationsOf(manifest: string, service: Service): Promise<Declaration[]> {
  configureNowhere();
  const found: Declaration[] = [];
  const known = new Set<string>();
  await mockEngine({
    newResource: ({ name, type, inputs }) => {
      const kind = type.split(":").at(-1) ?? "";
      const id = `${kind.replace("dynamic/roster:", "")} ${name}`;
      known.add(id);
      const args = Object.entries(inputs).filter(
        ([argument]) => !argument.startsWith("__") && argument !== "externalId",
      );
      found.push({ kind, name: id, args: referring(Object.fromEntries(args), known) as Declaration["args"] });
      return { id, state: inputs };
    },
    call: async ({ token, inputs }) => {
      const path = token.endsWith("getOrganization")
        ? `/v1/organizations?slug=${inputs.slug}`
        : `/v1/users?email=${encodeURIComponent(inputs.email)}`;
      const [one] = await service.list(path);
      return one ?? {};
    },
  });
  const made = fromManifest(manifest);
  const { assignments, organizationId: _id, keys: _keys, tokens: _tokens, ...sections } = made;
  const all = [...Object.values({ ...sections }), ...Object.values(assignments)];
  const resources = all.flatMap((one) =>
    pulumi.Resource.isInstance(one) ? [one] : Object.values(one ?? {}),
  ) as pulumi.Resource[];
  await new Promise((resolve) => pulumi.all(resources.map(({ urn }) => urn)).apply(resolve));
  expect(found).toHaveLength(resources.length);
  return found;
}

/** The same with `{ $: name }` for the id of a resource. */
function referring(value: unknown, known: ReadonlySet<string>): unknown {
  if (typeof value === "string") {
    return known.has(value) ? { $: value } : value;
  }
  if (Array.isArray(value)) {
    return value.map((item) => referring(item, known));
  }
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, referring(inner, known)]))
    : value;
}
