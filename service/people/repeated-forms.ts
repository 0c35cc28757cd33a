/**
 * Repeated forms: a browser can send a form again, after a double click or from another tab. If the form has already been
 * carried out for this browser, it gets the first answer again.
 *
 * The token of the form, which comes from a cookie, identifies the browser. So for other people with the same link, it has
 * been used, and each link still works only once.
 *
 * @see docs/decisions/0034-links-followed-twice.md
 */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Context, PersonContext } from "../auth/operation.ts";
import { findKeptAnswer, keepAnswer, once } from "../http/idempotency.ts";
import { normalizeEmail } from "../objects/users/resource.ts";
import { actAs, formTokenField, type Site, textOf } from "./site.ts";

/** The field that identifies one loading of a form, for forms that can be carried out several times. */
export const formIdField = "formId";

/** How long a carried-out form is remembered. */
const rememberedMs = 10 * 60_000;

/** The principal under which the answers of forms are kept, next to those of API callers. */
const principal = "form";

/** The statuses of a form that can't be carried out, for which a repeat is looked up. */
const repeatableStatuses: ReadonlySet<number> = new Set([403, 404, 410]);

type DatabaseAt = Pick<Context, "db" | "now">;

/** Answers repeated forms with the first answer, on every page with a form. */
export function answerRepeats(scope: FastifyInstance, { runtime }: Site): void {
  scope.addHook("onSend", async (request, reply, payload) => {
    if (request.method !== "POST" || !repeatableStatuses.has(reply.statusCode)) {
      return payload;
    }
    const path = await findRepeated({ db: runtime.db, now: runtime.clock() }, request);
    if (path === undefined) {
      return payload;
    }
    reply.code(303).header("location", path).removeHeader("content-type");
    return "";
  });
}

/** The user for whom a form is carried out, and the next page. */
interface CarryingOut {
  readonly userId: string;
  readonly leadsTo: string;
}

/** Carries out a form in one transaction, and remembers it. @returns the next page. */
export async function carryOutForm(
  site: Site,
  request: FastifyRequest,
  { userId, leadsTo }: CarryingOut,
  work: (context: PersonContext) => Promise<unknown>,
): Promise<string> {
  await actAs(site, request, userId, async (context) => {
    await work(context);
    await rememberForm(context, request, leadsTo);
  });
  return leadsTo;
}

/** Remembers the next page of a form, in the transaction that carries it out. */
export async function rememberForm({ db, now }: DatabaseAt, request: FastifyRequest, leadsTo: string): Promise<void> {
  const answer = { status: 303, headers: { location: leadsTo } };
  await keepAnswer(db, { principal, key: keyOf(request) }, answer, new Date(now.getTime() + rememberedMs));
}

/** The next page of a form that this browser has already sent; undefined if it hasn't, or not recently. */
export async function findRepeated({ db, now }: DatabaseAt, request: FastifyRequest): Promise<string | undefined> {
  // A form without a token doesn't belong to a browser.
  if (textOf(request.body, formTokenField) === "") {
    return undefined;
  }
  const answer = await findKeptAnswer(db, { principal, key: keyOf(request) }, now);
  return answer?.headers.location;
}

/**
 * Carries out a form whose answer contains a secret, in one transaction; a repeat within 15 minutes gets the secret again.
 *
 * @returns the secret.
 */
export async function carryOutSecretForm<T>(
  site: Site,
  request: FastifyRequest,
  userId: string,
  work: (context: PersonContext) => Promise<T>,
): Promise<T> {
  const { peppers } = site.runtime.facilities;
  return await actAs(site, request, userId, async (context) => {
    const claim = { key: keyOf(request), principal, operation: "makeAccessToken", content: "", secret: true } as const;
    const run = async () => ({ status: 200, headers: {}, body: await work(context) });
    return (await once(context.db, peppers, claim, context.now, run)).answer.body as T;
  });
}

/** Identifies a form by browser, page, address and loading. */
function keyOf({ url, body }: FastifyRequest): string {
  const email = normalizeEmail(textOf(body, "email"));
  return JSON.stringify([textOf(body, formTokenField), url, email, textOf(body, formIdField)]);
}
