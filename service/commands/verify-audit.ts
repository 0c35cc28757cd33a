/** The command `verify-audit`. */
import { parseArgs } from "node:util";
import { isId } from "roster-schema";
import { type AuditVerification, organizationsToVerify, verifyChain } from "../audit/verify.ts";
import { readConfiguration } from "../configuration.ts";
import { ConfigurationError } from "../configuration-error.ts";
import type { Peppers } from "../keys/peppers.ts";
import type { Database } from "../rows/tables.ts";
import { preparePeppers } from "../secrets.ts";
import { withExistingDatabase } from "./existing-database.ts";

const usage = "Usage: verify-audit [--organization <id>]";
const askTheService =
  "Or ask the running service: GET /v1/audit-verification, and /v1/organizations/{id}/audit-verification.";

/** The exit status of the command. */
const exitStatus = { intact: 0, faults: 1, unknown: 2 } as const;

type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

type Verified = AuditVerification["faults"][number];

const meanings: Readonly<Record<Verified["fault"], string>> = {
  missing: "the entry was removed",
  altered: "the entry was altered",
  surplus: "the entry is in a place where nothing was sealed",
  rewritten: "the chain was rewritten: it doesn't end with the entry that was sealed last",
  head_missing: "the chain's head was removed; new entries are not sealed",
  head_altered: "the chain's head was altered; new entries are not sealed",
  pepper_missing: "the chain's head can't be checked: its pepper is not in ROSTER_KEY_PEPPERS",
};

/**
 * The command `verify-audit`: verifies every chain of the audit, or the chain of one organization, and writes the result
 * to stdout. It reads the settings of the service, changes nothing, and can run while services use the same PostgreSQL
 * database.
 *
 * @returns the exit status: 0 if all chains are intact, 1 if there are faults, 2 if the result is unknown.
 */
export async function verifyAudit(args: readonly string[], variables: NodeJS.ProcessEnv): Promise<ExitStatus> {
  try {
    const organizationId = readArguments(args);
    const configuration = readConfiguration(variables);
    return await withExistingDatabase(configuration, askTheService, async (db, directory) => {
      const peppers = await preparePeppers(configuration, directory, () => {
        throw new Error("neither the environment nor the data directory has peppers");
      });
      return await verify(db, peppers, organizationId);
    });
  } catch (error) {
    const reason = error instanceof ConfigurationError ? error.message : `The audit can't be read: ${reasonOf(error)}`;
    process.stderr.write(`${reason}\n`);
    return exitStatus.unknown;
  }
}

/** @throws ConfigurationError with the usage of the command. */
function readArguments(args: readonly string[]): string | undefined {
  let organization: string | undefined;
  try {
    ({ organization } = parseArgs({ args: [...args], options: { organization: { type: "string" } } }).values);
  } catch (error) {
    throw new ConfigurationError(`${(error as Error).message}\n${usage}`);
  }
  if (organization === undefined || isId("organization", organization)) {
    return organization;
  }
  throw new ConfigurationError(`--organization: must be an organization's id, such as org_01a20e06….\n${usage}`);
}

async function verify(db: Database, peppers: Peppers, organizationId: string | undefined): Promise<ExitStatus> {
  if (organizationId !== undefined) {
    const found = await verifyChain(db, peppers, organizationId);
    if (found.entries > 0 || found.faults.every(({ fault }) => fault !== "head_missing")) {
      return tell(found);
    }
    throw new ConfigurationError(`--organization: the audit has no entries and no chain for ${organizationId}.`);
  }
  const counts = { intact: 0, faults: 0, unknown: 0 };
  for await (const id of organizationsToVerify(db)) {
    const status = tell(await verifyChain(db, peppers, id));
    counts.intact += status === exitStatus.intact ? 1 : 0;
    counts.faults += status === exitStatus.faults ? 1 : 0;
    counts.unknown += status === exitStatus.unknown ? 1 : 0;
  }
  say(`${counted(counts.intact, "chain")} intact, ${counts.faults} with faults, ${counts.unknown} unknown`);
  if (counts.faults > 0) {
    return exitStatus.faults;
  }
  return counts.unknown > 0 ? exitStatus.unknown : exitStatus.intact;
}

/** Writes one line for the chain, and one line for each listed fault. */
function tell(found: AuditVerification): ExitStatus {
  const { organization, sealed, unsealed, since, predating, head, faults, faultCount } = found;
  const isUnknown = faults.every(({ fault }) => fault === "pepper_missing");
  const [status, verdict] = found.intact
    ? ([exitStatus.intact, "intact"] as const)
    : isUnknown
      ? ([exitStatus.unknown, "unknown"] as const)
      : ([exitStatus.faults, counted(faultCount, "fault")] as const);
  const details = [
    `${counted(sealed, "entry", "entries")} sealed${since === null ? "" : ` since ${since}`}`,
    ...(predating > 0 ? [`${predating} of them from before that`] : []),
    `${unsealed} not yet sealed`,
    ...(head === null ? [] : [`head ${head.sequence} ${head.hash}`]),
  ];
  say(`${organization ?? "service"}: ${verdict}; ${details.join(", ")}`);
  for (const { sequence, entry, fault } of faults) {
    const place = sequence === null ? "  " : `  ${sequence} `;
    say(`${place}${entry === null ? "" : `${entry} `}${fault}: ${meanings[fault]}`);
  }
  if (faultCount > faults.length) {
    say(`  and ${faultCount - faults.length} more`);
  }
  return status;
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "42P01" || code === "42703") {
    return "the database is from an earlier version of the service. Start the service on it first.";
  }
  return message || String(code);
}
