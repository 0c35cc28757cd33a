/** Requests that go to the service together: on the real client, and a real server on loopback that answers as a test says. */
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { ApiError, ContractError, TransportError } from "../../provider/errors.ts";
import { Client } from "../../provider/wire/client.ts";
import type { Connection } from "../../provider/wire/configuration.ts";
import { type Answering, hang, json, plain, type Received, refusal, reset, ScriptedServer } from "./scripted-server.ts";

const widget = z.object({ id: z.string() });
const created: Answering = (response, request) => {
  json(201, { id: (request.body as { name: string }).name }, { ETag: '"1"' })(response, request);
};

async function serverOf(answer: Answering): Promise<ScriptedServer> {
  const server = await ScriptedServer.answering(answer);
  onTestFinished(async () => await server.stop());
  return server;
}

/** A server whose batches are answered whole, in turn, and by `created` after that. */
async function serverOfWhole(...answers: Answering[]): Promise<ScriptedServer> {
  const server = await serverOf(created);
  server.wholeBatches.push(...answers);
  return server;
}

function clientOf(server: ScriptedServer, timeoutMs = 10_000, more: Partial<Connection> = {}): Client {
  return new Client({ endpoint: server.endpoint, token: "of-a-test", timeoutMs, ...more });
}

function create(client: Client, name: string, more: object = {}) {
  return client.post("/v1/widgets", { name, ...more }, widget);
}

const namesOf = (count: number) => Array.from({ length: count }, (_, at) => `wid_${at}`);
const keysOf = (received: readonly Received[]) => received.map(({ headers }) => headers["idempotency-key"]);

test("what is asked at once goes together, and each gets its own answer", async () => {
  const server = await serverOf(created);
  const client = clientOf(server);
  const answers = await Promise.all(namesOf(3).map((name) => create(client, name)));
  expect(answers).toEqual(namesOf(3).map((id) => ({ body: { id }, etag: '"1"' })));
  expect(server.batches).toEqual([3]);
  const keys = keysOf(server.received);
  expect(new Set(keys).size).toBe(3);
  expect(keys.every((key) => /^[\w-]{43}$/.test(String(key)))).toBe(true);
});

test("what has no company goes by itself", async () => {
  const server = await serverOf(created);
  await create(clientOf(server), "wid_1");
  expect(server.batches).toEqual([]);
  expect(server.asked).toEqual(["POST /v1/widgets"]);
});

/** Answers nothing until it is released, and says how many requests it has. */
async function serverThatHolds() {
  const held: (() => void)[] = [];
  const server = await serverOf((response, request) => {
    held.push(() =>
      (request.method === "GET" ? json(200, { items: [], nextCursor: null }) : created)(response, request),
    );
  });
  const receives = (count: number) => expect.poll(() => server.received.length, { timeout: 60_000 }).toBe(count);
  return { server, held, receives };
}

/** Asks for nine, one after the other; none is answered. */
async function withNinthOf(holding: Awaited<ReturnType<typeof serverThatHolds>>) {
  const client = clientOf(holding.server, 60_000);
  const asked: Promise<unknown>[] = [];
  for (const name of namesOf(8)) {
    asked.push(create(client, name));
    await holding.receives(asked.length);
  }
  asked.push(create(client, "wid_8"));
  // Everything that needs no answer happens.
  for (let turn = 0; turn < 20; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { ...holding, client, asked };
}

test("of those without company eight are under way, and the next one waits for company", async () => {
  const { server, held, receives, client, asked } = await withNinthOf(await serverThatHolds());
  asked.push(create(client, "wid_9"));
  // A batch's requests come one after the other.
  await receives(9);
  expect(server.batches).toEqual([2]);
  for (const release of held.splice(0)) {
    release();
  }
  await receives(10);
  for (const release of held) {
    release();
  }
  await Promise.all(asked);
});

test("or until one of the eight is answered", async () => {
  const { server, held, receives, asked } = await withNinthOf(await serverThatHolds());
  held.shift()?.();
  await receives(9);
  expect(server.batches).toEqual([]);
  for (const release of held) {
    release();
  }
  await Promise.all(asked);
});

test("lists have no company ever, and keep nobody from going alone", async () => {
  const { server, held, receives } = await serverThatHolds();
  const client = clientOf(server, 60_000);
  const asked: Promise<unknown>[] = namesOf(8).map((name) => client.list(`/v1/${name}`, {}, widget));
  await receives(8);
  asked.push(create(client, "wid_8"));
  await receives(9);
  for (const release of held) {
    release();
  }
  await Promise.all(asked);
});

test("all forms of change go with what belongs to them", async () => {
  const server = await serverOf((response, request) => {
    if (request.method === "DELETE") {
      response.writeHead(204).end();
    } else {
      json(200, { id: "wid_1" })(response, request);
    }
  });
  const client = clientOf(server);
  const [patched, deleted] = await Promise.all([
    client.patch("/v1/widgets/wid_1", { name: "one" }, widget, '"7"'),
    client.delete("/v1/widgets/wid_2?managedAs=stack"),
  ]);
  expect(patched).toEqual({ body: { id: "wid_1" }, etag: "" });
  expect(deleted).toBe(true);
  expect(server.batches).toEqual([2]);
  expect(server.asked).toEqual(["PATCH /v1/widgets/wid_1", "DELETE /v1/widgets/wid_2?managedAs=stack"]);
  expect(server.received[0]?.headers["if-match"]).toBe('"7"');
});

test("a batch has a hundred requests at most, and a quarter of a megabyte", async () => {
  const server = await serverOf(created);
  const client = clientOf(server);
  await Promise.all(namesOf(250).map((name) => create(client, name)));
  expect(server.batches).toEqual([100, 100, 50]);
  server.batches.length = 0;
  const long = "x".repeat(100 * 1024);
  await Promise.all(namesOf(5).map((name) => create(client, name, { long })));
  expect(server.batches).toEqual([2, 2]);
});

test("one that is refused is refused alone", async () => {
  const server = await serverOf((response, request) => {
    const { name } = request.body as { name: string };
    (name === "wid_1" ? refusal(409, "name_taken") : created)(response, request);
  });
  const client = clientOf(server);
  const [one, other, another] = await Promise.allSettled(namesOf(3).map((name) => create(client, name)));
  expect([one?.status, other?.status, another?.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
  const { reason } = other as PromiseRejectedResult;
  expect(reason).toBeInstanceOf(ApiError);
  expect(reason.message).toContain("POST /v1/widgets");
  expect(reason.code).toBe("name_taken");
});

test("one that is to be repeated is, with its key; the others aren't", async () => {
  let isBusy = true;
  const server = await serverOf((response, request) => {
    const { name } = request.body as { name: string };
    if (name === "wid_1" && isBusy) {
      isBusy = false;
      refusal(503, "unavailable", { retryable: true })(response, request);
    } else {
      created(response, request);
    }
  });
  const client = clientOf(server);
  await Promise.all(namesOf(3).map((name) => create(client, name)));
  const names = server.received.map(({ body }) => (body as { name: string }).name);
  expect(names).toEqual(["wid_0", "wid_1", "wid_2", "wid_1"]);
  const keys = keysOf(server.received);
  expect(keys[3]).toBe(keys[1]);
});

test.each([
  ["whose connection is reset", reset],
  ["that something before the service refuses", plain(502, "<h1>Bad gateway</h1>")],
  ["that is one too many", refusal(429, "rate_limited", { retryable: true }, { "Retry-After": "1" })],
])("a batch %s is sent again, with the same keys", async (_title, failing) => {
  const server = await serverOfWhole(failing);
  const client = clientOf(server);
  const answers = await Promise.all(namesOf(3).map((name) => create(client, name)));
  expect(answers.map(({ body }) => body.id)).toEqual(namesOf(3));
  // The first was never carried out request by request.
  const keys = keysOf(server.received);
  expect(new Set(keys)).toEqual(new Set(server.keysOfFirstBatch));
});

test.each([
  ["is no JSON", plain(200, "{", { "Content-Type": "application/json" })],
  ["is a page", plain(200, "<h1>Hello</h1>")],
  ["answers another number of requests", json(200, { answers: [] })],
  ["is of another shape", json(200, { answers: [1, 2, 3] })],
])("an answer that %s breaks the contract, for each", async (_title, broken) => {
  const server = await serverOfWhole(broken);
  const client = clientOf(server);
  const ends = await Promise.allSettled(namesOf(3).map((name) => create(client, name)));
  for (const end of ends) {
    expect((end as PromiseRejectedResult).reason).toBeInstanceOf(ContractError);
    expect((end as PromiseRejectedResult).reason.message).toContain("POST /v1/widgets");
  }
});

test("the service's refusal of the whole is each one's", async () => {
  const server = await serverOfWhole(refusal(401, "unauthenticated"));
  const client = clientOf(server);
  const ends = await Promise.allSettled(namesOf(2).map((name) => create(client, name)));
  expect(ends.map((end) => (end as PromiseRejectedResult).reason.code)).toEqual(["unauthenticated", "unauthenticated"]);
});

test("the deadline ends what waits in a batch, and then the batch", async () => {
  const server = await serverOfWhole(hang);
  const client = clientOf(server, 1000);
  const ends = await Promise.allSettled(namesOf(2).map((name) => create(client, name)));
  for (const end of ends) {
    expect((end as PromiseRejectedResult).reason).toBeInstanceOf(TransportError);
  }
  // Its place is free again.
  expect((await Promise.all(namesOf(2).map((name) => create(client, name)))).length).toBe(2);
});

test("a secret that an answer repeats is in no error", async () => {
  const secret = "what-nobody-else-may-read-0123456789";
  const server = await serverOf(refusal(422, "unprocessable", { detail: `${secret} is none` }));
  const client = clientOf(server);
  const ends = await Promise.allSettled(namesOf(2).map((name) => create(client, name, { secret })));
  for (const end of ends) {
    expect((end as PromiseRejectedResult).reason.message).toContain("[secret] is none");
    expect(JSON.stringify((end as PromiseRejectedResult).reason)).not.toContain(secret);
  }
});

test("with batching off, each goes by itself, and a set's only as many at once as are of use", async () => {
  const server = await serverOf(created);
  const client = clientOf(server, 10_000, { batching: false });
  await Promise.all(namesOf(20).map((name) => create(client, name)));
  expect(server.batches).toEqual([]);
  expect(server.asked).toHaveLength(20);
  expect(client.maxConcurrent).toBe(8);
  expect(clientOf(server).maxConcurrent).toBe(200);
});

test("requests are not sent faster than is configured, at even distances", async () => {
  const server = await serverOf(created);
  const client = clientOf(server, 10_000, { batching: false, maxRequestsPerSecond: 20 });
  await Promise.all(namesOf(11).map((name) => create(client, name)));
  const times = server.received.map(({ atMs }) => atMs);
  // Ten distances of 50 ms, and a little less where the first was on its way for longer.
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(450);
});

test("nor faster than the service says that it takes them; what waits meanwhile goes together", async () => {
  const server = await serverOf((response, request) => {
    response.setHeader?.("RateLimit-Limit", "20");
    created(response, request);
  });
  const client = clientOf(server);
  // The first answer says it.
  await create(client, "wid_0");
  const waiting: Promise<unknown>[] = [];
  for (const name of namesOf(10)) {
    waiting.push(create(client, name));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(waiting);
  // The request whose answer said it counts as well, so they all wait.
  expect(server.batches).toEqual([10]);
});

test("whose turn doesn't come before the deadline was never sent, and says so", async () => {
  const server = await serverOf(created);
  const client = clientOf(server, 1500, { batching: false, maxRequestsPerSecond: 1 });
  const ends = await Promise.allSettled(namesOf(4).map((name) => create(client, name)));
  const failed = ends.filter((end) => end.status === "rejected");
  expect(failed.length).toBeGreaterThan(0);
  for (const { reason } of failed) {
    expect(reason.message).toContain("it was not sent");
  }
  expect(server.asked).toHaveLength(4 - failed.length);
});

test("N4 a cancelled run ends what is under way soon, and sends nothing more", async () => {
  const server = await serverOf(hang);
  const client = clientOf(server, 60_000);
  const outcomes = namesOf(300).map((name) => create(client, name).catch((error: TransportError) => error));
  await expect.poll(() => server.batches.length).toBeGreaterThan(0);
  await client.interrupt();
  const sent = server.batches.length;
  const errors = (await Promise.all(outcomes)) as TransportError[];
  const late = await create(client, "late").catch((error: TransportError) => error);
  const texts = [...errors, late].map((error) => (error as TransportError).message);
  expect(texts.at(0)).toMatch(
    /: the update was cancelled before the service answered, 1 attempt in \d\.\d s\.\n {2}Run it again\.\n {2}The change may have been applied/,
  );
  expect(texts.at(-1)).toMatch(
    /: it was not sent, because the update was cancelled, 0 attempts in 0\.0 s\.\n {2}Run it again\.$/,
  );
  expect(server.batches.length).toBe(sent);
});

test("N4 a cancelled run that ends in order reports that, with the creates that have no response", async () => {
  const server = await serverOf((response, request) => {
    const { name } = request.body as { readonly name: string };
    (name === "lost" ? hang : created)(response, request);
  });
  const client = clientOf(server, 60_000);
  await create(client, "stored", { externalId: "stack/stored" });
  const lost = create(client, "lost", { externalId: "stack/lost" }).catch((error: TransportError) => error);
  await expect.poll(() => server.received.length).toBe(2);
  await client.interrupt();
  expect(await lost).toBeInstanceOf(TransportError);
  await client.settle();
  expect(server.reports.at(-1)).toEqual({ status: "ended", unanswered: ["stack/lost"] });
});

test("N4 a cancelled run doesn't wait until its beginning has been reported", async () => {
  const server = await serverOf(created);
  server.leavesReports = true;
  const client = clientOf(server, 60_000);
  const unsent = create(client, "unsent", { externalId: "stack/unsent" }).catch((error: TransportError) => error);
  await expect.poll(() => server.reports.length).toBe(1);
  await client.interrupt();
  expect((await unsent) as TransportError).toMatchObject({
    message: expect.stringContaining("it was not sent, because the update was cancelled"),
  });
  expect(server.asked).toEqual([]);
});
