/** Builds the service from its parts: hooks, API routes, pages and background workers. */
import { setTimeout as sleep } from "node:timers/promises";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, LogController } from "fastify";
import { prepareChains } from "./audit/heads.ts";
import { AuditSealer, type SealerOptions } from "./audit/sealer.ts";
import { Authenticator, presentedBy } from "./auth/authenticator.ts";
import { batchPrincipal } from "./auth/batch-principal.ts";
import { FailedVerifications } from "./auth/failed-verifications.ts";
import { LastUse } from "./auth/last-use.ts";
import type { Facilities, OperationId } from "./auth/operation.ts";
import { KeyResolver } from "./auth/resolver.ts";
import type { Billing } from "./billing.ts";
import { Connections, type Timeouts } from "./http/connections.ts";
import { operations } from "./http/contract.ts";
import { parseJsonBody } from "./http/json-body.ts";
import { answerClientError, answerProblems, nothingAt, sendProblem } from "./http/problem-answers.ts";
import { limitRate } from "./http/request-rate.ts";
import type { Route, Runtime } from "./http/runtime.ts";
import { currentTrial } from "./http/trial.ts";
import { TrialGate } from "./http/trial-gate.ts";
import { checkContent, readIntegers, refuseEncoded, validatorOptions } from "./http/validation.ts";
import { checkKeyMaterial } from "./keys/key-material.ts";
import type { Peppers } from "./keys/peppers.ts";
import type { ScannerKeys } from "./keys/scanner-keys.ts";
import type { SigningKeys } from "./keys/signing-keys.ts";
import { MailSender, type QueuedMail, type SenderOptions } from "./mail/sender.ts";
import { addPeoplePages } from "./people/index.ts";
import { stylesheetPath } from "./people/layout.ts";
import { isMailWanted } from "./people/link-preview.ts";
import { Refusal } from "./problems.ts";
import { routes } from "./routes/index.ts";
import { afterCommit } from "./rows/database.ts";
import { newRequestId } from "./rows/identifiers.ts";
import { readIdentity } from "./rows/identity.ts";
import { onceSettled } from "./rows/shared-statements.ts";
import type { Database } from "./rows/tables.ts";
import { hasOneConnection } from "./rows/undone.ts";

const bodyLimitBytes = 1024 * 1024;
/** How long a stop waits for mails that are being sent to a mail server that doesn't answer. */
const mailStopMs = 3000;
const protectedPath = "/v1/";
/** Paths without a rate limit: health checks, and content that is the same for everybody. */
const unlimitedPaths = ["/health/", "/openapi.yaml", "/.well-known/", stylesheetPath];

/** The parts and settings of a service. */
export interface ServiceOptions {
  /** An open database with its tables; see `openDatabase`. The caller closes it, after the service. */
  readonly database: Database;
  readonly ownerToken: string;
  readonly peppers: Peppers;
  readonly signingKeys: SigningKeys;
  /** Sells plans through Stripe; none by default. */
  readonly billing?: Billing | undefined;
  /** The keys of secret scanners; without them, the service accepts no reports of leaked keys. */
  readonly scannerKeys?: ScannerKeys | undefined;
  /** The contact that refusals name. */
  readonly contactUrl?: string | undefined;
  /**
   * The address at which people reach the pages, and the base of links in mails; by default, the address where the
   * service listens. With https, cookies are sent over TLS only.
   */
  readonly publicUrl?: string | undefined;
  /** The addresses or networks of proxies that are trusted to say where a request comes from. */
  readonly trustedProxies?: readonly string[];
  /** The limit on requests per second and token; 0 means no limit. */
  readonly rateLimitPerSecond?: number;
  /** How mails are sent, and how often the outbox is checked. */
  readonly mail: Pick<SenderOptions, "transport" | "pollMs" | "firstRetryMs">;
  /** How often audit entries are sealed, and how old they must be. */
  readonly sealing?: Pick<SealerOptions, "pollMs" | "settleMs"> | undefined;
  readonly logger?: FastifyBaseLogger | undefined;
  /** The clock for every time that is stored or shown. */
  readonly clock?: () => Date;
  /**
   * Milliseconds on a clock that never jumps, for waiting and counting in this process; `performance.now` by default.
   */
  readonly monotonicMs?: () => number;
  readonly timeouts?: Timeouts;
}

/** The service, without a socket until `app.listen`. */
export interface Service {
  readonly app: FastifyInstance;
  /** Stops accepting requests, finishes requests in progress, and writes pending data. */
  close(): Promise<void>;
}

/**
 * Builds the whole service on an open database.
 *
 * @throws Error if stored keys or the audit need a pepper or signing key that is not listed, or if an operation of the
 * contract has no route.
 */
export async function createService(options: ServiceOptions): Promise<Service> {
  const { database: db, peppers, signingKeys, contactUrl, rateLimitPerSecond = 0, clock = () => new Date() } = options;
  const { monotonicMs = () => performance.now() } = options;
  await checkKeyMaterial(db, peppers, signingKeys, clock());
  await prepareChains(db, peppers, clock());
  const { id: identity } = await readIdentity(db);
  const lastUse = new LastUse(db);
  const resolver = new KeyResolver(peppers, signingKeys, lastUse);
  const failedVerifications = new FailedVerifications(db, monotonicMs);
  const authenticator = new Authenticator(options.ownerToken, peppers, resolver, failedVerifications);
  const isWanted = (mail: QueuedMail) => isMailWanted(db, mail, clock());
  const sender = new MailSender({ db, peppers, clock, log: options.logger, isWanted, ...options.mail });
  const connections = new Connections(options.timeouts);
  const app = createServer(options, connections);
  connections.follow(app.server);
  const sealer = new AuditSealer({ db, peppers, clock, log: options.logger, ...options.sealing });
  const mail = {
    publicUrl: () => (options.publicUrl ?? app.listeningOrigin).replace(/\/+$/, ""),
    queued: (transaction: Database) => afterCommit(transaction, sender.kick),
    contactUrl,
  };
  const { billing, scannerKeys } = options;
  const secrets = { answered: (plaintext: string) => plaintext };
  const facilities: Facilities = {
    peppers,
    signingKeys,
    secrets,
    resolver,
    failedVerifications,
    billing,
    scannerKeys,
    mail,
  };
  // One trial must not keep a database with one connection for itself, nor several the connections of the others.
  const trialGate = new TrialGate(hasOneConnection(db) ? 1 : 2);
  const runtime: Runtime = { db, facilities, authenticator, clock, monotonicMs, trialGate, sweptAtMs: undefined };
  answerProblems(app, contactUrl);
  // This is the first hook, so that a flood is refused before it costs a look-up or a body.
  if (rateLimitPerSecond > 0) {
    await limitRate(app, { perSecond: rateLimitPerSecond, countedBy, monotonicMs });
  }
  addHooks(app, runtime, identity);
  for (const { id, method, url, schema } of operations) {
    app.route({ method, url, schema, handler: routeHandler(runtime, id) });
  }
  await addPeoplePages(app, { runtime, publicUrl: options.publicUrl, contactUrl });
  await app.ready();
  // An earlier process may have left mails and entries.
  sender.kick();
  sealer.start();
  return {
    app,
    async close() {
      const stopDraining = connections.drain();
      try {
        await app.close();
      } finally {
        stopDraining();
      }
      // A mail that isn't sent in that time stays claimed, and is sent once the claim has expired.
      await Promise.race([sender.close(), sleep(mailStopMs, undefined, { ref: false })]);
      await sealer.close();
      await lastUse.flush(clock()).catch((error: unknown) => {
        options.logger?.warn({ err: error }, "could not write the last use of some keys");
      });
    },
  };
}

function createServer(
  { logger, contactUrl, trustedProxies = [] }: ServiceOptions,
  connections: Connections,
): FastifyInstance {
  const { serverOptions } = connections;
  const app: FastifyInstance = Fastify({
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    ...(logger === undefined ? { logger: false } : { loggerInstance: logger }),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "requestId" }),
    genReqId: newRequestId,
    requestIdHeader: false,
    bodyLimit: bodyLimitBytes,
    // Fastify sets its own on the server otherwise.
    requestTimeout: serverOptions.requestTimeout ?? 0,
    http: serverOptions,
    forceCloseConnections: "idle",
    return503OnClosing: false,
    ajv: { customOptions: validatorOptions },
    clientErrorHandler: (error, socket) => answerClientError(connections, error, socket),
    frameworkErrors: (_error, request, reply) => {
      const refusal = new Refusal("invalid_request", "The path is malformed.");
      sendProblem(refusal, request as FastifyRequest, reply as never, contactUrl);
    },
  });
  app.removeContentTypeParser("text/plain");
  app.addContentTypeParser<string>(
    "application/json",
    { parseAs: "string" },
    async (_request: unknown, body: string) => {
      // Some clients send a media type without a body; the contract decides whether a body is needed.
      return body === "" ? undefined : parseJsonBody(body);
    },
  );
  app.decorateRequest("principal", null);
  return app;
}

function addHooks(app: FastifyInstance, runtime: Runtime, identity: string): void {
  const { authenticator, db, clock } = runtime;
  app.addHook("onRequest", async (request, reply) => {
    reply.headers({ "request-id": request.id, "roster-service": identity });
    if (!request.is404) {
      refuseEncoded(request, reply);
    }
  });
  // Authenticate before the body is read, so that unauthenticated callers can't send one.
  app.addHook("preParsing", async (request, reply, content) => {
    // Only read, parse and check a body if there is an operation for it.
    if (request.is404) {
      throw nothingAt(request);
    }
    const { authenticate, isBatchable } = routeOfRequest(request) ?? {};
    const principal = batchPrincipal();
    // Check every path: a path with dots that begins with /v1/ can lead elsewhere.
    if (principal !== undefined) {
      // Don't throw this: pages answer errors in HTML, which a batch can't contain.
      if (isBatchable !== true) {
        return await sendProblem(notBatchable(), request, reply, undefined);
      }
      request.principal = principal;
      return;
    }
    if (!isUnder(protectedPath, request)) {
      return;
    }
    if (authenticate !== undefined) {
      return await authenticate(runtime, request, content);
    }
    request.principal = await authenticator.authenticate(db, presentedBy(request), clock(), true);
  });
  app.addHook("preValidation", async (request) => {
    checkContent(request, routeOfRequest(request)?.storesNoText !== true);
    readIntegers(request);
  });
  app.addHook("onResponse", async (request, reply) => {
    // A trial is logged as one request, because what is tried may be carried out several times.
    if (currentTrial() !== undefined) {
      return;
    }
    // Read this now, because a batch settles outside of its requests.
    const inBatch = batchPrincipal() === undefined ? {} : { inBatch: true };
    onceSettled(() =>
      request.log.info({
        method: request.method,
        // Log the route's pattern instead of the path, whose query may contain an email address.
        route: request.routeOptions.url?.replaceAll("::", ":") ?? "unknown",
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime),
        principal: request.principal?.id,
        ...inBatch,
      }),
    );
  });
}

function notBatchable(): Refusal {
  return new Refusal(
    "invalid_request",
    "A batch accepts only requests for single objects. Send this request separately.",
  );
}

function countedBy(request: FastifyRequest): "token" | "address" | undefined {
  if (request.is404 || unlimitedPaths.some((path) => isUnder(path, request))) {
    return undefined;
  }
  // Every page queries the database, and a refused form does so several times.
  return isUnder(protectedPath, request) ? "token" : "address";
}

/** Compares the route's pattern, because a path can be written in several ways, such as `/%761/users`. */
function isUnder(path: string, { routeOptions }: FastifyRequest): boolean {
  return routeOptions.url?.startsWith(path) === true;
}

function routeHandler(runtime: Runtime, operation: string) {
  const route = routeOf(operation);
  const id = operation as OperationId;
  return (request: FastifyRequest, reply: Parameters<typeof route.handle>[3]) =>
    route.handle(currentTrial()?.runtime ?? runtime, id, request, reply);
}

/** The route of a request; undefined if the request isn't for an operation of the contract. */
function routeOfRequest({ routeOptions }: FastifyRequest): Route<OperationId> | undefined {
  const { operationId } = (routeOptions.schema ?? {}) as { readonly operationId?: string };
  return operationId === undefined ? undefined : routeOf(operationId);
}

function routeOf(operation: string): Route<OperationId> {
  if (!Object.hasOwn(routes, operation)) {
    throw new Error(`the contract's operation ${operation} has no route`);
  }
  return routes[operation as OperationId];
}
