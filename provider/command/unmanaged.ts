/** The command `roster unmanaged`. */
import { z } from "zod";
import { type Unmanaged, unmanagedIn, unmanagedKinds } from "../estate/unmanaged.ts";
import { tableOf } from "./forms/table.ts";
import { argumentsOf, type Command, done, found, UsageError } from "./usage.ts";
import { organizationIn, readOrganization } from "./whole-organization.ts";

const kinds = Object.keys(unmanagedKinds) as (keyof typeof unmanagedKinds)[];

const help = `Usage: roster unmanaged ORGANIZATION [options]

Lists what no stack manages in an organization, which is named by its slug or id: roles, accounts, memberships, API keys
and their assignments, access tokens of system users, and the organization itself with its profile.

  --kind KINDS     only these kinds, separated by commas: ${kinds.slice(0, 4).join(", ")},
                   ${kinds.slice(4).join(", ")}
  --json           prints JSON
  --endpoint URL   the address of the service; by default, roster:endpoint of the current stack, or ROSTER_ENDPOINT

Exit status: 0 a stack manages everything, 1 failed, 2 wrong usage, 3 something is unmanaged.
`;

const options = {
  kind: { type: "string" },
  json: { type: "boolean", default: false },
  endpoint: { type: "string" },
} as const;

/** The form of the list as JSON. */
export const unmanagedSchema = z
  .strictObject({
    version: z.literal(1),
    organization: z.strictObject({ id: z.string(), slug: z.string(), name: z.string() }),
    objects: z
      .array(
        z.strictObject({
          kind: z.enum(kinds),
          id: z.string(),
          name: z.string().describe("An address for an account or a membership. It is other people's text."),
          createdAt: z.string().nullable().describe("RFC 3339, UTC; null if the service doesn't know."),
        }),
      )
      .describe("By kind, and by age in each kind."),
  })
  .describe("What no stack manages in an organization, as `roster unmanaged --json` writes it.");

/** Lists what no stack manages. */
export const unmanaged: Command = {
  summary: "lists what no stack manages in an organization",
  help,
  run: async (args, terminal) => {
    const { values, positionals } = argumentsOf(args, options);
    const organization = organizationIn(positionals);
    const wanted = kindsIn(values.kind);
    const { estate } = await readOrganization(organization, values.endpoint, terminal);
    const objects = unmanagedIn(estate).filter(({ kind }) => wanted.includes(kind));
    const { id, slug, name } = estate.organization;
    if (values.json) {
      const document: z.infer<typeof unmanagedSchema> = { version: 1, organization: { id, slug, name }, objects };
      terminal.print(`${JSON.stringify(document, undefined, 2)}\n`);
    } else {
      terminal.print(textOf(objects, terminal.columns));
      terminal.tell(objects.length === 0 ? "Nothing is unmanaged.\n" : `Unmanaged: ${objects.length}.\n`);
    }
    return objects.length === 0 ? done : found;
  },
};

function textOf(objects: readonly Unmanaged[], width: number | undefined): string {
  return kinds
    .map((kind) => ({ kind, own: objects.filter((object) => object.kind === kind) }))
    .filter(({ own }) => own.length > 0)
    .map(({ kind, own }) => {
      const columns = [
        { heading: "ID", text: ({ id }: Unmanaged) => id },
        { heading: "CREATED", text: ({ createdAt }: Unmanaged) => createdAt?.slice(0, 10) ?? "" },
        { heading: "NAME", text: ({ name }: Unmanaged) => name, isCut: true },
      ];
      return `${unmanagedKinds[kind]} (${own.length})\n${tableOf(columns, own, width)}`;
    })
    .join("\n");
}

/** @throws UsageError */
function kindsIn(given: string | undefined): readonly Unmanaged["kind"][] {
  const names = given?.split(",").map((name) => name.trim()) ?? kinds;
  const unknown = names.find((name) => !kinds.some((kind) => kind === name));
  if (unknown !== undefined) {
    throw new UsageError(`--kind has ${JSON.stringify(unknown)}, and each kind must be one of ${kinds.join(", ")}.`);
  }
  return kinds.filter((kind) => names.includes(kind));
}
