/** How a body in JSON is read. */
import { invalidBody } from "./validation.ts";

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
    throw invalidBody("is not JSON");
  }
}
