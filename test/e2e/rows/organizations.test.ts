/** Rows about organizations, roles and members, each as a resource's behaviour on the real engine. */
import { createHash } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { image } from "../../contract/support/images.ts";
import { prices, refusal, Stripe } from "../../contract/support/stripe.ts";
import { useService, useStack } from "../fixtures.ts";
import { type Declaration, enterprise, the } from "../kinds.ts";

const sha256 = (content: Buffer) => createHash("sha256").update(content).digest("hex");

let stripe: Stripe;

beforeAll(async () => {
  stripe = await Stripe.start();
});
afterAll(() => stripe?.stop());

const service = useService({
  ROSTER_STRIPE_KEY: "a-key-of-the-test-account",
  get ROSTER_STRIPE_API_BASE() {
    return stripe.endpoint;
  },
  ROSTER_STRIPE_PRICES: Object.entries(prices)
    .map((entry) => entry.join(":"))
    .join(","),
});
const stack = useStack("test/e2e/programs/kinds", service);
/** What is declared, by name; the tests change it. */
let declared: Record<string, Declaration> = {};

beforeAll(() => {
  writeFileSync(path.join(stack.folder, "logo.png"), image("png"));
  declare("Organization", "acme", { slug: "acme", name: "Acme", subscription: { plan: "premium" } });
});

/** Declares a resource, or changes some of its arguments. */
function declare(kind: string, name: string, args: object): void {
  change(name, { kind, name, args: { ...declared[name]?.args, ...args } });
}
function change(name: string, changes: Partial<Declaration>): void {
  declared[name] = { kind: "", name, args: {}, ...declared[name], ...changes };
  save();
}
function undeclare(...names: string[]): void {
  declared = Object.fromEntries(Object.entries(declared).filter(([name]) => !names.includes(name)));
  save();
}
function save(): void {
  stack.declare(Object.values(declared));
}
async function up(...expected: string[]): Promise<void> {
  expect((await stack.preview()).toSorted()).toEqual(expected.toSorted());
  await stack.up();
  expect(await stack.preview()).toEqual([]);
}
async function organization(name = "acme"): Promise<Record<string, unknown>> {
  return (await service.ask("GET", `/v1/organizations/${await stack.idOf("Organization", name)}`)).body;
}

test("X1 an organization is created and changed in place, its slug too", async () => {
  await up("create Organization acme");
  const { id } = await organization();
  declare("Organization", "acme", { slug: "acme-group", name: "Acme Group" });
  await up("update Organization acme");
  expect(await organization()).toMatchObject({ id, slug: "acme-group", name: "Acme Group", status: "open" });
  declare("Organization", "acme", { slug: "Acme Group" });
  expect(await stack.fail("preview")).toContain("slug: a slug has a-z, 0-9 and inner hyphens");
  declare("Organization", "acme", { slug: "acme-group" });
});

test("X2 an own role is made, changed, and not deleted while it is assigned", async () => {
  declare("Role", "release-manager", {
    organization: the("acme"),
    name: "Release manager",
    permissions: ["flows:read"],
  });
  declare("User", "robot", { email: "robot@acme.example", kind: "system", homeOrganization: the("acme") });
  declare("Membership", "robot-in", { organization: the("acme"), user: the("robot"), role: the("release-manager") });
  await up("create Role release-manager", "create User robot", "create Membership robot-in");
  declare("Role", "release-manager", { permissions: ["flows:read", "flows:run"] });
  await up("update Role release-manager");
  const role = await stack.idOf("Role", "release-manager");
  const assigned = await service.ask("DELETE", `/v1/roles/${role}`);
  expect(assigned.body.code).toBe("role_in_use");
  declare("Membership", "robot-in", { role: "viewer" });
  undeclare("release-manager");
  await up("delete Role release-manager", "update Membership robot-in");
  expect((await service.ask("GET", `/v1/roles/${role}`)).status).toBe(404);
  const builtIn = await service.ask("DELETE", "/v1/roles/viewer");
  expect(builtIn.body).toMatchObject({ code: "unprocessable", detail: expect.stringContaining("Built-in roles") });
});

test("C5 a person who has an account is a member at once", async () => {
  await service.ask("POST", "/v1/users", { email: "grace@acme.example", invite: false });
  declare("Membership", "grace", { organization: the("acme"), email: "grace@acme.example", role: "member" });
  await up("create Membership grace");
  const { body } = await service.ask("GET", `/v1/members/${await stack.idOf("Membership", "grace")}`);
  expect(body).toMatchObject({ status: "active", email: "grace@acme.example" });
});

test("C15 a removed member loses the organization's keys, and stays a user", async () => {
  declare("Organization", "acme", enterprise);
  declare("ApiKey", "storefront", { organization: the("acme"), name: "Storefront", kind: "server" });
  declare("ApiKey", "robots-own", { organization: the("acme"), name: "Robot", kind: "user", owner: the("robot") });
  change("robots-own", { after: ["robot-in"] });
  declare("ApiKeyAssignment", "robot-storefront", { key: the("storefront"), user: the("robot") });
  change("robot-storefront", { after: ["robot-in"] });
  await stack.up();
  const [membership, assignment, own] = [
    await stack.idOf("Membership", "robot-in"),
    await stack.idOf("ApiKeyAssignment", "robot-storefront"),
    await stack.idOf("ApiKey", "robots-own"),
  ];
  const robot = await stack.idOf("User", "robot");
  undeclare("robot-in", "robots-own", "robot-storefront");
  await stack.up();
  expect((await service.ask("GET", `/v1/members/${membership}`)).body.status).toBe("removed");
  expect((await service.ask("GET", `/v1/api-key-assignments/${assignment}`)).status).toBe(404);
  expect((await service.ask("GET", `/v1/api-keys/${own}`)).body.status).toBe("revoked");
  expect((await service.ask("GET", `/v1/users/${robot}`)).body.status).toBe("active");
});

test("E5 a user is edited in place", async () => {
  const robot = await stack.idOf("User", "robot");
  declare("User", "robot", { givenName: "Robby", familyName: "Robot", email: "robby@acme.example" });
  await up("update User robot");
  expect(await stack.idOf("User", "robot")).toBe(robot);
  expect((await service.ask("GET", `/v1/users/${robot}`)).body).toMatchObject({
    givenName: "Robby",
    familyName: "Robot",
    email: "robby@acme.example",
  });
});

test("M8 a logo is uploaded, changed, kept where only its place changes, and removed", async () => {
  declare("Organization", "acme", { websiteUrl: "https://acme.example", logo: "logo.png" });
  await up("update Organization acme");
  expect(await organization()).toMatchObject({
    logo: { sha256: sha256(image("png")), mediaType: "image/png", sizeBytes: image("png").length },
    logoLinkActive: true,
  });

  writeFileSync(path.join(stack.folder, "other.png"), image("png"));
  declare("Organization", "acme", { logo: path.join(stack.folder, "other.png") });
  expect(await stack.preview()).toEqual([]);

  writeFileSync(path.join(stack.folder, "logo.webp"), image("webp"));
  declare("Organization", "acme", { logo: "logo.webp" });
  const { stdout } = await stack.succeed("preview", "--diff");
  expect(stdout).toContain(`"${sha256(image("png"))}" => "${sha256(image("webp"))}"`);
  await up("update Organization acme");
  expect((await organization()).logo).toMatchObject({ mediaType: "image/webp" });

  const { text } = await stack.exported();
  expect(text).not.toContain(image("webp").toString("base64").slice(0, 24));
  expect(text).not.toContain(stack.root);

  declare("Organization", "acme", { logo: undefined });
  await up("update Organization acme");
  expect(await organization()).toMatchObject({ logo: null, logoLinkActive: false });
});

test("M8 what can't be a logo is refused at preview, on the property", async () => {
  for (const [content, reason] of [
    [undefined, "there is no file wrong.png"],
    [image("svg"), "wrong.png is no logo: it is neither a PNG, nor a JPEG, nor a WebP image"],
    [Buffer.concat([image("png"), Buffer.alloc(524_288)]), "wrong.png has more than 524288 bytes"],
    [image("png", { width: 4097 }), "wrong.png is no logo: it has 4097 by 1 pixels"],
  ] as const) {
    const file = path.join(stack.folder, "wrong.png");
    if (content === undefined) rmSync(file, { force: true });
    else writeFileSync(file, content);
    declare("Organization", "acme", { logo: "wrong.png" });
    expect(await stack.fail("preview")).toContain(`'acme' has a problem: logo: ${reason}`);
  }
});

test("M8 a logo that somebody else uploads or removes shows after a refresh, and is repaired", async () => {
  declare("Organization", "acme", { logo: "logo.png" });
  await up("update Organization acme");
  const place = `/v1/organizations/${await stack.idOf("Organization", "acme")}`;
  for (const logo of [{ content: image("jpeg").toString("base64") }, null]) {
    expect((await service.ask("PATCH", place, { logo })).status).toBe(200);
    await stack.refresh();
    await up("update Organization acme");
    expect((await organization()).logo).toMatchObject({ sha256: sha256(image("png")) });
  }
});

test("M8 destroying and refreshing need no file", async () => {
  rmSync(path.join(stack.folder, "logo.png"));
  await stack.refresh();
  change("acme", { options: { ignoreChanges: ["logo"] } });
  expect(await stack.preview()).toEqual([]);
});

test("M19 a plan that is linked to Stripe is changed there", async () => {
  const stripeSubscription = stripe.subscribe("premium");
  const subscription = { plan: "premium", billing: "stripe", stripeSubscription };
  declare("Organization", "linked", { slug: "linked", name: "Linked", subscription });
  await up("create Organization linked");
  expect(stripe.changes).toBe(0);
  declare("Organization", "linked", { subscription: { ...subscription, plan: "enterprise" } });
  await up("update Organization linked");
  expect(stripe.subscriptions.get(stripeSubscription)?.price).toBe(prices.enterprise);

  declare("Organization", "linked", { subscription });
  stripe.refusing = refusal(402, "card_error", "card_declined");
  expect(await stack.fail("up", "--yes", "--skip-preview")).toContain(
    "billing_failed: Stripe could not collect the payment.",
  );
  stripe.refusing = undefined;
  await up("update Organization linked");
  expect((await organization("linked")).subscription).toEqual(subscription);
});

test("X1 deleting closes it: keys revoked, memberships ended, records and audit kept, the slug free again", async () => {
  const { id } = await organization();
  const [key, membership] = [await stack.idOf("ApiKey", "storefront"), await stack.idOf("Membership", "grace")];
  await stack.destroy();
  expect((await service.ask("GET", `/v1/organizations/${id}`)).body).toMatchObject({ status: "closed" });
  expect((await service.ask("GET", `/v1/api-keys/${key}`)).body.status).toBe("revoked");
  expect((await service.ask("GET", `/v1/members/${membership}`)).body.status).toBe("removed");
  const audit = await service.list(`/v1/organizations/${id}/audit-entries`);
  expect(audit.map(({ action }) => action)).toContain("organization.close");
  const again = await service.ask("POST", "/v1/organizations", { slug: "acme-group", name: "Another" });
  expect(again.status).toBe(201);
});
