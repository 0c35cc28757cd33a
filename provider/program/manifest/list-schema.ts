/** The schema of the sections of a manifest that are sets: lists of people, by entries and from CSV files. */
import { z } from "zod";
import { apiKeyAssigneesShape, as } from "../../kinds/api-key-assignees.ts";
import { organizationMembersShape } from "../../kinds/organization-members.ts";
import { adoptionArgs } from "../../lifecycle/adoption.ts";
import { setShape } from "../../sets/properties.ts";
import { email } from "../../values/property-types.ts";
import { columnsSchema, emailColumn, memberShape } from "../csv/columns.ts";

/** The arguments of each set, without those that a manifest sets itself or has in another form. */
const { organization: _organization, members: _members, roles: _roles, ...memberSetArgs } = organizationMembersShape;
const { key: _key, assignees: assigneesByAddress, ...assigneeSetArgs } = apiKeyAssigneesShape;
const { role: _role, ...entryArgs } = memberShape;
const setArgs = { ...setShape, ...adoptionArgs };

const role = z.string();

const rows = z.record(z.string(), z.array(z.string()).min(1, "it must have at least one value"));

/** What says how a file is read, whoever it lists. */
const fileArgs = {
  file: z.string().min(1, "it must be the path of a file").describe("The path of the file, from this file's folder."),
  delimiter: z
    .enum([",", ";", "\t"], 'it must be ",", ";" or "\\t"')
    .optional()
    .describe("The delimiter of the columns; a comma by default."),
  only: rows
    .optional()
    .describe("Reads only rows with one of these values, by column, such as `{ status: [Active] }`."),
  except: rows.optional().describe("Leaves out rows with one of these values, by column."),
};

/** One file or several, each by its path alone or with how it is read. */
function files<Source extends z.ZodType>(source: Source) {
  const one = z.string().min(1, "it must be the path of a file");
  return z
    .union([one, source, z.array(z.union([one, source]))])
    .optional()
    .describe("A CSV file, or a list of files: a path from this file's folder, or an object with the path as `file`.");
}

/** A file of members. */
export const memberFile = z.strictObject({
  ...fileArgs,
  columns: columnsSchema
    .optional()
    .describe("The names of the columns, if they differ from the defaults; `false` reads none."),
  role: role.optional().describe("The role for rows that have none, instead of the one for all `people`."),
  roles: z
    .record(z.string(), role)
    .optional()
    .describe("What the roles in the file mean, such as `{ Admin: administrator }`."),
});

/** A file of assignees. */
export const assigneeFile = z.strictObject({
  ...fileArgs,
  columns: z
    .strictObject({ email: emailColumn, was: columnsSchema.shape.was })
    .optional()
    .describe("The names of the columns with the addresses, if they are not `email` and `was`."),
  as: as.optional().describe("Whether the people in the file are members, as by default, or external."),
});

/** Somebody in `people`. */
export const memberEntry = z.union(
  [role, z.strictObject({ role: role.optional(), ...entryArgs })],
  `it must be a role, or an object with ${Object.keys(memberShape)
    .map((name) => `\`${name}\``)
    .join(", ")}`,
);

/** Somebody in `assignees`. */
export const assigneeEntry = assigneesByAddress.valueType;

/** The section `people`. */
export const people = z
  .strictObject({
    ...memberSetArgs,
    minAdmins: memberSetArgs.minAdmins.describe(
      "The number of administrators that `authoritative` must list, and that a change of `additive` must leave; if omitted, 1, or 0 if " +
        "one of `users` or `members` is an administrator.",
    ),
    ...setArgs,
    role: role.optional().describe("The role for entries and rows that have none: a built-in role, or one of `roles`."),
    entries: z
      .record(email, memberEntry)
      .optional()
      .describe("People by address: a role, or an object with the role and what else is known of the person."),
    from: files(memberFile),
  })
  .describe("Many members, as one resource that a preview shows person by person.");

/** The part `assignees` of an API key. */
export const assignees = z
  .strictObject({
    ...assigneeSetArgs,
    ...setArgs,
    entries: z
      .record(email, assigneeEntry)
      .optional()
      .describe(
        "People by address: `member`, `external` for somebody outside the organization, or an object with `as` and the previous address, `was`.",
      ),
    from: files(assigneeFile),
  })
  .describe("Many people to whom the key is attached, as one resource that a preview shows person by person.");
