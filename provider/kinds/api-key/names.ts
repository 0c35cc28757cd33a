/** The names of the properties about secrets, and the words for them, which differ between API keys and access tokens. */

/** What an API key and an access token call the same things. */
export interface SecretNames {
  /** The object in messages. */
  readonly word: "key" | "token";
  /** The collection of the contract with the objects. */
  readonly collection: string;
  /** The output with the plaintext of the secret. */
  readonly secret: string;
  readonly available: string;
  /** The outputs about the previous secret. */
  readonly previous: string;
  readonly previousExpiresAt: string;
  readonly previousHeld: string;
}

/** The names of an API key. */
export const ofKeys = {
  word: "key",
  collection: "api-keys",
  secret: "key",
  available: "keyAvailable",
  previous: "previousKey",
  previousExpiresAt: "previousKeyExpiresAt",
  previousHeld: "previousKeyHeld",
} as const satisfies SecretNames;

/** The names of an access token. */
export const ofTokens = {
  word: "token",
  collection: "access-tokens",
  secret: "token",
  available: "tokenAvailable",
  previous: "previousToken",
  previousExpiresAt: "previousTokenExpiresAt",
  previousHeld: "previousTokenHeld",
} as const satisfies SecretNames;
