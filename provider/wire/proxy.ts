/**
 * Finds the proxy for the service in the environment, by the rules of Go's `net/http`. The engine and the other providers follow them,
 * so that an environment means the same for all. axios has different rules: it also uses a proxy for addresses of this machine, and
 * `NO_PROXY=example.com` doesn't cover subdomains.
 *
 * @see https://pkg.go.dev/golang.org/x/net/http/httpproxy
 */
import { BlockList, isIPv4, isIPv6 } from "node:net";
import { domainToASCII } from "node:url";
import { ConfigurationError } from "../errors.ts";

/** A proxy for HTTP, and for HTTPS by CONNECT. */
export interface HttpProxy {
  /** `http:` or `https:`. */
  readonly protocol: string;
  /** An IPv6 address is without brackets. */
  readonly host: string;
  readonly port: number;
  readonly auth?: { readonly username: string; readonly password: string };
}

const defaultPorts: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** The addresses of this machine. Unlike Go, they include the unspecified ones, which a service prints if it listens on all addresses. */
const thisMachine = new BlockList();
thisMachine.addSubnet("127.0.0.0", 8, "ipv4");
thisMachine.addAddress("::1", "ipv6");
thisMachine.addAddress("0.0.0.0", "ipv4");
thisMachine.addAddress("::", "ipv6");

/**
 * Finds the proxy for a service.
 *
 * @param endpoint the service's address
 * @param environment the environment, with HTTP_PROXY, HTTPS_PROXY and NO_PROXY in upper case or, as a fallback, in lower case
 * @returns undefined if the service is reached directly
 * @throws ConfigurationError if it is a SOCKS proxy; the error contains neither the user nor the password
 */
export function proxyFor(endpoint: string, environment: NodeJS.ProcessEnv = process.env): HttpProxy | undefined {
  const url = new URL(endpoint);
  const variable = proxyVariable(endpoint, environment);
  const proxy = parseProxy(environment[variable] ?? "");
  if (proxy === undefined || isDirect(url, environment[variableOf("NO_PROXY", environment)] ?? "")) {
    return undefined;
  }
  if (proxy.protocol.startsWith("socks")) {
    throw new ConfigurationError(
      variable,
      `${variable} is a SOCKS proxy (${proxy.protocol}//${proxy.host}), but only HTTP proxies are supported. ` +
        `Set ${variable} to an HTTP proxy, or add ${url.hostname} to NO_PROXY.`,
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

/** A proxy, as messages name it: with the name of its variable, but without its user and password. */
export function proxyText({ protocol, host, port }: HttpProxy, endpoint: string): string {
  const place = isIPv6(host) ? `[${host}]` : host;
  return `the proxy ${protocol}//${place}:${port} (${proxyVariable(endpoint)})`;
}

/** Removes the brackets that an IPv6 address has in a URL. */
function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

/** The name of the variable with the proxy for a service. */
function proxyVariable(endpoint: string, environment: NodeJS.ProcessEnv = process.env): string {
  return variableOf(/^https:/i.test(endpoint) ? "HTTPS_PROXY" : "HTTP_PROXY", environment);
}

/** The name in upper case, or in lower case if only that variable has a value. */
function variableOf(name: string, environment: NodeJS.ProcessEnv): string {
  return !environment[name] && environment[name.toLowerCase()] ? name.toLowerCase() : name;
}

/** Parses a URL or `host[:port]`. Anything else is ignored, as in Go. */
function parseProxy(value: string): URL | undefined {
  const given = URL.canParse(value) ? new URL(value) : undefined;
  // Without a host, the apparent scheme is the host: `socksproxy:1080`.
  if (given !== undefined && given.host !== "" && /^(?:https?|socks\w*):$/.test(given.protocol)) {
    return canDecode(given) ? given : undefined;
  }
  const isHost = value !== "" && !value.includes("://") && URL.canParse(`http://${value}`);
  const host = isHost ? new URL(`http://${value}`) : undefined;
  return host !== undefined && canDecode(host) ? host : undefined;
}

/** Whether the user and the password are encoded correctly. */
function canDecode({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}

function isDirect(url: URL, noProxy: string): boolean {
  const host = withoutRoot(bare(url.hostname));
  if (host === "localhost" || includes(thisMachine, host)) {
    return true;
  }
  const port = url.port || String(defaultPorts[url.protocol] ?? "");
  return noProxy
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry === "*" || covers(entry, host, port));
}

/** Whether an entry of NO_PROXY covers a host: `1.2.3.4`, `1.2.3.0/24`, `example.com`, `.example.com`, each but the second with or without a port. */
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
  const ascii = withoutRoot(domainToASCII(domain.replace(/^\./, "")));
  return host.endsWith(`.${ascii}`) || (host === ascii && !domain.startsWith("."));
}

/** Removes a trailing dot, with which a name is the same. */
function withoutRoot(name: string): string {
  return name.replace(/\.$/, "");
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
