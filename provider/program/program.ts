/** The connection and the environment of the program that declares resources. */
import * as pulumi from "@pulumi/pulumi";
import { type Connection, readConnection } from "../wire/configuration.ts";

/**
 * The connection from the configuration of the program's stack. It is read each time, because one process may run the programs of
 * several stacks.
 *
 * @throws ConfigurationError if a value is missing or invalid
 */
export function programConnection(): Connection {
  const config = new pulumi.Config("roster");
  return readConnection((key) => config.get(key.replace("roster:", "")));
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
