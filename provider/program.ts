/** What the program that declares resources knows of the service. */
import * as pulumi from "@pulumi/pulumi";
import { type Connection, readConnection } from "./configuration.ts";

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
