/** Reads answers, and checks them against the contract. */
import type { AxiosResponse } from "axios";
import type { z } from "zod";
import { inPlainWords, pathText } from "../issues.ts";
import { brokenContract, headerOf, parseJson, type Sent } from "./request-failure.ts";

const noContent = 204;

/** Accepts only 204, for operations without a body in the answer: another status of success didn't come from the service. */
export function parseNothing<Body>(request: Sent, response: AxiosResponse<string>): Body {
  if (response.status !== noContent) {
    throw brokenContract(request, response, `it has status ${response.status}, and should have ${noContent}`);
  }
  return undefined as Body;
}

/**
 * What an answer holds.
 *
 * @throws ContractError
 */
export function parseAnswer<Body>(request: Sent, schema: z.ZodType<Body>, response: AxiosResponse<string>): Body {
  const mediaType = headerOf(response, "content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (mediaType !== "application/json") {
    const given = /^[\w.+-]{1,80}\/[\w.+-]{1,80}$/.test(mediaType) ? mediaType : "of no known media type";
    throw brokenContract(request, response, `it is ${given}, and should be application/json`);
  }
  const content = parseJson(response.data);
  if (content === undefined) {
    throw brokenContract(request, response, "it is not JSON, or not whole");
  }
  const parsed = schema.safeParse(content, { error: inPlainWords });
  if (parsed.success) {
    return parsed.data;
  }
  // The messages say what was expected and the type of what came, never the value: it may be a secret.
  throw brokenContract(
    request,
    response,
    ...parsed.error.issues.map(({ path, message }) => `${pathText(path) || "the body"}: ${message}`),
  );
}
