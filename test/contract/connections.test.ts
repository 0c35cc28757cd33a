/** Connections end whatever their clients do, and keep nobody else waiting; over real sockets. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import type { Timeouts } from "../../service/http/connections.ts";
import { unavailabilityOf } from "../../service/rows/database.ts";
import { connect as connectDatabase } from "../portability/database.ts";
import { openCopy } from "../template-database.ts";
import { makeScenario } from "./support/scenario.ts";
import { ownerToken, TestService } from "./support/service.ts";

const soon = { timeout: 20_000, interval: 20 };
const start = "POST /v1/organizations HTTP/1.1\r\nHost: roster\r\n";
const authorization = `Authorization: Bearer ${ownerToken}\r\n`;
const json = "Content-Type: application/json\r\n";

/** A client that never ends its side, and takes answers only where it says so. */
interface Held {
  readonly socket: Socket;
  /** What it has been sent. */
  readonly received: () => string;
}

let service: TestService;
let closeDatabase = async () => {};

beforeAll(async () => {
  const { database, close } = await openCopy();
  closeDatabase = close;
  service = new TestService(database);
}, 120_000);

afterAll(async () => {
  await service?.stop();
  await closeDatabase();
}, 60_000);

async function listen(timeouts: Timeouts = {}) {
  await service.start({ timeouts });
  const { port } = new URL(await service.service.app.listen({ host: "127.0.0.1", port: 0 }));
  const hold = async (text: string, { reads = true } = {}): Promise<Held> => {
    const socket = connect({ port: Number(port), host: "127.0.0.1", allowHalfOpen: true });
    onTestFinished(() => void socket.destroy());
    let received = "";
    socket.on("error", () => {});
    if (reads) {
      socket.setEncoding("utf8").on("data", (data) => (received += data));
    } else {
      socket.pause();
    }
    await new Promise<void>((resolve) => socket.write(text, () => resolve()));
    return { socket, received: () => received };
  };
  return hold;
}

/** How many connections the service holds. */
async function held(): Promise<number> {
  return await new Promise((resolve, reject) =>
    service.service.app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );
}

/** What a client can do instead of finishing what it began. */
const unfinished: Readonly<Record<string, string>> = {
  nothing: "",
  "half a header": "GET /health/live HTTP/1.1\r\nHost: roster\r\nX-Half: ",
  "half a body": `${start}${authorization}${json}Content-Length: 100\r\n\r\n{`,
  "a body in parts that never ends": `${start}${authorization}${json}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`,
  "the rest of a body that was refused": `${start}Content-Length: 100\r\n\r\n{`,
  "half of a second request": "GET /health/live HTTP/1.1\r\nHost: roster\r\n\r\nGET /health/live HTTP/1.1\r\n",
  garbage: "\u0000\u0001 nonsense\r\n\r\n",
  "too large a header": `GET / HTTP/1.1\r\nHost: roster\r\nX-Large: ${"a".repeat(20_000)}\r\n\r\n`,
  "another protocol": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
};

test("T10 a connection whose client doesn't finish a request is answered and closed, also where the client keeps its side open", async () => {
  const hold = await listen({ requestMs: 300 });
  const clients = await Promise.all(Object.values(unfinished).map((text) => hold(text)));
  await vi.waitFor(async () => expect(await held()).toBe(0), soon);
  for (const [at, kind] of Object.keys(unfinished).entries()) {
    expect(clients[at]?.received(), kind).toMatch(/^HTTP\/1\.1 (400|401|200) /);
  }
});

/** So many answers that no buffer of the system takes them. */
const manyRequests = "GET /openapi.yaml HTTP/1.1\r\nHost: roster\r\n\r\n".repeat(200);

test("T10 a connection whose client doesn't take its answers is closed", async () => {
  const hold = await listen({ exchangeMs: 1000 });
  await Promise.all([hold(manyRequests, { reads: false }), hold(manyRequests, { reads: false })]);
  await vi.waitFor(async () => expect(await held()).toBe(2), soon);
  await vi.waitFor(async () => expect(await held()).toBe(0), soon);
});

test("T10 a request that offers another protocol is answered in this one, and the connection serves on", async () => {
  const hold = await listen();
  const upgrade = "GET /health/live HTTP/1.1\r\nHost: roster\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
  const { received, socket } = await hold(upgrade);
  const answers = () => received().match(/HTTP\/1\.1 200 OK/g)?.length;
  await vi.waitFor(() => expect(answers()).toBe(1), soon);
  socket.write(upgrade);
  await vi.waitFor(() => expect(answers()).toBe(2), soon);
});

test("T10 a stop lets go of clients that keep it waiting, and finishes the requests that are being carried out", async () => {
  const hold = await listen();
  const scenario = await makeScenario(service);
  const { key } = await scenario.key({ permissions: ["roles:manage"] });
  const clients = [
    ...(await Promise.all(Object.values(unfinished).map((text) => hold(text)))),
    await hold("GET /health/live HTTP/1.1\r\nHost: roster\r\n\r\n"),
    await hold(manyRequests, { reads: false }),
  ];
  // The embedded database has one connection: whoever has it keeps everybody waiting.
  let letOn = () => {};
  let blocked: Promise<void> | undefined;
  await new Promise<void>((resolve) => {
    blocked = service.database.transaction().execute(
      () =>
        new Promise<void>((end) => {
          letOn = end;
          resolve();
        }),
    );
  });
  try {
    const body = JSON.stringify({ name: "Made while the service stopped", permissions: [] });
    const header = `POST /v1/organizations/${scenario.organization.id}/roles HTTP/1.1\r\nHost: roster\r\n${json}`;
    const before = service.statementCount;
    const working = await hold(
      `${header}Authorization: Bearer ${key}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await vi.waitFor(() => expect(service.statementCount).toBeGreaterThan(before), soon);
    expect(await held()).toBeGreaterThan(clients.length / 2);
    const closed = service.service.close();
    await vi.waitFor(async () => expect(await held()).toBe(1), soon);
    letOn();
    await closed;
    expect(working.received()).toMatch(/^HTTP\/1\.1 201 /);
    expect(working.received()).toContain("Made while the service stopped");
  } finally {
    letOn();
    await blocked;
  }
});

test("T10 a PostgreSQL that falls silent is given up, and a stop doesn't wait for it", async () => {
  const message = (type: string, content: string) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length + 4);
    return Buffer.concat([Buffer.from(type), length, Buffer.from(content)]);
  };
  const ready = message("Z", "I");
  const sockets = new Set<Socket>();
  let isSilent = false;
  // As a proxy that has lost its server: it takes what it is sent, says nothing, and ends nothing.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("end", () => sockets.delete(socket));
    socket.once("data", () => {
      socket.write(Buffer.concat([message("R", "\0\0\0\0"), ready]));
      socket.on("data", () => isSilent || socket.write(Buffer.concat([message("C", "SET\0"), ready])));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const database = connectDatabase({ url: `postgresql://roster@127.0.0.1:${port}/roster`, answerWithinMs: 200 });
  await sql`select 1`.execute(database);
  isSilent = true;
  const error = await sql`select 1`.execute(database).catch((reason: unknown) => reason);
  expect(unavailabilityOf(error)).toBe("The database doesn't answer.");
  await vi.waitFor(() => expect(sockets.size).toBe(0), soon);
  isSilent = false;
  await sql`select 1`.execute(database);
  expect(sockets.size).toBe(1);
  await database.destroy();
  await vi.waitFor(() => expect(sockets.size).toBe(0), soon);
});
