/** Changes that people make to their own accounts. */
import type { Updateable } from "kysely";
import type { Schemas } from "roster-schema";
import { endLinks } from "../../auth/links.ts";
import type { PersonContext } from "../../auth/operation.ts";
import { changeAudited } from "../../managed/audit.ts";
import { Refusal } from "../../problems.ts";
import type { Tables } from "../../rows/tables.ts";
import { findUserByEmail, type Names, normalizeEmail, users } from "./resource.ts";

type User = Schemas["User"];

/**
 * Completes the person's account, and ends its links.
 *
 * @throws Refusal `unprocessable` if the user is not invited.
 */
export async function activateUser(context: PersonContext, { givenName, familyName }: Names): Promise<void> {
  await changeUser(context, "activate", (user) => {
    if (user.status !== "invited") {
      throw new Refusal("unprocessable", "The account doesn't need to be set up.");
    }
    return { activated_at: context.now, given_name: givenName, family_name: familyName };
  });
}

/** Changes the names that the person goes by. */
export async function changeNames(context: PersonContext, { givenName, familyName }: Names): Promise<void> {
  const { db, now, principal } = context;
  await changeAudited(context, users, principal.user, "rename", async () => {
    await db
      .updateTable("users")
      .set({ given_name: givenName, family_name: familyName, updated_at: now })
      .where("id", "=", principal.user)
      .execute();
  });
}

/**
 * Confirms the pending address of the person, and ends links to the previous address.
 *
 * @throws Refusal `unprocessable` if no address is pending; `email_taken` if another user has it.
 */
export async function confirmEmailChange(context: PersonContext): Promise<void> {
  await changeUser(context, "confirm_email", async ({ id, pendingEmail }) => {
    if (pendingEmail === null) {
      throw new Refusal("unprocessable", "No new address is waiting to be confirmed.");
    }
    const other = await findUserByEmail(context, pendingEmail);
    if (other !== undefined && other.id !== id) {
      throw new Refusal("email_taken", "Another user has this address.");
    }
    return { email: pendingEmail, email_normalized: normalizeEmail(pendingEmail), pending_email: null };
  });
}

async function changeUser(
  context: PersonContext,
  verb: string,
  columns: (user: User) => Updateable<Tables["users"]> | Promise<Updateable<Tables["users"]>>,
): Promise<void> {
  const userId = context.principal.user;
  await changeAudited(context, users, userId, verb, async (before) => {
    const set = { ...(await columns(before)), updated_at: context.now };
    await context.db.updateTable("users").set(set).where("id", "=", userId).execute();
    await endLinks(context, { subject: userId });
  });
}
