/**
 * Rotation under random schedules, clocks, uses and lost answers: the provider's own lifecycle, its client, and the real
 * service on a real database, with the engine's part played here. What must hold is asked of the service after each step.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import type { Schemas } from "roster-schema";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { z } from "zod";
import { ApiError, TransportError } from "../../provider/errors.ts";
import { apiKeyLifecycle } from "../../provider/kinds/api-key/api-key.ts";
import type { PropertyMap } from "../../provider/values/property-map.ts";
import { type ApiResponse, Client } from "../../provider/wire/client.ts";
import { unique } from "../contract/support/client.ts";
import { clientSecret, makeScenario, type Scenario } from "../contract/support/scenario.ts";
import { ownerToken, startListening, type TestService } from "../contract/support/service.ts";
import { runsOf } from "../runs.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const hourMs = 3_600_000;

let service: TestService;
let stop = async () => {};
let scenario: Scenario;
let endpoint: string;

beforeAll(async () => {
  ({ service, endpoint, stop } = await startListening());
  scenario = await makeScenario(service);
});
afterAll(() => stop());
beforeEach(() => {
  // The provider's clock and the service's are one; a difference of the two is a later `up`, or an earlier one.
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** The client, with answers that get lost after the service has done what was asked; it remembers the secrets in them. */
class LossyClient extends Client {
  readonly secrets: string[] = [];
  loses = false;

  override async post<Body>(path: string, body: object, answer: z.ZodType<Body>): Promise<ApiResponse<Body>> {
    const answered = await super.post(path, body, answer);
    const { key } = answered.body as { readonly key?: string | null };
    if (typeof key === "string") {
      this.secrets.push(key);
    }
    if (this.loses) {
      throw new TransportError("POST", path, { count: 1, elapsedMs: 0 }, "the connection was reset");
    }
    return answered;
  }
}

const schedule = fc.record(
  { every: fc.constantFrom("2h", "24h", "240h"), overlap: fc.constantFrom("0s", "30m", "1h") },
  { requiredKeys: ["overlap"] },
);

type Action =
  | { readonly do: "up" | "lost up" | "refresh" | "use" | "use previous" | "trigger" }
  | { readonly do: "wait"; readonly hours: number }
  | { readonly do: "declare"; readonly args: PropertyMap }
  | { readonly do: "somebody rotates"; readonly overlap: string };

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Action>({ do: "up" }) },
  { weight: 2, arbitrary: fc.constantFrom<Action>({ do: "lost up" }, { do: "refresh" }, { do: "trigger" }) },
  { weight: 2, arbitrary: fc.constantFrom<Action>({ do: "use" }, { do: "use previous" }) },
  { weight: 4, arbitrary: fc.constantFrom(0.5, 1.5, 3, 25).map((hours): Action => ({ do: "wait", hours })) },
  {
    weight: 1,
    arbitrary: fc
      .record(
        { rotation: schedule, holdRotation: fc.boolean(), holdWhileUsed: fc.constantFrom("1h", "6h") },
        { requiredKeys: ["rotation"] },
      )
      .map((args): Action => ({ do: "declare", args })),
  },
  { weight: 1, arbitrary: fc.constantFrom("0s", "1h").map((overlap): Action => ({ do: "somebody rotates", overlap })) },
);

/** A stack with one key, as the engine keeps it. */
class Stack {
  readonly client = new LossyClient({ endpoint, token: ownerToken, timeoutMs: 30_000 });
  readonly #dead = new Set<string>();
  #id = "";
  #state: PropertyMap = {};
  #inputs: PropertyMap = {};
  #args: PropertyMap;
  #triggers = 0;

  constructor(args: PropertyMap) {
    this.#args = { organization: scenario.organization.id, name: unique("key"), kind: "server", ...args };
  }

  get state(): PropertyMap {
    return this.#state;
  }

  get overlap(): unknown {
    return (this.#args.rotation as PropertyMap | undefined)?.overlap;
  }

  declare(args: PropertyMap): void {
    const { organization, name, kind, rotate } = this.#args;
    this.#args = { organization, name, kind, rotate, ...args };
  }

  trigger(): void {
    this.#triggers += 1;
    this.#args = { ...this.#args, rotate: this.#triggers };
  }

  async create(): Promise<void> {
    const { inputs } = apiKeyLifecycle.check({}, this.#args);
    const { id, state } = await apiKeyLifecycle.create(this.client, inputs);
    [this.#id, this.#state, this.#inputs] = [id, state, inputs];
  }

  /** @returns whether it went through: what preview or the service refuses changes nothing. */
  async up(): Promise<boolean> {
    const { inputs, failures } = apiKeyLifecycle.check(this.#inputs, this.#args);
    if (failures.length > 0) {
      return false;
    }
    if (!apiKeyLifecycle.diff(this.#state, inputs).changes) {
      this.#inputs = inputs;
      return true;
    }
    try {
      this.#state = await apiKeyLifecycle.update(this.client, this.#id, this.#state, inputs);
      this.#inputs = inputs;
      return true;
    } catch (error) {
      const isExpected =
        error instanceof TransportError ||
        (error instanceof ApiError && ["generation_conflict", "secret_in_use"].includes(error.code));
      if (!isExpected) {
        throw error;
      }
      return false;
    }
  }

  /** Whether a preview shows no change. */
  isUpToDate(): boolean {
    return !apiKeyLifecycle.diff(this.#state, apiKeyLifecycle.check(this.#inputs, this.#args).inputs).changes;
  }

  async lostUp(): Promise<void> {
    this.client.loses = true;
    await this.up();
    this.client.loses = false;
  }

  async refresh(): Promise<void> {
    const read = await apiKeyLifecycle.read(this.client, this.#id, this.#state);
    [this.#state, this.#inputs] = [read?.state ?? {}, read?.inputs ?? {}];
  }

  async key(): Promise<Schemas["ApiKey"]> {
    return await scenario.owner.do("getApiKey", { path: { apiKeyId: this.#id } });
  }

  async use(secret: unknown): Promise<void> {
    if (typeof secret === "string") {
      await this.verify(secret);
    }
  }

  /** Why a secret doesn't authenticate; "accepted" where it does. */
  async verify(secret: unknown): Promise<string> {
    const { reason, outcome } = await scenario.owner.do("verifyApiKey", { body: { secret: String(secret) } });
    return reason ?? outcome;
  }

  async somebodyRotates(overlap: string): Promise<void> {
    const { generation, previousSecret } = await this.key();
    const request = { path: { apiKeyId: this.#id }, body: { generation: generation + 1, overlap } };
    // Refused only while a secret before is in use, and never where all before are to end at once.
    if (overlap !== "0s" && previousSecret?.lastUsedAt != null) {
      const response = await scenario.owner.send("rotateApiKey", request);
      if (response.statusCode === 409) {
        expect(response.json().code).toBe("secret_in_use");
        return;
      }
      expect(response.statusCode).toBe(200);
      this.client.secrets.push(response.json().key);
      return;
    }
    const { key } = await scenario.owner.do("rotateApiKey", request);
    this.client.secrets.push(key ?? "");
  }

  /** The secrets that authenticate, of all that there ever were; asking is no use of them. */
  async living(): Promise<string[]> {
    const living: string[] = [];
    for (const secret of this.client.secrets) {
      const { reason } = await scenario.owner.do("verifyApiKey", { body: { secret, api: "not-permitted" } });
      if (reason === "not_permitted") {
        living.push(secret);
      } else {
        this.#dead.add(secret);
      }
    }
    expect(
      living.filter((secret) => this.#dead.has(secret)),
      "what was dead is alive",
    ).toEqual([]);
    return living;
  }
}

async function perform(stack: Stack, step: Action): Promise<void> {
  switch (step.do) {
    case "up": {
      const { key: before } = stack.state;
      if ((await stack.up()) && stack.state.key !== before && stack.overlap === "0s") {
        expect(await stack.living(), "without an overlap").toEqual([stack.state.key]);
      }
      return;
    }
    case "lost up":
      return await stack.lostUp();
    case "refresh":
      return await stack.refresh();
    case "use":
      return await stack.use(stack.state.key);
    case "use previous":
      return await stack.use(stack.state.previousKey);
    case "trigger":
      return stack.trigger();
    case "wait":
      vi.setSystemTime(Date.now() + step.hours * hourMs);
      return;
    case "declare":
      return stack.declare(step.args);
    case "somebody rotates":
      return await stack.somebodyRotates(step.overlap);
  }
}

test("never are both secrets dead, or more than two alive, and what is due is done", async () => {
  await fc.assert(
    fc.asyncProperty(schedule, fc.array(action, { minLength: 3, maxLength: 14 }), async (rotation, steps) => {
      const stack = new Stack({ rotation });
      await stack.create();
      for (const step of steps) {
        await perform(stack, step);
        const living = await stack.living();
        expect(living.length).toBeGreaterThanOrEqual(1);
        expect(living.length).toBeLessThanOrEqual(2);
      }
      // Whatever was held back by a use is so no more.
      stack.declare({ rotation });
      vi.setSystemTime(Date.now() + 100 * hourMs);
      await stack.refresh();
      expect(await stack.up()).toBe(true);
      // What the stack has works, is the newest, and nothing is left to do.
      const { generation } = await stack.key();
      expect(stack.state).toMatchObject({ keyAvailable: true, generation });
      expect(await stack.living()).toContain(stack.state.key);
      await stack.refresh();
      expect(await stack.up()).toBe(true);
      expect((await stack.key()).generation).toBe(generation);
    }),
    { numRuns: runsOf({ test: 20, trials: 60 }) },
  );
}, 600_000);

test("an up that is repeated after a lost answer leaves one new secret, with a refresh between or without", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("due", "trigger"),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
      async (why, refreshes) => {
        const stack = new Stack({ rotation: { every: "24h", overlap: "12h" } });
        await stack.create();
        const first = stack.state.key;
        if (why === "due") {
          vi.setSystemTime(Date.now() + 25 * hourMs);
        } else {
          stack.trigger();
        }
        for (const refreshed of refreshes) {
          await stack.lostUp();
          if (refreshed) {
            await stack.refresh();
          }
        }
        expect(await stack.up()).toBe(true);
        expect((await stack.key()).generation).toBe(2);
        expect(await stack.living()).toEqual([first, stack.state.key]);
        expect(stack.state).toMatchObject({ generation: 2, previousKey: first });
      },
    ),
    { numRuns: runsOf({ test: 8, trials: 20 }) },
  );
}, 600_000);

describe.each([-25, -3, -1, 1, 3])("where the service's clock differs by %i hours", (hours) => {
  beforeEach(() => service.advance(hours * hourMs));
  afterEach(() => service.advance(-hours * hourMs));

  test("M18 a key is rotated when its secret is old enough, and not before or after, whatever is refreshed", async () => {
    const stack = new Stack({ rotation: { every: "30m", overlap: "5m" } });
    await stack.create();
    const generations: number[] = [];
    for (const minutes of [0, 0, 29, 2, 0, 29, 2]) {
      vi.setSystemTime(Date.now() + minutes * 60_000);
      await stack.refresh();
      expect(await stack.up()).toBe(true);
      generations.push((await stack.key()).generation);
      // A preview right after an up is empty.
      await stack.refresh();
      expect(stack.isUpToDate()).toBe(true);
    }
    expect(generations).toEqual([1, 1, 1, 2, 2, 2, 3]);
  });

  test("without a refresh as well, and with one now and then", async () => {
    const stack = new Stack({ rotation: { every: "30m", overlap: "5m" } });
    await stack.create();
    const generations: number[] = [];
    for (const [at, minutes] of [29, 2, 0, 29, 2, 29, 2].entries()) {
      vi.setSystemTime(Date.now() + minutes * 60_000);
      if (at % 3 === 2) {
        await stack.refresh();
      }
      expect(await stack.up()).toBe(true);
      generations.push((await stack.key()).generation);
    }
    expect(generations).toEqual([1, 2, 2, 2, 3, 3, 4]);
  });

  test("a rotation waits while the secret before is held, and no longer", async () => {
    const stack = new Stack({ rotation: { every: "1h", overlap: "30m" }, holdWhileUsed: "2h" });
    await stack.create();
    const first = stack.state.key;
    vi.setSystemTime(Date.now() + hourMs);
    expect(await stack.up()).toBe(true);
    await stack.use(first);
    const generations: number[] = [];
    for (const minutes of [0, 90, 40]) {
      vi.setSystemTime(Date.now() + minutes * 60_000);
      await stack.refresh();
      expect(await stack.up()).toBe(true);
      generations.push((await stack.key()).generation);
    }
    expect(generations).toEqual([2, 2, 3]);
  });
});

test("a secret that is declared where none was is the next generation, while the one before it is in use", async () => {
  const stack = new Stack({ kind: "webapi", rotation: { overlap: "1h" } });
  await stack.create();
  const made = stack.state.key;
  await stack.use(made);
  const declared = clientSecret();
  stack.declare({ rotation: { overlap: "1h" }, secret: declared });
  expect(await stack.up()).toBe(true);
  expect(stack.state).toMatchObject({ generation: 2, key: declared, previousKey: made });
  for (const secret of [made, declared]) {
    expect(await stack.verify(secret)).toBe("accepted");
  }
});

test.each([false, true])(
  "a rotation without an overlap ends every earlier secret, also where somebody else has rotated the key; refreshed: %j",
  async (isRefreshed) => {
    const stack = new Stack({ rotation: { overlap: "0s" } });
    await stack.create();
    const leaked = stack.state.key;
    await stack.somebodyRotates("1h");
    stack.trigger();
    if (isRefreshed) {
      await stack.refresh();
    }
    expect(await stack.up()).toBe(true);
    expect(stack.state).toMatchObject({ generation: 2 });
    expect(await stack.living()).toEqual([stack.state.key]);
    expect(await stack.verify(leaked)).toBe("revoked");
  },
);

test("an overlap that is taken back after a lost answer is", async () => {
  const stack = new Stack({ rotation: { overlap: "24h" } });
  await stack.create();
  stack.trigger();
  await stack.lostUp();
  stack.declare({ rotation: { overlap: "0s" } });
  await stack.refresh();
  expect(await stack.up()).toBe(true);
  expect(await stack.living()).toEqual([stack.state.key]);
});

test("a rotation without an overlap is handed on, and ends a secret that is held because it is used", async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, "leaked.key");
  const stack = new Stack({ deliverTo: { file }, holdWhileUsed: "6h" });
  await stack.create();
  const leaked = stack.state.key;
  stack.trigger();
  expect(await stack.up()).toBe(true);
  await stack.use(leaked);
  stack.trigger();
  expect(await stack.up(), "with an overlap").toBe(false);
  expect(await stack.living()).toEqual([leaked, stack.state.key]);
  stack.declare({ deliverTo: { file }, rotation: { overlap: "0s" } });
  expect(await stack.up()).toBe(true);
  expect(stack.state).toMatchObject({ generation: 3 });
  expect(await stack.living()).toEqual([stack.state.key]);
  expect(readFileSync(file, "utf8")).toBe(stack.state.key);
});
