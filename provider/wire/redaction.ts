/** What must not come back in an error, should the service or something before it repeat what was sent. */

/** @returns the secrets that the body of a request holds, in every form in which an answer may repeat them. */
export function secretsIn(body: object | undefined): string[] {
  const secret: unknown = body !== undefined && "secret" in body ? body.secret : undefined;
  return typeof secret === "string" ? [secret, JSON.stringify(secret).slice(1, -1)] : [];
}

/** @returns a text without the secrets in it. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((redacted, secret) => redacted.replaceAll(secret, "[secret]"), text);
}
