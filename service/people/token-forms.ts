/** The fields of the forms that decide what an access token may do. */
import { type BuiltInRole, isBuiltInRole, permissionValues, type Schemas } from "roster-schema";
import { asMember, rightsOfUser } from "../auth/access-tokens.ts";
import type { Context } from "../auth/operation.ts";
import { inOrder, type Permission } from "../auth/permissions.ts";
import { load } from "../managed/resource.ts";
import { tokenNameFault } from "../objects/access-tokens/personal-token-rules.ts";
import { organizations } from "../objects/organizations/resource.ts";
import { roles } from "../objects/roles/resource.ts";
import type { ApprovedToken } from "../rows/people-tables.ts";
import { html, type Markup } from "./html.ts";
import { type Faults, field, radios, select } from "./layout.ts";
import { textOf } from "./site.ts";

type DatabaseAt = Pick<Context, "db" | "now">;

/** What a person may do in an organization, for the form. */
interface Power {
  readonly organization: string;
  readonly organizationName: string;
  readonly roleName: string;
}

/** What a token of a person could do. */
export interface Powers {
  /** Whether a token that isn't limited acts as the service owner. */
  readonly isServiceOwner: boolean;
  readonly organizations: readonly Power[];
  /** The permissions that the person has in any organization. */
  readonly permissions: readonly Permission[];
}

/** The entries of a form about a token. */
export interface TokenEntries extends ApprovedToken {
  /** Whether the person limits the permissions. */
  readonly isLimited: boolean;
}

const noOrganization = "";

/** What a token of a person could do now. */
export async function powersOfUser(context: DatabaseAt, user: Schemas["User"]): Promise<Powers> {
  const rights = await rightsOfUser(context, user.id, asMember, context.now);
  const held = rights?.list() ?? [];
  const isServiceOwner = user.systemRole === "super_admin";
  const memberships = await context.db
    .selectFrom("memberships")
    .select(["organization_id", "role"])
    .where("user_id", "=", user.id)
    .where("status", "=", "active")
    .execute();
  const roleOf = new Map(memberships.map(({ organization_id, role }) => [organization_id, role]));
  const named = await Promise.all(
    held.map(async ({ id }) => ({
      organization: id,
      organizationName: (await load(context, organizations, id))?.name ?? "",
      roleName: await roleName(context, roleOf.get(id) ?? ""),
    })),
  );
  return {
    isServiceOwner,
    organizations: named,
    permissions: isServiceOwner ? permissionValues : inOrder(held.flatMap(({ permissions }) => permissions)),
  };
}

async function roleName(context: DatabaseAt, role: string): Promise<string> {
  return isBuiltInRole(role) ? (role satisfies BuiltInRole) : ((await load(context, roles, role))?.name ?? role);
}

/** The list of what a token could do. */
export function powersText({ isServiceOwner, organizations: named }: Powers): Markup {
  if (isServiceOwner) {
    return html`<p><strong>Everything on this service, in every organization</strong>, because you have the system role super_admin.
Limit the token unless you need that.</p>`;
  }
  if (named.length === 0) {
    return html`<p>Nothing at the moment: you don't belong to any organization.</p>`;
  }
  return html`<ul class="list">${named.map(
    ({ organizationName, roleName }) =>
      html`<li><span class="what"><strong>${organizationName}</strong> <span class="quiet">${roleName}</span></span></li>`,
  )}</ul>`;
}

/** The fields that name and limit a token. */
export function tokenFields(faults: Faults, powers: Powers, entries: TokenEntries): Markup {
  const choices = [
    { value: noOrganization, label: powers.isServiceOwner ? "Every organization" : "All of my organizations" },
    ...powers.organizations.map(({ organization, organizationName }) => ({
      value: organization,
      label: `Only ${organizationName}`,
    })),
  ];
  return html`${field(faults, {
    name: "name",
    label: "Name",
    autocomplete: "off",
    value: entries.name,
    hint: "What the token is for, or where it is kept.",
  })}
${select({ name: "organization", label: "Where it acts", value: entries.organization ?? noOrganization, choices })}
${radios({
  name: "limit",
  legend: "What it may do",
  value: entries.isLimited ? "chosen" : "all",
  choices: [
    { value: "all", label: "Everything that I may do", hint: "It gains and loses permissions as you do." },
    {
      value: "chosen",
      label: "Only what I choose here",
      hint: "It never has a permission that you don't have yourself.",
    },
  ],
})}
<details${entries.isLimited && html` open`}>
<summary>Permissions to choose from</summary>
${faults.permissions !== undefined && html`<p class="wrong" id="permissions">${faults.permissions}</p>`}
${powers.permissions.map(
  (permission) => html`<div class="field check">
<input type="checkbox" id="may-${permission}" name="may-${permission}" value="yes"${
    entries.permissions?.includes(permission) === true && html` checked`
  }>
<label for="may-${permission}"><code>${permission}</code></label>
</div>`,
)}
</details>`;
}

/** Reads the fields that name and limit a token, and checks them. */
export function readTokenForm(
  body: unknown,
  powers: Powers,
): { readonly entries: TokenEntries; readonly faults: Faults } {
  const name = textOf(body, "name").trim();
  const organization = textOf(body, "organization");
  const isLimited = textOf(body, "limit") === "chosen";
  const chosen = powers.permissions.filter((permission) => textOf(body, `may-${permission}`) === "yes");
  const nameFault = tokenNameFault(name);
  const isOurs =
    organization === noOrganization || powers.organizations.some((one) => one.organization === organization);
  return {
    entries: {
      name,
      organization: organization === noOrganization ? null : organization,
      permissions: isLimited ? inOrder(chosen) : null,
      isLimited,
    },
    faults: {
      ...(nameFault !== undefined && { name: name === "" ? "Enter a name." : `The name ${nameFault}.` }),
      ...(!isOurs && { organization: "Choose one of your organizations." }),
      ...(isLimited && chosen.length === 0 && { permissions: "Choose at least one permission." }),
    },
  };
}
