/** Checks that a request identifies a person in exactly one way. */
import { type FieldError, invalidRequest } from "../problems.ts";

/** Who a request is about: exactly one of a user's identifier and an address. */
interface PersonReference {
  readonly user?: string;
  readonly email?: string;
}

/** @throws Refusal `invalid_request` unless exactly one of the two is there. */
export function requireUserOrEmail({ user, email }: PersonReference): void {
  if ((user === undefined) !== (email === undefined)) return;
  const detail = "exactly one of user and email says who";
  throw invalidRequest(["/user", "/email"].map((pointer): FieldError => ({ in: "body", pointer, detail })));
}
