/**
 * Separate resources: how many requests a refresh takes whatever their kinds and organizations, and what 200 keys take beside the
 * same number of resources of a provider that does nothing.
 */
import { type Declared, RosterStack } from "../roster.ts";
import { bounded, type Measurement, type Row, reported, spreadOf, timesPeer } from "../row.ts";
import { BenchService } from "../service.ts";

const rounds = 3;
const keys = 200;
/** How many of each kind there are in each of two organizations. */
const each = 50;
const maxProviderBytes = 100;

export const resources: Measurement = {
  name: "resources",
  measure: () => BenchService.with(measureResources),
};

async function measureResources(service: BenchService): Promise<Row[]> {
  const rows = [await refreshOfAll(service), ...(await upOfKeys(service))];
  return rows;
}

async function refreshOfAll(service: BenchService): Promise<Row> {
  const declared = ["first", "second"].flatMap(inOrganization);
  const stack = await RosterStack.declaring(service, declared);
  await stack.up();
  const requests: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    requests.push((await service.during(() => stack.refresh())).requests);
  }
  stack.remove();
  const name = `requests of refresh of ${declared.length} organizations, users, members, roles and keys`;
  return bounded(name, spreadOf(requests, "requests"), "at most n/100 + 10", declared.length / 100 + 10);
}

function inOrganization(slug: string): Declared[] {
  const organization = { $: slug };
  const features = { externalApiAccess: true };
  return [
    { kind: "Organization", name: slug, args: { slug, name: slug, subscription: { plan: "enterprise" }, features } },
    ...Array.from({ length: each }, (_, at): Declared[] => [
      {
        kind: "User",
        name: `${slug}-user-${at}`,
        args: { email: `user-${at}@${slug}.example`, kind: "system", homeOrganization: organization },
      },
      {
        kind: "Membership",
        name: `${slug}-member-${at}`,
        args: { organization, user: { $: `${slug}-user-${at}` }, role: "viewer" },
      },
      { kind: "Role", name: `${slug}-role-${at}`, args: { organization, name: `Role ${at}`, permissions: [] } },
      { kind: "ApiKey", name: `${slug}-key-${at}`, args: { organization, name: `Key ${at}`, kind: "server" } },
    ]).flat(),
  ];
}

async function upOfKeys(service: BenchService): Promise<Row[]> {
  const seconds = { roster: [] as number[], empty: [] as number[], likewise: [] as number[] };
  let providerBytes = 0;
  for (let round = 0; round < rounds; round += 1) {
    const declared = keysOf(await service.organization());
    const roster = await RosterStack.declaring(service, declared);
    seconds.roster.push((await roster.up()).seconds);
    providerBytes = Math.max(providerBytes, ...roster.providerStrings.map(({ length }) => length));
    const empty = await RosterStack.ofNothing(declared);
    seconds.empty.push((await empty.up()).seconds);
    const likewise = await RosterStack.ofNothing(declared, roster);
    seconds.likewise.push((await likewise.up()).seconds);
    for (const stack of [roster, empty, likewise]) {
      stack.remove();
    }
  }
  const ours = spreadOf(seconds.roster, "s");
  const engine = { spread: spreadOf(seconds.empty, "s"), is: "the engine with an empty provider" };
  const floor = {
    spread: spreadOf(seconds.likewise, "s"),
    is: "the engine with an empty provider whose resources have as many outputs and secrets",
  };
  const bytes = spreadOf([providerBytes], "bytes");
  return [
    timesPeer(`up of ${keys} separate keys`, ours, engine, 1.1),
    reported(`the same ${keys} keys`, ours, floor),
    bounded("provider code in the state of a resource", bytes, `at most ${maxProviderBytes}`, maxProviderBytes),
  ];
}

/** The declarations of 200 keys. */
export function keysOf(organization: string): Declared[] {
  return Array.from({ length: keys }, (_, at) => {
    return { kind: "ApiKey", name: `key-${at}`, args: { organization, name: `Key ${at}`, kind: "server" } };
  });
}
