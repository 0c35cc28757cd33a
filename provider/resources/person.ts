/** Whom a resource is about that names a person by `user` or by `email`: the same one, also where that is said otherwise. */
import { foldEmail } from "roster-schema";
import { z } from "zod";
import type { Definition, RemoteObject } from "../definition.ts";
import { ApiError } from "../errors.ts";
import { containsUnknown } from "../unknown.ts";

const user = z.object({ id: z.string(), email: z.string(), pendingEmail: z.string().nullable() });

/**
 * Keeps an object that hangs on its user, where another `email` or `user` says the same person: an address that changes
 * together with its user's, in the program or in the service, is no other person's.
 */
export const keepsPerson: NonNullable<Definition<z.ZodRawShape, RemoteObject>["keeps"]> = async (
  client,
  { state: { userId }, inputs, run },
) => {
  const { user: id, email } = inputs;
  // Who has not accepted yet is an address, and no more.
  if (typeof userId !== "string" || containsUnknown([id, email])) return [];
  const isSame = id === undefined ? await hasAddress() : id === userId;
  return isSame ? ["user", "email"] : [];

  async function hasAddress(): Promise<boolean> {
    const address = String(email);
    if (run.declares(address)) return run.userWith(address) === userId;
    try {
      const found = await client.get(`/v1/users/${userId}`, user);
      const addresses = [found?.body.email, found?.body.pendingEmail].map((one) => one && foldEmail(one));
      return addresses.includes(foldEmail(address));
    } catch (error) {
      // Whoever may not ask is told of a replacement, which is what it is for all that is known.
      if (error instanceof ApiError && error.status === 403) return false;
      throw error;
    }
  }
};
