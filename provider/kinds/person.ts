/** Whether a resource that names a person by `user` or by `email` is still about the same person. */
import { z } from "zod";
import { ApiError } from "../errors.ts";
import type { Definition, RemoteObject } from "../lifecycle/definition.ts";
import { sameEmail } from "../values/property-types.ts";
import { containsUnknown } from "../values/unknown.ts";

const user = z.object({ id: z.string(), email: z.string(), pendingEmail: z.string().nullable() });

/**
 * Keeps an object that belongs to its user, where another `email` or `user` names the same person: an address that changes
 * together with its user's, in the program or in the service, is not another person's.
 */
export const samePersonArgs: NonNullable<Definition<z.ZodRawShape, RemoteObject>["inPlaceArgs"]> = async (
  client,
  { state: { userId }, inputs, registrations },
) => {
  const { user: id, email } = inputs;
  // Before an invitation is accepted, there is only the address.
  if (typeof userId !== "string" || containsUnknown([id, email])) return [];
  const isSame = id === undefined ? await hasAddress() : id === userId;
  return isSame ? ["user", "email"] : [];

  async function hasAddress(): Promise<boolean> {
    const address = String(email);
    if (registrations.declaresUser(address)) return registrations.userWith(address) === userId;
    try {
      const found = await client.get(`/v1/users/${userId}`, user);
      return [found?.body.email, found?.body.pendingEmail].some((one) => sameEmail(one, address));
    } catch (error) {
      // Without the permission to ask, it counts as another person, and so as a replacement.
      if (error instanceof ApiError && error.status === 403) return false;
      throw error;
    }
  }
};
