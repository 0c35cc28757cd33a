/** Removes secrets from errors, in case the service or something in front of it repeats the request. */

/** @returns the secrets in the body of a request, or of the requests of a batch, in every form in which a response may repeat them. */
export function secretsIn(body: object | undefined): string[] {
  const { secret, requests } = (body ?? {}) as { readonly secret?: unknown; readonly requests?: unknown };
  const inBatch = Array.isArray(requests) ? requests.flatMap((request) => secretsIn(request.body)) : [];
  return typeof secret === "string" ? [secret, JSON.stringify(secret).slice(1, -1), ...inBatch] : inBatch;
}

/** @returns a text without secrets. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((redacted, secret) => redacted.replaceAll(secret, "[secret]"), text);
}
