/** The command `roster export`. */
import path from "node:path";
import type { Estate } from "../estate/estate.ts";
import { exportManifest, type ManifestOptions, manifestFile } from "../export/export.ts";
import { writeFiles } from "../export/files.ts";
import { rightsIn } from "../export/organization.ts";
import { countsOf, type Export } from "../export/selection.ts";
import { exportImportFile, exportProgram, importFile } from "../export/stack-files.ts";
import { argumentsOf, type Command, done, UsageError } from "./usage.ts";
import { organizationIn, readOrganization } from "./whole-organization.ts";

/** The number of people up to which a preview of a manifest doesn't advise a set. */
const defaultMaxEntries = 50;

const help = `Usage: roster export ORGANIZATION [options]

Writes an organization that exists, by its slug or id, as a manifest: roster.yaml, and CSV files if there are many
people. A stack with this manifest adopts everything as it is: \`pulumi up\` changes nothing and sends no mail. For the
native plugin, it writes a file for \`pulumi import\` and a program instead. The files contain no secrets; keys and tokens
keep theirs.

  --format FORMAT      what to write: \`manifest\`, the default; \`import\`, which is import.json for
                       \`pulumi import --file\`; or \`yaml-program\`, which is Pulumi.yaml, a program in Pulumi YAML that
                       declares what was imported
  --out FOLDER         where to write; by default, a folder with the name of the slug
  --existing           leaves the organization itself alone, and manages only what is in it; the default if you may not
                       manage organizations
  --force              replaces files that exist
  --json               prints the files and what is left out as JSON, and writes nothing
  --endpoint URL       the address of the service; by default, roster:endpoint of the current stack, or ROSTER_ENDPOINT

Only for a manifest:
  --people-in-csv N    above N people, those who own no key go to people.csv; 50 by default
  --include-managed    takes over what other stacks manage as well, with adopt: force
  --delete-removed     writes onDestroy: delete, so that whatever you later remove from the manifest is deleted, and
                       access ends; otherwise it stays as it is, and the stack lets go of it

Exit status: 0 done, 1 failed, 2 wrong usage.
`;

const options = {
  format: { type: "string", default: "manifest" },
  out: { type: "string" },
  existing: { type: "boolean", default: false },
  "people-in-csv": { type: "string" },
  "include-managed": { type: "boolean", default: false },
  "delete-removed": { type: "boolean", default: false },
  force: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  endpoint: { type: "string" },
} as const;

/** What can be written: how it is made, and what to do next with the files in a folder. */
interface Format {
  readonly make: (estate: Estate, options: ManifestOptions) => Export;
  readonly next: (folder: string) => string;
}

const formats: Readonly<Record<string, Format>> = {
  manifest: {
    make: exportManifest,
    next: () => `declare fromManifest("${manifestFile}") in a stack, and run \`pulumi preview\`.`,
  },
  import: {
    make: exportImportFile,
    next: (folder) => `run \`pulumi import --file ${path.join(folder, importFile)}\` in a stack of the native plugin.`,
  },
  "yaml-program": {
    make: exportProgram,
    next: () =>
      `import what it declares with \`pulumi import --file ${importFile}\`, which --format import writes, and run \`pulumi preview\`.`,
  },
};

/** The options that only a manifest has. */
const ofManifests = ["people-in-csv", "include-managed", "delete-removed"] as const;

/** Writes an organization as a manifest, or as what a stack of the native plugin imports. */
export const exportCommand: Command = {
  summary: "writes an organization that exists as a manifest, or as a file for `pulumi import`",
  help,
  run: async (args, terminal) => {
    const { values, positionals } = argumentsOf(args, options);
    const organization = organizationIn(positionals);
    const { json, out } = values;
    const format = formatIn(values);
    if (json && out !== undefined) {
      throw new UsageError("--json writes no files: remove --json or --out.");
    }
    const maxEntries = countIn(values["people-in-csv"]);
    const { client, estate } = await readOrganization(organization, values.endpoint, terminal);
    const { id, slug } = estate.organization;
    const exported = format.make(estate, {
      rights: rightsIn(id, await client.service.self()),
      asExisting: values.existing,
      includesManaged: values.format === "manifest" ? values["include-managed"] : undefined,
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
    terminal.print(reportOf(folder, exported, written, format));
    return done;
  },
};

/** @throws UsageError */
function formatIn(values: ReturnType<typeof argumentsOf<typeof options>>["values"]): Format {
  const name = values.format;
  const format = Object.hasOwn(formats, name) ? formats[name] : undefined;
  if (format === undefined) {
    throw new UsageError(`--format must be one of ${Object.keys(formats).join(", ")}.`);
  }
  const given = ofManifests.find((option) => values[option] !== undefined && values[option] !== false);
  if (name !== "manifest" && given !== undefined) {
    throw new UsageError(`--${given} is an option of --format manifest: remove it.`);
  }
  return format;
}

/** @throws UsageError */
function countIn(given: string | undefined): number {
  if (given !== undefined && !/^\d{1,9}$/.test(given)) {
    throw new UsageError(`--people-in-csv must be a number of people, such as ${defaultMaxEntries}.`);
  }
  return given === undefined ? defaultMaxEntries : Number(given);
}

/** What was written, what is left out, and what to do next. */
function reportOf(folder: string, { files, leftOut }: Export, written: readonly string[], { next }: Format): string {
  const lines = [...files.keys()].map((name) => {
    const file = path.join(folder, name);
    return written.includes(name) ? `Wrote ${file}` : `${file} is up to date`;
  });
  const counts = countsOf(leftOut).map((line) => `  ${line}`);
  return [...lines, ...(counts.length === 0 ? [] : ["Left out:", ...counts]), `Next: ${next(folder)}`, ""].join("\n");
}
