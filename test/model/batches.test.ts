/** Whatever is in a batch, it is answered, and leaves things, as the same requests one after the other would. */
import fc from "fast-check";
import type { Schemas } from "roster-schema";
import { expect, test } from "vitest";
import { type Client, unique } from "../contract/support/client.ts";
import { makeScenario, type Scenario } from "../contract/support/scenario.ts";
import { onEachDatabase } from "../contract/support/service.ts";
import { runsOf } from "../runs.ts";

type BatchRequest = Schemas["BatchRequest"];

/** What is asked; people, members and names are by number, so that they meet. */
type Asked =
  | { readonly do: "create"; readonly person: number; readonly role: string; readonly name: number | undefined }
  | { readonly do: "change"; readonly member: number; readonly role: string }
  | { readonly do: "end"; readonly member: number };

const role = fc.constantFrom("viewer", "member", "administrator");
/** Mostly the two administrators, of whom one has to stay. */
const member = fc.constantFrom(0, 0, 1, 1, 2, 3);
const asked: fc.Arbitrary<Asked> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("create" as const),
      person: fc.nat({ max: 4 }),
      role,
      name: fc.option(fc.nat({ max: 3 }), { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("change" as const), member, role }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("end" as const), member }) },
);

/** An organization with four members, and somebody who asks. */
interface Stand {
  readonly scenario: Scenario;
  readonly client: Client;
  readonly members: readonly Schemas["Membership"][];
  /** Tells its people from those of others. */
  readonly tag: string;
}

onEachDatabase("batches by a model", (service) => {
  const made = async (byOwner: boolean): Promise<Stand> => {
    const scenario = await makeScenario(service(), { joinPolicies: ["existing", "create"] });
    const members: Schemas["Membership"][] = [];
    for (const role of ["administrator", "administrator", "member", "viewer"]) {
      members.push((await scenario.member(role)).membership);
    }
    const { permissions } = await scenario.owner.do("getRole", { path: { roleId: "administrator" } });
    const client = byOwner ? scenario.owner : await scenario.withPermissions(...permissions);
    return { scenario, client, members, tag: unique("p") };
  };

  const bodyOf = ({ tag }: Stand, { person, role, name }: Extract<Asked, { do: "create" }>) => ({
    email: `person-${person}-${tag}@example.com`,
    role,
    onUnknownUser: "create" as const,
    ...(name === undefined ? {} : { externalId: `name-${name}` }),
  });

  const inBatch = (stand: Stand, each: Asked): BatchRequest => {
    if (each.do === "create") {
      const path = `/v1/organizations/${stand.scenario.organization.id}/members`;
      return { method: "POST", path, body: bodyOf(stand, each) };
    }
    const path = `/v1/members/${stand.members[each.member]?.id}`;
    return each.do === "end" ? { method: "DELETE", path } : { method: "PATCH", path, body: { role: each.role } };
  };

  const alone = async (stand: Stand, each: Asked) => {
    const { client, members, scenario } = stand;
    if (each.do === "create") {
      return await client.send("createMembership", { path: scenario.path, body: bodyOf(stand, each) });
    }
    const path = { membershipId: members[each.member]?.id ?? "" };
    return each.do === "end"
      ? await client.send("endMembership", { path })
      : await client.send("updateMembership", { path, body: { role: each.role } });
  };

  /** An address without what tells it from that of another run. */
  const who = (email: unknown) => /^person-\d+|^user/.exec(String(email))?.[0];

  /** What an answer comes to, without what differs between two of the same. */
  const essence = (status: number, body: unknown) => {
    const { code, email, role, status: state } = (body ?? {}) as Record<string, unknown>;
    return [status, code, who(email), role, status < 300 ? state : undefined];
  };

  /** What is there afterwards, and what the audit says of how it came. */
  const left = async ({ scenario: { owner, path } }: Stand) => {
    const { items } = await owner.do("listMembers", { path, query: { limit: 1000 } });
    const entries = await owner.do("listAuditEntries", { path, query: { limit: 1000 } });
    return {
      members: items
        .map(({ email, role, status, externalId }) => `${who(email)} ${role} ${status} ${externalId}`)
        .toSorted(),
      audit: entries.items.map(({ action }) => action).toSorted(),
    };
  };

  test("holds for creates, changes and ends of members that meet each other", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(asked, { minLength: 2, maxLength: 12 }), async (byOwner, all) => {
        const [together, apart] = [await made(byOwner), await made(byOwner)];
        const requests = all.map((each) => inBatch(together, each));
        const { answers } = await together.client.do("runBatch", { body: { requests } });
        const singly: unknown[] = [];
        for (const each of all) {
          const response = await alone(apart, each);
          singly.push(essence(response.statusCode, response.payload === "" ? null : response.json()));
        }
        expect(answers.map(({ status, body }) => essence(status, body))).toEqual(singly);
        expect(await left(together)).toEqual(await left(apart));
      }),
      { numRuns: runsOf({ test: 8, trials: 25 }) },
    );
  });
});
