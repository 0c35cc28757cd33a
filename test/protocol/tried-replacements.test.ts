/**
 * A replacement is tried before anything is deleted: what the service would refuse of it, or of what depends on it, is refused while the old
 * object works. On the provider's own protocol; what the engine asks when is tried in test/e2e/replacement.test.ts.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { useService } from "../e2e/fixtures.ts";
import { type Declaration, the } from "../e2e/kinds.ts";
import { Relay } from "../e2e/relay.ts";
import { useProtocolStack } from "./fixtures.ts";
import { ProtocolStack } from "./protocol-stack.ts";

const service = useService();

type Args = Readonly<Record<string, unknown>>;

function declare(kind: string, name: string, args: Args, ...after: string[]): Declaration {
  return { kind, name, args, after };
}
const organization = (slug: string, externalApiAccess = true) =>
  declare("Organization", slug, {
    slug,
    subscription: { plan: "enterprise" },
    features: { externalApiAccess },
  });
const robot = (home: string) =>
  declare("User", "robot", { email: `robot@${home}.example`, kind: "system", homeOrganization: the(home) });
const key = (within: string, args: Args) =>
  declare("ApiKey", "key", { organization: the(within), name: "Storefront", kind: "server", ...args });

/** Switches API access, as somebody else may. */
async function switchAccess(organizationId: string, externalApiAccess: boolean): Promise<void> {
  const { status } = await service.ask("PATCH", `/v1/organizations/${organizationId}`, {
    features: { externalApiAccess },
  });
  expect(status).toBe(200);
}

describe("while API access is off", () => {
  const stack = useProtocolStack(service, "stack-of-tried");
  const owned = declare("ApiKey", "owned", {
    organization: the("tried"),
    name: "Owned",
    kind: "user",
    owner: the("robot"),
  });
  const surroundings = [
    organization("tried"),
    robot("tried"),
    declare("Membership", "in", { organization: the("tried"), user: the("robot"), role: "editor" }),
  ];
  const declared = (args: Args = {}) => [...surroundings, key("tried", args), { ...owned, after: ["in"] }];
  const webApi = declared({ kind: "webapi" });
  const refused =
    /ApiKey Storefront can't be replaced, so nothing was deleted: api_access_disabled: .*\n.*request req_/s;

  beforeAll(async () => {
    await stack.up(declared());
    await switchAccess(stack.stored("tried").id, false);
  });

  /** Both keys authenticate once access is on again. */
  async function expectBothWork(): Promise<void> {
    const { id } = stack.stored("tried");
    await switchAccess(id, true);
    for (const name of ["key", "owned"]) {
      expect((await service.verify(String(stack.stored(name).outputs.key))).outcome, name).toBe("accepted");
    }
    await switchAccess(id, false);
  }

  test("T4 a key of another kind is refused, in a preview and in an update", async () => {
    await expect(stack.preview(webApi)).rejects.toThrow(refused);
    await expect(stack.up(webApi)).rejects.toThrow(refused);
    await expectBothWork();
  });

  test("T4 so is a key that is replaced because of `replaceOnChanges`, or by force", async () => {
    await expect(stack.up(declared({ name: "Shop" }), { replaceOnChanges: ["key"] })).rejects.toThrow(refused);
    await expect(stack.up(declared(), { replace: ["key"] })).rejects.toThrow(refused);
    await expectBothWork();
  });

  test("T4 so is a user whose key would be deleted and not be made again, before its key is deleted", async () => {
    const reason = new RegExp(
      "User robot@tried\\.example can't be replaced, so nothing was deleted: " +
        `api key Owned \\(${stack.stored("owned").id}\\) can't be created again: api_access_disabled: [^]*separate update first`,
    );
    const replacing = { replace: ["robot"], dependents: ["owned", "in"] };
    await expect(stack.up(declared(), replacing)).rejects.toThrow(reason);
    await expectBothWork();
    expect(stack.stored("in").outputs.status).toBe("active");
    await switchAccess(stack.stored("tried").id, true);
    expect(await stack.up(declared(), replacing)).toEqual(["replace robot", "create in", "create owned"]);
    await switchAccess(stack.stored("tried").id, false);
  });

  test("a program that turns it on in the same update replaces its key, and so does one that isn't to try anything", async () => {
    await stack.up([organization("tried", false), ...declared().slice(1)]);
    expect(await stack.preview(webApi)).toEqual(["update tried", "replace key"]);
    expect(await stack.up(webApi)).toEqual(["update tried", "replace key"]);
    await switchAccess(stack.stored("tried").id, false);
    const untried = new ProtocolStack(service, "stack-of-untried", { dryRun: "false" });
    const own = (externalApiAccess: boolean, kind: string) => [
      organization("untried", externalApiAccess),
      key("untried", { kind }),
    ];
    await untried.up(own(true, "server"));
    await untried.up(own(false, "server"));
    const { id } = untried.stored("key");
    await expect(untried.up(own(false, "webapi"))).rejects.toThrow(/^api_access_disabled/);
    expect((await service.ask("GET", `/v1/api-keys/${id}`)).body).toMatchObject({ status: "revoked" });
  });
});

describe("what a trial says of other kinds", () => {
  const stack = useProtocolStack(service, "stack-of-others");
  const set = (to: string) =>
    declare("ApiKeyAssignees", "holders", { key: the(to), assignees: { "robot@others.example": "member" } }, "in");
  const role = (place: string, ...permissions: string[]) =>
    declare("Role", "role", { organization: the(place), name: "Own", permissions });
  const surroundings = [
    organization("others"),
    organization("others-far"),
    robot("others"),
    declare("Membership", "in", { organization: the("others"), user: the("robot"), role: "editor" }),
    declare("ApiKey", "one", { organization: the("others"), name: "One", kind: "server" }),
    declare("ApiKey", "far", { organization: the("others-far"), name: "Far", kind: "server" }),
  ];

  test("T4 a set of assignees keeps them, if the other key can't be attached to them", async () => {
    await stack.up([...surroundings, set("one")]);
    const { ids } = stack.stored("holders").outputs;
    const reason =
      /ApiKeyAssignees can't be replaced, so nothing was deleted: robot@others\.example: (not_member|unprocessable)/;
    await expect(stack.preview([...surroundings, set("far")])).rejects.toThrow(reason);
    await expect(stack.up([...surroundings, set("far")])).rejects.toThrow(reason);
    await stack.refresh();
    expect(stack.stored("holders").outputs.ids).toEqual(ids);
  });

  test("T4 a role stays that somebody has whom no program declares; one that is in use by this program's member is as before", async () => {
    await stack.up([...surroundings, role("others")]);
    const [at, id] = [stack.stored("others").id, stack.stored("role").id];
    const { body } = await service.ask("POST", `/v1/organizations/${at}/members`, {
      email: "somebody@others.example",
      onUnknownUser: "create",
      role: id,
    });
    await expect(stack.preview([...surroundings, role("others-far")])).rejects.toThrow(
      /Role Own can't be replaced, so nothing was deleted: role_in_use/,
    );
    await service.ask("DELETE", `/v1/members/${body.id}`);
    expect(await stack.up([...surroundings, role("others-far")])).toEqual(["replace role"]);
  });
});

describe("an organization with everything in it", () => {
  const relay = new Relay(service);
  let stack: ProtocolStack;
  const inside = (kind: string, name: string, args: Args, ...after: string[]) =>
    declare(kind, name, { organization: the("whole"), ...args }, ...after);
  const email = "holder@whole.example";
  const declared = [
    organization("whole"),
    inside("OrganizationProfile", "profile", { websiteUrl: "https://whole.example" }),
    inside("Role", "role", { name: "Own", permissions: ["members:read"] }),
    robot("whole"),
    declare("User", "holder", { email, kind: "system", homeOrganization: the("whole") }),
    inside("Membership", "in", { user: the("robot"), role: the("role") }),
    inside("Membership", "invited", {
      email: "invited@whole.example",
      role: "viewer",
      onUnknownUser: "invite",
    }),
    inside("OrganizationMembers", "set", { members: { [email]: "editor" } }, "holder"),
    inside("ApiKey", "key", { name: "Storefront", kind: "webapi" }),
    inside("ApiKey", "owned", { name: "Owned", kind: "user", owner: the("robot") }, "in"),
    declare("ApiKeyAssignment", "attached", { key: the("key"), user: the("robot") }, "in"),
    declare("ApiKeyAssignees", "holders", { key: the("key"), assignees: { [email]: "member" } }, "set"),
    inside("AccessToken", "token", { user: the("robot"), name: "Pipeline", permissions: ["members:read"] }, "in"),
  ];
  const dependents = declared
    .filter(({ kind }) => kind !== "Organization" && kind !== "User")
    .map(({ name }) => name)
    .reverse();
  const lists = () =>
    relay.requests.filter((request) => /managed-objects\?(?!.*(?:entries=omit|lost=true))/.test(request));

  beforeAll(async () => {
    await relay.start();
    stack = new ProtocolStack(relay, "stack-of-whole");
    await stack.up(declared);
  });
  beforeEach(() => {
    relay.requests.length = 0;
    relay.tried.length = 0;
    relay.answers.length = 0;
  });
  afterAll(() => relay.stop());

  test("is tried with one list and one sequence, in which nothing is refused", async () => {
    const steps = await stack.up(declared, { replace: ["whole"], dependents });
    expect(steps.slice(0, 1)).toEqual(["replace whole"]);
    expect(lists()).toHaveLength(1);
    // Everything but the users is ended and, but for the profile, created; the users get another home.
    expect(relay.tried).toHaveLength(2 * (dependents.length + 1) - 1 + 2);
    expect(relay.answers.filter((answer) => answer.includes('"code":'))).toEqual([]);
    expect(await stack.preview(declared)).toEqual([]);
  });

  test("costs nothing while nothing is replaced, and one list and one sequence for each replacement", async () => {
    const changed = (kind: string) =>
      declared.map((one) => (one.name === "key" ? { ...one, args: { ...one.args, kind } } : one));
    await stack.up([...declared, inside("Role", "another", { name: "Another", permissions: [] })]);
    await stack.up(declared);
    expect([...lists(), ...relay.tried]).toEqual([]);
    await stack.preview(changed("server"));
    expect(lists()).toHaveLength(1);
    // The key, and those who have it.
    expect(relay.tried.filter((request) => request.startsWith("DELETE "))).toHaveLength(3);
  });

  test.each([
    ["doesn't know trials", 400, "invalid_request"],
    ["has no time to try so much", 413, "payload_too_large"],
  ])("is replaced as ever by a service that %s", async (_what, status, code) => {
    const title = "not tried";
    const problem = { type: "about:blank", title, status, detail: title, code, requestId: "req_1", retryable: false };
    const headers = { "content-type": "application/problem+json" };
    relay.asked = (name) => (name === "a trial" ? { status, headers, body: JSON.stringify(problem) } : undefined);
    const { kind } = stack.stored("key").inputs;
    const other = kind === "webapi" ? "server" : "webapi";
    const changed = declared.map((one) => (one.name === "key" ? { ...one, args: { ...one.args, kind: other } } : one));
    expect(await stack.up(changed)).toContain("replace key");
  });
});
