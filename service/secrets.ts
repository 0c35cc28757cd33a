/** The secrets of the service: from the settings, or generated and kept in the data directory. */
import { randomBytes } from "node:crypto";
import { exportJWK, generateKeyPair } from "jose";
import type { Configuration } from "./configuration.ts";
import { ConfigurationError } from "./configuration-error.ts";
import type { DataDirectory } from "./data-directory.ts";
import { type Peppers, parsePeppers } from "./keys/peppers.ts";
import { makeSecret } from "./keys/secret-format.ts";
import { parseSigningKeys, type SigningKeys } from "./keys/signing-keys.ts";

/** The secrets of the service. */
export interface Secrets {
  readonly ownerToken: string;
  /** The file of the owner token, if the service generated it. */
  readonly ownerTokenFile: string | null;
  readonly peppers: Peppers;
  readonly signingKeys: SigningKeys;
}

/**
 * Reads the secrets from the settings. With the embedded database, missing secrets are generated and kept.
 *
 * @param directory the data directory of the embedded database; undefined with PostgreSQL, where nothing is generated.
 * @throws ConfigurationError if a secret can't be read.
 */
export async function prepareSecrets(
  configuration: Configuration,
  directory: DataDirectory | undefined,
): Promise<Secrets> {
  const { ownerToken } = configuration;
  return {
    ownerToken: ownerToken ?? (await directory?.keep("owner-token", () => makeSecret("owner"))) ?? "",
    ownerTokenFile: ownerToken === undefined && directory !== undefined ? directory.file("owner-token") : null,
    peppers: await preparePeppers(configuration, directory, generatePepper),
    signingKeys: await prepareSigningKeys(configuration, directory, generateSigningKey),
  };
}

/**
 * Reads the peppers from the settings or the data directory.
 *
 * @param generate generates them if the data directory has none, or throws.
 * @throws ConfigurationError if they can't be read.
 */
export async function preparePeppers(
  { peppers }: Configuration,
  directory: DataDirectory | undefined,
  generate: () => string,
): Promise<Peppers> {
  const text = peppers ?? (await directory?.keep("key-peppers", generate)) ?? "";
  return await parse("ROSTER_KEY_PEPPERS", parsePeppers, text);
}

/** Reads the signing keys in the same way. */
export async function prepareSigningKeys(
  { signingKeys }: Configuration,
  directory: DataDirectory | undefined,
  generate: () => string | Promise<string>,
): Promise<SigningKeys> {
  const text = signingKeys ?? (await directory?.keep("signing-keys", generate)) ?? "";
  return await parse("ROSTER_SIGNING_KEYS", parseSigningKeys, text);
}

async function parse<T>(variable: string, read: (text: string) => T | Promise<T>, text: string): Promise<T> {
  try {
    return await read(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "it can't be read";
    throw new ConfigurationError(`${variable}: ${reason}. Correct it, in the environment or in the data directory.`);
  }
}

function generatePepper(): string {
  return `v1:${randomBytes(32).toString("base64url")}`;
}

async function generateSigningKey(): Promise<string> {
  const { privateKey } = await generateKeyPair("EdDSA", { extractable: true });
  return JSON.stringify([{ ...(await exportJWK(privateKey)), kid: randomBytes(12).toString("base64url") }]);
}
