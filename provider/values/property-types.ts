/** The types of properties that several kinds have. */
import {
  characterCount,
  emailFault,
  emailPattern,
  endOf,
  foldEmail,
  idPrefix,
  ipRangeText,
  isId,
  isOrganizationRole,
  lineFault,
  organizationRoles,
  permissionValues,
  readIpRange,
  storageFault,
} from "roster-schema";
import { z } from "zod";
import type { Property } from "./property.ts";

/** A name for people: one line of visible characters, with a maximum length. */
export function text(maxLength: number) {
  return faultless(z.string(), lineFault, { maxLength, pattern: "\\S" });
}

/** Any text that the service stores: not blank, with a maximum length. */
function anyText(maxLength: number) {
  return faultless(z.string().regex(/\S/, "it must not be empty"), storageFault, { maxLength });
}

/** Text without a fault and within the contract's maximum length. Editors get the constraints that JSON Schema can express. */
function faultless(
  schema: z.ZodString,
  faultOf: (text: string) => string | undefined,
  shown: { readonly maxLength: number; readonly pattern?: string },
) {
  const wrong = (text: string) =>
    faultOf(text) ??
    (characterCount(text) > shown.maxLength ? `must have at most ${shown.maxLength} characters` : undefined);
  return schema
    .refine((text) => wrong(text) === undefined, { error: ({ input }) => `it ${wrong(String(input))}` })
    .meta(shown);
}

const referenced = {
  Organization: { kind: "organization", what: "an Organization" },
  User: { kind: "user", what: "a User" },
  Role: { kind: "role", what: "a Role" },
  ApiKey: { kind: "api_key", what: "an ApiKey" },
} as const;

/** The id of an object of one kind. A program can pass the resource instead. */
export function reference(to: keyof typeof referenced) {
  const { kind, what } = referenced[to];
  return z
    .string()
    .refine((id) => isId(kind, id), `it must be ${what} or its id (${idPrefix(kind)}_…)`)
    .meta({ reference: to } satisfies Property);
}

/** An email address. */
export const email = faultless(z.string(), emailFault, { maxLength: 254, pattern: emailPattern.source });

/** The type of the other values that a program can pass as a role. */
const roleNames = { reference: "Role", alternatives: "OrganizationRole | (string & {})" } as const satisfies Property;

/** A role by its name, which can be a name that the same resource defines. */
export const namedRole = z.string().meta(roleNames);

/** A role: a built-in one by its name, or an organization's own by its id. */
export const roleReference = z
  .string()
  .refine(isRole, `it must be one of the built-in roles ${organizationRoles.join(", ")}, or a Role or its id (rol_…)`)
  .meta(roleNames);

/** Whether a text is the name of a built-in role, or has the form of a role's id. */
export function isRole(role: string): boolean {
  return isId("role", role) || isOrganizationRole(role);
}

/** An argument that declares an action, which is performed once whenever the value changes. */
export function actionArgument(description: string) {
  return z
    .union([anyText(200), z.number()], "it must be text or a number")
    .optional()
    .meta({
      description: `${description} Set or change it to any text or number to do so once; at creation it does nothing.`,
      change: "action",
    } satisfies Property);
}

/** Declares that an invitation is sent again. */
export const resendInvite = actionArgument("Sends a new invitation; the link before it stops working.");

/** Declares that a person has to choose a new password. */
export const resetPassword = actionArgument("Mails the person a link to choose a new password.");

/** A time that the service returns. */
export const time = z.iso.datetime();

/** The description of the format of such a time. */
export const timeFormat = "RFC 3339, UTC.";

/** A time whose property has a self-explanatory name. */
export const namedTime = time.describe(timeFormat);

/** When an object was created, which never changes. */
export const creationTime = time.meta({ description: timeFormat, stable: true } satisfies Property);

/** Whether two lists have the same members, in any order. */
export function sameSet(a: unknown, b: unknown): boolean {
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((member) => b.includes(member));
}

/** The ranges of IP addresses from which something can be used, as a set. */
export const allowedIps = z
  .array(
    z.string().superRefine((text, { addIssue }) => {
      const range = readIpRange(text);
      if (typeof range === "string") {
        addIssue(`${JSON.stringify(text)}: ${range}`);
      }
    }),
  )
  .min(1, "it must have at least one range: omit it to allow every address")
  .max(100, "it must have at most 100 ranges");

/** Whether two lists of ranges allow the same addresses, range by range. */
export function sameIpRanges(before: unknown, now: unknown): boolean {
  const [one, other] = [before, now].map((value) => z.array(z.string()).safeParse(value).data?.map(oneForm));
  return one !== undefined && other !== undefined && sameSet([...new Set(one)], [...new Set(other)]);
}

function oneForm(text: string): string {
  const range = readIpRange(text);
  return typeof range === "string" ? text : ipRangeText(range);
}

/** Whether two email addresses are equal. The service compares them without regard to case. */
export function sameEmail(a: unknown, b: unknown): boolean {
  return typeof a === "string" && typeof b === "string" && foldEmail(a) === foldEmail(b);
}

/** A list of permissions without duplicates. */
export const permissions = z
  .array(z.enum(permissionValues))
  .refine((given) => new Set(given).size === given.length, "each permission must be listed only once");

/** When a key expires: a date, through whose end it is valid, or a time; UTC. */
export const endDate = z
  .string()
  .regex(
    /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z)?$/,
    "it must be a date such as 2027-06-30, or a time such as 2027-06-30T12:00:00Z, in UTC",
  )
  .refine((date) => endOf(date) !== undefined, "this day or time does not exist");

/** Whether an end date that {@link endDate} has checked has passed, at a time in milliseconds since 1970. */
export function hasPassed(date: string, atMs: number): boolean {
  const end = endOf(date);
  return end !== undefined && end.getTime() <= atMs;
}

/** A duration, in whole seconds, minutes, hours or days. */
export const duration = z
  .string()
  .regex(
    /^(?:\d{1,6}[sm]|\d{1,5}h|\d{1,4}d)$/,
    "it must be a duration such as 90s, 30m, 12h or 7d, of at most 9999 days",
  );

/** The rule that a person is identified by exactly one of `user` and `email`. */
export const oneOfUserAndEmail = {
  needs: ["user", "email"],
  check({ user, email }: { readonly user?: string | undefined; readonly email?: string | undefined }) {
    if (user !== undefined && email !== undefined) {
      return { property: "email", reason: "set either `user` or `email`, not both" };
    }
    if (user === undefined && email === undefined) {
      return { property: "user", reason: "set either `user` or `email`" };
    }
    return undefined;
  },
} as const;

/** An email address in a set. The service compares addresses without regard to case, so each must appear once in the map. */
export const setAddress = email.refine((address) => address === foldEmail(address), "it must be in lower case");
