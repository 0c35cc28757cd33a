/**
 * F10: two stacks work on one organization at once, and somebody else changes, uses and accepts what they are about to
 * change, after they have read it and before they write it. A change that starts from what is no longer so is refused,
 * and says to refresh; what the stack doesn't declare is kept and refuses nothing, and neither does using or accepting.
 */
import { isDeepStrictEqual } from "node:util";
import { account } from "../test/contract/support/pages.ts";
import { useRelay, useService } from "../test/e2e/fixtures.ts";
import { type Declaration, enterprise } from "../test/e2e/kinds.ts";
import { ProtocolStack } from "../test/protocol/protocol-stack.ts";
import { expectConverged, expectNothing, expectWhole } from "./inventory.ts";
import { everyKind } from "./program.ts";
import { type Attempt, trial } from "./trial.ts";

const service = useService({ ROSTER_RATE_LIMIT_PER_SECOND: "0" });
const relays = [useRelay(service), useRelay(service)] as const;

/** How often somebody else changes something of one stack; each costs it one `up`. */
const maxEdits = 2;

/** What somebody else changes: the member that the stack changes as well, and another one. */
const edits: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  organizations: [{ name: "Somebody else's" }, { websiteUrl: "https://else.example" }],
  roles: [{ permissions: ["data:edit"] }, { permissions: [] }],
  users: [{ givenName: "Somebody" }, { familyName: "Else" }],
  members: [{ role: "operator" }],
  "api-keys": [{ endDate: "2040-01-01" }, { endDate: "2041-01-01" }],
};

/** What somebody else changes and no stack of this trial declares. */
const undeclared: ReadonlySet<string> = new Set(["websiteUrl", "familyName"]);

/** What a stack declares in an organization that may be another's. */
function programIn(organization: string, tag: string, isChanged: boolean): Declaration[] {
  const changes: Readonly<Record<string, object>> = {
    Role: { permissions: ["flows:read", "flows:run"] },
    User: { givenName: "Robbie" },
    ApiKey: { endDate: "2039-12-31" },
  };
  const guest = { organization, email: `guest-${tag}@trials.example`, onUnknownUser: "invite" };
  const declared: Declaration[] = [
    ...everyKind(tag).filter(({ kind, name }) => kind !== "Organization" && name !== "token"),
    { kind: "Membership", name: "guest", args: { ...guest, role: isChanged ? "editor" : "viewer" } },
  ];
  return declared.map(({ kind, name, args }) => {
    // Names are an organization's own, so each stack has others.
    const named = typeof args.name === "string" ? { name: `${args.name} ${tag}` } : {};
    const home = args.organization === undefined ? {} : { organization };
    const owned = args.homeOrganization === undefined ? {} : { homeOrganization: organization };
    return { kind, name, args: { ...args, ...named, ...home, ...owned, ...(isChanged && changes[kind]) } };
  });
}

/** What an object doesn't have as it was set. */
async function differences(path: string, edit: Readonly<Record<string, unknown>>): Promise<string[]> {
  const { body } = await service.ask("GET", path);
  const differing = Object.entries(edit).filter(([name, value]) => !isDeepStrictEqual(body[name], value));
  return differing.map(([name, value]) => `${path}: ${name} is ${String(body[name])}, and not ${String(value)}`);
}

/** Somebody else, who comes between a stack's reading and its writing. */
class SomebodyElse {
  readonly #attempt: Attempt;
  #edits = 0;
  readonly #secrets: () => ReadonlyMap<string, unknown>;
  /** What was changed and not yet looked at, by the object's path. */
  #changed = new Map<string, Readonly<Record<string, unknown>>>();
  /** The objects of which something was changed that no refresh reads, because the stack has not declared it yet. */
  readonly #unread = new Set<string>();
  #guests: readonly string[];

  /**
   * @param secrets the secrets of API keys, by their ids
   * @param guests addresses that are invited
   */
  constructor(attempt: Attempt, secrets: () => ReadonlyMap<string, unknown>, guests: readonly string[]) {
    this.#attempt = attempt;
    this.#secrets = secrets;
    this.#guests = guests;
  }

  /** Does something to the object that a request is about to change. */
  async comeBefore(request: string): Promise<void> {
    const [, path = "", kind = ""] = /^PATCH (\/v1\/([\w-]+)\/[\w]+)/.exec(request) ?? [];
    const { random } = this.#attempt;
    if (kind === "" || edits[kind] === undefined) {
      return;
    }
    await this.#useOf(kind, path);
    if (this.#edits === maxEdits || !random.chance(40)) {
      return;
    }
    const edit = random.pick(edits[kind]);
    if ((await differences(path, edit)).length === 0) {
      return;
    }
    const { status, body } = await service.ask("PATCH", path, edit);
    if (status !== 200) {
      throw new Error(`somebody else's change of ${path} was answered ${status}: ${body.detail}`);
    }
    this.#edits += 1;
    this.#attempt.count("edits in between");
    this.#changed.set(path, edit);
  }

  /** A refused change meets one of what is declared. */
  expectDeclared(refusal: string): void {
    const met = [...this.#changed].filter(([path]) => refusal.includes(`(PATCH ${path}`));
    const needless = met.filter(
      ([path, edit]) => !this.#unread.has(path) && Object.keys(edit).every((name) => undeclared.has(name)),
    );
    this.#attempt.none(
      "refused for what isn't declared",
      needless.map(([path]) => path),
    );
  }

  /** What was changed is there: no stack knows of it yet. @param stored what the stack has written down */
  async expectKept(stored: ProtocolStack["state"]): Promise<void> {
    const known = new Map([...stored.values()].map(({ id, outputs }) => [id, outputs]));
    for (const [path, edit] of this.#changed) {
      this.#attempt.none("lost writes", await differences(path, edit));
      const outputs = known.get(path.split("/").at(-1) ?? "");
      if (Object.keys(edit).some((name) => !undeclared.has(name) && outputs?.[name] === undefined)) {
        this.#unread.add(path);
      }
    }
    this.#changed = new Map();
  }

  /** Uses a key, or accepts an invitation, for which no version changes. */
  async #useOf(kind: string, path: string): Promise<void> {
    const secret = this.#secrets().get(path.split("/").at(-1) ?? "");
    if (kind === "api-keys" && secret !== undefined) {
      await service.verify(secret);
      this.#attempt.count("uses in between");
    }
    if (kind !== "members") {
      return;
    }
    const { email, status } = (await service.ask("GET", path)).body;
    if (status !== "pending" || !this.#guests.includes(String(email))) {
      return;
    }
    this.#guests = this.#guests.filter((guest) => guest !== email);
    const accepted = await service.browser().submit(await service.mailedLink(String(email)), account);
    if (accepted.statusCode !== 303) {
      throw new Error(`accepting answered ${accepted.statusCode}`);
    }
    this.#attempt.count("acceptances in between");
  }
}

/** Brings a stack to what is declared, with a refresh whenever that is what it is told. */
async function settle(attempt: Attempt, stack: ProtocolStack, declared: readonly Declaration[], else_: SomebodyElse) {
  for (let ups = 1; ; ups += 1) {
    try {
      await stack.up(declared);
      return;
    } catch (error) {
      const { message } = error as Error;
      if (!message.includes("precondition_failed") || !message.includes("Run `pulumi refresh`")) {
        throw error;
      }
      if (ups > maxEdits) {
        throw new Error(`not settled after ${ups} ups`, { cause: error });
      }
      else_.expectDeclared(message);
      attempt.count("refused changes");
    }
    await else_.expectKept(stack.state);
    await stack.refresh();
  }
}

/** Both stacks are made at once, and both declare one role: one of them comes to have it. */
async function makeBoth(attempt: Attempt, stacks: readonly ProtocolStack[], declared: readonly Declaration[][]) {
  const organization = declared[1]?.[0]?.args.organization;
  const contested: Declaration = {
    kind: "Role",
    name: "contested",
    args: { organization, name: "Contested", permissions: ["flows:read"] },
  };
  const ups = await Promise.allSettled(stacks.map((stack, at) => stack.up([...(declared[at] ?? []), contested])));
  const refused = ups.flatMap((up) => (up.status === "rejected" ? [String(up.reason)] : []));
  attempt.none(
    "silent collisions",
    refused.filter((reason) => !reason.includes("name_taken")),
  );
  if (refused.length !== 1) {
    throw new Error(`${refused.length} of 2 stacks were refused a role that both declare`);
  }
  attempt.count("refused collisions");
}

trial({
  id: "F10",
  title: "two stacks on one organization at once, and somebody else changes what they are about to",
  seeds: { full: 8, short: 1 },
  control: { within: 5 },
  async try(attempt) {
    const { seed, broken } = attempt;
    const name = `f10${broken ? "b" : ""}${seed}`;
    const ids = [`trial/${name}/one`, `trial/${name}/two`];
    const tags = [`${name}one`, `${name}two`];
    const stacks = relays.map((relay, at) => new ProtocolStack(relay, ids[at] ?? ""));
    const [first] = stacks as [ProtocolStack, ProtocolStack];
    for (const relay of relays) {
      relay.withheld = broken ? ["if-match"] : [];
      relay.asked = () => undefined;
    }
    const acme = { kind: "Organization", name: "acme", args: { slug: `acme-${name}`, name: "Acme", ...enterprise } };
    await first.up([acme]);
    const organization = first.state.get("acme")?.id ?? "";
    const declared = (isChanged: boolean) => {
      const [one = [], two = []] = tags.map((tag) => programIn(organization, tag, isChanged));
      return [[{ ...acme, args: { ...acme.args, ...(isChanged && { name: "Acme Corporation" }) } }, ...one], two];
    };
    await makeBoth(attempt, stacks, declared(false));
    const shall = declared(true);
    await Promise.all(
      stacks.map(async (stack, at) => {
        const secrets = () => new Map([...stack.state.values()].map(({ id, outputs }) => [id, outputs.key]));
        const somebody = new SomebodyElse(attempt, secrets, [`guest-${tags[at]}@trials.example`]);
        const relay = relays[at];
        if (relay === undefined) {
          return;
        }
        relay.asked = async (request) => {
          await somebody.comeBefore(request);
          return undefined;
        };
        await settle(attempt, stack, shall[at] ?? [], somebody);
        await somebody.expectKept(stack.state);
      }),
    );
    for (const [at, stack] of stacks.entries()) {
      await expectWhole(attempt, service, ids[at] ?? "", stack.state.values());
      expectConverged(attempt, await stack.preview(shall[at] ?? []));
    }
    for (const stack of [...stacks].reverse()) {
      await stack.destroy();
    }
    for (const id of ids) {
      await expectNothing(attempt, service, id);
    }
  },
});
