/** Parses JSON bodies. */
import { invalidBody } from "./validation.ts";

/**
 * Parses JSON; `checkContent` checks the members.
 *
 * @throws Refusal `invalid_request` if the text is not JSON.
 */
export function parseJsonBody(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    // The parser's message would repeat a part of the body.
    throw invalidBody("is not JSON");
  }
}
