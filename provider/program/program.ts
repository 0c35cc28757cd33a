/** What the program that declares resources knows of the service, and of what runs it. */
import * as pulumi from "@pulumi/pulumi";
import { type Connection, readConnection } from "../wire/configuration.ts";

/**
 * The connection that the program's stack is configured with. It is read each time: one process may run the programs of
 * several stacks.
 *
 * @throws ConfigurationError if something is missing or can't be used
 */
export function programConnection(): Connection {
  const config = new pulumi.Config("roster");
  return readConnection((key) => config.get(key.replace("roster:", "")));
}

/**
 * Whether the program is under test: `pulumi.runtime.setMocks` has put mocks in the place of the engine. It is asked each
 * time, because a test may call `setMocks` after it has imported this package.
 */
export function isMocked(): boolean {
  const monitor = pulumi.runtime.getMonitor() as { readonly mocks?: unknown } | undefined;
  return monitor?.mocks !== undefined;
}

/**
 * The stack's own name, from which the names of its objects in the service are made: `roster:stackId` if configured, else
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
    if (!isMocked()) throw error;
    // `setMocks` takes it as its last argument, which most tests leave out.
    return "organization";
  }
}
