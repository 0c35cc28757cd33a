/** The command `roster export`. */
import path from "node:path";
import { exportEstate, manifestFile } from "../export/export.ts";
import { writeFiles } from "../export/files.ts";
import { rightsIn } from "../export/organization.ts";
import { countsOf } from "../export/selection.ts";
import { argumentsOf, type Command, done, UsageError } from "./usage.ts";
import { organizationIn, readOrganization } from "./whole-organization.ts";

/** The number of people up to which a preview of a manifest doesn't advise a set. */
const defaultMaxEntries = 50;

const help = `Usage: roster export ORGANIZATION [options]

Writes an organization that exists, by its slug or id, as a manifest: roster.yaml, and CSV files if there are many
people. A stack with this manifest adopts everything as it is: \`pulumi up\` changes nothing and sends no mail. The files
contain no secrets; keys and tokens keep theirs.

  --out FOLDER         where to write; by default, a folder with the name of the slug
  --existing           leaves the organization itself alone, and manages only what is in it; the default if you may not
                       manage organizations
  --people-in-csv N    above N people, those who own no key go to people.csv; 50 by default
  --include-managed    takes over what other stacks manage as well, with adopt: force
  --delete-removed     writes onDestroy: delete, so that whatever you later remove from the manifest is deleted, and
                       access ends; otherwise it stays as it is, and the stack lets go of it
  --force              replaces files that exist
  --json               prints the files and what is left out as JSON, and writes nothing
  --endpoint URL       the address of the service; by default, roster:endpoint of the current stack, or ROSTER_ENDPOINT

Exit status: 0 done, 1 failed, 2 wrong usage.
`;

const options = {
  out: { type: "string" },
  existing: { type: "boolean", default: false },
  "people-in-csv": { type: "string" },
  "include-managed": { type: "boolean", default: false },
  "delete-removed": { type: "boolean", default: false },
  force: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  endpoint: { type: "string" },
} as const;

/** Writes an organization as a manifest. */
export const exportCommand: Command = {
  summary: "writes an organization that exists as a manifest",
  help,
  run: async (args, terminal) => {
    const { values, positionals } = argumentsOf(args, options);
    const organization = organizationIn(positionals);
    const { json, out } = values;
    if (json && out !== undefined) {
      throw new UsageError("--json writes no files: remove --json or --out.");
    }
    const maxEntries = countIn(values["people-in-csv"]);
    const { client, estate } = await readOrganization(organization, values.endpoint, terminal);
    const { id, slug } = estate.organization;
    const exported = exportEstate(estate, {
      rights: rightsIn(id, await client.service.self()),
      asExisting: values.existing,
      includesManaged: values["include-managed"],
      deletesRemoved: values["delete-removed"],
      maxEntries,
    });
    if (json) {
      const { files, leftOut } = exported;
      terminal.print(`${JSON.stringify({ files: Object.fromEntries(files), leftOut }, undefined, 2)}\n`);
      return done;
    }
    const folder = out ?? slug;
    const written = await writeFiles(path.resolve(terminal.folder, folder), exported.files, values.force);
    terminal.print(reportOf(folder, exported, written));
    return done;
  },
};

/** @throws UsageError */
function countIn(given: string | undefined): number {
  if (given !== undefined && !/^\d{1,9}$/.test(given)) {
    throw new UsageError(`--people-in-csv must be a number of people, such as ${defaultMaxEntries}.`);
  }
  return given === undefined ? defaultMaxEntries : Number(given);
}

/** What was written, what is left out, and what to do next. */
function reportOf(
  folder: string,
  { files, leftOut }: ReturnType<typeof exportEstate>,
  written: readonly string[],
): string {
  const lines = [...files.keys()].map((name) => {
    const file = path.join(folder, name);
    return written.includes(name) ? `Wrote ${file}` : `${file} is up to date`;
  });
  const counts = countsOf(leftOut).map((line) => `  ${line}`);
  return [
    ...lines,
    ...(counts.length === 0 ? [] : ["Left out:", ...counts]),
    `Next: declare fromManifest("${manifestFile}") in a stack, and run \`pulumi preview\`.`,
    "",
  ].join("\n");
}
