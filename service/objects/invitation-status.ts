/** The status of an invitation. */

/** The status of an invitation: a pending invitation is expired once its link has expired. */
export function invitationStatus<S extends string>(
  { status, invite_expires_at }: { readonly status: S; readonly invite_expires_at: Date | null },
  now: Date,
): S | "expired" {
  return status === "pending" && invite_expires_at !== null && invite_expires_at <= now ? "expired" : status;
}
