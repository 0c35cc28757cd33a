/**
 * Sends one request, once, with axios, and stands on nothing but the network. An error of axios's holds the request, and with
 * it the token, so none leaves this file.
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
 * @param run the run that every request is part of
 * @param proxy where requests go in place of the service; they go to the service if it is undefined
 */
export function transportOf({ endpoint, token }: Connection, run: string, proxy: HttpProxy | undefined): Transport {
  const http = axios.create({
    baseURL: endpoint,
    headers: {
      Authorization: `Bearer ${token}`,
      Accept: "application/json, application/problem+json",
      "Roster-Run": run,
    },
    // A redirect would carry the token to somebody else.
    maxRedirects: 0,
    maxContentLength: maxResponseBytes,
    ...throughProxy(proxy),
    responseType: "text",
    // axios would hand on what it can't parse as if it were a string; here that is a broken contract.
    transformResponse: [(text: unknown) => text],
    // A refusal is an answer like any other.
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

/** axios would look for a proxy by rules of its own. */
function throughProxy(proxy: HttpProxy | undefined): CreateAxiosDefaults {
  // An agent that Node.js (NODE_USE_ENV_PROXY) gave a proxy would go to the proxy through the proxy.
  return proxy === undefined ? { proxy: false } : { proxy, httpAgent: new Agent({ keepAlive: true }) };
}

/** What an error of axios's says came of a request. */
function outcomeOf(error: unknown): Outcome {
  if (!isAxiosError(error)) return { reason: "unsendable", code: "unknown", headers: {} };
  const { code = "unknown", response } = error;
  if (response !== undefined) {
    const headers = { ...response.headers };
    // A refusal that broke off is one all the same; only what it would say is unknown.
    return isSuccess(response)
      ? { reason: "brokenOff", code, headers }
      : { status: response.status, headers, body: "" };
  }
  return { reason: reasonOf(code), code, headers: begunHeaders(error.request) };
}

function reasonOf(code: string) {
  if (code === "ERR_CANCELED") return "ended";
  if (code === "ERR_BAD_RESPONSE") return "unreadable";
  return unreachable.has(code) ? "unreached" : "failed";
}

/** Of an answer that was given up on, what finds it in the service's log; axios keeps it only in Node's own request. */
function begunHeaders(request: { readonly res?: unknown } | undefined): Headers {
  const response = request?.res;
  const id = response instanceof IncomingMessage ? headerOf(response, "request-id") : undefined;
  return id === undefined ? {} : { "request-id": id };
}
