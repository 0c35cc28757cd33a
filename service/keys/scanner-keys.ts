/** The public keys that verify the reports of secret scanners. */
import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { readFile } from "node:fs/promises";
import { decodeUtf8 } from "roster-schema";
import { z } from "zod";
import { Refusal } from "../problems.ts";

const fetchTimeoutMs = 5000;
const maxBytes = 1024 * 1024;
const readAtMostEveryMs = 60_000;
/** How long keys are used before they are read again, so that withdrawn keys stop working. */
const rereadAfterMs = 60 * 60_000;

/** The format in which GitHub publishes its keys. */
const publishedKeys = z.object({
  public_keys: z
    .array(z.object({ key_identifier: z.string().min(1).max(256), key: z.string().max(4096) }))
    .min(1)
    .max(100),
});

/** Whether a text is a valid source of keys: an https URL, an http URL on this machine, or a file. */
export function isKeySource(source: string): boolean {
  if (!/^\w+:\/\//.test(source)) {
    return source !== "";
  }
  if (!URL.canParse(source)) {
    return false;
  }
  const { protocol, hostname } = new URL(source);
  return protocol === "https:" || (protocol === "http:" && ["127.0.0.1", "[::1]", "localhost"].includes(hostname));
}

/**
 * The public keys that verify the reports of secret scanners. They are read from their source when they are first needed,
 * every hour, and when a report names an unknown key, but at most once a minute.
 *
 * @see https://docs.github.com/en/code-security/secret-scanning/secret-scanning-partner-program
 */
export class ScannerKeys {
  readonly #read: () => Promise<string>;
  #keys: ReadonlyMap<string, KeyObject> | undefined;
  #readAtMs = Number.NEGATIVE_INFINITY;
  #triedAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  /** @param read returns the published keys as JSON text. */
  constructor(read: () => Promise<string>) {
    this.#read = read;
  }

  /**
   * Uses the keys at a URL, or in a file, which is checked at once.
   *
   * @throws Error that says what is wrong with the file.
   */
  static async open(source: string): Promise<ScannerKeys> {
    if (/^https?:\/\//.test(source)) {
      return new ScannerKeys(() => fetchText(source));
    }
    const keys = new ScannerKeys(async () => textOf(await readFile(source)));
    parseKeys(await keys.#read());
    return keys;
  }

  /**
   * Whether a listed key signed these bytes.
   *
   * @param signature in DER and base64.
   * @param nowMs the time on a clock that never jumps.
   * @throws Refusal `unavailable` if no keys have been read yet.
   */
  async signed(content: Buffer, identifier: string, signature: string, nowMs: number): Promise<boolean> {
    const key = await this.#find(identifier, nowMs);
    return key !== undefined && verify("sha256", content, key, Buffer.from(signature, "base64"));
  }

  async #find(identifier: string, nowMs: number): Promise<KeyObject | undefined> {
    const isWanting = this.#keys?.has(identifier) !== true || nowMs - this.#readAtMs >= rereadAfterMs;
    if (isWanting && nowMs - this.#triedAtMs >= readAtMostEveryMs) {
      this.#triedAtMs = nowMs;
      this.#reading = this.#reread(nowMs).finally(() => {
        this.#reading = undefined;
      });
    }
    // Another request may already be reading them.
    if (isWanting) {
      await this.#reading;
    }
    if (this.#keys === undefined) {
      throw unreadable();
    }
    return this.#keys.get(identifier);
  }

  async #reread(nowMs: number): Promise<void> {
    try {
      this.#keys = parseKeys(await this.#read());
      this.#readAtMs = nowMs;
    } catch (error) {
      // Continue to use the known keys, so that leaked keys are revoked even if the source is unavailable.
      if (this.#keys === undefined) {
        throw unreadable(error);
      }
    }
  }
}

function unreadable(cause?: unknown): Refusal {
  const detail = "The public keys of secret scanners can't be read at the moment. Send the report again in a minute.";
  return new Refusal("unavailable", detail, { cause, retryAfterSeconds: readAtMostEveryMs / 1000 });
}

/** @throws Error that says what is wrong. */
function parseKeys(text: string): ReadonlyMap<string, KeyObject> {
  let published: z.infer<typeof publishedKeys>;
  try {
    published = publishedKeys.parse(JSON.parse(text));
  } catch {
    throw new Error('it does not have the form {"public_keys": [{"key_identifier": "…", "key": "…"}]}');
  }
  return new Map(published.public_keys.map(({ key_identifier, key }) => [key_identifier, parseKey(key)]));
}

function parseKey(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw new Error("it contains a key that is not a public key in PEM format");
  }
  if (key.asymmetricKeyType !== "ec" || key.asymmetricKeyDetails?.namedCurve !== "prime256v1") {
    throw new Error("it contains a key that is not on the curve P-256");
  }
  return key;
}

async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, {
    headers: { accept: "application/json", "user-agent": "roster-service" },
    // Don't follow redirects: only trust the configured address.
    redirect: "error",
    signal: AbortSignal.timeout(fetchTimeoutMs),
  });
  if (!response.ok) {
    throw new Error(`the address of the keys answered ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) {
      throw new Error(`the address of the keys answered more than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return textOf(Buffer.concat(chunks));
}

/** @throws Error if the content is not UTF-8. */
function textOf(content: Buffer): string {
  const decoded = decodeUtf8(content);
  if (typeof decoded !== "string") {
    throw new Error(decoded.reason);
  }
  return decoded;
}
