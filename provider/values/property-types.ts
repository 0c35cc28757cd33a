/** Kinds of values that several resources have. */
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

/** A name that people read: one line of visible characters, and at most so many of them. */
export function text(maxLength: number) {
  return faultless(z.string(), lineFault, { maxLength, pattern: "\\S" });
}

/** Text of any kind that the service keeps: not blank, at most so many characters. */
function anyText(maxLength: number) {
  return faultless(z.string().regex(/\S/, "it must not be empty"), storageFault, { maxLength });
}

/** Text that has no fault, and the contract's bound on its length; an editor is told what JSON Schema can say of it. */
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

/** An object of one kind, by its id; a program may give the resource in place of that. */
export function reference(to: keyof typeof referenced) {
  const { kind, what } = referenced[to];
  return z
    .string()
    .refine((id) => isId(kind, id), `it must be ${what} or its id (${idPrefix(kind)}_…)`)
    .meta({ reference: to } satisfies Property);
}

/** An e-mail address. */
export const email = faultless(z.string(), emailFault, { maxLength: 254, pattern: emailPattern.source });

/** The type of what else can be given as a role, in a program. */
const roleNames = { reference: "Role", alternatives: "OrganizationRole | (string & {})" } as const satisfies Property;

/** A role by its name, where that may be one that the same resource gives to a role. */
export const namedRole = z.string().meta(roleNames);

/** What can be given as a role: a built-in one by name, an organization's own by its id. */
export const roleReference = z
  .string()
  .refine(
    isRole,
    `there is no such built-in role; there are ${organizationRoles.join(", ")}, and a role of your own is passed as a Role or its id (rol_…)`,
  )
  .meta(roleNames);

/** Whether it is a built-in role's name, or looks like the id of an organization's own. */
export function isRole(role: string): boolean {
  return isId("role", role) || isOrganizationRole(role);
}

/** What an act is declared by: whenever it becomes another value, the act is done once. */
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

/** Declares that a person chooses a new password. */
export const resetPassword = actionArgument("Mails the person a link to choose a new password.");

/** A time that the service says. */
export const time = z.iso.datetime();

/** How the format of such a time is described. */
export const timeFormat = "RFC 3339, UTC.";

/** A time of which the name of the property says everything else. */
export const namedTime = time.describe(timeFormat);

/** Whether two lists hold the same members, in any order. */
export function sameSet(a: unknown, b: unknown): boolean {
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((member) => b.includes(member));
}

/** From where something may be used: ranges of addresses, as a set. */
export const allowedIps = z
  .array(
    z.string().superRefine((text, { addIssue }) => {
      const range = readIpRange(text);
      if (typeof range === "string") {
        addIssue(`${JSON.stringify(text)}: ${range}`);
      }
    }),
  )
  .min(1, "it names at least one range: leave it out to allow every address")
  .max(100, "it names at most 100 ranges");

/** Whether two lists of ranges allow the same addresses, range by range. */
export function sameIpRanges(before: unknown, now: unknown): boolean {
  const [one, other] = [before, now].map((value) => z.array(z.string()).safeParse(value).data?.map(oneForm));
  return one !== undefined && other !== undefined && sameSet([...new Set(one)], [...new Set(other)]);
}

function oneForm(text: string): string {
  const range = readIpRange(text);
  return typeof range === "string" ? text : ipRangeText(range);
}

/** Whether two addresses are one: the service compares them without regard to case. */
export function sameEmail(a: unknown, b: unknown): boolean {
  return typeof a === "string" && typeof b === "string" && foldEmail(a) === foldEmail(b);
}

/** A list of permissions, each named once. */
export const permissions = z
  .array(z.enum(permissionValues))
  .refine((given) => new Set(given).size === given.length, "each permission is named once");

/** When a key stops: a date, valid through that day, or a time; UTC. */
export const endDate = z
  .string()
  .regex(
    /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z)?$/,
    "it must be a date such as 2027-06-30, or a time such as 2027-06-30T12:00:00Z, in UTC",
  )
  .refine((date) => endOf(date) !== undefined, "there is no such day or time");

/** Whether an end date that {@link endDate} has checked is over, at a time in milliseconds since 1970. */
export function hasPassed(date: string, atMs: number): boolean {
  const end = endOf(date);
  return end !== undefined && end.getTime() <= atMs;
}

/** A length of time, in whole seconds, minutes, hours or days. */
export const duration = z
  .string()
  .regex(
    /^(?:\d{1,6}[sm]|\d{1,5}h|\d{1,4}d)$/,
    "it must be a length of time such as 90s, 30m, 12h or 7d, of at most 9999 days",
  );

/** A person is meant by exactly one of `user` and `email`. */
export const oneOfUserAndEmail = {
  needs: ["user", "email"],
  check({ user, email }: { readonly user?: string | undefined; readonly email?: string | undefined }) {
    if (user !== undefined && email !== undefined) {
      return { property: "email", reason: "`user` and `email` both say who: give one of them" };
    }
    if (user === undefined && email === undefined) {
      return { property: "user", reason: "`user` or `email` must say who" };
    }
    return undefined;
  },
} as const;

/** An address as a set has it. The service compares addresses without regard to case; in a map each is there once. */
export const setAddress = email.refine((address) => address === foldEmail(address), "it must be in lower case");
