/** The connection and the environment of the program that declares resources. */
import * as pulumi from "@pulumi/pulumi";
import * as internals from "@pulumi/pulumi/runtime/config.js";
import { type Connection, readConnection } from "../wire/configuration.ts";
import type { Setting } from "./manifest/settings.ts";

/** Whether a value of the configuration is secret. The SDK's types omit it; a test checks that each supported SDK has it. */
const { isConfigSecret } = internals as unknown as { isConfigSecret(key: string): boolean };

/**
 * The connection from the configuration of the program's stack. It is read each time, because one process may run the programs of
 * several stacks.
 *
 * @throws ConfigurationError if a value is missing or invalid
 */
export function programConnection(): Connection {
  const config = new pulumi.Config("roster");
  try {
    return readConnection((key) => config.get(key.replace("roster:", "")));
  } catch (error) {
    const fault = error as Error;
    if (fault.message !== lastFault?.message) {
      lastFault = fault;
    }
    throw lastFault;
  }
}

/** The SDK prints each error object of a program once, and every resource and look-up meets a fault of the configuration. */
let lastFault: Error | undefined;

/**
 * A value from the configuration of the program's stack.
 *
 * @param name such as `checkoutSecret`, or `other-project:checkoutSecret`
 */
export function stackSetting(name: string): Setting | undefined {
  const key = name.includes(":") ? name : `${pulumi.getProject()}:${name}`;
  const value = pulumi.runtime.getConfig(key);
  return value === undefined
    ? undefined
    : { value, isSecret: isConfigSecret(key), ...(isMocked() && { mayBeSecret: true }) };
}

/**
 * Whether the program is under test, with mocks from `pulumi.runtime.setMocks` instead of the engine. It is checked each time,
 * because a test may call `setMocks` after it has imported this package.
 */
export function isMocked(): boolean {
  const monitor = pulumi.runtime.getMonitor() as { readonly mocks?: unknown } | undefined;
  return monitor?.mocks !== undefined;
}

/**
 * The name of the stack that begins the externalIds of its objects: `roster:stackId` if configured, otherwise
 * organization/project/stack.
 */
export function stackId(): string {
  return (
    new pulumi.Config("roster").get("stackId") ?? `${organizationName()}/${pulumi.getProject()}/${pulumi.getStack()}`
  );
}

/** Whether the stack is on a self-managed backend, which has this organization for every stack. */
export function isSelfManaged(): boolean {
  return organizationName() === "organization";
}

function organizationName(): string {
  try {
    return pulumi.getOrganization();
  } catch (error) {
    if (!isMocked()) {
      throw error;
    }
    // `setMocks` takes it as its last argument, which most tests omit.
    return "organization";
  }
}
