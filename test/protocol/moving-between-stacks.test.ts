/** Entries of a set that another stack takes over, as in docs/guides/splitting-stacks.md, whose commands are in test/e2e/guides.test.ts. */
import { beforeAll, expect, test } from "vitest";
import { useService } from "../e2e/fixtures.ts";
import { type Declaration, enterprise, the } from "../e2e/kinds.ts";
import { useProtocolStack } from "./fixtures.ts";

const service = useService();
const company = useProtocolStack(service, "company");
const team = useProtocolStack(service, "team");
const contractor = useProtocolStack(service, "contractor");

function declare(kind: string, name: string, args: Declaration["args"]): Declaration {
  return { kind, name, args };
}

const acme = declare("Organization", "acme", { slug: "acme", name: "Acme", ...enterprise });

function members(declared: Readonly<Record<string, string>>, more: Declaration["args"] = {}): Declaration {
  return declare("OrganizationMembers", "people", {
    organization: the("acme"),
    members: declared,
    onUnknownUser: "create",
    ...more,
  });
}

beforeAll(async () => {
  await company.up([acme, members({ "blue@acme.example": "editor", "red@acme.example": "viewer" })]);
});

test("a set is refused until it leaves a person to the stack that has taken the membership over", async () => {
  const taken = { adopt: "force", adopts: {} };
  const id = company.stored("acme").id;
  await team.up([
    declare("OrganizationMembers", "people", { organization: id, members: { "red@acme.example": "viewer" }, ...taken }),
  ]);
  const blue = { "blue@acme.example": "editor" };
  await expect(company.up([acme, members(blue)])).rejects.toThrow(/red@acme\.example: managed_elsewhere: /);
  expect(await company.up([acme, members(blue, { ignore: ["red@acme.example"] })])).toEqual(["update people"]);
  expect(await service.rolesIn(id)).toEqual({ "blue@acme.example": "editor", "red@acme.example": "viewer" });
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
