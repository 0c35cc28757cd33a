/** What docs/guides/splitting-stacks.md and docs/guides/lost-state.md tell people to do: what exists moves to another stack, or to a new state. */
import { beforeAll, expect, test } from "vitest";
import { useService } from "../e2e/fixtures.ts";
import { type Declaration, enterprise, the } from "../e2e/kinds.ts";
import { useProtocolStack } from "./fixtures.ts";

const service = useService();
const company = useProtocolStack(service, "company");
const team = useProtocolStack(service, "team");
const contractor = useProtocolStack(service, "contractor");
const recovered = useProtocolStack(service, "company");

function declare(kind: string, name: string, args: Declaration["args"]): Declaration {
  return { kind, name, args };
}

/** An organization with two teams, as one stack declares it. */
function everything(more: Declaration["args"] = {}): Declaration[] {
  const inAcme = { organization: the("acme"), ...more };
  return [
    declare("Organization", "acme", { slug: "acme", name: "Acme", ...enterprise, ...more }),
    declare("Role", "releaser", { ...inAcme, name: "Releaser", permissions: ["flows:run"] }),
    declare("User", "ada", { email: "ada@acme.example", invite: false, homeOrganization: the("acme"), ...more }),
    declare("Membership", "ada-in", { ...inAcme, user: the("ada"), role: "administrator" }),
    declare("ApiKey", "storefront", { ...inAcme, name: "Storefront", kind: "server", permissions: [] }),
    members({ "blue@acme.example": "editor", "red@acme.example": "viewer" }, more),
  ];
}

function members(declared: Readonly<Record<string, string>>, more: Declaration["args"] = {}): Declaration {
  return declare("OrganizationMembers", "people", {
    organization: the("acme"),
    members: declared,
    onUnknownUser: "create",
    ...more,
  });
}

/** Who is in Acme, and which key works: what nobody may lose meanwhile. */
async function access(): Promise<unknown> {
  const id = company.stored("acme").id;
  const keys = await service.list(`/v1/organizations/${id}/api-keys`);
  return [await service.rolesIn(id), keys.map(({ id: key, status, generation }) => [key, status, generation])];
}

beforeAll(async () => {
  await company.up(everything());
});

test("a stack whose state is lost takes over everything again", async () => {
  const before = await access();
  const again = everything({ adopt: true, adopts: {} });
  expect(await recovered.up(again)).toEqual(again.map(({ name }) => `create ${name}`));
  expect(await access()).toEqual(before);
  expect(await recovered.refreshAndPreview(again)).toEqual([]);
});

test("a part of a stack moves to another one, and nobody's access is interrupted", async () => {
  const before = await access();
  const taken = { adopt: "force", adopts: {} };
  const id = company.stored("acme").id;
  await team.up([
    declare("ApiKey", "storefront", {
      organization: id,
      name: "Storefront",
      kind: "server",
      permissions: [],
      ...taken,
    }),
    declare("OrganizationMembers", "people", { organization: id, members: { "red@acme.example": "viewer" }, ...taken }),
  ]);
  expect(await access()).toEqual(before);
  const kept = { adopt: true, adopts: {} };
  const rest = everything(kept).filter(({ name }) => name !== "people" && name !== "storefront");
  const blue = { "blue@acme.example": "editor" };
  await expect(recovered.up([...everything(kept).slice(0, -1), members(blue, kept)])).rejects.toThrow(
    /red@acme\.example: managed_elsewhere: /,
  );
  recovered.forget("storefront");
  const left = [...rest, members(blue, { ...kept, ignore: ["red@acme.example"] })];
  expect(await recovered.up(left)).toEqual(["update people"]);
  expect(await access()).toEqual(before);
  expect(await recovered.refreshAndPreview(left)).toEqual([]);
});

test("a set that is destroyed leaves what it ignores to the stack that has taken it over", async () => {
  const id = company.stored("acme").id;
  const green = "green@acme.example";
  const args = { organization: id, members: { [green]: "viewer" }, onUnknownUser: "create", ignore: [green] };
  await contractor.up([declare("OrganizationMembers", "contractors", args)]);
  const { id: membership } = await service.membershipIn(id, green);
  const taken = await service.ask("PATCH", `/v1/members/${membership}`, { externalId: `team/people/${green}` });
  expect(taken.status).toBe(200);
  await contractor.destroy();
  expect(await service.rolesIn(id)).toMatchObject({ [green]: "viewer" });
});
