/** What the client reads before it is asked for it: on a real server on loopback that answers as a test says. */
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { TransportError } from "../../provider/errors.ts";
import { Client } from "../../provider/wire/client.ts";
import type { Connection } from "../../provider/wire/configuration.ts";
import { type Answering, hang, json, plain, refusal, ScriptedServer } from "./scripted-server.ts";

const widget = z.object({ id: z.string(), size: z.number() });
const nameOf = (stack: string, at: number) => `${stack}/${String(at).padStart(32, "0")}`;
const lists = (server: ScriptedServer) => server.asked.filter((asked) => asked.startsWith("GET /v1/managed-objects?"));

/** A service of widgets, of all that is asked for: `wid_1`, `wid_2`, … */
class Widgets {
  readonly server: Promise<ScriptedServer>;
  size: unknown = 1;
  /** How a list is answered. */
  list = (): Answering => {
    const items = [1, 2, 3].map((at) => ({ id: `wid_${at}`, etag: '"listed"', object: this.#widget(at) }));
    return json(200, { items, nextCursor: null });
  };
  /** What a change waits for. */
  beforeChange: Promise<void> | undefined;

  constructor() {
    this.server = ScriptedServer.answering((response, request) => void this.#answer(response, request));
    onTestFinished(async () => await (await this.server).stop());
  }

  async #answer(...[response, request]: Parameters<Answering>): Promise<void> {
    if (request.method !== "GET") {
      await this.beforeChange;
    }
    const [, at] = /^\/v1\/widgets\/wid_(\d+)$/.exec(request.path) ?? [];
    const answer = at === undefined ? this.list() : json(200, this.#widget(Number(at)), { ETag: '"read"' });
    answer(response, request);
  }

  async client(more: Partial<Connection> = {}): Promise<Client> {
    return new Client({ endpoint: (await this.server).endpoint, token: "of-a-test", timeoutMs: 5000, ...more });
  }

  #widget(at: number): object {
    return { id: `wid_${at}`, size: this.size };
  }
}

function get(client: Client, at: number, externalId: unknown = nameOf("acme/dev", at)) {
  return client.getManaged(`/v1/widgets/wid_${at}`, { id: `wid_${at}`, externalId }, widget);
}

test("one list answers for all objects of a stack", async () => {
  const widgets = new Widgets();
  const [server, client] = [await widgets.server, await widgets.client()];
  const answers = await Promise.all([get(client, 1), get(client, 2)]);
  expect(answers).toEqual([1, 2].map((at) => ({ body: { id: `wid_${at}`, size: 1 }, etag: '"listed"' })));
  expect(await get(client, 3)).toMatchObject({ etag: '"listed"' });
  const query = new URLSearchParams({
    externalIdPrefix: "acme/dev/",
    entries: "omit",
    include: "object",
    limit: "1000",
  });
  expect(server.asked).toEqual([`GET /v1/managed-objects?${query}`]);
});

test("what isn't in the list, or has another's name, is read by itself", async () => {
  const widgets = new Widgets();
  const [server, client] = [await widgets.server, await widgets.client()];
  expect(await get(client, 7)).toMatchObject({ body: { id: "wid_7" }, etag: '"read"' });
  expect(await get(client, 1, "given by somebody")).toMatchObject({ etag: '"read"' });
  expect(await get(client, 1, null)).toMatchObject({ etag: '"read"' });
  expect(lists(server)).toHaveLength(1);
});

test("an object that is asked for again is listed again, and so are the others", async () => {
  const widgets = new Widgets();
  const [server, client] = [await widgets.server, await widgets.client()];
  await Promise.all([get(client, 1), get(client, 2)]);
  widgets.size = 2;
  expect(await get(client, 1)).toMatchObject({ body: { size: 2 }, etag: '"listed"' });
  expect(await get(client, 2)).toMatchObject({ body: { size: 2 } });
  expect(lists(server)).toHaveLength(2);
});

test("each stack has a list of its own", async () => {
  const widgets = new Widgets();
  const [server, client] = [await widgets.server, await widgets.client()];
  await Promise.all([get(client, 1), get(client, 2, nameOf("acme/prod", 2))]);
  expect(lists(server)).toHaveLength(2);
});

test("nothing that was read before a change is given after it", async () => {
  const widgets = new Widgets();
  const [server, client] = [await widgets.server, await widgets.client()];
  await get(client, 1);
  widgets.size = 2;
  await client.patch("/v1/widgets/wid_2", { size: 2 }, widget);
  expect(await get(client, 2)).toMatchObject({ body: { size: 2 } });
  expect(lists(server)).toHaveLength(2);
});

test("nor is what was read while the change was under way", async () => {
  const widgets = new Widgets();
  const [server, client] = [await widgets.server, await widgets.client()];
  let letGo = () => {};
  widgets.beforeChange = new Promise((resolve) => {
    letGo = resolve;
  });
  const changing = client.patch("/v1/widgets/wid_2", { size: 2 }, widget);
  expect(await get(client, 2)).toMatchObject({ body: { size: 1 } });
  widgets.size = 2;
  letGo();
  await changing;
  expect(await get(client, 2)).toMatchObject({ body: { size: 2 } });
  expect(lists(server)).toHaveLength(2);
});

test("a list that is refused is no reason not to read", async () => {
  const widgets = new Widgets();
  const [server, client] = [await widgets.server, await widgets.client()];
  widgets.list = () => refusal(403, "permission_denied");
  expect(await get(client, 1)).toMatchObject({ etag: '"read"' });
  expect(await get(client, 2)).toMatchObject({ etag: '"read"' });
  expect(lists(server)).toHaveLength(1);
});

test("nor is one that isn't what the contract says, such as one that is too large", async () => {
  const widgets = new Widgets();
  const client = await widgets.client();
  widgets.list = () => plain(200, "<h1>Welcome</h1>");
  expect(await get(client, 1)).toMatchObject({ etag: '"read"' });
});

test("a list that nobody answers is told of, and asked for again", async () => {
  const widgets = new Widgets();
  const client = await widgets.client({ timeoutMs: 300 });
  const { list } = widgets;
  widgets.list = () => hang;
  await expect(get(client, 1)).rejects.toThrow(TransportError);
  widgets.list = list;
  expect(await get(client, 1)).toMatchObject({ etag: '"listed"' });
});

test("an object that isn't as it must be is read by itself, which tells what is wrong", async () => {
  const widgets = new Widgets();
  const client = await widgets.client();
  const items = [{ id: "wid_1", etag: '"listed"', object: { id: "wid_1", size: "small" } }];
  widgets.list = () => json(200, { items, nextCursor: null });
  expect(await get(client, 1)).toMatchObject({ etag: '"read"' });
  widgets.size = "small";
  await expect(get(client, 1)).rejects.toThrow("size");
});

test("without batching every object is read by itself", async () => {
  const widgets = new Widgets();
  const [server, client] = [await widgets.server, await widgets.client({ batching: false })];
  await Promise.all([get(client, 1), get(client, 2)]);
  expect(server.asked.toSorted()).toEqual([1, 2].map((at) => `GET /v1/widgets/wid_${at}`));
});
