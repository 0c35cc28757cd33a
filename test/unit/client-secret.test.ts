/** What counts as hard to guess: what generators make, and no words, repeats, rows and patterns. */
import { createHash } from "node:crypto";
import { clientSecretMinBits, estimateEntropyBits } from "roster-schema";
import { describe, expect, test } from "vitest";
import { makeSecret } from "../../service/keys/secret-format.ts";

const small = "abcdefghijklmnopqrstuvwxyz";
const letters = small + small.toUpperCase();
const digits = "0123456789";
/** What `@pulumi/random` takes for RandomPassword. */
const special = "!@#$%&*()-_=+[]{}<>:?";

/** Random bytes, the same in every run, so that nothing that is unlikely happens now and then. */
class Generator {
  #count = 0;
  readonly #seed: string;

  constructor(seed: string) {
    this.#seed = seed;
  }

  bytes(length: number): Buffer {
    const blocks = Array.from({ length: Math.ceil(length / 32) }, () => {
      return createHash("sha256")
        .update(`${this.#seed} ${this.#count++}`)
        .digest();
    });
    return Buffer.concat(blocks).subarray(0, length);
  }

  text(alphabet: string, length: number): string {
    return Array.from({ length }, () => alphabet[this.bytes(4).readUInt32LE() % alphabet.length]).join("");
  }

  uuid(): string {
    const hex = this.bytes(16).toString("hex");
    return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-a$4-$5");
  }
}

describe("what @pulumi/random makes is hard to guess:", () => {
  test.each<[string, (generator: Generator) => string]>([
    ["RandomPassword of 24 characters", (generator) => generator.text(letters + digits + special, 24)],
    ["RandomPassword of 512 characters", (generator) => generator.text(letters + digits + special, 512)],
    ["RandomString of 22 letters and digits", (generator) => generator.text(letters + digits, 22)],
    ["RandomString of 28 small letters", (generator) => generator.text(small, 28)],
    ["RandomBytes of 16, in hexadecimal digits", (generator) => generator.bytes(16).toString("hex")],
    ["RandomBytes of 256, in hexadecimal digits", (generator) => generator.bytes(256).toString("hex")],
    ["RandomBytes of 16, in Base64", (generator) => generator.bytes(16).toString("base64")],
    ["RandomBytes of 384, in Base64", (generator) => generator.bytes(384).toString("base64")],
    ["RandomId of 16, for URLs", (generator) => generator.bytes(16).toString("base64url")],
    ["RandomId of 18, in decimal digits", (generator) => BigInt(`0x${generator.bytes(18).toString("hex")}`).toString()],
    ["RandomId of 16 after a prefix", (generator) => `acme_live_${generator.bytes(16).toString("hex")}`],
    ["RandomBytes of 32 after words", (generator) => `secret-of-a-client-${generator.bytes(32).toString("base64url")}`],
    ["two RandomUuids", (generator) => `${generator.uuid()}.${generator.uuid()}`],
  ])("%s", (title, make) => {
    const generator = new Generator(title);
    for (let count = 0; count < 1000; count++) {
      const secret = make(generator);
      expect(estimateEntropyBits(secret), secret).toBeGreaterThanOrEqual(clientSecretMinBits);
    }
  });

  test("and so is a key of the service's own form", () => {
    expect(estimateEntropyBits(makeSecret("webapi"))).toBeGreaterThanOrEqual(clientSecretMinBits);
  });
});

test.each<[string, (generator: Generator) => string]>([
  ["15 bytes in hexadecimal digits", (generator) => generator.bytes(15).toString("hex")],
  ["21 letters and digits", (generator) => generator.text(letters + digits, 21)],
  ["20 characters of a password", (generator) => generator.text(letters + digits + special, 20)],
  ["38 decimal digits", (generator) => generator.text(digits, 38)],
  ["a UUID, which has 122 random bits", (generator) => generator.uuid()],
  ["a UUID in capitals", (generator) => generator.uuid().toUpperCase()],
  ["15 bytes after words", (generator) => `secret-of-a-client-${generator.bytes(15).toString("hex")}`],
  ["16 characters twice", (generator) => generator.text(letters + digits, 16).repeat(2)],
])("too few random bits are too few: %s", (title, make) => {
  const generator = new Generator(title);
  for (let count = 0; count < 1000; count++) {
    const secret = make(generator);
    expect(estimateEntropyBits(secret), secret).toBeLessThan(clientSecretMinBits);
  }
});

test.each([
  "a".repeat(512),
  "abc".repeat(100),
  "aA1!".repeat(128),
  digits.repeat(5),
  "0123456789abcdef0123456789abcdef",
  "deadbeefdeadbeefdeadbeefdeadbeef",
  `${"0".repeat(31)}1`,
  letters,
  small + digits,
  [...small].reverse().join("") + digits,
  "a1b2c3d4e5f6g7h8i9j0k1l2m3n4",
  "first-secret-of-the-client",
  "correct-horse-battery-staple",
  "Correct-Horse-Battery-Staple-42",
  "Horse-Battery-Staple-42",
  "MySuperSecretPassword123!",
  "ThisIsMyVerySecretKey2024!!",
  "AcmeShopProductionApiSecret2026",
  "sharedSecretForTheWarehouseApi#1",
  "GeheimesPasswortDesKunden2026!",
  "acme.webapi.production.secret.v1",
  "tightly-curiously-mutually-brave-lion",
  "changeme-changeme-changeme-now!",
  "Tr0ub4dor&3Tr0ub4dor&3Tr0ub4dor&3",
  "",
  "=".repeat(16),
])("words, repeats, rows and patterns are easy to guess: %s", (secret) => {
  expect(estimateEntropyBits(secret)).toBeLessThan(clientSecretMinBits);
});
