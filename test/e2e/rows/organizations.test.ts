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
const subscription = { plan: "premium", billing: "stripe", stripeSubscription: "" };

beforeAll(async () => {
  stripe = await Stripe.start();
  subscription.stripeSubscription = stripe.subscribe("premium");
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
/** @returns what `up` has done, in alphabetical order */
async function up(...args: string[]): Promise<string[]> {
  return (await stack.apply(...args)).toSorted();
}
async function read(path: string, kind: string, name: string): Promise<Record<string, unknown>> {
  return (await service.ask("GET", `${path}/${await stack.idOf(kind, name)}`)).body;
}
const organization = (name = "acme") => read("/v1/organizations", "Organization", name);
function writeLogo(file: string, kind: "png" | "webp"): void {
  writeFileSync(path.join(stack.folder, file), image(kind));
}

test("X1 X2 C5 M8 organizations, one with a logo, a role and members are created; a person who has an account is a member at once", async () => {
  writeLogo("logo.png", "png");
  await service.ask("POST", "/v1/users", { email: "grace@acme.example", invite: false });
  declare("Organization", "acme", { slug: "acme", name: "Acme", logo: "logo.png", ...enterprise });
  declare("Organization", "linked", { slug: "linked", name: "Linked", subscription });
  declare("Role", "release-manager", {
    organization: the("acme"),
    name: "Release manager",
    permissions: ["flows:read"],
  });
  declare("User", "robot", { email: "robot@acme.example", kind: "system", homeOrganization: the("acme") });
  declare("Membership", "robot-in", { organization: the("acme"), user: the("robot"), role: the("release-manager") });
  declare("Membership", "grace", { organization: the("acme"), email: "grace@acme.example", role: "member" });
  declare("ApiKey", "storefront", { organization: the("acme"), name: "Storefront", kind: "server" });
  declare("ApiKey", "robots-own", { organization: the("acme"), name: "Robot", kind: "user", owner: the("robot") });
  change("robots-own", { after: ["robot-in"] });
  declare("ApiKeyAssignment", "robot-storefront", { key: the("storefront"), user: the("robot") });
  change("robot-storefront", { after: ["robot-in"] });
  expect(await up()).toEqual([
    "create ApiKey robots-own",
    "create ApiKey storefront",
    "create ApiKeyAssignment robot-storefront",
    "create Membership grace",
    "create Membership robot-in",
    "create Organization acme",
    "create Organization linked",
    "create Role release-manager",
    "create User robot",
  ]);
  expect(await read("/v1/members", "Membership", "grace")).toMatchObject({
    status: "active",
    email: "grace@acme.example",
  });
  expect((await organization()).logo).toMatchObject({ sha256: sha256(image("png")), mediaType: "image/png" });
  expect(stripe.changes).toBe(0);
});

test("X1 X2 E5 M8 M19 an organization, its logo, shown at preview by its hash, its plan at Stripe, a role and a user are changed in place", async () => {
  const [{ id }, robot, role] = [
    await organization(),
    await stack.idOf("User", "robot"),
    await stack.idOf("Role", "release-manager"),
  ];
  writeLogo("logo.webp", "webp");
  declare("Organization", "acme", { slug: "acme-group", name: "Acme Group" });
  declare("Organization", "acme", { websiteUrl: "https://acme.example", logo: "logo.webp" });
  declare("Organization", "linked", { subscription: { ...subscription, plan: "enterprise" } });
  declare("Role", "release-manager", { permissions: ["flows:read", "flows:run"] });
  declare("User", "robot", { givenName: "Robby", familyName: "Robot", email: "robby@acme.example" });
  const { stdout } = await stack.succeed("up", "--yes", "--diff");
  expect(stdout).toContain(`"${sha256(image("png"))}" => "${sha256(image("webp"))}"`);
  expect(stdout).toMatch(/Resources:\n +~ 4 updated\n +6 unchanged\n/);
  expect(await organization()).toMatchObject({
    ...{ id, slug: "acme-group", name: "Acme Group", status: "open" },
    logo: { sha256: sha256(image("webp")), mediaType: "image/webp", sizeBytes: image("webp").length },
    logoLinkActive: true,
  });
  expect(stripe.subscriptions.get(subscription.stripeSubscription)?.price).toBe(prices.enterprise);
  expect((await service.ask("GET", `/v1/roles/${role}`)).body.permissions).toEqual(["flows:read", "flows:run"]);
  expect(await stack.idOf("User", "robot")).toBe(robot);
  expect(await read("/v1/users", "User", "robot")).toMatchObject({
    givenName: "Robby",
    familyName: "Robot",
    email: "robby@acme.example",
  });
});

test("X2 C15 M8 M19 a plan at Stripe that is not paid is refused; a removed member loses the organization's keys, and stays a user; a logo of the same content is the same", async () => {
  const { text } = await stack.exported();
  expect(text).not.toContain(image("webp").toString("base64").slice(0, 24));
  expect(text).not.toContain(stack.root);
  const role = await stack.idOf("Role", "release-manager");
  // While it is assigned.
  expect((await service.ask("DELETE", `/v1/roles/${role}`)).body.code).toBe("role_in_use");
  const builtIn = await service.ask("DELETE", "/v1/roles/viewer");
  expect(builtIn.body).toMatchObject({ code: "unprocessable", detail: expect.stringContaining("Built-in roles") });

  const [membership, assignment, own] = [
    await stack.idOf("Membership", "robot-in"),
    await stack.idOf("ApiKeyAssignment", "robot-storefront"),
    await stack.idOf("ApiKey", "robots-own"),
  ];
  undeclare("release-manager", "robot-in", "robots-own", "robot-storefront");
  writeLogo("other.webp", "webp");
  declare("Organization", "acme", { logo: path.join(stack.folder, "other.webp") });
  declare("Organization", "linked", { subscription });
  stripe.refusing = refusal(402, "card_error", "card_declined");
  const output = await stack.fail("up", "--yes", "--skip-preview", "--continue-on-error");
  expect(output).toContain("billing_failed: Stripe could not collect the payment.");
  expect(output).toMatch(/Resources:\n +- 4 deleted\n +5 unchanged\n/);
  expect((await service.ask("GET", `/v1/roles/${role}`)).status).toBe(404);
  expect((await service.ask("GET", `/v1/members/${membership}`)).body.status).toBe("removed");
  expect((await service.ask("GET", `/v1/api-key-assignments/${assignment}`)).status).toBe(404);
  expect((await service.ask("GET", `/v1/api-keys/${own}`)).body.status).toBe("revoked");
  expect(await read("/v1/users", "User", "robot")).toMatchObject({ status: "active" });
});

test("M8 M19 a plan at Stripe is changed there; a logo whose changes are ignored needs no file", async () => {
  for (const file of ["logo.webp", "other.webp"]) {
    rmSync(path.join(stack.folder, file));
  }
  change("acme", { options: { ignoreChanges: ["logo"] } });
  stripe.refusing = undefined;
  expect(await up("--refresh")).toEqual(["update Organization linked"]);
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
