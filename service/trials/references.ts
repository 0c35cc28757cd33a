/** References of a sequence: values that earlier requests answer. They are resolved before a request is validated. */
import type { Schemas } from "roster-schema";
import { type FieldError, invalidRequest } from "../problems.ts";
import { type Item, notTried, type TrialAnswer } from "./answers.ts";

type BatchRequest = Schemas["BatchRequest"];
type Reference = Schemas["TrialReference"];

/** Stands for an answer's value where only the form of requests matters; it has the form of an id. */
const pseudoId = (request: number) => `ref_${request.toString(16).padStart(32, "0")}`;

/** @throws Refusal `invalid_request` for a reference to a request that isn't earlier, and for a place that doesn't exist. */
export function refuseWrongReferences(items: readonly Item[]): void {
  const errors = items.flatMap(({ at, request }) =>
    (request.references ?? []).flatMap((reference, number): FieldError[] => {
      const pointer = `/requests/${at}/references/${number}`;
      if (reference.request >= at) {
        return [{ in: "body", pointer: `${pointer}/request`, detail: "must be the number of an earlier request" }];
      }
      if (placed(request, reference, "") === undefined) {
        return [{ in: "body", pointer: `${pointer}/at`, detail: "must be a place in this request" }];
      }
      return [];
    }),
  );
  if (errors.length > 0) {
    throw invalidRequest(errors);
  }
}

/** A request with its references resolved; an answer, if it can't be tried. */
export function resolved(
  item: Item,
  answers: ReadonlyMap<number, TrialAnswer | Schemas["AnswerInBatch"]>,
): Item | TrialAnswer {
  let { request } = item;
  for (const reference of request.references ?? []) {
    const answer = answers.get(reference.request);
    if (answer === undefined || answer.status >= 400) {
      return notTried(`It refers to request ${reference.request}, which was refused or not tried.`);
    }
    const value = reference.member === "id" ? answer.body?.id : answer.headers.etag;
    if (typeof value !== "string") {
      return notTried(`It refers to the ${reference.member} of request ${reference.request}, which answers none.`);
    }
    request = placed(request, reference, value) ?? request;
  }
  return { ...item, request };
}

/** A request as it is grouped: requests that refer to the same object have the same path. */
export function withPseudoIds({ request }: Item): BatchRequest {
  return (request.references ?? []).reduce(
    (changed, reference) => placed(changed, reference, pseudoId(reference.request)) ?? changed,
    request,
  );
}

/** A request with a value in the place that a reference names; undefined if there is no such place. */
function placed(request: BatchRequest, { at }: Reference, value: string): BatchRequest | undefined {
  const [, part, ...rest] = at.split("/");
  switch (part) {
    case "path": {
      const [path = "", ...query] = request.path.split("?");
      const [, ...segments] = path.split("/");
      const number = Number(rest[0]);
      if (segments[number] === undefined) {
        return undefined;
      }
      const changed = `/${segments.with(number, encodeURIComponent(value)).join("/")}`;
      return { ...request, path: [changed, ...query].join("?") };
    }
    case "body": {
      const names = rest.map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
      const body = withMember(request.body, names, value);
      return body === undefined ? undefined : { ...request, body: body as Record<string, unknown> };
    }
    default:
      return { ...request, ifMatch: value };
  }
}

/** A copy of a value with another member; undefined if it has no such place. */
function withMember(value: unknown, [name = "", ...rest]: readonly string[], member: string): unknown {
  if (Array.isArray(value)) {
    const changed =
      /^\d+$/.test(name) && Number(name) < value.length ? inner(value[Number(name)], rest, member) : undefined;
    return changed === undefined ? undefined : value.with(Number(name), changed);
  }
  // A copy with this name would change the prototype instead.
  if (typeof value !== "object" || value === null || name === "__proto__") {
    return undefined;
  }
  const changed = inner((value as Readonly<Record<string, unknown>>)[name], rest, member);
  return changed === undefined ? undefined : { ...value, [name]: changed };
}

function inner(value: unknown, rest: readonly string[], member: string): unknown {
  return rest.length === 0 ? member : withMember(value, rest, member);
}
