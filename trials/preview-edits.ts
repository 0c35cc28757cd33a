/** The kinds of edit of the preview drill. None of them says what becomes of it: the preview does, and `up` must agree. */
import { randomBytes } from "node:crypto";
import { enterprise, the } from "../test/e2e/kinds.ts";
import type { EditedStack } from "./preview-stack.ts";

/** One kind of edit. */
export interface Edit {
  readonly name: string;
  /** Whether the organization `globex` must have access to the API before. */
  readonly access?: "on" | "off";
  make(stack: EditedStack): void | Promise<void>;
}

type Table = Readonly<Record<string, Edit["make"]>>;

const flows = { permissions: ["flows:read"] };
const overlap = { rotation: { overlap: "0s" } };
const later = "2041-01-01";

const creations: Table = {
  "a role": (s) => void s.addHere("Role", { name: s.fresh("Role"), ...flows }),
  "a role that an administrator may have": (s) =>
    void s.addHere("Role", { name: s.fresh("Role"), permissions: ["members:read", "flows:run"] }),
  "a person": (s) =>
    void s.add("User", { email: s.address(s.fresh("person")), homeOrganization: the("acme"), invite: false }),
  "a person who is invited": (s) =>
    void s.add("User", { email: s.address(s.fresh("person")), homeOrganization: the("acme"), givenName: "Pia" }),
  "a person and the membership": (s) => {
    const user = s.add("User", { email: s.address(s.fresh("person")), homeOrganization: the("acme"), invite: false });
    s.addHere("Membership", { user, role: "viewer" });
  },
  "a person, and the membership by address": (s) => {
    const email = s.address(s.fresh("person"));
    const { $: user } = s.add("User", { email, homeOrganization: the("acme"), invite: false });
    s.addHere("Membership", { email, role: "viewer" }, { after: [user] });
  },
  "a membership of somebody with an account": async (s) => {
    const who = s.fresh("somebody");
    await s.user(who);
    s.addHere("Membership", { email: s.address(who), role: "operator" });
  },
  "a membership that makes an account": (s) =>
    void s.addHere("Membership", {
      email: s.address(s.fresh("made")),
      role: "viewer",
      onUnknownUser: "create",
      givenName: "Mia",
    }),
  "a membership that invites": (s) =>
    void s.addHere("Membership", { email: s.address(s.fresh("invited")), role: "viewer", onUnknownUser: "invite" }),
  "a key of a server": (s) => void s.addHere("ApiKey", { name: s.fresh("Key"), kind: "server" }),
  "a key with a secret of its own": (s) =>
    void s.addHere("ApiKey", {
      name: s.fresh("Key"),
      kind: "webapi",
      secret: `brought-${randomBytes(24).toString("hex")}`,
    }),
  "a key of a robot": (s) =>
    void s.addHere("ApiKey", { name: s.fresh("Key"), kind: "user", owner: the("robot") }, { after: ["robot-in"] }),
  "a JWT of a robot": (s) =>
    void s.addHere(
      "ApiKey",
      { name: s.fresh("JWT"), kind: "user", format: "jwt", owner: the("twin") },
      { after: ["twin-in"] },
    ),
  "a robot, its membership and its JWT": (s) => {
    const owner = s.add("User", { email: s.address(s.fresh("bot")), kind: "system", homeOrganization: the("acme") });
    const { $: member } = s.addHere("Membership", { user: owner, role: "api_user" });
    s.addHere("ApiKey", { name: s.fresh("JWT"), kind: "user", format: "jwt", owner }, { after: [member] });
  },
  "an access token": (s) =>
    void s.addHere(
      "AccessToken",
      { user: the("steward"), name: s.fresh("Token"), permissions: ["members:read"] },
      { after: ["steward-in"] },
    ),
  "a key and its assignment": (s) => {
    const key = s.addHere("ApiKey", { name: s.fresh("Key"), kind: "server" });
    s.add("ApiKeyAssignment", { key, user: the("dan") }, { after: ["dan-in"] });
  },
  "an assignment of a key": (s) =>
    void s.add("ApiKeyAssignment", { key: the("web"), user: the("dan") }, { after: ["dan-in"] }),
  "an assignment outside of the organization": async (s) => {
    const who = s.fresh("partner");
    await s.user(who);
    s.add("ApiKeyAssignment", { key: the("web"), email: s.address(who), external: true });
  },
  "an organization with a role and a member": (s) => {
    const organization = s.add("Organization", { slug: s.slug(s.fresh("new")), ...enterprise });
    s.add("Role", { organization, name: "Releaser", ...flows });
    s.add("Membership", { organization, email: s.address(s.fresh("made")), role: "viewer", onUnknownUser: "create" });
  },
  "an organization with a key and a profile": (s) => {
    const organization = s.add("Organization", { slug: s.slug(s.fresh("new")), ...enterprise });
    s.add("ApiKey", { organization, name: "Key", kind: "server" });
    s.add("OrganizationProfile", { organization, name: "New" });
  },
  "a set of members": (s) =>
    void s.addHere("OrganizationMembers", {
      members: { [s.address(s.fresh("jo"))]: "viewer", [s.address(s.fresh("kim"))]: "operator" },
      onUnknownUser: "create",
      minAdmins: 0,
    }),
  "a set of assignees": (s) =>
    void s.add(
      "ApiKeyAssignees",
      { key: the("moved"), assignees: { [s.address("hal")]: "member", [s.address("dan")]: "member" } },
      { after: ["staff", "dan-in"] },
    ),
};

const updates: Table = {
  "a role's permissions": (s) => s.set("deployer", { permissions: ["flows:read", "flows:run"] }),
  "a role's name": (s) => s.set("deployer", { name: s.fresh("Deployer") }),
  "a person's names": (s) => s.set("dan", { givenName: s.fresh("Dan"), familyName: "Danson" }),
  "a person's address": (s) => s.set("cyd", { email: s.address(s.fresh("cyd")) }),
  "a robot's address": (s) => s.set("free", { email: s.address(s.fresh("free")) }),
  "a person who becomes inactive": (s) => s.set("cyd", { state: "inactive" }),
  "a robot with keys that becomes inactive": (s) => s.set("third", { state: "inactive" }),
  "a membership's role": (s) => s.set("addressed", { role: "operator" }),
  "a membership's role, to one of the organization's": (s) => s.set("addressed", { role: the("releaser") }),
  "a key's name": (s) => s.set("renamed", { name: s.fresh("Key") }),
  "a key's permissions": (s) => s.set("server", { permissions: ["organization:read"] }),
  "a key's addresses": (s) => s.set("server", { allowedIps: ["203.0.113.0/24"] }),
  "a key's end date": (s) => s.set("spare", { endDate: later }),
  "a key's secret": (s) => s.set("web", { secret: `changed-${randomBytes(24).toString("hex")}` }),
  "a key that is rotated": (s) => s.set("server", { rotate: s.fresh("again") }),
  "a JWT that is rotated": (s) => s.set("jwt", { rotate: s.fresh("again"), ...overlap }),
  "a key that is revoked": (s) => s.set("alpha", { state: "revoked" }),
  "an access token's name and end date": (s) => s.set("token", { name: s.fresh("Token"), endDate: later }),
  "an access token's permissions": (s) => s.set("token", { permissions: ["organization:read", "members:read"] }),
  "an access token that is rotated": (s) => s.set("token", { rotate: s.fresh("again") }),
  "an organization's slug": (s) => s.set("elsewhere", { slug: s.slug(s.fresh("moved")) }),
  "an organization's settings": (s) => s.set("acme", { settings: { keysPerOwner: 9 } }),
  "a profile's website and ways to join": (s) =>
    s.set("profile", { websiteUrl: "https://acme.example", joinPolicies: ["existing", "create", "invite"] }),
  "an entry of a set of members is added": (s) =>
    s.set("staff", { members: { ...members(s), [s.address(s.fresh("new"))]: "viewer" } }),
  "an entry's role": (s) => s.set("staff", { members: { ...members(s), [s.address("ivy")]: "operator" } }),
  "an entry of a set of members is removed": (s) => s.set("staff", { members: without(members(s), s.address("ivy")) }),
  "an entry of a set of assignees is added": (s) =>
    s.set("assignees", { assignees: { [s.address("grace")]: "member", [s.address("hal")]: "member" } }),
  "an entry of a set of assignees is removed": (s) => s.set("assignees", { assignees: {} }),
  "an alias": (s) => {
    const name = s.fresh("alias");
    s.set("unused", {}, { name, options: { aliases: [{ name: "unused" }] } });
  },
};

const replacements: Table = {
  "a key's kind": (s) =>
    s.set("server", { kind: "webapi", secret: `replaced-${randomBytes(24).toString("hex")}`, allowedIps: undefined }),
  "a key's organization": (s) => s.set("moved", { organization: the("elsewhere") }),
  "a JWT's owner": (s) => s.set("jwt", { owner: the("twin") }, { after: ["twin-in"] }),
  "a JWT's format": (s) => s.set("jwt", { format: "opaque" }),
  "a role's organization": (s) => s.set("moving", { organization: the("elsewhere") }),
  "a role by replaceOnChanges": (s) =>
    s.set("forced", { name: s.fresh("Forced") }, { options: { replaceOnChanges: ["name"] } }),
  "a role in use by replaceOnChanges": (s) =>
    s.set("releaser", { permissions: ["flows:run"] }, { options: { replaceOnChanges: ["permissions"] } }),
  "a membership's user": (s) => s.set("erin-in", { user: the("cyd"), role: "viewer" }),
  "a membership's address": (s) => s.set("addressed", { email: s.address(s.fresh("other")) }),
  "a membership's organization": (s) => s.set("addressed", { organization: the("elsewhere"), role: "viewer" }),
  "an assignment's user": (s) => s.set("reassigned", { user: the("dan") }, { after: ["dan-in"] }),
  "an assignment's key": (s) => s.set("reassigned", { key: the("web") }),
  "an access token's user": (s) => s.set("second-token", { user: the("warden") }, { after: ["warden-in"] }),
  "a profile's organization": (s) => s.set("moving-profile", { organization: the("elsewhere") }),
  "a set's organization": (s) => s.set("guests", { organization: the("elsewhere") }),
  "a set of assignees' key": (s) => s.set("assignees", { key: the("steady") }),
};

const ends: Table = {
  "a role ends": (s) => s.drop("second"),
  "a membership ends": (s) => s.drop("detached", "leaver-in"),
  "a person and the membership end": (s) => s.drop("detached", "leaver-in", "leaver"),
  "a key ends": (s) => s.drop("removed"),
  "a key ends with its assignment": (s) => s.drop("server", "assigned"),
  "a key ends with its set of assignees": (s) => s.drop("listed", "assignees"),
  "an access token ends": (s) => s.drop("second-token"),
  "a set ends": (s) => s.drop("guests"),
  "an organization is closed": (s) => s.drop("moving-profile", "closing"),
  "a role ends that somebody else has": (s) => s.drop("kept"),
  "the only administrator ends": (s) => s.drop("chief-in"),
};

const taken: Table = {
  "slug_taken at creation": (s) => void s.add("Organization", { slug: s.slug("taken") }),
  "slug_taken at a change": (s) => s.set("elsewhere", { slug: s.slug("taken") }),
  "name_taken for a role": (s) => void s.addHere("Role", { name: "Taken", ...flows }),
  "name_taken for a role at renaming": (s) => s.set("deployer", { name: "Taken" }),
  "name_taken for a key": (s) => void s.addHere("ApiKey", { name: "Taken", kind: "server" }),
  "name_taken for a key at renaming": (s) => s.set("renamed", { name: "Taken" }),
  "name_taken for an access token": (s) =>
    void s.addHere("AccessToken", { user: the("warden"), name: "Taken", permissions: ["organization:read"] }),
  "email_taken at creation": (s) =>
    void s.add("User", { email: s.address("taken"), homeOrganization: the("acme"), invite: false }),
  "email_taken at a change": (s) => s.set("free", { email: s.address("taken") }),
  "email_taken for a person at a change": (s) => s.set("cyd", { email: s.address("taken") }),
  already_member: (s) => void s.addHere("Membership", { email: s.address("eve"), role: "viewer" }),
  "already_member in a set": (s) => s.set("staff", { members: { ...members(s), [s.address("eve")]: "viewer" } }),
  already_assigned: (s) => void s.add("ApiKeyAssignment", { key: the("steady"), email: s.address("eve") }),
  "already_assigned in a set": (s) =>
    void s.add("ApiKeyAssignees", { key: the("steady"), assignees: { [s.address("eve")]: "member" } }),
  "the name of an object of another stack": async (s) => {
    const name = s.fresh("Foreign");
    await s.outside(`${await s.path("Organization", "acme")}/roles`, { name, ...flows, externalId: s.slug(name) });
    s.addHere("Role", { name, ...flows, adopt: true });
  },
};

const refused: Table = {
  user_not_found: (s) => void s.addHere("Membership", { email: s.address("nobody"), role: "viewer" }),
  "user_not_found for an assignment": (s) =>
    void s.add("ApiKeyAssignment", { key: the("steady"), email: s.address("nobody") }),
  "user_not_found in a set": (s) =>
    void s.addHere("OrganizationMembers", { members: { [s.address("nobody")]: "viewer" }, minAdmins: 0 }),
  "a JWT for an owner without api_user": (s) =>
    void s.addHere("ApiKey", { name: s.fresh("JWT"), kind: "user", format: "jwt", owner: the("watcher") }),
  "a JWT for an owner who isn't a member": (s) =>
    void s.addHere("ApiKey", { name: s.fresh("JWT"), kind: "user", format: "jwt", owner: the("free") }),
  "a new JWT with an end date": (s) =>
    void s.addHere("ApiKey", {
      name: s.fresh("JWT"),
      kind: "user",
      format: "jwt",
      owner: the("twin"),
      endDate: later,
    }),
  "a JWT that gets an end date": (s) => s.set("jwt", { endDate: later }),
  "an assignment for a non-member": (s) => void s.add("ApiKeyAssignment", { key: the("steady"), user: the("cyd") }),
  "an assignment for a non-member in a set": (s) =>
    s.set("assignees", { assignees: { [s.address("grace")]: "member", [s.address("cyd")]: "member" } }),
  "an access token for a robot who isn't a member": (s) =>
    void s.addHere("AccessToken", { user: the("free"), name: s.fresh("Token"), permissions: ["organization:read"] }),
  "an access token for a person": (s) =>
    void s.addHere("AccessToken", { user: the("ada"), name: s.fresh("Token"), permissions: ["organization:read"] }),
  "an access token that may do more than its robot": (s) =>
    s.set("token", { permissions: ["organization:read", "api:call"] }),
  "a key that may do more than its owner": (s) => s.set("owned", { permissions: ["members:manage"] }),
  "a website without the plan": (s) => s.set("basic", { websiteUrl: "https://basic.example" }),
  "API access without the plan": (s) => s.set("basic", { features: { externalApiAccess: true } }),
  "a plan that is too small for API access": (s) => s.set("elsewhere", { subscription: { plan: "basic" } }),
  "more keys than an owner may have": (s) => {
    s.set("acme", { settings: { keysPerOwner: 1 } });
    s.addHere("ApiKey", { name: s.fresh("Key"), kind: "user", owner: the("robot") }, { after: ["acme"] });
  },
  "a role of another organization": async (s) => {
    const role = await s.outside(`${await s.path("Organization", "guild")}/roles`, { name: s.fresh("Role"), ...flows });
    s.set("erin-in", { role });
  },
  "an assignment's user who isn't a member": (s) => s.set("reassigned", { user: the("free") }),
  "a membership's user who is a member already": async (s) => {
    const user = await s.member(s.fresh("present"));
    s.set("erin-in", { user });
  },
  "a member who may not work": async (s) => {
    const who = s.fresh("inactive");
    const id = await s.user(who);
    await s.meddle(`/v1/users/${id}`, { state: "inactive" });
    s.addHere("Membership", { email: s.address(who), role: "viewer" });
  },
  "the only administrator becomes a viewer": (s) => s.set("chief-in", { role: "viewer" }),
  "fewer ways to join than are in use": (s) => s.set("acme", { allowedJoinPolicies: ["existing"] }),
  "an invitation that the organization doesn't allow": (s) => {
    s.set("profile", { joinPolicies: ["existing", "create"] });
    s.addHere("Membership", { email: s.address(s.fresh("invited")), role: "viewer", onUnknownUser: "invite" });
  },
};

const checked: Table = {
  "a permission that doesn't exist": (s) => s.set("deployer", { permissions: ["flows:walk"] }),
  "an end date that has passed": (s) => s.set("spare", { endDate: "2020-01-01" }),
  "a kind of user that can't change": (s) => s.set("free", { kind: "person" }),
  "a home organization that can't change": (s) => s.set("free", { homeOrganization: the("elsewhere") }),
  "two roles of one name": (s) => {
    const name = s.fresh("Twice");
    s.addHere("Role", { name, ...flows });
    s.addHere("Role", { name, ...flows });
  },
  "two memberships of one person": (s) => {
    s.addHere("Membership", { user: the("cyd"), role: "viewer" });
    s.addHere("Membership", { email: s.address("cyd"), role: "viewer" });
  },
  "a membership of the user and of the address": (s) =>
    void s.addHere("Membership", { user: the("free"), email: s.address("free"), role: "viewer" }),
  "a name that the profile has": (s) => s.set("acme", { name: "Acme" }),
};

const adoptions: Table = {
  "a role is adopted": async (s) => {
    const name = s.fresh("Existing");
    await s.outside(`${await s.path("Organization", "acme")}/roles`, { name, permissions: ["data:edit"] });
    s.addHere("Role", { name, ...flows, adopt: true });
  },
  "a membership is adopted": async (s) => {
    const who = s.fresh("member");
    await s.member(who);
    s.addHere("Membership", { email: s.address(who), role: "operator", adopt: true });
  },
  "a key is adopted": async (s) => {
    const name = s.fresh("Existing");
    await s.outside(`${await s.path("Organization", "acme")}/api-keys`, { name, kind: "server" });
    s.addHere("ApiKey", { name, kind: "server", endDate: later, adopt: true });
  },
  "a user is adopted": async (s) => {
    const who = s.fresh("account");
    await s.user(who, { homeOrganization: await s.id("Organization", "acme") });
    s.add("User", { email: s.address(who), homeOrganization: the("acme"), givenName: "Gia", adopt: true });
  },
  "an organization is adopted": async (s) => {
    const slug = s.slug(s.fresh("existing"));
    await s.outside("/v1/organizations", { slug, name: "Existing" });
    s.add("Organization", { slug, name: "Adopted", adopt: true });
  },
  "an assignment is adopted": async (s) => {
    const who = s.fresh("member");
    const user = await s.member(who);
    await s.outside(`/v1/api-keys/${await s.id("ApiKey", "steady")}/assignments`, { user });
    s.add("ApiKeyAssignment", { key: the("steady"), email: s.address(who), adopt: true });
  },
  "a role of another stack is adopted by force": async (s) => {
    const name = s.fresh("Foreign");
    await s.outside(`${await s.path("Organization", "acme")}/roles`, { name, ...flows, externalId: s.slug(name) });
    s.addHere("Role", { name, ...flows, adopt: "force" });
  },
  "what a set doesn't adopt, and then does": (s) =>
    s.set("staff", { members: { ...members(s), [s.address("frank")]: "viewer" }, adopt: true }),
};

const combinations: Table = {
  "two administrators are exchanged": (s) => {
    s.set("chief-in", { role: "viewer" });
    s.set("deputy-in", { role: "administrator" });
  },
  "an administrator is exchanged for a new member": (s) => {
    s.set("chief-in", { role: "viewer" });
    s.add("Membership", { organization: the("guild"), user: the("cyd"), role: "administrator" });
  },
  "an administrator is exchanged for an entry of a set": (s) => {
    s.set("chief-in", { role: "viewer" });
    s.set("guests", { members: { [s.address("gus")]: "administrator" } });
  },
  "a role's name is moved to a new role": (s) => {
    const { name } = s.args("first");
    s.set("first", { name: s.fresh("Renamed") });
    s.addHere("Role", { name, ...flows });
  },
  "a key's name is moved to a new key": (s) => {
    const { name } = s.args("renamed");
    s.set("renamed", { name: s.fresh("Renamed") });
    s.addHere("ApiKey", { name, kind: "server" });
  },
  "an organization's slug is moved to a new one": (s) => {
    const { slug } = s.args("elsewhere");
    s.set("elsewhere", { slug: s.slug(s.fresh("moved")) });
    s.add("Organization", { slug });
  },
  "a robot's address is moved to another": (s) => {
    const { email } = s.args("free");
    s.set("free", { email: s.address(s.fresh("free")) });
    s.set("fourth", { email });
  },
  "two roles exchange their names": (s) => {
    const [one, other] = [s.args("first").name, s.args("deployer").name];
    s.set("first", { name: other });
    s.set("deployer", { name: one });
  },
  "end dates of JWTs are allowed, and one gets one": (s) => {
    s.set("acme", { settings: { allowExpiringJwt: true } });
    s.set("jwt", { endDate: later });
  },
  "an owner gets api_user, and a JWT": (s) => {
    s.set("watcher-in", { role: "api_user" });
    s.addHere(
      "ApiKey",
      { name: s.fresh("JWT"), kind: "user", format: "jwt", owner: the("watcher") },
      { after: ["watcher-in"] },
    );
  },
  "a non-member becomes a member, and gets a key at once": (s) => {
    s.addHere("Membership", { user: the("cyd"), role: "viewer" });
    s.add("ApiKeyAssignment", { key: the("steady"), user: the("cyd") });
  },
  "a plan becomes larger, and there is a website": (s) =>
    s.set("basic", { subscription: { plan: "premium" }, websiteUrl: "https://basic.example" }),
  "a membership moves into the set": (s) => {
    const { email } = s.args("addressed");
    s.drop("addressed");
    s.set("staff", { members: { ...members(s), [String(email)]: "viewer" } });
  },
  "an entry of a set becomes a membership": (s) => {
    s.set("staff", { members: without(members(s), s.address("hal")) });
    s.addHere("Membership", { email: s.address("hal"), role: "editor" });
  },
  "a role ends as its member gets another": (s) => {
    s.set("erin-in", { role: "viewer" });
    s.drop("leaving");
  },
  "a role ends, and another gets its name": (s) => {
    const { name } = s.args("second");
    s.drop("second");
    s.addHere("Role", { name, ...flows });
  },
  "a key is renamed and rotated": (s) => s.set("server", { name: s.fresh("Key"), rotate: s.fresh("again") }),
  "a name is taken, and something else is fine": (s) => {
    s.addHere("Role", { name: "Taken", ...flows });
    s.set("deployer", { permissions: ["flows:read", "flows:run", "flows:edit"].slice(0, 2) });
    s.addHere("ApiKey", { name: s.fresh("Key"), kind: "server" });
  },
  "two refusals at once": (s) => {
    s.addHere("Membership", { email: s.address("nobody"), role: "viewer" });
    s.add("ApiKeyAssignment", { key: the("steady"), email: s.address("eve") });
  },
  "a person with a new address, and the membership by the new one": (s) => {
    const email = s.address(s.fresh("bot"));
    s.set("fourth", { email });
    s.addHere("Membership", { email, role: "viewer" }, { after: ["fourth"] });
  },
  "a key's kind, and its assignment ends": (s) => {
    s.drop("assigned");
    s.set("server", { kind: "webapi", secret: `replaced-${randomBytes(24).toString("hex")}` });
  },
};

/** Edits in an organization whose keys don't authenticate. */
const withoutApi: Table = {
  "api_access_disabled at creation": (s) =>
    void s.add("ApiKey", { organization: the("globex"), name: s.fresh("Key"), kind: "server" }),
  "api_access_disabled at a rotation": (s) => s.set("rotating", { rotate: s.fresh("again") }),
  "a key's kind while API access is off": (s) =>
    s.set("distant", { kind: "webapi", secret: `replaced-${randomBytes(24).toString("hex")}` }),
  "API access is turned on, and a key is made": (s) => {
    s.turnAccess("on");
    s.add("ApiKey", { organization: the("globex"), name: s.fresh("Key"), kind: "server" }, { after: ["globex"] });
  },
  "API access is turned on, and a key is rotated": (s) => {
    s.turnAccess("on");
    s.set("rotating", { rotate: s.fresh("again") });
  },
  "API access is turned on, and a key's kind changes": (s) => {
    s.turnAccess("on");
    s.set("distant", { kind: "webapi", secret: `replaced-${randomBytes(24).toString("hex")}` });
  },
  "a key is moved to where API access is off": (s) => s.set("moved", { organization: the("globex") }),
};

/** Edits in the same organization while they do. */
const withApi: Table = {
  "a rotation while API access is on": (s) => s.set("rotating", { rotate: s.fresh("again") }),
  "API access is turned off": (s) => s.turnAccess("off"),
  "API access is turned off, and a key is rotated": (s) => {
    s.turnAccess("off");
    s.set("rotating", { rotate: s.fresh("again") });
  },
  "API access is turned off, and a key's kind changes": (s) => {
    s.turnAccess("off");
    s.set("distant", { kind: "webapi", secret: `replaced-${randomBytes(24).toString("hex")}` });
  },
};

/** Every kind of edit. */
export const edits: readonly Edit[] = [
  ...[creations, updates, replacements, ends, taken, refused, checked, adoptions, combinations].flatMap((table) =>
    editsOf(table),
  ),
  ...editsOf(withoutApi, "off"),
  ...editsOf(withApi, "on"),
];

function editsOf(table: Table, access?: "on" | "off"): Edit[] {
  return Object.entries(table).map(([name, make]) => ({ name, make, ...(access === undefined ? {} : { access }) }));
}

function members(stack: EditedStack): Record<string, unknown> {
  return stack.args("staff").members as Record<string, unknown>;
}

function without(entries: Readonly<Record<string, unknown>>, address: string): Record<string, unknown> {
  const { [address]: _removed, ...rest } = entries;
  return rest;
}
