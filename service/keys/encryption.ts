/** Encrypts texts that the database stores. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { Pepper } from "./peppers.ts";

const keyBytes = 32;
const ivBytes = 12;
const tagBytes = 16;

/**
 * A key that seals one thing: derived with HKDF, so that whoever has the database alone can't open it.
 *
 * @param secret what the key is made of beside the pepper; whoever lacks it can't open the seal either.
 * @param purpose what is sealed, so that no two things share a key.
 * @see https://www.rfc-editor.org/rfc/rfc5869
 */
export function deriveKey(pepper: Pepper, secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, pepper.secret, `roster ${purpose}`, keyBytes));
}

/** Seals a text with AES-256-GCM; base64url. */
export function encrypt(text: string, key: Buffer): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  const sealed = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64url");
}

/** @throws Error where the key is another one, or the text was tampered with. */
export function decrypt(text: string, key: Buffer): string {
  const bytes = Buffer.from(text, "base64url");
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, ivBytes));
  decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]).toString();
}
