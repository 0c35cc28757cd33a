/** The page of an organization's settings and subscription, for its administrators. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import {
  isAllowed,
  joinPolicyValues,
  lineFault,
  type PlanFeature,
  planValues,
  type Schemas,
  stackIdIn,
  websiteUrlPattern,
} from "roster-schema";
import { asMember, rightsOfUser } from "../auth/access-tokens.ts";
import type { Context } from "../auth/operation.ts";
import { holds } from "../auth/principal.ts";
import { changeAudited, isSame } from "../managed/audit.ts";
import { load, notFound, reload } from "../managed/resource.ts";
import { organizationProfiles } from "../objects/organization-profiles/resource.ts";
import { updateRules as profileRules } from "../objects/organization-profiles/rules.ts";
import { organizations } from "../objects/organizations/resource.ts";
import { updateRules as organizationRules } from "../objects/organizations/rules.ts";
import { Refusal } from "../problems.ts";
import { profileIdOf } from "../rows/identifiers.ts";
import { nameFault } from "./forms.ts";
import { html, type Markup } from "./html.ts";
import {
  contact,
  type DoneMessages,
  doneNotice,
  type Faults,
  faultSummary,
  field,
  form,
  type PageContent,
  page,
  select,
} from "./layout.ts";
import { carryOutForm } from "./repeated-forms.ts";
import { type LoggedIn, leadTo, nowAt, person, type Site, sendPage, textOf } from "./site.ts";
import { loggedIn } from "./visitor.ts";

type Organization = Schemas["Organization"];
type Profile = Schemas["OrganizationProfile"];
type Entries = Pick<Profile, "name" | "websiteUrl" | "joinPolicies">;
type SettingsRequest = FastifyRequest<{ Params: { organizationId: string } }>;

const maxUrlLength = 2048;

const doneMessages: DoneMessages = new Map([
  ["settings", "The settings are saved."],
  ["plan", "The plan is changed."],
]);

const policyWords: Readonly<Record<Organization["joinPolicies"][number], string>> = {
  existing: "People who have an account can be added",
  invite: "People can be invited by address",
  create: "Accounts can be made for people",
};

const featureWords: Readonly<Record<PlanFeature, string>> = {
  severalMembers: "Several members",
  websiteUrl: "A website",
  logo: "A logo",
  externalApiAccess: "External API access, if the vendor enables it",
};

/** Adds the page of an organization's settings. */
export function addOrganizationSettings(app: FastifyInstance, site: Site): void {
  app.get("/me/organizations/:organizationId", async (request: SettingsRequest, reply) => {
    const visitor = loggedIn(request, reply);
    if (visitor === undefined) {
      return reply;
    }
    const found = await findSettings(site, visitor, request);
    const done = doneNotice(request.query, doneMessages);
    return sendPage(reply, 200, page(site, visitor, settingsPage(site, visitor, found, { done })));
  });

  app.post("/me/organizations/:organizationId", async (request: SettingsRequest, reply) => {
    const visitor = loggedIn(request, reply);
    if (visitor === undefined) {
      return reply;
    }
    const found = await findSettings(site, visitor, request);
    const { entries, faults } = readSettings(request.body, found.organization);
    const refused = (status: number, wrong: Faults) =>
      sendPage(reply, status, page(site, visitor, settingsPage(site, visitor, found, { entries, faults: wrong })));
    if (Object.keys(faults).length > 0) {
      return refused(422, faults);
    }
    try {
      const carryingOut = { userId: visitor.user.id, leadsTo: `${pathOf(found.organization)}?done=settings` };
      const save = (context: Context) => saveSettings(context, found.organization.id, entries);
      return leadTo(reply, await carryOutForm(site, request, carryingOut, withRights(save)));
    } catch (error) {
      return refused(422, { name: messageOf(error) });
    }
  });

  app.post("/me/organizations/:organizationId/plan", async (request: SettingsRequest, reply) => {
    const visitor = loggedIn(request, reply);
    if (visitor === undefined) {
      return reply;
    }
    const found = await findSettings(site, visitor, request);
    const plan = planValues.find((each) => each === textOf(request.body, "plan"));
    const refused = (reason: string) =>
      sendPage(reply, 422, page(site, visitor, settingsPage(site, visitor, found, { faults: { plan: reason } })));
    if (plan === undefined || found.organization.externalId !== null) {
      return refused("Choose one of the plans.");
    }
    try {
      const carryingOut = { userId: visitor.user.id, leadsTo: `${pathOf(found.organization)}?done=plan` };
      const change = (context: Context) => changePlan(context, found.organization.id, plan);
      return leadTo(reply, await carryOutForm(site, request, carryingOut, withRights(change)));
    } catch (error) {
      return refused(messageOf(error));
    }
  });
}

/** Lets a person act with the rights of a member, and not only on what is the person's own. */
function withRights(act: (context: Context) => Promise<void>) {
  return async (context: Context & { readonly principal: { readonly user: string } }): Promise<void> => {
    const { user } = context.principal;
    const rights = await rightsOfUser(context, user, asMember, context.now);
    if (rights === undefined) {
      throw new Refusal("not_found", "Your account can't be used at the moment.");
    }
    await act({ ...context, principal: { ...person(user), rights } });
  };
}

/** The text of a refusal, for the page; any other error is thrown. */
function messageOf(error: unknown): string {
  if (error instanceof Refusal && error.code !== "not_found") {
    return error.message;
  }
  throw error;
}

async function saveSettings(context: Context, organizationId: string, entries: Entries): Promise<void> {
  const id = profileIdOf(organizationId);
  await profileRules.find(context, id);
  await changeAudited(context, organizationProfiles, id, "update", async (before) => {
    if (before.externalId !== null) {
      throw new Refusal("managed_elsewhere", "A stack manages these settings now. Change them there.");
    }
    const names = ["name", "websiteUrl", "joinPolicies"] as const;
    const changed = names.filter((name) => !isSame(before[name], entries[name]));
    await profileRules.apply(context, { before, after: { ...before, ...entries }, changed: new Set(changed) });
  });
}

async function changePlan(context: Context, id: string, plan: Schemas["Plan"]): Promise<void> {
  await organizationRules.find(context, id);
  await changeAudited(context, organizations, id, "update", async (before) => {
    const after = { ...before, subscription: { ...before.subscription, plan } };
    await organizationRules.apply(context, { before, after, changed: new Set(["subscription"]) });
  });
}

/** What the page shows. */
interface Settings {
  readonly organization: Organization;
  readonly profile: Profile;
}

/** @throws Refusal `not_found` unless the visitor may change the organization's settings. */
async function findSettings(site: Site, { user }: LoggedIn, { params }: SettingsRequest): Promise<Settings> {
  const context = nowAt(site);
  const { organizationId } = params;
  const rights = await rightsOfUser(context, user.id, asMember, context.now);
  const organization = await load(context, organizations, organizationId);
  const isTheirs = rights !== undefined && holds({ ...person(user.id), rights }, "organization:update", organizationId);
  if (organization?.status !== "open" || !isTheirs) {
    throw notFound("organization", organizationId);
  }
  return { organization, profile: await reload(context, organizationProfiles, profileIdOf(organizationId)) };
}

function readSettings(body: unknown, { allowedJoinPolicies }: Organization): { entries: Entries; faults: Faults } {
  const [name, website] = [textOf(body, "name").trim(), textOf(body, "websiteUrl").trim()];
  const joinPolicies = joinPolicyValues.filter(
    (policy) => allowedJoinPolicies.includes(policy) && textOf(body, `join-${policy}`) === "yes",
  );
  const wrongName = name === "" ? "Enter a name." : nameFault(name);
  return {
    entries: { name, websiteUrl: website === "" ? null : website, joinPolicies },
    faults: {
      ...(wrongName !== undefined && { name: wrongName }),
      ...(website !== "" && !isWebsite(website) && { websiteUrl: "Enter an address such as https://example.com." }),
      ...(joinPolicies.length === 0 && { joinPolicies: "Choose at least one way to join." }),
    },
  };
}

function isWebsite(text: string): boolean {
  return text.length <= maxUrlLength && websiteUrlPattern.test(text) && lineFault(text) === undefined;
}

function pathOf({ id }: Organization): string {
  return `/me/organizations/${id}`;
}

/** What a form that came back shows. */
interface Returned {
  readonly done?: Markup | false;
  readonly entries?: Entries;
  readonly faults?: Faults;
}

function settingsPage(
  site: Site,
  visitor: LoggedIn,
  { organization, profile }: Settings,
  { done = false, entries = profile, faults = {} }: Returned,
): PageContent {
  return {
    title: organization.name,
    isFaulty: Object.keys(faults).length > 0,
    main: html`${done}${faultSummary(faults)}
<section class="card" aria-labelledby="settings">
<h1 id="settings">${organization.name}</h1>
${logoOf(organization)}
${profile.externalId === null ? settingsForm(visitor, organization, entries, faults) : declaredSettings(profile)}
</section>
<section class="card" aria-labelledby="subscription">
<h2 id="subscription">Subscription</h2>
${subscription(site, visitor, organization)}
<p class="after"><a href="/me">Back to your account</a></p>
</section>`,
  };
}

/** The logo, with a link to the public page that shows it. */
function logoOf({ id, slug, logo }: Organization): Markup | false {
  return (
    logo !== null &&
    html`<p><a href="/o/${slug}"><img class="logo" src="/logos/${id}" alt="Logo: see its public page"></a></p>`
  );
}

function declaredSettings({ name, websiteUrl, joinPolicies, externalId }: Profile): Markup {
  return html`<p>These settings are declared in ${stackOf(externalId)}. Change them there.</p>
<dl>
<div><dt>Name</dt><dd>${name}</dd></div>
<div><dt>Website</dt><dd>${websiteUrl ?? "None"}</dd></div>
<div><dt>Joining</dt><dd>${joinPolicies.map((policy) => policyWords[policy]).join(". ")}.</dd></div>
</dl>`;
}

function settingsForm(visitor: LoggedIn, organization: Organization, entries: Entries, faults: Faults): Markup {
  const {
    allowedJoinPolicies,
    externalId,
    subscription: { plan },
  } = organization;
  const note =
    externalId !== null &&
    html`<p>The organization is declared in ${stackOf(externalId)}. If that stack declares any of these settings, its next update changes them back.</p>`;
  return html`${note}
${form(
  visitor,
  pathOf(organization),
  html`${field(faults, { name: "name", label: "Name", autocomplete: "organization", value: entries.name })}
${
  isAllowed(plan, "websiteUrl") &&
  field(faults, {
    name: "websiteUrl",
    label: "Website",
    autocomplete: "url",
    value: entries.websiteUrl,
    hint: "The logo links to it.",
    isOptional: true,
  })
}
<fieldset>
<legend>How people join</legend>
${faults.joinPolicies !== undefined && html`<p class="wrong" id="joinPolicies">${faults.joinPolicies}</p>`}
${allowedJoinPolicies.map(
  (policy) => html`<div class="field check">
<input type="checkbox" id="join-${policy}" name="join-${policy}" value="yes"${entries.joinPolicies.includes(policy) && html` checked`}>
<label for="join-${policy}">${policyWords[policy]}</label>
</div>`,
)}
</fieldset>
<div class="actions"><button>Save</button></div>`,
)}`;
}

function subscription(site: Site, visitor: LoggedIn, organization: Organization): Markup {
  const {
    externalId,
    features,
    subscription: { plan, billing, stripeSubscription },
  } = organization;
  const included = (Object.keys(featureWords) as PlanFeature[]).filter((feature) => isAllowed(plan, feature));
  const isOwn = billing === "stripe" && stripeSubscription !== null;
  const whose = isOwn
    ? externalId === null
      ? form(
          visitor,
          `${pathOf(organization)}/plan`,
          html`${select({
            name: "plan",
            label: "Change the plan",
            value: plan,
            choices: planValues.map((value) => ({ value, label: value })),
          })}
<div class="actions"><button class="secondary">Change the plan</button></div>`,
        )
      : html`<p>The plan is declared in ${stackOf(externalId)}. Change it there.</p>`
    : html`<p>Only the vendor can change this plan. ${contact(site) ?? "Contact the vendor."}</p>`;
  return html`<dl>
<div><dt>Plan</dt><dd>${plan}</dd></div>
<div><dt>Includes</dt><dd>${included.length === 0 ? "One member" : included.map((feature) => featureWords[feature]).join(". ")}</dd></div>
<div><dt>API access</dt><dd>${features.externalApiAccess ? "Enabled" : "Not enabled. The vendor enables it."}</dd></div>
<div><dt>Billing</dt><dd>${isOwn ? "By Stripe" : "By agreement with the vendor"}</dd></div>
</dl>
${whose}`;
}

/** The stack that an externalId comes from, as people know it. */
function stackOf(externalId: string | null): Markup {
  const stack = externalId === null ? undefined : stackIdIn(externalId);
  return stack === undefined ? html`a stack` : html`the stack <strong>${stack}</strong>`;
}
