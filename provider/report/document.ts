/** An access report as JSON. */
import { permissionValues, userKindValues } from "roster-schema";
import { z } from "zod";
import { redacted, redactedText, unescaped } from "../explain/phrase.ts";
import { type Access, keyKinds, personStatuses } from "./access.ts";
import { type Finding, findingKinds } from "./findings.ts";

const time = z.string().describe("RFC 3339, UTC.");
const heldKey = z.strictObject({
  id: z.string(),
  name: z.string(),
  lastUsedAt: time.nullable().describe("Null if it was never used."),
});

const person = z.strictObject({
  email: z.string(),
  user: z.string().nullable().describe("The user's id; null until an invitation is accepted."),
  kind: z.enum(userKindValues).nullable().describe("Null if the account is at home in another organization."),
  role: z.string().nullable().describe("The name of the role; null for somebody who is not a member."),
  isAdministrator: z.boolean().describe("Whether the role is `administrator`."),
  hasAdministratorRights: z
    .boolean()
    .describe("Whether the role has `members:manage`, `roles:assign` or `roles:manage`."),
  isSuperAdmin: z.boolean().describe("It is known only of accounts that are at home in the organization."),
  status: z.enum(personStatuses),
  owned: z.array(heldKey).describe("The keys and tokens that the person owns."),
  attached: z.array(heldKey).describe("The keys that are attached to the person, including offers."),
});

const key = z.strictObject({
  ...heldKey.shape,
  kind: z.enum(keyKinds),
  owner: z
    .string()
    .nullable()
    .describe("The owner's address, or the id if the address isn't known; null for no owner."),
  permissions: z
    .array(z.enum(permissionValues))
    .nullable()
    .describe("Null if a personal access token has all permissions of its user."),
  createdAt: time,
  endDate: z.string().nullable().describe("A date or a time; null if the key doesn't end."),
  holders: z.array(z.string()).describe("The addresses of the people that the key is attached to."),
});

/** The form of an access report as JSON. */
export const accessReportSchema = z
  .strictObject({
    version: z.literal(1),
    organization: z.strictObject({ id: z.string(), slug: z.string(), name: z.string() }),
    at: time.describe("When the report was made."),
    domains: z.array(z.string()).describe("The domains of `--domains`."),
    dormant: z.string().describe("The duration of `--dormant`."),
    redacted: z.boolean().describe("Whether addresses are shortened."),
    findings: z
      .array(
        z.strictObject({
          kind: z.enum(Object.keys(findingKinds) as [keyof typeof findingKinds]),
          text: z.string().describe("A sentence, with other people's text as it is: escape it before you show it."),
          person: z.string().optional().describe("The address of the person that it is about."),
          key: z.string().optional().describe("The id of the key or token that it is about."),
        }),
      )
      .describe("What to look at, the most serious first."),
    people: z.array(person).describe("By address."),
    keys: z.array(key).describe("The keys and tokens that work, by name."),
  })
  .describe("Who can do what in an organization, as `roster report access --format json` writes it.");

/** An access report as JSON. */
export type AccessReport = z.infer<typeof accessReportSchema>;

/** What a report is made of. */
export interface Reviewed extends Access {
  readonly findings: readonly Finding[];
}

/** Shortens every address in a report, such as `a…@acme.example`. The order stays. */
export function redactedAccess({ people, keys, findings, ...rest }: Reviewed): Reviewed {
  const held = <Held extends { readonly name: string }>(one: Held): Held => ({ ...one, name: redactedText(one.name) });
  const maybe = (text: string | null) => (text === null ? null : redactedText(text));
  return {
    ...rest,
    people: people.map((one) => ({
      ...one,
      email: redactedText(one.email),
      role: maybe(one.role),
      owned: one.owned.map(held),
      attached: one.attached.map(held),
    })),
    keys: keys.map((one) => ({ ...held(one), owner: maybe(one.owner), holders: one.holders.map(redactedText) })),
    findings: findings.map((one) => ({
      ...one,
      text: redacted(one.text),
      ...(one.person === undefined ? {} : { person: redactedText(one.person) }),
    })),
  };
}

/** Writes a report as JSON. */
export function documentOf(
  { organization, people, keys, findings }: Reviewed,
  about: Pick<AccessReport, "at" | "domains" | "dormant" | "redacted">,
): AccessReport {
  return {
    version: 1,
    organization,
    ...about,
    findings: findings.map((finding) => ({ ...finding, text: unescaped(finding.text) })),
    people: people.map((one) => ({ ...one, owned: [...one.owned], attached: [...one.attached] })),
    keys: keys.map((one) => ({
      ...one,
      permissions: one.permissions === null ? null : [...one.permissions],
      holders: [...one.holders],
    })),
  };
}
