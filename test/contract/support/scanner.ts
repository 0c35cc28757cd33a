/** A secret scanner, which signs as GitHub does. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { ScannerKeys } from "../../../service/keys/scanner-keys.ts";

/** What a scanner reports of one secret. */
export interface Report {
  readonly token: string;
  readonly type: string;
  readonly url?: string;
  readonly source?: string;
}

/** A scanner with a key pair of its own. */
export class Scanner {
  readonly identifier: string = randomBytes(32).toString("hex");
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;

  constructor(namedCurve = "P-256") {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve });
    this.#privateKey = privateKey;
    this.#publicKey = publicKey;
  }

  /** The scanner's key as it is published. */
  get published(): object {
    const key = this.#publicKey.export({ type: "spki", format: "pem" });
    return { key_identifier: this.identifier, key, is_current: true };
  }

  /** The headers that go with a content. */
  sign(content: string): Record<string, string> {
    const signature = sign("sha256", Buffer.from(content), this.#privateKey).toString("base64");
    return { "github-public-key-identifier": this.identifier, "github-public-key-signature": signature };
  }
}

/** What scanners publish, as JSON text. */
export function publishedBy(...scanners: readonly Scanner[]): string {
  return JSON.stringify({ public_keys: scanners.map(({ published }) => published) });
}

/** The scanner that every service under test believes. */
export const scanner: Scanner = new Scanner();

/** Its key, as a service is set up with it. */
export function scannerKeys(): ScannerKeys {
  return new ScannerKeys(async () => publishedBy(scanner));
}
