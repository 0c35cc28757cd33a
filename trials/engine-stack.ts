/** A stack of a trial on the real engine. What is tried hundreds of times is tried on the provider's protocol instead. */
import { stackOfTest } from "../test/e2e/fixtures.ts";
import type { Declaration } from "../test/e2e/kinds.ts";
import type { Access } from "../test/e2e/service.ts";
import { kindOf, type Stack } from "../test/e2e/stack.ts";
import type { Written } from "./inventory.ts";

/** What the engine writes in the place of a secret's plaintext, beside it. */
const secretSignature = "4dabf18193072939515e22adb298388d";

/**
 * A stack that declares these resources, for the rest of the running test.
 *
 * @param config what is configured beside the access, such as `timeoutMs`
 */
export async function engineStack(
  access: Access,
  stackId: string,
  declared: readonly Declaration[],
  config: Readonly<Record<string, string>> = {},
): Promise<Stack> {
  const stack = await stackOfTest("test/e2e/programs/kinds", access);
  for (const [name, value] of Object.entries({ stackId, ...config })) {
    await stack.succeed("config", "set", `roster:${name}`, value);
  }
  stack.declare(declared);
  return stack;
}

/** What the engine has written down, its secrets in plaintext. */
export async function writtenBy(stack: Stack): Promise<Written[]> {
  const { resources = [] } = await stack.exported("--show-secrets");
  return resources.flatMap(({ type, id, outputs = {} }) => {
    const kind = kindOf(type);
    const plain = Object.entries(outputs).map(([name, value]) => [name, plaintextOf(value)]);
    return kind === undefined || id === undefined ? [] : [{ kind, id, outputs: Object.fromEntries(plain) }];
  });
}

function plaintextOf(value: unknown): unknown {
  const isSecret = typeof value === "object" && value !== null && secretSignature in value && "plaintext" in value;
  return isSecret ? JSON.parse(String(value.plaintext)) : value;
}
