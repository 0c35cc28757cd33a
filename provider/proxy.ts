/**
 * Whether the environment asks for a proxy between here and the service, by the rules of Go's `net/http`. The engine and the other
 * providers keep to them, so one environment means the same to all. axios has other ones: it asks a proxy for addresses of this
 * machine too, and `NO_PROXY=example.com` covers no subdomains.
 *
 * @see https://pkg.go.dev/golang.org/x/net/http/httpproxy
 */
import { BlockList, isIPv4, isIPv6 } from "node:net";
import { domainToASCII } from "node:url";
import type { AxiosProxyConfig } from "axios";
import { ConfigurationError } from "./errors.ts";

const defaultPorts: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** The addresses of this machine. */
const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/**
 * The proxy to reach a service through.
 *
 * @param endpoint the service's address
 * @param environment where HTTP_PROXY, HTTPS_PROXY and NO_PROXY are looked for, in upper case, then in lower case
 * @returns undefined where the service is reached directly
 * @throws ConfigurationError if the proxy is one for SOCKS; it names neither user nor password
 */
export function proxyFor(endpoint: string, environment: NodeJS.ProcessEnv = process.env): AxiosProxyConfig | undefined {
  const url = new URL(endpoint);
  const variable = proxyVariable(endpoint);
  const proxy = parseProxy(variableOf(variable, environment));
  if (proxy === undefined || isDirect(url, variableOf("NO_PROXY", environment))) {
    return undefined;
  }
  if (proxy.protocol.startsWith("socks")) {
    throw new ConfigurationError(
      variable,
      `${variable} is a SOCKS proxy (${proxy.protocol}//${proxy.host}), and the service can be reached through HTTP proxies only. ` +
        `Set ${variable} to one, or add ${url.hostname} to NO_PROXY.`,
    );
  }
  const { protocol, hostname, username, password } = proxy;
  return {
    protocol,
    host: bare(hostname),
    port: Number(proxy.port) || (defaultPorts[protocol] ?? 80),
    ...(username === "" && password === ""
      ? {}
      : { auth: { username: decodeURIComponent(username), password: decodeURIComponent(password) } }),
  };
}

/** A proxy as a message names it: with the variable that it comes from, and without its user and password. */
export function proxyText({ protocol, host, port }: AxiosProxyConfig, endpoint: string): string {
  const place = isIPv6(host) ? `[${host}]` : host;
  return `the proxy ${protocol}//${place}:${port} (${proxyVariable(endpoint)})`;
}

/** An IPv6 address has brackets in a URL only. */
function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

/** The variable that has the proxy of a service. */
function proxyVariable(endpoint: string): string {
  return endpoint.startsWith("https:") ? "HTTPS_PROXY" : "HTTP_PROXY";
}

function variableOf(name: string, environment: NodeJS.ProcessEnv): string {
  return environment[name] || environment[name.toLowerCase()] || "";
}

/** A URL, or `host[:port]`. What is neither counts as nothing. */
function parseProxy(value: string): URL | undefined {
  const given = URL.canParse(value) ? new URL(value) : undefined;
  if (given !== undefined && /^(?:https?|socks\w*):$/.test(given.protocol)) {
    return given;
  }
  const isHost = value !== "" && !value.includes("://");
  return isHost && URL.canParse(`http://${value}`) ? new URL(`http://${value}`) : undefined;
}

function isDirect(url: URL, noProxy: string): boolean {
  const host = bare(url.hostname);
  if (host === "localhost" || includes(loopback, host)) {
    return true;
  }
  const port = url.port || String(defaultPorts[url.protocol] ?? "");
  return noProxy
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry === "*" || covers(entry, host, port));
}

/** Whether an entry of NO_PROXY is about a host: `1.2.3.4`, `1.2.3.0/24`, `example.com`, `.example.com`, each but the second with or without a port. */
function covers(entry: string, host: string, port: string): boolean {
  const [, network = "", length] = /^(.+)\/(\d{1,3})$/.exec(entry) ?? [];
  const family = familyOf(network);
  if (family !== undefined) {
    return Number(length) <= (family === "ipv4" ? 32 : 128) && includes(subnet(network, Number(length), family), host);
  }
  const [, bracketed, plain, ofPort = ""] = /^(?:\[([^\]]+)\]|([^:]*)):(\d*)$/.exec(entry) ?? [];
  const name = bracketed ?? plain ?? entry;
  if (name === "" || (ofPort !== "" && ofPort !== port)) {
    return false;
  }
  const ofAddress = familyOf(name);
  if (ofAddress !== undefined) {
    return includes(subnet(name, ofAddress === "ipv4" ? 32 : 128, ofAddress), host);
  }
  const domain = name.replace(/^\*\./, ".");
  const ascii = domainToASCII(domain.replace(/^\./, ""));
  return host.endsWith(`.${ascii}`) || (host === ascii && !domain.startsWith("."));
}

function familyOf(address: string): "ipv4" | "ipv6" | undefined {
  return isIPv4(address) ? "ipv4" : isIPv6(address) ? "ipv6" : undefined;
}

function subnet(network: string, length: number, family: "ipv4" | "ipv6"): BlockList {
  const list = new BlockList();
  list.addSubnet(network, length, family);
  return list;
}

function includes(list: BlockList, host: string): boolean {
  const family = familyOf(host);
  return family !== undefined && list.check(host, family);
}
