/** What tests of the provider's own behaviour stand on. */
import { afterAll } from "vitest";
import type { Access } from "../e2e/service.ts";
import { ProtocolStack } from "./protocol-stack.ts";

/**
 * A stack for the tests of a file or group, on the provider's own protocol, with one provider's process for all its commands: a
 * command takes milliseconds, where the engine takes seconds.
 */
export function useProtocolStack(
  access: Access,
  stackId: string,
  config?: Readonly<Record<string, string>>,
): ProtocolStack {
  const stack = new ProtocolStack(access, stackId, config, { keepsProvider: true });
  afterAll(() => stack.stop());
  return stack;
}
