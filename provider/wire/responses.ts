/** Reads what an answer holds, and says what the contract doesn't have in it; it throws nothing. */
import { refusalCodeValues } from "roster-schema";
import { z } from "zod";
import type { Problem } from "../errors.ts";
import { inPlainWords, pathText } from "../issues.ts";
import { type HttpResponse, headerOf, parseJson } from "./exchange.ts";

const noContent = 204;

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

/** What an answer of success holds, or what is wrong with it, without any value of it: it may be a secret. */
export type Reading<Body> = { readonly body: Body } | { readonly issues: readonly string[] };

/** Reads an answer of success without a body. It is 204: another status of success didn't come from the service. */
export function readEmptyBody<Body>({ status }: HttpResponse): Reading<Body> {
  return status === noContent
    ? { body: undefined as Body }
    : { issues: [`it has status ${status}, and should have ${noContent}`] };
}

/** Reads an answer of success that has a body. */
export function readBody<Body>(schema: z.ZodType<Body>, response: HttpResponse): Reading<Body> {
  const mediaType = headerOf(response, "content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (mediaType !== "application/json") {
    const given = /^[\w.+-]{1,80}\/[\w.+-]{1,80}$/.test(mediaType) ? mediaType : "of no known media type";
    return { issues: [`it is ${given}, and should be application/json`] };
  }
  const content = parseJson(response.body);
  if (content === undefined) return { issues: ["it is not JSON, or not whole"] };
  const parsed = schema.safeParse(content, { error: inPlainWords });
  if (parsed.success) return { body: parsed.data };
  // The messages say what was expected and the type of what came, never the value.
  return { issues: parsed.error.issues.map(({ path, message }) => `${pathText(path) || "the body"}: ${message}`) };
}

/** @returns undefined where a text is not problem details of the contract. */
export function parseProblem(text: string): Problem | undefined {
  return problem.safeParse(parseJson(text)).data;
}
