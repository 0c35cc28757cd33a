/**
 * Sends one request once, with axios. It uses no other layer. An error of axios contains the request and thereby the token, so none
 * leaves this file.
 */
import { Agent, IncomingMessage } from "node:http";
import axios, { type CreateAxiosDefaults, isAxiosError } from "axios";
import type { Connection } from "./configuration.ts";
import { type Headers, type HttpRequest, headerOf, isSuccess, maxResponseBytes, type Outcome } from "./exchange.ts";
import type { HttpProxy } from "./proxy.ts";

/** Sends requests. */
export interface Transport {
  /** Sends a request. It never throws. */
  send(request: HttpRequest): Promise<Outcome>;
}

const unreachable: ReadonlySet<string> = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH"]);

/**
 * Makes the transport of a connection.
 *
 * @param run the run that the requests belong to
 * @param proxy the proxy that requests are sent to, if any
 */
export function transportOf({ endpoint, token }: Connection, run: string, proxy: HttpProxy | undefined): Transport {
  return transportTo(endpoint, proxy, { Authorization: `Bearer ${token}`, "Roster-Run": run });
}

/**
 * Makes a transport that sends no token, for logging in.
 *
 * @param endpoint the service's address
 * @param proxy the proxy that requests are sent to, if any
 */
export function anonymousTransport(endpoint: string, proxy: HttpProxy | undefined): Transport {
  return transportTo(endpoint, proxy, {});
}

function transportTo(
  endpoint: string,
  proxy: HttpProxy | undefined,
  headers: Readonly<Record<string, string>>,
): Transport {
  const http = axios.create({
    baseURL: endpoint,
    headers: { Accept: "application/json, application/problem+json", ...headers },
    // A redirect would send the token to another server.
    maxRedirects: 0,
    maxContentLength: maxResponseBytes,
    ...throughProxy(proxy),
    responseType: "text",
    // axios would return unparsable JSON as a string; here, it is a ContractError.
    transformResponse: [(text: unknown) => text],
    // A refusal is a response like any other.
    validateStatus: null,
  });
  return {
    async send({ method, path, body, idempotencyKey, ifMatch, signal }) {
      try {
        const { status, headers, data } = await http.request<string>({
          method,
          url: path,
          headers: {
            ...(idempotencyKey === undefined ? {} : { "Idempotency-Key": idempotencyKey }),
            ...(ifMatch === undefined ? {} : { "If-Match": ifMatch }),
          },
          ...(body === undefined ? {} : { data: body }),
          signal,
        });
        return { status, headers: { ...headers }, body: data };
      } catch (error) {
        return outcomeOf(error);
      }
    },
  };
}

/** Configures the proxy explicitly, because axios would apply its own rules. */
function throughProxy(proxy: HttpProxy | undefined): CreateAxiosDefaults {
  // If NODE_USE_ENV_PROXY is set, the default agent would connect to the proxy through the proxy.
  return proxy === undefined ? { proxy: false } : { proxy, httpAgent: new Agent({ keepAlive: true }) };
}

/** Converts an error of axios to the outcome of the request. */
function outcomeOf(error: unknown): Outcome {
  if (!isAxiosError(error)) {
    return { reason: "unsendable", code: "unknown", headers: {} };
  }
  const { code = "unknown", response } = error;
  if (response !== undefined) {
    const headers = { ...response.headers };
    // An incomplete refusal is still a refusal, but its reason is unknown.
    return isSuccess(response)
      ? { reason: "brokenOff", code, headers }
      : { status: response.status, headers, body: "" };
  }
  return { reason: reasonOf(code), code, headers: begunHeaders(error.request) };
}

function reasonOf(code: string) {
  if (code === "ERR_CANCELED") {
    return "ended";
  }
  if (code === "ERR_BAD_RESPONSE") {
    return "unreadable";
  }
  return unreachable.has(code) ? "unreached" : "failed";
}

/** The id of a request whose response had begun. axios keeps it only in the request of Node.js. */
function begunHeaders(request: { readonly res?: unknown } | undefined): Headers {
  const response = request?.res;
  const id = response instanceof IncomingMessage ? headerOf(response, "request-id") : undefined;
  return id === undefined ? {} : { "request-id": id };
}
