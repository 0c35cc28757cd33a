/** Whether a resource that names a person by `user` or by `email` is still about the same person. */
import { z } from "zod";
import { ApiError } from "../errors.ts";
import type { Definition, RemoteObject } from "../lifecycle/definition.ts";
import { sameEmail } from "../values/property-types.ts";
import { containsUnknown } from "../values/unknown.ts";

const user = z.object({ id: z.string(), email: z.string(), pendingEmail: z.string().nullable() });

/**
 * Returns the arguments whose change keeps an object because the new `email` or `user` identifies the same person. An address that
 * changes together with its user's, in the program or in the service, does not identify another person.
 */
export const samePersonArgs: NonNullable<Definition<z.ZodRawShape, RemoteObject>["inPlaceArgs"]> = async (
  client,
  { state: { userId }, inputs, registrations },
) => {
  const { user: id, email } = inputs;
  // Before an invitation is accepted, only the address is known.
  if (typeof userId !== "string" || containsUnknown([id, email])) {
    return [];
  }
  const isSame = id === undefined ? await hasAddress() : id === userId;
  return isSame ? ["user", "email"] : [];

  async function hasAddress(): Promise<boolean> {
    const address = String(email);
    if (registrations.declaresUser(address)) {
      return registrations.userWith(address) === userId;
    }
    try {
      const found = await client.get(`/v1/users/${userId}`, user);
      return [found?.body.email, found?.body.pendingEmail].some((one) => sameEmail(one, address));
    } catch (error) {
      // Without the permission to read the user, it counts as another person, so the object is replaced.
      if (error instanceof ApiError && error.status === 403) {
        return false;
      }
      throw error;
    }
  }
};
