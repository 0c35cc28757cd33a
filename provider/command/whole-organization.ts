/** The organization that a command reads as a whole. */
import { asLine } from "roster-schema";
import { type Estate, findEstate } from "../estate/estate.ts";
import { Client } from "../wire/client.ts";
import { readConnection } from "../wire/configuration.ts";
import { findAccess } from "./settings.ts";
import type { Terminal } from "./terminal.ts";
import { onlyArgument, UsageError } from "./usage.ts";

/**
 * The one argument of a command, ORGANIZATION.
 *
 * @throws UsageError if it is missing, or if there are more arguments
 */
export function organizationIn(positionals: readonly string[]): string {
  const organization = onlyArgument("ORGANIZATION", positionals) ?? "";
  if (organization === "") {
    throw new UsageError("ORGANIZATION is missing: name one by its slug or id.");
  }
  return organization;
}

/**
 * Reads an open organization as a whole.
 *
 * @param organization the slug or the id
 * @param endpoint the value of `--endpoint`
 * @throws Error if there is no such organization, or the caller can't read it
 * @throws UsageError, RosterError if the service can't be asked
 */
export async function readOrganization(
  organization: string,
  endpoint: string | undefined,
  terminal: Terminal,
): Promise<{ readonly client: Client; readonly estate: Estate }> {
  const access = await findAccess(endpoint, terminal);
  const client = new Client(readConnection(access.get, access.environment));
  if (terminal.isInteractive) {
    terminal.tell(`Reading ${asLine(organization)} …\n`);
  }
  const estate = await findEstate(client, organization);
  if (estate === undefined || estate.organization.status === "closed") {
    throw new Error(
      `there is no open organization ${asLine(organization)} at ${access.endpoint}, or your token can't read it. ` +
        "Run `roster whoami` to see the organizations that it can read.",
    );
  }
  return { client, estate };
}
