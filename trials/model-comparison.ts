/** Compares a model with the service, as its API tells, and with what a stack has written down. */
import { isDeepStrictEqual } from "node:util";
import type { Declaration } from "../test/e2e/kinds.ts";
import type { Service } from "../test/e2e/service.ts";
import type { Stored } from "../test/protocol/protocol-stack.ts";
import type { Properties } from "../test/protocol/provider-process.ts";
import { liveObjects } from "./inventory.ts";
import type { Model } from "./model.ts";

/** What is compared. */
export interface World {
  readonly service: Service;
  readonly model: Model;
  readonly state: ReadonlyMap<string, Stored>;
}

const paths: Readonly<Record<string, string>> = {
  Organization: "/v1/organizations",
  Role: "/v1/roles",
  User: "/v1/users",
  Membership: "/v1/members",
  ApiKey: "/v1/api-keys",
  ApiKeyAssignment: "/v1/api-key-assignments",
};

/** What of an object's properties follows from its arguments, where the argument isn't given. */
const unlessGiven: Readonly<Record<string, Properties>> = {
  Organization: { websiteUrl: null, logo: null, settings: { keysPerOwner: null, allowExpiringJwt: false } },
  ApiKey: { allowedIps: null, endDate: null, format: "opaque", state: "active", owner: null },
  User: { state: "active", systemRole: "none" },
};

/** Arguments that are no properties of the object: they say how it is made, or what is done. */
const noProperties = new Set(["onUnknownUser", "rotate", "rotation", "resendInvite", "user", "key"]);

/** What a resource must be live as, as the contract has it. */
function expected({ kind, name, args }: Declaration, { model, state }: World): Properties {
  const given = Object.entries(args).filter(([argument]) => !noProperties.has(argument));
  const resolved = Object.fromEntries(given.map(([argument, value]) => [argument, resolve(value, state)]));
  const properties = { ...unlessGiven[kind], ...resolved };
  switch (kind) {
    case "Organization": {
      const settings = { keysPerOwner: null, allowExpiringJwt: false, ...(args.settings as object | undefined) };
      const subscription = { billing: "custom", stripeSubscription: null, ...(args.subscription as object) };
      return { ...properties, settings, subscription, status: "open" };
    }
    case "User":
      return { ...properties, status: userStatus(name, args.state, model) };
    case "Membership":
      return { ...properties, ...reference("user", args, state), status: model.joined.get(name) ?? "active" };
    case "ApiKey":
      return { ...properties, status: args.state ?? "active" };
    case "ApiKeyAssignment":
      return { ...reference("user", args, state), ...reference("key", args, state), status: "active" };
    default:
      return properties;
  }
}

function userStatus(name: string, state: unknown, model: Model): string {
  if (state === "inactive") {
    return "inactive";
  }
  if (name === "robot") {
    return model.isRobotBlocked ? "blocked" : "active";
  }
  return model.accounts.has(name) ? "active" : "invited";
}

function reference(argument: string, args: Properties, state: ReadonlyMap<string, Stored>): Properties {
  return args[argument] === undefined ? {} : { [argument]: resolve(args[argument], state) };
}

function resolve(value: unknown, state: ReadonlyMap<string, Stored>): unknown {
  if (typeof value !== "object" || value === null || !("$" in value)) {
    return value;
  }
  return state.get(String(value.$))?.id;
}

/** Where the service, or the state, isn't as the model has it: the resource, the property, and what it is. */
export async function differences(world: World, declared: readonly Declaration[]): Promise<string[]> {
  const { state } = world;
  const found = await Promise.all(
    declared.map((declaration) => {
      const { kind, name } = declaration;
      const stored = state.get(name);
      if (stored === undefined) {
        return [`${name} is not in the state`];
      }
      if (stored.unfinished) {
        return [`${name} is unfinished`];
      }
      if (kind === "OrganizationMembers" || kind === "ApiKeyAssignees") {
        return entryDifferences(world, declaration, stored);
      }
      return objectDifferences(world, declaration, stored);
    }),
  );
  const names = new Set(declared.map(({ name }) => name));
  const others = [...state.keys()].filter((name) => !names.has(name));
  return [...found.flat(), ...others.map((name) => `${name} is in the state`)];
}

async function objectDifferences(world: World, declaration: Declaration, stored: Stored): Promise<string[]> {
  const { kind, name } = declaration;
  const { body } = await world.service.ask("GET", `${paths[kind]}/${stored.id}`);
  return Object.entries(expected(declaration, world)).flatMap(([property, value]) => {
    const isLive = isDeepStrictEqual(body[property], value);
    const isWritten = isDeepStrictEqual(withoutNulls(stored.outputs[property]), withoutNulls(value));
    // By address or by id: what is not declared of somebody isn't written down either.
    const isTold = property in stored.outputs || value === null ? isWritten : true;
    return [
      ...(isLive
        ? []
        : [`${name}.${property} is live as ${JSON.stringify(body[property])}, not ${JSON.stringify(value)}`]),
      ...(isTold
        ? []
        : [
            `${name}.${property} is written as ${JSON.stringify(stored.outputs[property])}, not ${JSON.stringify(value)}`,
          ]),
    ];
  });
}

/** The engine has no null. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return value ?? undefined;
  }
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null));
}

async function entryDifferences(world: World, { kind, name, args }: Declaration, stored: Stored): Promise<string[]> {
  const ids = stored.outputs.ids as Readonly<Record<string, string>>;
  const entries = (args.members ?? args.assignees) as Readonly<Record<string, string>>;
  const written = stored.outputs.members ?? stored.outputs.assignees;
  const wrong = isDeepStrictEqual(written, entries) ? [] : [`${name} is written as ${JSON.stringify(written)}`];
  const live = await Promise.all(
    Object.entries(entries).map(async ([address, value]) => {
      const path = kind === "OrganizationMembers" ? paths.Membership : paths.ApiKeyAssignment;
      const { body } = await world.service.ask("GET", `${path}/${ids[address]}`);
      const { email, role, external, status } = body;
      const roles = (args.roles ?? {}) as Properties;
      const now = { email, status, ...(kind === "OrganizationMembers" ? { role } : { external }) };
      const shall =
        kind === "OrganizationMembers"
          ? { email: address, status: "active", role: resolve(roles[value], world.state) ?? value }
          : { email: address, status: value === "external" ? "pending" : "active", external: value === "external" };
      return isDeepStrictEqual(now, shall) ? [] : [`${name} has ${JSON.stringify(now)}, not ${JSON.stringify(shall)}`];
    }),
  );
  return [...wrong, ...live.flat()];
}

/** What is live and in nobody's books: the stack's own by its names, and whoever and whatever else is in the organization. */
export async function unknownObjects({ service, model, state }: World, stackId: string): Promise<string[]> {
  const ids = [...state.values()].flatMap(({ id, outputs }) => {
    return outputs.ids === undefined ? [id] : Object.values(outputs.ids as Readonly<Record<string, string>>);
  });
  const known = new Set(ids);
  const live = await liveObjects(service, stackId);
  const organization = state.get("acme")?.id;
  const at = `/v1/organizations/${organization}`;
  const [active, pending, keys, roles] = await Promise.all(
    ["members?status=active", "members?status=pending", "api-keys?status=active", "roles"].map((list) => {
      return service.list(`${at}/${list}`);
    }),
  );
  const members = [...(active ?? []), ...(pending ?? [])];
  const others = [...members, ...(keys ?? []), ...(roles ?? [])].filter(({ id, builtIn, email }) => {
    return !known.has(String(id)) && builtIn !== true && !model.strangers.has(String(email));
  });
  const strangers = [...model.strangers].filter(([address, isThere]) => {
    return isThere !== undefined && isThere !== members.some(({ email }) => email === address);
  });
  const twice = live.map(({ externalId }) => externalId).filter((each, index, all) => all.indexOf(each) !== index);
  return [
    ...live.filter(({ id }) => !known.has(id)).map(({ kind, id }) => `${kind} ${id} is not in the state`),
    ...twice.map((externalId) => `${externalId} is there twice`),
    ...others.map(({ id, name, email }) => `${id} ${name ?? email} is there`),
    ...strangers.map(([address, isThere]) => `${address} is ${isThere ? "gone" : "there"}`),
  ];
}

/** Which secrets live and shouldn't, or don't and should. */
export async function wrongSecrets(
  { service, model, state }: World,
  declared: readonly Declaration[],
): Promise<string[]> {
  const robot = declared.find(({ name }) => name === "robot");
  const isRobotActive = userStatus("robot", robot?.args.state, model) === "active";
  const found = await Promise.all(
    [...model.secrets].map(async ([name, secrets]) => {
      const stored = state.get(name);
      const { key, previousKey } = stored?.outputs ?? {};
      const isOwned = name === "token" || name === "jwt";
      const isUsable = stored !== undefined && stored.outputs.status === "active" && (isRobotActive || !isOwned);
      const accepted: string[] = [];
      for (const secret of secrets.keys()) {
        const verified = await service.verify(secret, { address: "203.0.113.7" });
        if (verified.outcome === "accepted") {
          accepted.push(secret);
        }
      }
      const hasPrevious = model.overlaps.get(name) === true;
      const { previousSecret } = (await service.ask("GET", `${paths.ApiKey}/${stored?.id}`)).body as {
        previousSecret?: { readonly fingerprint: string } | null;
      };
      // The answer that had it may be lost.
      const isPreviousKnown = [...secrets.values()].includes(previousSecret?.fingerprint);
      const count = isUsable ? (hasPrevious && isPreviousKnown ? 2 : 1) : 0;
      const isPresent = !isUsable || (accepted.includes(String(key)) && stored.outputs.keyAvailable === true);
      const isPreviousRight = previousKey === undefined || !isUsable || accepted.includes(String(previousKey));
      const problems = [
        ...(accepted.length === count ? [] : [`${accepted.length} secrets of ${name} live, not ${count}`]),
        ...(!isUsable || hasPrevious === (previousSecret !== null)
          ? []
          : [`${name} has ${hasPrevious ? "no" : "an"} earlier secret`]),
        ...(isPresent ? [] : [`the written secret of ${name} is dead`]),
        ...(isPreviousRight ? [] : [`the written earlier secret of ${name} is dead`]),
      ];
      return problems;
    }),
  );
  return found.flat();
}

const over: ReadonlySet<unknown> = new Set(["closed", "inactive", "removed", "cancelled", "left", "revoked"]);

/** What a stack has had written down, hasn't any more, and hasn't ended for good. */
export async function unended(service: Service, model: Model, state: ReadonlyMap<string, Stored>): Promise<string[]> {
  const now = new Set([...state.values()].flatMap(({ id, outputs }) => [id, ...Object.values(outputs.ids ?? {})]));
  const gone = [...model.seen].filter(([id, kind]) => !now.has(id) && paths[kind] !== undefined);
  const found = await Promise.all(
    gone.map(async ([id, kind]) => {
      const { status, body } = await service.ask("GET", `${paths[kind]}/${id}`);
      return status === 404 || over.has(body.status) ? [] : [`${kind} ${id} is ${body.status ?? "there"}`];
    }),
  );
  return found.flat();
}
