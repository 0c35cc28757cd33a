/** Reads the bodies of responses, and reports what doesn't match the contract. Nothing here throws. */
import { refusalCodeValues } from "roster-schema";
import { z } from "zod";
import type { Problem } from "../errors.ts";
import { faultsOf, inPlainWords, pathText } from "../issues.ts";
import { type HttpResponse, headerOf, parseJson } from "./exchange.ts";

/** The status of a response without a body. */
export const noContent = 204;

const problem: z.ZodType<Problem> = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.enum(refusalCodeValues),
  detail: z.string(),
  requestId: z.string(),
  retryable: z.boolean(),
  contactUrl: z.string().exactOptional(),
  errors: z
    .array(z.object({ in: z.enum(["body", "query", "path", "header"]), pointer: z.string(), detail: z.string() }))
    .exactOptional(),
});

/** The body of a successful response, or what is wrong with it. The issues contain no value, because it may be a secret. */
export type Reading<Body> = { readonly body: Body } | { readonly issues: readonly string[] };

/** Reads a successful response without a body. Its status is 204: any other status doesn't come from the service. */
export function readEmptyBody<Body>({ status }: HttpResponse): Reading<Body> {
  return status === noContent ? { body: undefined as Body } : { issues: [`its status is ${status}, not ${noContent}`] };
}

/** Reads a successful response that has a body. */
export function readBody<Body>(schema: z.ZodType<Body>, response: HttpResponse): Reading<Body> {
  const mediaType = headerOf(response, "content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (mediaType !== "application/json") {
    const given = /^[\w.+-]{1,80}\/[\w.+-]{1,80}$/.test(mediaType) ? mediaType : "missing or invalid";
    return { issues: [`its media type is ${given}, not application/json`] };
  }
  const content = parseJson(response.body);
  if (content === undefined) {
    return { issues: ["it is not JSON, or incomplete"] };
  }
  const parsed = schema.safeParse(content, { error: inPlainWords });
  if (parsed.success) {
    return { body: parsed.data };
  }
  // The messages contain the expected and the actual type, but never the value.
  const faults = parsed.error.issues.flatMap((issue) => faultsOf(schema, issue));
  return { issues: faults.map(({ path, reason }) => `${pathText(path) || "the body"}: ${reason}`) };
}

/** @returns undefined if a text is not problem details of the contract. */
export function parseProblem(text: string): Problem | undefined {
  return problem.safeParse(parseJson(text)).data;
}
