/** How a body in JSON is read. */
import { Refusal } from "./problems.ts";

/**
 * Reads JSON. Which members a body may have is for `checkContent` to say.
 *
 * @throws Refusal `invalid_request` where it is not JSON.
 */
export function parseJsonBody(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    // Not the parser's words, which repeat a part of the body.
    const detail = "is not JSON";
    throw new Refusal("invalid_request", `The body ${detail}.`, { errors: [{ in: "body", pointer: "", detail }] });
  }
}
