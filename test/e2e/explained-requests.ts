/** Compares the requests that `roster explain` plans for a preview with those that the service carries out for the `up` after it. */
import { planOf } from "../../provider/explain/explain.ts";
import { readPreview } from "../../provider/explain/preview-document.ts";
import { Client } from "../../provider/wire/client.ts";
import type { Access } from "./service.ts";

/** The requests that are planned for a preview. */
export interface Planned {
  /** Such as `PATCH /v1/members/{id}`. */
  readonly requests: readonly string[];
  /** Why the plan is not whole; empty if it is. */
  readonly untold: readonly string[];
}

/**
 * Plans the requests of the `up` that would follow.
 *
 * @param document what `pulumi preview --refresh --json` has printed
 */
export async function plannedFor({ endpoint, token }: Access, document: string): Promise<Planned> {
  const { plan } = await planOf(new Client({ endpoint, token, timeoutMs: 30_000 }), readPreview(document));
  return {
    requests: plan.requests.map(({ request }) => shapeOf(`${request.method} ${request.path}`)),
    untold: plan.untold.map(({ change, reason }) => `${change.lifecycle.kind} ${change.name}: ${reason}`),
  };
}

/** Each difference between what was planned and what was carried out, in words. */
export function requestDifferences({ requests }: Planned, carriedOut: readonly string[]): string[] {
  const shapes = carriedOut.filter((request) => !request.startsWith("GET ")).map(shapeOf);
  return [
    ...without(requests, shapes).map((request) => `planned and not carried out: ${request}`),
    ...without(shapes, requests).map((request) => `carried out and not planned: ${request}`),
  ];
}

/** A request without its query, and with `{id}` for each id. */
function shapeOf(request: string): string {
  return request.replace(/\?.*/, "").replaceAll(/[a-z]{3}_[0-9a-f]{32}/g, "{id}");
}

/** The items of a list that another one doesn't have, or has less often. */
function without(items: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return items.filter((item) => {
    const at = left.indexOf(item);
    if (at >= 0) {
      left.splice(at, 1);
    }
    return at < 0;
  });
}
