/** Answers errors as problem details (RFC 9457). */
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { problemOf, problemTypes, Refusal } from "../problems.ts";
import { isDiskError, refusalOfUnavailability } from "../rows/database.ts";
import { newRequestId } from "../rows/identifiers.ts";
import type { Connections } from "./connections.ts";
import { currentTrial } from "./trial.ts";
import { invalidBody, refusalOfValidation, unsupportedMediaType } from "./validation.ts";

const mediaType = "application/problem+json";

/** Answers every error with problem details, without internal information. */
export function answerProblems(app: FastifyInstance, contactUrl: string | undefined): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const refusal = refusalOfError(error, request);
    const trial = currentTrial();
    if (trial !== undefined) {
      // Whoever tries the request decides what an error of the service means, and logs it.
      if (problemTypes[refusal.code].status >= 500) {
        trial.failed(error);
      } else {
        trial.refused(refusal);
      }
      return sendProblem(refusal, request, reply, contactUrl);
    }
    if (isDiskError(refusal.cause)) {
      // The failure is already logged once; don't log it for each request.
      request.log.debug({ err: refusal.cause }, "the request was refused");
    } else if (problemTypes[refusal.code].status >= 500) {
      request.log.error({ err: error.cause ?? error }, "the request failed");
    } else if (refusal.cause !== undefined) {
      request.log.warn({ err: refusal.cause }, "the request was refused");
    }
    return sendProblem(refusal, request, reply, contactUrl);
  });
  app.setNotFoundHandler((request, reply) => {
    return sendProblem(nothingAt(request), request, reply, contactUrl);
  });
}

/** The refusal of a path or method that isn't an operation. */
export function nothingAt({ method, url }: FastifyRequest): Refusal {
  const [path] = url.split("?");
  return new Refusal("route_not_found", `The operation ${method} ${path} does not exist. See /openapi.yaml.`);
}

/** Sends a refusal, also for a request that could not be routed. */
export function sendProblem(
  refusal: Refusal,
  request: FastifyRequest,
  reply: FastifyReply,
  contactUrl: string | undefined,
): FastifyReply {
  const body = problemOf(refusal, request.id, contactUrl);
  reply.code(body.status).header("request-id", request.id).type(mediaType);
  if (refusal.retryAfterSeconds !== undefined) {
    reply.header("retry-after", String(refusal.retryAfterSeconds));
  }
  if (refusal.code === "unauthenticated") {
    reply.header("www-authenticate", refusal.challenge);
  }
  return reply.send(JSON.stringify(body));
}

/** Answers a connection error, such as a malformed or too slow request, and closes the connection. */
export function answerClientError(connections: Connections, error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable || connections.isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const refusal = new Refusal("invalid_request", "The request is not HTTP, is too slow, or its header is too large.");
  const body = JSON.stringify(problemOf(refusal, newRequestId(), undefined));
  const head = [
    `HTTP/1.1 400 ${STATUS_CODES[400]}`,
    `Content-Type: ${mediaType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Request-Id: ${JSON.parse(body).requestId}`,
    "Connection: close",
  ];
  connections.hangUp(socket, `${head.join("\r\n")}\r\n\r\n${body}`);
}

function refusalOfError(error: FastifyError, request: FastifyRequest): Refusal {
  if (error instanceof Refusal) {
    return error;
  }
  if (error.validation !== undefined) {
    return refusalOfValidation(request);
  }
  switch (error.code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return new Refusal("payload_too_large", "The body exceeds 1 MiB.");
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return unsupportedMediaType();
    default:
  }
  // Fastify's other client errors, such as a wrong Content-Length.
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return invalidBody("can't be read");
  }
  const unavailable = refusalOfUnavailability(error);
  if (unavailable !== undefined) {
    return unavailable;
  }
  const detail = "An internal error occurred. The operators of the service can find this request in the log by its id.";
  return new Refusal("internal_error", detail, { cause: error });
}
