/**
 * Forms that a browser sends again: by a double click, from a second tab, after going back. Where the form can't be carried out
 * any more because this browser has just had it carried out, it is shown what it was shown the first time.
 *
 * The form's token is what tells that it is the same browser: it comes from a cookie, and is on no page of anybody else's. So
 * somebody else who has the link sees that it has been used, and a link still works once.
 *
 * @see docs/decisions/0034-links-followed-twice.md
 */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Context, PersonContext } from "../auth/operation.ts";
import { findKeptAnswer, keepAnswer } from "../http/idempotency.ts";
import { normalizeEmail } from "../objects/users/resource.ts";
import { actAs, formTokenField, type Site, textOf } from "./site.ts";

/** The field that tells one loading of a form from another, on a form that may be carried out again. */
export const formIdField = "formId";

/** How long a form that was carried out is remembered. */
const rememberedMs = 10 * 60_000;

/** Whose the kept answers are, among those that are kept for the API's callers. */
const principal = "form";

/** What is answered where a form can't be carried out: it is out of date, or what it is about isn't there any more. */
const repeatableStatuses: ReadonlySet<number> = new Set([403, 404, 410]);

type DatabaseAt = Pick<Context, "db" | "now">;

/** Answers a repeat of a form with the answer to the first, on every page with a form. */
export function answerRepeats(scope: FastifyInstance, { runtime }: Site): void {
  scope.addHook("onSend", async (request, reply, payload) => {
    if (request.method !== "POST" || !repeatableStatuses.has(reply.statusCode)) return payload;
    const path = await findRepeated({ db: runtime.db, now: runtime.clock() }, request);
    if (path === undefined) return payload;
    reply.code(303).header("location", path).removeHeader("content-type");
    return "";
  });
}

/** Where a form that is carried out leads, and in whose name it is. */
interface CarryingOut {
  readonly userId: string;
  readonly leadsTo: string;
}

/** Carries a form out in one transaction, and remembers that. @returns where it leads. */
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

/** Remembers, in the transaction that carries a form out, where it leads. */
export async function rememberForm({ db, now }: DatabaseAt, request: FastifyRequest, leadsTo: string): Promise<void> {
  const answer = { status: 303, headers: { location: leadsTo } };
  await keepAnswer(db, { principal, key: keyOf(request) }, answer, new Date(now.getTime() + rememberedMs));
}

/** Where a form has led that this browser has sent before; undefined where it hasn't, or some time ago. */
export async function findRepeated({ db, now }: DatabaseAt, request: FastifyRequest): Promise<string | undefined> {
  // Without a token it is nobody's form.
  if (textOf(request.body, formTokenField) === "") return undefined;
  const answer = await findKeptAnswer(db, { principal, key: keyOf(request) }, now);
  return answer?.headers.location;
}

/** What makes two forms the same: the browser, what they do, and for whom. */
function keyOf({ url, body }: FastifyRequest): string {
  const email = normalizeEmail(textOf(body, "email"));
  return JSON.stringify([textOf(body, formTokenField), url, email, textOf(body, formIdField)]);
}
