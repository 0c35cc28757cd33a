/** Encrypts texts that the database stores. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { Pepper } from "./peppers.ts";

const keyBytes = 32;
const ivBytes = 12;
const tagBytes = 16;

/**
 * Derives a key with HKDF, so that somebody who has only the database can't compute it.
 *
 * @param secret is needed in addition to the pepper.
 * @param purpose what the key is for, so that no two purposes share a key.
 * @see https://www.rfc-editor.org/rfc/rfc5869
 */
export function deriveKey(pepper: Pepper, secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, pepper.secret, `roster ${purpose}`, keyBytes));
}

/** Encrypts a text with AES-256-GCM; the result is base64url. */
export function encrypt(text: string, key: Buffer): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  const sealed = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64url");
}

/** @throws Error if the key is wrong, or the text was altered. */
export function decrypt(text: string, key: Buffer): string {
  const bytes = Buffer.from(text, "base64url");
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, ivBytes));
  decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]).toString();
}
