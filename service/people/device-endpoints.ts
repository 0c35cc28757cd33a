/**
 * The endpoints at which a command logs a person in. They follow RFC 8628, not the contract of the API: requests are forms,
 * and refusals have the form of RFC 6749.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  characterCount,
  type DeviceAuthorization,
  type DeviceRefusal,
  type DeviceRefusalCode,
  type DeviceToken,
  deviceAuthorizationPath,
  deviceGrantType,
  devicePagePath,
  deviceTokenPath,
  lineFault,
  tokenLifeSeconds,
} from "roster-schema";
import { rightsOfUser, unlimited } from "../auth/access-tokens.ts";
import { countAttempt, networkOf } from "../auth/attempts.ts";
import {
  type ApprovedLogIn,
  type DeviceRequest,
  deviceLifetimeMs,
  pollDeviceLogIn,
  pollIntervalSeconds,
  startDeviceLogIn,
  userCodeText,
} from "../auth/device-log-ins.ts";
import type { Context } from "../auth/operation.ts";
import { makeToken } from "../objects/access-tokens/personal-token-rules.ts";
import { Refusal } from "../problems.ts";
import { person, type Site, textOf, transact } from "./site.ts";

const maxClientLength = 100;
const hourSeconds = 60 * 60;

/** Why a request is refused, with a text for whoever reads the command's output. */
type Refused = readonly [code: DeviceRefusalCode, description: string, status?: number];

const pollRefusals: Readonly<Record<"ended" | "denied" | "pending" | "too_soon", Refused>> = {
  ended: ["expired_token", "The code has expired, was used, or never existed. Log in again."],
  denied: ["access_denied", "The log-in was refused on the page."],
  pending: ["authorization_pending", "Nobody has approved the log-in on the page yet."],
  too_soon: ["slow_down", "Ask less often."],
};

/** Adds the endpoints at which a command logs a person in. */
export function addDeviceEndpoints(app: FastifyInstance, site: Site): void {
  app.addHook("onRequest", async (_request, reply) => {
    reply.headers({ "cache-control": "no-store", pragma: "no-cache" });
  });

  app.post(deviceAuthorizationPath, async (request, reply) => {
    const wanted = readRequest(request);
    if ("refused" in wanted) {
      return await refuse(reply, wanted.refused);
    }
    const codes = await transact(site, request, person(""), async (context) =>
      (await countAttempt(context, "device_from", wanted.network)) < 0
        ? undefined
        : await startDeviceLogIn(context, wanted),
    );
    if (codes === undefined) {
      reply.header("retry-after", hourSeconds);
      return await refuse(reply, ["slow_down", "Too many log-ins were started from your network. Wait an hour.", 429]);
    }
    const page = `${site.runtime.facilities.mail.publicUrl()}${devicePagePath}`;
    const userCode = userCodeText(codes.userCode);
    return await reply.send({
      device_code: codes.deviceCode,
      user_code: userCode,
      verification_uri: page,
      verification_uri_complete: `${page}?code=${userCode}`,
      expires_in: deviceLifetimeMs / 1000,
      interval: pollIntervalSeconds,
    } satisfies DeviceAuthorization);
  });

  app.post(deviceTokenPath, async (request, reply) => {
    if (textOf(request.body, "grant_type") !== deviceGrantType) {
      return await refuse(reply, ["unsupported_grant_type", `The grant_type must be ${deviceGrantType}.`]);
    }
    const [deviceCode, clientId] = [textOf(request.body, "device_code"), textOf(request.body, "client_id")];
    const answer = await transact(site, request, person(""), async (context) => {
      const poll = await pollDeviceLogIn(context, { deviceCode, clientId });
      return typeof poll === "string" ? pollRefusals[poll] : await handOut(context, poll);
    });
    return "access_token" in answer ? await reply.send(answer) : await refuse(reply, answer);
  });
}

/** Makes the token that a person approved, if the account can still be used. */
async function handOut(
  context: Context,
  { userId, token, client, token_life_seconds: lifeSeconds }: ApprovedLogIn,
): Promise<DeviceToken | Refused> {
  if ((await rightsOfUser(context, userId, unlimited, context.now)) === undefined) {
    return pollRefusals.denied;
  }
  try {
    const made = await makeToken({ ...context, principal: person(userId) }, { ...token, client, lifeSeconds });
    return { access_token: made.plaintext, token_type: "Bearer", expires_in: lifeSeconds };
  } catch (error) {
    // Since the approval, the person may have left the organization, or made too many tokens.
    if (error instanceof Refusal) {
      return ["invalid_grant", error.message];
    }
    throw error;
  }
}

function readRequest({ body, ip }: FastifyRequest): DeviceRequest | { readonly refused: Refused } {
  const clientId = textOf(body, "client_id");
  if (!/^[\w.-]{1,50}$/.test(clientId)) {
    const detail = "client_id must have 1 to 50 letters, digits, dots, underscores and hyphens.";
    return { refused: ["invalid_client", detail] };
  }
  const client = textOf(body, "client_name") || clientId;
  const fault =
    characterCount(client) > maxClientLength ? `must have at most ${maxClientLength} characters` : lineFault(client);
  if (fault !== undefined) {
    return { refused: ["invalid_request", `client_name ${fault}.`] };
  }
  const life = textOf(body, "token_life");
  const lifeSeconds = life === "" ? tokenLifeSeconds.default : Number(/^\d{1,9}$/.exec(life)?.[0]);
  const { least, most } = tokenLifeSeconds;
  if (!(lifeSeconds >= least && lifeSeconds <= most)) {
    return { refused: ["invalid_request", `token_life must be a number of seconds from ${least} to ${most}.`] };
  }
  return { client_id: clientId, client, network: networkOf(ip), token_life_seconds: lifeSeconds };
}

async function refuse(reply: FastifyReply, [error, error_description, status = 400]: Refused): Promise<FastifyReply> {
  return await reply.code(status).send({ error, error_description } satisfies DeviceRefusal);
}
