/** How a body in JSON is read. */
import type { FieldError } from "./problems.ts";
import { invalidBody, invalidRequest, maxErrors, pointerPart } from "./validation.ts";

/** How deep a pointer leads: deeper than any member of the contract. What is wrong further down is reported there. */
const maxPointerDepth = 16;

/**
 * Reads JSON, without the members that JavaScript may take for an object's prototype.
 *
 * @throws Refusal `invalid_request` where it is not JSON, or naming each such member.
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Prototype_Pollution_Prevention_Cheat_Sheet.html
 */
export function parseJsonBody(text: string): unknown {
  const body = parse(text);
  // Written with escapes, a name doesn't look like itself.
  if (!/__proto__|constructor|\\u/i.test(text)) return body;
  const errors = prototypeMembers(body).map((pointer): FieldError => {
    return { in: "body", pointer, detail: "must be left out: no member may have this name" };
  });
  if (errors.length > 0) throw invalidRequest(errors);
  return body;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    // Not the parser's words, which repeat a part of the body.
    throw invalidBody("is not JSON");
  }
}

function prototypeMembers(from: unknown): string[] {
  const found = new Set<string>();
  const stack = [{ value: from, pointer: "", depth: 0 }];
  for (let next = stack.pop(); next !== undefined && found.size < maxErrors; next = stack.pop()) {
    const { value, pointer, depth } = next;
    if (typeof value !== "object" || value === null) continue;
    for (const [member, item] of Object.entries(value)) {
      const at = depth < maxPointerDepth ? `${pointer}/${pointerPart(member)}` : pointer;
      const isConstructor = member === "constructor" && typeof item === "object" && item !== null;
      if (member === "__proto__" || (isConstructor && Object.hasOwn(item, "prototype"))) found.add(at);
      stack.push({ value: item, pointer: at, depth: depth + 1 });
    }
  }
  return [...found];
}
