/** Proxies in the environment: which requests go through them, and what is said where one fails. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { ConfigurationError, type RosterError } from "../../provider/errors.ts";
import { Client } from "../../provider/wire/client.ts";
import { proxyFor, proxyText } from "../../provider/wire/proxy.ts";
import { json, ScriptedServer } from "./scripted-server.ts";

const token = "token-that-nobody-may-see";
const thing = z.object({ id: z.string() });
const variables = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"].flatMap((name) => [name, name.toLowerCase()]);

beforeEach(() => {
  for (const name of variables) {
    vi.stubEnv(name, undefined);
  }
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** What a proxy was asked, as `GET http://…` or `CONNECT host:port`, with the headers. */
interface Asked {
  readonly what: string;
  readonly headers: IncomingMessage["headers"];
}

/** A proxy that answers everything itself, with one status. */
async function proxyThatAnswers(
  status: number,
  body = "",
): Promise<{ readonly asked: Asked[]; readonly port: number }> {
  const asked: Asked[] = [];
  const note = ({ method, url, headers }: IncomingMessage) => asked.push({ what: `${method} ${url}`, headers });
  const server = createServer((request, response) => {
    note(request);
    response.writeHead(status, { "Content-Type": status === 200 ? "application/json" : "text/html" }).end(body);
  });
  server.on("connect", (request: IncomingMessage, socket: Socket) => {
    note(request);
    socket.end(`HTTP/1.1 ${status} No\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, port: (server.address() as AddressInfo).port };
}

function read(endpoint: string): Promise<unknown> {
  return new Client({ endpoint, token, timeoutMs: 1_000 }).find("/v1/things/thg_1", thing);
}

async function messageOf(reading: Promise<unknown>): Promise<string> {
  const error: unknown = await reading.then(
    () => new Error("it succeeded"),
    (error: unknown) => error,
  );
  return (error as RosterError).message;
}

describe("as in Go", () => {
  const noProxy =
    "foobar.com, .barbaz.net, *.wildcard.io, 192.168.1.1, 192.168.1.2:81, 192.168.1.3:80, 10.0.0.0/30, 2001:db8::52:0:1, " +
    "[2001:db8::52:0:2]:443, [2001:db8::52:0:3]:80, 2002:db8:a::45/64, ported.io:8080, bücher.example, 10.9.0.0/99, :1, rooted.io.";

  // The table of golang.org/x/net/http/httpproxy, and more of the kind.
  test.each<[host: string, isProxied: boolean]>([
    ["localhost", false],
    ["LOCALHOST", false],
    ["localhost.", false],
    ["0.0.0.0", false],
    ["[::]", false],
    ["127.0.0.1", false],
    ["127.0.0.2", false],
    ["127.1.2.3", false],
    ["[::1]", false],
    ["[0:0:0:0:0:0:0:1]", false],
    ["[::ffff:127.0.0.1]", false],
    ["[::2]", true],
    ["192.168.1.1", false],
    ["192.168.1.2", true],
    ["192.168.1.3", false],
    ["192.168.1.4", true],
    ["10.0.0.2", false],
    ["10.0.0.4", true],
    ["10.9.0.1", true],
    ["[2001:db8::52:0:1]", false],
    ["[2001:db8::52:0:2]", true],
    ["[2001:db8::52:0:3]", false],
    ["[2002:db8:a::123]", false],
    ["[fe80::424b:c8be:1643:a1b6]", true],
    ["barbaz.net", true],
    ["www.barbaz.net", false],
    ["foobar.com", false],
    ["www.foobar.com", false],
    ["WWW.FooBar.com", false],
    ["foofoobar.com", true],
    ["baz.com", true],
    ["localhost.net", true],
    ["local.localhost", true],
    ["barbarbaz.net", true],
    ["wildcard.io", true],
    ["nested.wildcard.io", false],
    ["awildcard.io", true],
    ["foobar.com.", false],
    ["rooted.io", false],
    ["ported.io", true],
    ["ported.io:8080", false],
    ["www.ported.io:8080", false],
    ["xn--bcher-kva.example", false],
    ["bücher.example", false],
  ])("%s goes through the proxy: %s", (host, isProxied) => {
    const environment = { HTTP_PROXY: "http://proxy.example:3128", NO_PROXY: noProxy };
    expect(proxyFor(`http://${host}`, environment) !== undefined).toBe(isProxied);
    expect(proxyFor(`http://${host}`, { ...environment, NO_PROXY: `${noProxy}, *` })).toBeUndefined();
  });

  test.each<[name: string, environment: Record<string, string>, endpoint: string, proxy: object | undefined]>([
    ["no variable", {}, "http://roster.example", undefined],
    ["an empty variable", { HTTP_PROXY: "" }, "http://roster.example", undefined],
    ["a URL", { HTTP_PROXY: "http://p:8080/" }, "http://roster.example", { protocol: "http:", host: "p", port: 8080 }],
    ["a host", { HTTPS_PROXY: "p" }, "https://roster.example", { protocol: "http:", host: "p", port: 80 }],
    [
      "a host and a port",
      { https_proxy: "p:3128" },
      "https://roster.example",
      { protocol: "http:", host: "p", port: 3128 },
    ],
    [
      "an address",
      { HTTP_PROXY: "[::2]:3128" },
      "http://roster.example",
      { protocol: "http:", host: "::2", port: 3128 },
    ],
    ["TLS", { HTTPS_PROXY: "https://p" }, "https://roster.example", { protocol: "https:", host: "p", port: 443 }],
    [
      "upper case first",
      { HTTP_PROXY: "a", http_proxy: "b" },
      "http://roster.example",
      { protocol: "http:", host: "a", port: 80 },
    ],
    ["another scheme's variable", { HTTPS_PROXY: "p", ALL_PROXY: "q" }, "http://roster.example", undefined],
    ["what is no address", { HTTP_PROXY: "http://:1 2" }, "http://roster.example", undefined],
    ["a percent sign that is none", { HTTP_PROXY: "http://ada:50%off@p:1" }, "http://roster.example", undefined],
    [
      "a host whose name is like a scheme's",
      { HTTP_PROXY: "socksproxy:1080" },
      "http://roster.example",
      { protocol: "http:", host: "socksproxy", port: 1080 },
    ],
    [
      "credentials",
      { HTTP_PROXY: "http://ada:p%40ss@p:1" },
      "http://roster.example",
      { protocol: "http:", host: "p", port: 1, auth: { username: "ada", password: "p@ss" } },
    ],
  ])("the variable has %s", (_name, environment, endpoint, proxy) => {
    expect(proxyFor(endpoint, environment)).toEqual(proxy);
  });

  test("NO_PROXY in lower case counts as well", () => {
    const environment = { http_proxy: "p:1", no_proxy: "roster.example" };
    expect(proxyFor("http://roster.example", environment)).toBeUndefined();
    expect(proxyFor("http://roster.example:8080", { ...environment, no_proxy: "roster.example:80" })).toBeDefined();
  });
});

test("a SOCKS proxy is refused by name, without its password", () => {
  const environment = { HTTPS_PROXY: "socks5://ada:secret@p:1080" };
  const refused = expect(() => proxyFor("https://roster.example", environment));
  refused.toThrow(ConfigurationError);
  refused.toThrow("HTTPS_PROXY is a SOCKS proxy (socks5://p:1080)");
});

test("a proxy is named with its variable, and without its credentials", () => {
  const proxy = { protocol: "http:", host: "::2", port: 3128, auth: { username: "ada", password: "secret" } };
  expect(proxyText(proxy, "https://roster.example")).toBe("the proxy http://[::2]:3128 (HTTPS_PROXY)");
  vi.stubEnv("https_proxy", "http://ada:secret@[::2]:3128");
  expect(proxyText(proxy, "https://roster.example")).toBe("the proxy http://[::2]:3128 (https_proxy)");
});

test.each(["127.0.0.1", "localhost"])(
  "a service of this machine, at %s, is never asked through a proxy",
  async (host) => {
    const proxy = await proxyThatAnswers(502);
    for (const name of variables.filter((name) => !/no_/i.test(name))) {
      vi.stubEnv(name, `http://127.0.0.1:${proxy.port}`);
    }
    const server = await ScriptedServer.start(json(200, { id: "thg_1" }));
    onTestFinished(() => server.stop());
    await read(server.endpoint.replace("127.0.0.1", host));
    expect(server.asked).toEqual(["GET /v1/things/thg_1"]);
    expect(proxy.asked).toEqual([]);
  },
);

test("another machine is asked through the proxy, over https by CONNECT, which shows it nothing", async () => {
  const proxy = await proxyThatAnswers(200, JSON.stringify({ id: "thg_1" }));
  vi.stubEnv("http_proxy", `http://ada:secret@127.0.0.1:${proxy.port}`);
  expect(await read("http://roster.example/base")).toMatchObject({ body: { id: "thg_1" } });
  expect(proxy.asked[0]?.what).toBe("GET http://roster.example/base/v1/things/thg_1");
  expect(proxy.asked[0]?.headers["proxy-authorization"]).toBe(`Basic ${btoa("ada:secret")}`);

  const refusing = await proxyThatAnswers(403);
  vi.stubEnv("HTTPS_PROXY", `127.0.0.1:${refusing.port}`);
  await messageOf(read("https://roster.example"));
  expect(refusing.asked.map(({ what }) => what)).toEqual(["CONNECT roster.example:443"]);
  expect(JSON.stringify(refusing.asked)).not.toContain(token);
});

describe.each(["http", "https"])("where the proxy to a service over %s fails, it is named", (scheme) => {
  const variable = `${scheme.toUpperCase()}_PROXY`;
  const endpoint = `${scheme}://roster.example`;
  const use = (port: number) => {
    vi.stubEnv(variable, `http://ada:secret@127.0.0.1:${port}`);
    return `the proxy http://127.0.0.1:${port} (${variable})`;
  };

  test("and not the service, where nobody listens", async () => {
    const { port } = await closed();
    const named = use(port);
    const message = await messageOf(read(endpoint));
    expect(message).toContain(`${named} can't be reached (ECONNREFUSED)`);
    expect(message).toContain("add its host to NO_PROXY");
    expect(message).not.toMatch(/secret|ada|Is the service running/);
  });

  test.each([
    [407, "requires valid credentials (status 407)"],
    [502, "or from something between it and the service"],
    [403, "status is 403, without problem details"],
  ])("with status %d", async (status, told) => {
    const proxy = await proxyThatAnswers(status, "<p>no</p>");
    const named = use(proxy.port);
    const message = await messageOf(read(endpoint));
    expect(message).toContain(named);
    expect(message).toContain(told);
    expect(message).not.toMatch(/secret|token-that/);
  });
});

/** A port at which nobody listens. */
async function closed(): Promise<{ readonly port: number }> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return { port };
}
