/** The schema of an organization's manifest, made from the shapes of the kinds that it declares. */
import { z } from "zod";
import { mustBeOneOf } from "../../issues.ts";
import { accessTokenShape } from "../../kinds/access-token.ts";
import { apiKeyShape } from "../../kinds/api-key/properties.ts";
import { apiKeyAssignmentShape } from "../../kinds/api-key-assignment.ts";
import { membershipShape } from "../../kinds/membership.ts";
import { organizationShape } from "../../kinds/organization.ts";
import { profileShape } from "../../kinds/organization-profile.ts";
import { roleShape } from "../../kinds/role.ts";
import { userShape } from "../../kinds/user.ts";
import { adoptionArgs } from "../../lifecycle/adoption.ts";
import { isRecord } from "../../values/property-map.ts";
import { assignees, people } from "./list-schema.ts";

const name = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/,
    "a name must begin with a letter or digit, and have 1 to 63 letters, digits, `_`, `.` or `-`",
  );

/** The arguments of each kind, without those that a manifest sets itself or has in another form. */
const { organization: _roleOrganization, name: roleName, ...roleArgs } = roleShape;
const { homeOrganization: _home, ...userArgs } = userShape;
const { organization: _ofMember, user: _user, email: memberEmail, role: _role, ...memberArgs } = membershipShape;
const { organization: _ofKey, owner: _owner, name: keyName, secret: _secret, ...apiKeyArgs } = apiKeyShape;
const {
  key: _key,
  user: _assignee,
  email: assigneeEmail,
  external: _external,
  ...assignmentArgs
} = apiKeyAssignmentShape;
const { organization: _ofToken, user: _tokenUser, name: tokenName, ...tokenArgs } = accessTokenShape;

const role = z.string().describe("A built-in role, or one of `roles`.");
const fromThisFolder =
  "Writes each secret to a file, at creation and at every rotation. A relative path is from this file's folder.";
const asPeopleSeeIt = "As people see it; the entry's own name by default.";

const logo = z
  .string()
  .optional()
  .describe(
    "The logo: the path of a PNG, JPEG or WebP image of at most 512 KiB, from this file's folder. Requires the premium or the " +
      "enterprise plan.",
  );

const declaredOrganization = z
  .strictObject({ ...organizationShape, logo, ...adoptionArgs })
  .describe("The organization.");

const existingOrganization = z
  .strictObject(
    {
      existing: organizationShape.slug.describe(
        "The slug of an organization that exists already. It is looked up: the stack never changes or closes it.",
      ),
      profile: z
        .strictObject({ ...profileShape, logo, ...adoptionArgs })
        .optional()
        .describe("What the organization's administrators manage of it: its name, website, logo and ways to join."),
    },
    {
      error: ({ code }) =>
        code === "unrecognized_keys"
          ? "an organization that exists already is only looked up: move this to `profile`, remove it, or remove `existing` to declare the organization"
          : undefined,
    },
  )
  .describe("An organization that exists already, and that the stack doesn't manage.");

const random = z
  .strictObject({ bytes: z.number().int().min(16).max(256) })
  .optional()
  .describe("Makes the secret with @pulumi/random, of so many random bytes.");

const config = z
  .string()
  .regex(
    /^(?:[^\s:]+:)?[^\s:]+$/,
    "it must be the name of a value in the stack's configuration, such as checkoutSecret",
  )
  .optional()
  .describe("The name of a secret value in the stack's configuration: `pulumi config set --secret <name>`.");

const secret = z
  .strictObject(
    { random, config },
    {
      error: ({ code, input }) =>
        code === "invalid_type" && typeof input === "string"
          ? "a manifest can't contain a secret: run `pulumi config set --secret <name>` and set `secret: { config: <name> }`, or let " +
            "the stack make it with `secret: { random: { bytes: 32 } }`"
          : undefined,
    },
  )
  .refine((given) => (given.random === undefined) !== (given.config === undefined), "set either `random` or `config`")
  .optional()
  .meta({
    description: "For kind webapi: a secret that the stack makes, or takes from its configuration.",
    // What the refinement says, for editors.
    minProperties: 1,
    maxProperties: 1,
  });

const external = z
  .strictObject({
    email: assigneeEmail.unwrap().describe("The address."),
    external: z.literal(true).describe("Says that the person is not a member."),
    ...assignmentArgs,
  })
  .describe("A person outside the organization, who gets the key by accepting a mailed link.");

const roles = z
  .record(name, z.strictObject({ name: roleName.optional().describe(asPeopleSeeIt), ...roleArgs, ...adoptionArgs }))
  .default({})
  .describe("The organization's own roles.");

const users = z
  .record(
    name,
    z.strictObject({
      ...userArgs,
      ...adoptionArgs,
      role: role.optional().describe("Makes the user a member, with this role."),
    }),
  )
  .default({})
  .describe("People and system users that this organization makes and manages.");

const members = z
  .record(name, z.strictObject({ email: memberEmail.unwrap(), role, ...memberArgs, ...adoptionArgs }))
  .default({})
  .describe("Members who have an account already, or are invited by address.");

const apiKeys = z
  .record(
    name,
    z.strictObject({
      name: keyName.optional().describe(asPeopleSeeIt),
      ...apiKeyArgs,
      deliverTo: apiKeyArgs.deliverTo.describe(fromThisFolder),
      ...adoptionArgs,
      owner: z.string().optional().describe("One of `users` or `members`; the key stops with the user."),
      secret,
      assignedTo: z
        .array(z.union([z.string(), external]))
        .optional()
        .describe("Who the key is attached to: `users` and `members` by name, and people outside the organization."),
      assignees: assignees.optional(),
    }),
  )
  .default({})
  .describe("The organization's API keys.");

const include = z
  .array(z.string().min(1))
  .min(1)
  .optional()
  .describe(
    "Files with further entries of the sections: paths in this file's folder, or patterns such as `teams/*.yaml`.",
  );

const accessTokens = z
  .record(
    name,
    z.strictObject({
      name: tokenName.optional().describe(asPeopleSeeIt),
      user: z
        .string()
        .describe("One of `users`, with `kind: system` and a role: the token acts as that user, and stops with it."),
      ...tokenArgs,
      deliverTo: tokenArgs.deliverTo.describe(fromThisFolder),
      ...adoptionArgs,
    }),
  )
  .default({})
  .describe("Access tokens of system users, with which pipelines manage the organization.");

function manifestOf<Organization extends z.ZodType>(organization: Organization) {
  return z
    .strictObject({
      name: name.describe("Names this manifest's resources in the stack. Keep it: another name makes other resources."),
      include,
      organization,
      roles,
      users,
      members,
      people: people.optional(),
      apiKeys,
      accessTokens,
    })
    .describe("An organization, its roles, its users, members and people, its API keys and access tokens.");
}

/** The zod schema of a manifest. References are by name. */
export const manifestSchema = manifestOf(z.union([declaredOrganization, existingOrganization]));

const [ofDeclared, ofExisting] = [manifestOf(declaredOrganization), manifestOf(existingOrganization)];

const { name: _name, include: _include, organization: _organization, ...sections } = manifestSchema.shape;

/** The names of the sections, which included files can have as well. */
export const sectionNames: readonly string[] = Object.keys(sections);

/** The sections whose entries can be in several files, by name. Any other section is in one file. */
export const sectionsByName: readonly string[] = Object.entries(sections).flatMap(([section, schema]) =>
  schema.unwrap() instanceof z.ZodRecord ? [section] : [],
);

/** A manifest without entries. */
export const emptySections: Readonly<Record<string, object>> = Object.fromEntries(
  sectionsByName.map((section) => [section, {}]),
);

/** The zod schema of a file that a manifest includes. */
export const includedSchema = z
  .strictObject(sections, {
    error: ({ code }) =>
      code === "unrecognized_keys" ? `an included file has only sections; ${mustBeOneOf(sectionNames)}` : undefined,
  })
  .describe("Roles, users, members, API keys and further sections of the manifest that includes this file.");

/** A valid manifest, with defaults. */
export type ManifestDocument = z.infer<typeof manifestSchema>;

/** A person outside the organization to whom a key is offered. */
export type ExternalAssignee = z.infer<typeof external>;

/**
 * The schema by which a manifest is checked: its organization has one of two forms, and `existing` says which one is meant.
 *
 * @param document the manifest as it was read, which may have any form
 */
export function schemaFor(document: unknown): typeof ofDeclared | typeof ofExisting {
  const organization = isRecord(document) ? document.organization : undefined;
  return isRecord(organization) && Object.hasOwn(organization, "existing") ? ofExisting : ofDeclared;
}
