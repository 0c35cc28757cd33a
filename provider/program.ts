/** What the program that declares resources knows of the service. */
import * as pulumi from "@pulumi/pulumi";
import { type Connection, readConnection } from "./configuration.ts";

let connection: Connection | undefined;

/**
 * The connection that the program's stack is configured with.
 *
 * @throws ConfigurationError if something is missing or can't be used
 */
export function programConnection(): Connection {
  const config = new pulumi.Config("roster");
  connection ??= readConnection((key) => config.get(key.replace("roster:", "")));
  return connection;
}
