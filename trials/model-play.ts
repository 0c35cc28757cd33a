/** Plays a sequence of actions on a stack and on its model, and compares the two. */

import { account, goodPassword } from "../test/contract/support/pages.ts";
import type { Relay } from "../test/e2e/relay.ts";
import type { Service } from "../test/e2e/service.ts";
import { ProtocolStack, type Stored } from "../test/protocol/protocol-stack.ts";
import { EndedError } from "../test/protocol/provider-process.ts";
import { expectConverged, expectNothing } from "./inventory.ts";
import { addressOf, declarables, keptAddressOf, Model, Program } from "./model.ts";
import { differences, unended, unknownObjects, wrongSecrets } from "./model-comparison.ts";
import type { Attempt } from "./trial.ts";

/** What becomes of one of the changes that an `up` asks for, by its place among them. */
export interface Fault {
  readonly at: number;
  readonly fate: "lost" | "dropped" | "unavailable" | "killed before" | "killed after";
}

/** One thing that somebody does. What can't be done as things are is left out. */
export type Action =
  | { readonly do: "declare"; readonly name: string; readonly variant: number }
  | { readonly do: "omit" | "rotate" | "resend" | "accept" | "leave"; readonly name: string }
  | { readonly do: "up"; readonly refreshes: boolean; readonly faults: readonly Fault[] }
  | { readonly do: "meddle"; readonly how: "change" | "end"; readonly name: string; readonly entry: number }
  | { readonly do: "rotate out of band"; readonly name: string; readonly overlap: "0s" | "1h" }
  | { readonly do: "block or unblock the robot" | "add a stranger" | "set up an account" };

/** Where the API has an object of a kind. */
const paths: Readonly<Record<string, string>> = {
  Organization: "/v1/organizations",
  Role: "/v1/roles",
  User: "/v1/users",
  Membership: "/v1/members",
  OrganizationMembers: "/v1/members",
  ApiKey: "/v1/api-keys",
  ApiKeyAssignment: "/v1/api-key-assignments",
  ApiKeyAssignees: "/v1/api-key-assignments",
};

/** What somebody changes of an object of a kind. */
const changes: Readonly<Record<string, object>> = {
  Organization: { name: "Somebody else's", websiteUrl: "https://elsewhere.example" },
  Role: { permissions: ["data:edit"] },
  User: { givenName: "Somebody" },
  Membership: { role: "auditor" },
  OrganizationMembers: { role: "auditor" },
  ApiKey: { name: "Somebody else's", allowedIps: ["203.0.113.0/24"], endDate: "2041-01-01" },
};

const linkWaitMs = 20_000;

/** Which secret a key has, as the service tells. */
interface KeySecret {
  readonly id: string;
  readonly generation: number;
  readonly fingerprint: unknown;
}

/** One sequence, on a stack of its own. */
export class Play {
  readonly #attempt: Attempt;
  readonly #service: Service;
  readonly #relay: Relay;
  readonly #tag: string;
  readonly #stackId: string;
  readonly #stack: ProtocolStack;
  readonly #program: Program;
  readonly #model = new Model();
  /** Whether somebody has changed something since the last refresh. */
  #isStale = false;
  /** Whether the last `up` was killed, so that there may be what isn't written down. */
  #isCutShort = false;

  constructor(attempt: Attempt, { service, relay }: { service: Service; relay: Relay }, tag: string) {
    this.#attempt = attempt;
    this.#service = service;
    this.#relay = relay;
    this.#tag = tag;
    this.#stackId = `trial/${tag}`;
    this.#stack = new ProtocolStack(relay, this.#stackId, {}, { keepsProvider: true });
    this.#program = new Program(declarables(tag));
  }

  async perform(action: Action): Promise<void> {
    this.#attempt.count("actions");
    switch (action.do) {
      case "declare":
        // A lost create is taken over as it was declared: under another name it would be another object.
        if (!this.#isCutShort) {
          this.#program.declare(action.name, action.variant);
        }
        return;
      case "omit":
        if (!this.#isCutShort) {
          this.#program.omit(action.name);
        }
        return;
      case "rotate":
        return this.#program.trigger(action.name, "rotate");
      case "resend":
        // Whoever is in can't be invited again: that is refused.
        if (this.#isSettled(action.name) && this.#model.joined.get(action.name) !== "active") {
          this.#program.trigger(action.name, "resend");
        }
        return;
      case "up":
        return await this.#up(action);
      case "meddle":
        return await this.#meddle(action);
      case "rotate out of band":
        return await this.#rotate(action);
      case "block or unblock the robot":
        return await this.#block();
      case "add a stranger":
        return await this.#addStranger();
      case "accept":
        return await this.#accept(action.name);
      case "leave":
        return await this.#leave(action.name);
      case "set up an account":
        return await this.#setUpAccount();
    }
  }

  /** Ends the sequence: the faults are over, and everything is as declared; then nothing is left. */
  async end(): Promise<void> {
    const wasAlone = this.#isAlone();
    await this.#up({ refreshes: true, faults: [] });
    // A set that turns authoritative removes nobody before a refresh has told whom.
    if (!wasAlone && this.#isAlone()) {
      await this.#up({ refreshes: true, faults: [] });
    }
    const declared = this.#program.declarations;
    expectConverged(this.#attempt, await this.#stack.preview(declared));
    await this.#compare();
    await this.#refresh();
    expectConverged(this.#attempt, await this.#stack.preview(declared));
    await this.#stack.destroy();
    await expectNothing(this.#attempt, this.#service, this.#stackId);
    this.#attempt.none("not ended", await unended(this.#service, this.#model, new Map()));
  }

  async stop(): Promise<void> {
    this.#relay.asked = () => undefined;
    this.#relay.answered = () => "pass on";
    await this.#stack.stop();
  }

  async #compare(): Promise<void> {
    const { state } = this.#stack;
    const world = { service: this.#service, model: this.#model, state };
    const declared = this.#program.declarations;
    this.#attempt.none("differences", await differences(world, declared));
    this.#attempt.none("unknown objects", await unknownObjects(world, this.#stackId));
    this.#attempt.none("wrong secrets", await wrongSecrets(world, declared));
    this.#attempt.none("not ended", await unended(this.#service, this.#model, state));
  }

  async #refresh(): Promise<void> {
    await this.#stack.refresh();
    this.#isStale = false;
    this.#look();
  }

  async #up({ refreshes, faults }: { refreshes: boolean; faults: readonly Fault[] }): Promise<void> {
    const wasAlone = this.#isAlone();
    if (refreshes) {
      await this.#refresh();
    }
    const before = new Map(this.#stack.state);
    const keysBefore = await this.#keys();
    const declared = this.#program.declarations;
    this.#expectEnds(before, declared);
    this.#inject(faults);
    let isDone = false;
    try {
      await this.#stack.up(declared);
      isDone = true;
      this.#isCutShort = false;
      this.#attempt.count("ups");
    } catch (error) {
      if (error instanceof EndedError) {
        this.#isCutShort = true;
        this.#attempt.count("ups killed");
      } else if (this.#isStale) {
        this.#attempt.count("ups refused");
      } else {
        throw error;
      }
      if (wasAlone) {
        for (const address of this.#model.strangers.keys()) {
          this.#model.strangers.set(address, undefined);
        }
      }
    } finally {
      this.#relay.asked = () => undefined;
      this.#relay.answered = () => "pass on";
    }
    this.#look();
    for (const [name, stored] of before) {
      this.#acted(name, stored);
    }
    await this.#rotated(keysBefore, declared);
    if (isDone && refreshes && wasAlone && this.#isAlone()) {
      for (const address of this.#model.strangers.keys()) {
        this.#model.strangers.set(address, false);
      }
    }
  }

  /** Whether the set of members is the only one who says who is in. */
  #isAlone(): boolean {
    return this.#stack.state.get("members")?.outputs.mode === "authoritative";
  }

  /** An `up` may end what is no longer declared, and what is declared as another thing. */
  #expectEnds(before: ReadonlyMap<string, Stored>, declared: Program["declarations"]): void {
    const now = new Map(declared.map((each) => [each.name, each]));
    for (const [name, { inputs, outputs }] of before) {
      const args = now.get(name)?.args;
      const isAnother = args === undefined || (inputs.kind !== args.kind && inputs.kind !== "person");
      if (isAnother) {
        this.#model.ends(name);
      }
      const entries = (args?.members ?? args?.assignees ?? {}) as object;
      for (const address of Object.keys((outputs.ids ?? {}) as object)) {
        if (!Object.hasOwn(entries, address)) {
          this.#model.ends(`${name}/${address}`);
        }
      }
    }
  }

  /** What an `up` did, as far as it came, of the triggers of a resource that was there before. */
  #acted(name: string, before: Stored): void {
    const now = this.#stack.state.get(name);
    if (now === undefined || now.id !== before.id) {
      return;
    }
    if (now.inputs.resendInvite !== undefined && now.inputs.resendInvite !== before.inputs.resendInvite) {
      this.#model.joined.set(name, "pending");
    }
  }

  /** What the service has of the keys that are written down. */
  async #keys(): Promise<ReadonlyMap<string, KeySecret>> {
    const written = [...this.#stack.state].filter(([, { kind }]) => kind === "ApiKey");
    const asked = written.map(async ([name, { id }]) => {
      const { generation, fingerprint } = (await this.#service.ask("GET", `${paths.ApiKey}/${id}`)).body;
      return [name, { id, generation: Number(generation), fingerprint }] as const;
    });
    return new Map(await Promise.all(asked));
  }

  /** Which keys an `up` has given another secret, also where it was killed before it knew that itself. */
  async #rotated(before: ReadonlyMap<string, KeySecret>, declared: Program["declarations"]): Promise<void> {
    for (const [name, { id, generation, fingerprint }] of await this.#keys()) {
      const was = before.get(name);
      const { overlap } = (declared.find((each) => each.name === name)?.args.rotation ?? {}) as { overlap?: string };
      if (was?.id === id && was.fingerprint !== fingerprint && overlap !== undefined) {
        this.#model.rotates(name, generation > was.generation, overlap);
      }
    }
  }

  #look(): void {
    this.#attempt.none("needless ends", this.#model.sees(this.#stack.state));
  }

  #inject(faults: readonly Fault[]): void {
    let asked = 0;
    const fates = new Map<string, Fault["fate"]>();
    this.#relay.asked = (request, { "idempotency-key": key }) => {
      if (request.startsWith("GET ") || typeof key !== "string") {
        return undefined;
      }
      const fault = faults.find(({ at }) => at === asked);
      asked += 1;
      if (fault === undefined) {
        return undefined;
      }
      this.#attempt.count("faults");
      if (fault.fate === "dropped") {
        return "reset";
      }
      if (fault.fate === "unavailable") {
        return { status: 503 };
      }
      if (fault.fate === "killed before") {
        this.#stack.kill();
        return "reset";
      }
      // A user that is brought back is known already, so that it is never a lost create.
      const isBack = request === "POST /v1/users" && this.#model.seen.size > this.#stack.state.size;
      fates.set(key, fault.fate === "killed after" && isBack ? "lost" : fault.fate);
      return undefined;
    };
    this.#relay.answered = (_request, { "idempotency-key": key }) => {
      const fate = fates.get(String(key));
      fates.delete(String(key));
      if (fate === undefined) {
        return "pass on";
      }
      if (fate === "killed after") {
        this.#stack.kill();
      }
      return "reset";
    };
  }

  async #meddle({ how, name, entry }: Extract<Action, { do: "meddle" }>): Promise<void> {
    const stored = this.#stack.state.get(name);
    if (stored === undefined) {
      return;
    }
    const entries = Object.entries((stored.outputs.ids ?? {}) as Readonly<Record<string, string>>);
    const [address, id] = entries[entry % Math.max(entries.length, 1)] ?? [undefined, stored.id];
    if (address === undefined && stored.outputs.ids !== undefined) {
      return;
    }
    const path = `${paths[stored.kind]}/${id}`;
    if (how === "change") {
      const body = changes[stored.kind];
      if (body === undefined) {
        return;
      }
      await this.#service.ask("PATCH", path, body);
    } else {
      const { status } = await this.#service.ask("DELETE", path);
      const { body } = await this.#service.ask("GET", path);
      // What is in use is kept, and who has left has left; a user is only deactivated.
      if (status === 204 && stored.kind !== "User" && body.status !== "left") {
        this.#model.ends(address === undefined ? name : `${name}/${address}`);
      }
    }
    this.#attempt.count("out of band");
    this.#isStale = true;
  }

  async #rotate({ name, overlap }: Extract<Action, { do: "rotate out of band" }>): Promise<void> {
    const stored = this.#stack.state.get(name);
    if (stored === undefined) {
      return;
    }
    const path = `/v1/api-keys/${stored.id}`;
    const { generation, kind } = (await this.#service.ask("GET", path)).body;
    const secret = kind === "webapi" ? { secret: `of-somebody-else-${this.#tag}-${Number(generation)}` } : {};
    const body = { generation: Number(generation) + 1, overlap, ...secret };
    const rotated = await this.#service.ask("POST", `${path}/rotations`, body);
    if (rotated.status !== 200) {
      return;
    }
    this.#attempt.count("out of band");
    this.#model.keep(name, String(rotated.body.key ?? secret.secret), rotated.body.fingerprint);
    this.#model.rotates(name, true, overlap);
    this.#isStale = true;
  }

  async #block(): Promise<void> {
    const robot = this.#stack.state.get("robot");
    if (robot === undefined || this.#isCutShort) {
      return;
    }
    const act = this.#model.isRobotBlocked ? "unblock" : "block";
    const { status } = await this.#service.ask("POST", `/v1/users/${robot.id}/${act}`);
    if (status === 200) {
      this.#model.isRobotBlocked = act === "block";
    }
  }

  async #addStranger(): Promise<void> {
    const organization = this.#stack.state.get("acme")?.id;
    if (organization === undefined) {
      return;
    }
    const email = addressOf(`stranger-${this.#model.strangers.size}`, this.#tag);
    await this.#service.ask("POST", "/v1/users", { email, kind: "system" });
    const body = { email, role: "viewer" };
    const { status } = await this.#service.ask("POST", `/v1/organizations/${organization}/members`, body);
    if (status !== 201) {
      throw new Error(`adding a stranger answered ${status}`);
    }
    this.#model.strangers.set(email, true);
    this.#attempt.count("out of band");
    this.#isStale = true;
  }

  /** Whether all that was declared of a membership is done, so that the model knows what it is. */
  #isSettled(name: string): boolean {
    const stored = this.#stack.state.get(name);
    const declared = this.#program.declarations.find((each) => each.name === name);
    return (
      !this.#isCutShort &&
      !this.#isStale &&
      stored !== undefined &&
      declared !== undefined &&
      stored.inputs.resendInvite === declared.args.resendInvite
    );
  }

  async #accept(name: string): Promise<void> {
    if (!this.#isSettled(name) || this.#model.joined.get(name) !== "pending") {
      return;
    }
    const id = this.#stack.state.get(name)?.id ?? "";
    const who = name.replace("-in", "");
    const form = this.#model.accounts.has(who) ? { password: goodPassword } : account;
    await this.#follow(who, form, async () => {
      return (await this.#service.ask("GET", `/v1/members/${id}`)).body.status === "active";
    });
    this.#model.accounts.add(who);
    this.#model.joined.set(name, "active");
  }

  async #leave(name: string): Promise<void> {
    const who = name.replace("-in", "");
    if (!this.#isSettled(name) || this.#model.joined.get(name) !== "active" || !this.#model.accounts.has(who)) {
      return;
    }
    const id = this.#stack.state.get(name)?.id ?? "";
    const browser = this.#service.browser();
    await browser.logIn(keptAddressOf(who, this.#tag));
    const { statusCode } = await browser.submit(`/me/memberships/${id}/leave`);
    if (statusCode !== 303) {
      throw new Error(`leaving answered ${statusCode}`);
    }
    this.#attempt.count("people's acts");
    this.#model.joined.set(name, "left");
  }

  async #setUpAccount(): Promise<void> {
    const person = this.#stack.state.get("person");
    if (person === undefined || this.#isCutShort || this.#isStale || this.#model.accounts.has("person")) {
      return;
    }
    await this.#follow("person", account, async () => {
      return (await this.#service.ask("GET", `/v1/users/${person.id}`)).body.status === "active";
    });
    this.#model.accounts.add("person");
  }

  /** Follows the link of the newest mail to somebody, which may be under way, and sends its form. */
  async #follow(who: string, form: Readonly<Record<string, string>>, isDone: () => Promise<boolean>): Promise<void> {
    const address = keptAddressOf(who, this.#tag);
    const endMs = Date.now() + linkWaitMs;
    while (Date.now() < endMs) {
      const mails = await this.#service.mailsTo(address, 1);
      const links = mails.flatMap((mail) => /\/links\/[\w-]{43}/.exec(mail.replaceAll("=\r\n", ""))?.[0] ?? []);
      await this.#service.browser().submit(links.at(-1) ?? "/", form);
      if (await isDone()) {
        this.#attempt.count("people's acts");
        return;
      }
    }
    throw new Error(`the link that ${who} was mailed doesn't do what it says`);
  }
}
