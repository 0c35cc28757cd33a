/** Checks that a request identifies a person in exactly one way. */
import { type FieldError, invalidRequest } from "../problems.ts";

/** A person in a request: a user's identifier or an address. */
interface PersonReference {
  readonly user?: string;
  readonly email?: string;
}

/** @throws Refusal `invalid_request` if not exactly one of the two is given. */
export function requireUserOrEmail({ user, email }: PersonReference): void {
  if ((user === undefined) !== (email === undefined)) {
    return;
  }
  const detail = "exactly one of user and email is required";
  throw invalidRequest(["/user", "/email"].map((pointer): FieldError => ({ in: "body", pointer, detail })));
}
