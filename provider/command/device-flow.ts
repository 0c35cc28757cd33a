/**
 * The device authorization grant: a command shows a code, a person approves it in a browser, and the command gets a token.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8628
 */
import {
  asLine,
  type DeviceAuthorization,
  type DeviceAuthorizationRequest,
  type DeviceToken,
  type DeviceTokenRequest,
  deviceAuthorizationPath,
  deviceGrantType,
  deviceTokenPath,
} from "roster-schema";
import { z } from "zod";
import { headerOf, isResponse, type Outcome, parseJson } from "../wire/exchange.ts";
import { reasonOf } from "../wire/failures.ts";
import { proxyFor, proxyText } from "../wire/proxy.ts";
import { redact } from "../wire/redaction.ts";
import { anonymousTransport, type Transport } from "../wire/transport.ts";
import type { Terminal } from "./terminal.ts";

const clientId = "roster";
const requestTimeoutMs = 30_000;
/** By how much `slow_down` lengthens the interval. */
const slowDownMs = 5_000;
/** The longest interval after requests without a response, which double it. */
const maxBackOffMs = 60_000;
const seconds = z.int().min(1).max(86_400);
const page = z.url({ protocol: /^https?$/ });

const authorizationShape: z.ZodType<DeviceAuthorization> = z.object({
  device_code: z.string().min(1),
  user_code: z.string().regex(/^[A-Z]{4}-[A-Z]{4}$/),
  verification_uri: page,
  verification_uri_complete: page,
  expires_in: seconds,
  interval: seconds,
});

const tokenShape: z.ZodType<DeviceToken> = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  token_type: z.literal("Bearer"),
  expires_in: z.int().min(1),
});

const refusalShape = z.object({ error: z.string(), error_description: z.string().optional() });

/** A response, sorted by what follows from it. */
type Answer<Body> =
  | { readonly body: Body }
  /** The service refuses it, with an error of RFC 8628 or RFC 6749. */
  | { readonly refused: string; readonly text: string }
  /** Nothing is known, and it can be asked again. */
  | { readonly unanswered: string; readonly retryAfterMs: number }
  /** Something other than the service has answered, or another version of it. */
  | { readonly wrong: string };

/** A log-in by code at one service. Each method throws an Error that says why it can't go on. */
export class DeviceFlow {
  readonly #endpoint: string;
  readonly #proxy: string | undefined;
  readonly #transport: Transport;
  readonly #terminal: Pick<Terminal, "now" | "tell" | "wait">;

  constructor(endpoint: string, terminal: Pick<Terminal, "environment" | "now" | "tell" | "wait">) {
    const proxy = proxyFor(endpoint, terminal.environment);
    this.#endpoint = endpoint;
    this.#proxy = proxy && proxyText(proxy, endpoint);
    this.#transport = anonymousTransport(endpoint, proxy);
    this.#terminal = terminal;
  }

  /**
   * Asks for a code.
   *
   * @param name how the person sees this command
   * @param lifeSeconds how long the token is to work
   */
  async authorize(name: string, lifeSeconds: number): Promise<DeviceAuthorization> {
    const form = { client_id: clientId, client_name: name, token_life: String(lifeSeconds) };
    const answer = await this.#ask(
      deviceAuthorizationPath,
      form satisfies DeviceAuthorizationRequest,
      authorizationShape,
    );
    if ("body" in answer) {
      return answer.body;
    }
    throw new Error(
      "refused" in answer
        ? `${this.#endpoint} refused the log-in: ${answer.text}.`
        : `the log-in could not begin: ${"wrong" in answer ? answer.wrong : answer.unanswered}. Is ${this.#endpoint} the address of a Roster service, and is it running?`,
    );
  }

  /** Asks for the token until the person has decided, or the code has expired. */
  async waitForToken({ device_code, expires_in, interval }: DeviceAuthorization): Promise<DeviceToken> {
    const form = { grant_type: deviceGrantType, device_code, client_id: clientId } satisfies DeviceTokenRequest;
    const endsAt = this.#terminal.now() + expires_in * 1000;
    let intervalMs = interval * 1000;
    let retryAfterMs = 0;
    let lastFailure = "";
    for (;;) {
      const leftMs = endsAt - this.#terminal.now();
      if (leftMs <= 0) {
        throw new Error(`the code has expired${lastFailure}. Run \`roster login\` again.`);
      }
      await this.#terminal.wait(Math.min(Math.max(intervalMs, retryAfterMs), leftMs));
      const answer = await this.#ask(deviceTokenPath, form, tokenShape);
      if ("body" in answer) {
        return answer.body;
      }
      if ("unanswered" in answer) {
        // The RFC demands a lower frequency from then on.
        intervalMs = Math.max(intervalMs, Math.min(2 * intervalMs, maxBackOffMs));
        retryAfterMs = answer.retryAfterMs;
        this.#tellOnce(lastFailure, answer.unanswered);
        lastFailure = `, and the service did not answer the last request: ${answer.unanswered}`;
        continue;
      }
      [retryAfterMs, lastFailure] = [0, ""];
      if ("refused" in answer && answer.refused === "slow_down") {
        intervalMs += slowDownMs;
      } else if (!("refused" in answer) || answer.refused !== "authorization_pending") {
        throw new Error(whyEnded(answer, this.#endpoint));
      }
    }
  }

  #tellOnce(lastFailure: string, reason: string): void {
    if (lastFailure === "") {
      this.#terminal.tell(`No answer from the service (${reason}). Still trying.\n`);
    }
  }

  async #ask<Body>(path: string, form: object, shape: z.ZodType<Body>): Promise<Answer<Body>> {
    const outcome = await this.#transport.send({
      method: "POST",
      path,
      body: new URLSearchParams(Object.entries(form)),
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
    const answer = this.#sorted(outcome, shape);
    // The code by which this command asks for the token is a secret as well.
    const secrets = "device_code" in form && typeof form.device_code === "string" ? [form.device_code] : [];
    return "text" in answer ? { ...answer, text: redact(answer.text, secrets) } : answer;
  }

  #sorted<Body>(outcome: Outcome, shape: z.ZodType<Body>): Answer<Body> {
    const status = isResponse(outcome) ? outcome.status : undefined;
    const body = isResponse(outcome) ? parseJson(outcome.body) : undefined;
    if (status === 200) {
      const { data } = shape.safeParse(body);
      return data === undefined ? { wrong: "the response is not that of a Roster service" } : { body: data };
    }
    const refusal = refusalShape.safeParse(body).data;
    if (status !== undefined && status >= 400 && refusal !== undefined) {
      return { refused: refusal.error, text: textOf(refusal) };
    }
    if (status !== undefined && status >= 300 && status < 400) {
      return { wrong: `the response is a redirect (status ${status}), which is not followed` };
    }
    if (status !== undefined && status < 500 && status !== 408 && status !== 429) {
      return { wrong: `the status of the response is ${status}, so this service can't log people in by code` };
    }
    const reason = reasonOf(outcome, { endpoint: this.#endpoint, proxy: this.#proxy });
    const retryAfter = isResponse(outcome) ? Number(headerOf(outcome, "retry-after")) : 0;
    return { unanswered: reason, retryAfterMs: Math.min(Number.isFinite(retryAfter) ? retryAfter : 0, 3600) * 1000 };
  }
}

function textOf({ error, error_description: description }: z.infer<typeof refusalShape>): string {
  return asLine(description === undefined ? error : `${error}: ${description}`).replace(/\.$/, "");
}

function whyEnded(answer: { refused: string; text: string } | { wrong: string }, endpoint: string): string {
  if ("wrong" in answer) {
    return `the log-in could not be completed: ${answer.wrong}. Is ${endpoint} the address of a Roster service?`;
  }
  switch (answer.refused) {
    case "access_denied":
      return "the log-in was refused in the browser. Nothing was stored.";
    case "expired_token":
      return "the code has expired, or was used already. Run `roster login` again.";
    default:
      return `${endpoint} refused the log-in: ${answer.text}.`;
  }
}
