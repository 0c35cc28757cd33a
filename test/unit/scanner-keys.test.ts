/** The public keys of secret scanners: where they may be, when they are read, and whose signatures they verify. */
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { isKeySource, ScannerKeys } from "../../service/keys/scanner-keys.ts";
import { publishedBy, Scanner } from "../contract/support/scanner.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const minuteMs = 60_000;
const content = '[{"token":"a","type":"b"}]';

/** An address that publishes what a test says, and counts how often it is asked. */
async function publish(answer: () => { status?: number; text: string; location?: string }) {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked++;
    const { status = 200, text, location } = answer();
    response.writeHead(status, location === undefined ? {} : { location }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const keys = await ScannerKeys.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`);
  const signed = async (scanner: Scanner, atMs: number, by = scanner.sign(content)) =>
    await keys.signed(
      Buffer.from(content),
      by["github-public-key-identifier"] ?? "",
      by["github-public-key-signature"] ?? "",
      atMs,
    );
  return { signed, asked: () => asked };
}

/** @see https://docs.github.com/en/code-security/secret-scanning/secret-scanning-partner-program, whose example this is */
test("GitHub's own example is verified, and no byte of it may differ", async () => {
  const key_identifier = "f9525bf080f75b3506ca1ead061add62b8633a346606dc5fe544e29231c6ee0d";
  const key =
    "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEsz9ugWDj5jK5ELBK42ynytbo38gP\nHzZFI03Exwz8Lh/tCfL3YxwMdLjB+bMznsanlhK0RwcGP3IDb34kQDIo3Q==\n-----END PUBLIC KEY-----";
  const signature = "MEUCIFLZzeK++IhS+y276SRk2Pe5LfDrfvTXu6iwKKcFGCrvAiEAhHN2kDOhy2I6eGkOFmxNkOJ+L2y8oQ9A2T9GGJo6WJY=";
  const body = '[{"token":"some_token","type":"some_type","url":"some_url","source":"some_source"}]';
  const keys = new ScannerKeys(async () =>
    JSON.stringify({ public_keys: [{ key_identifier, key, is_current: true }] }),
  );
  const signed = async (text: string, by = signature) => await keys.signed(Buffer.from(text), key_identifier, by, 0);
  expect(await signed(body)).toBe(true);
  expect(await signed(body.replace("some_url", "Some_url"))).toBe(false);
  expect(await signed(`${body} `)).toBe(false);
  expect(await signed(body, signature.replace("MEUC", "MEUD"))).toBe(false);
  expect(await signed(body, "")).toBe(false);
});

describe("keys at an address", () => {
  test("are read when they are needed, by one request, and kept for an hour", async () => {
    const scanner = new Scanner();
    const { signed, asked } = await publish(() => ({ text: publishedBy(scanner) }));
    expect(asked()).toBe(0);
    expect(await Promise.all([signed(scanner, 0), signed(scanner, 0), signed(scanner, 1)])).toEqual([true, true, true]);
    expect(await signed(scanner, 60 * minuteMs - 1)).toBe(true);
    expect(asked()).toBe(1);
    expect(await signed(scanner, 60 * minuteMs)).toBe(true);
    expect(asked()).toBe(2);
  });

  test("are read again for one that isn't known, though not more than once a minute", async () => {
    const [first, second] = [new Scanner(), new Scanner()];
    const listed = [first];
    const { signed, asked } = await publish(() => ({ text: publishedBy(...listed) }));
    expect(await signed(first, 0)).toBe(true);
    listed.push(second);
    for (const atMs of [1, 2, minuteMs - 1]) {
      expect(await signed(second, atMs)).toBe(false);
    }
    expect(asked()).toBe(1);
    expect(await signed(second, minuteMs)).toBe(true);
    expect(await signed(first, minuteMs)).toBe(true);
    expect(asked()).toBe(2);
  });

  test("are withdrawn within the hour", async () => {
    const [first, second] = [new Scanner(), new Scanner()];
    let listed = [first, second];
    const { signed } = await publish(() => ({ text: publishedBy(...listed) }));
    expect(await signed(first, 0)).toBe(true);
    listed = [second];
    expect(await signed(first, 60 * minuteMs)).toBe(false);
  });

  test("that can't be read are unavailable; those read before are believed meanwhile", async () => {
    const scanner = new Scanner();
    let status = 503;
    const { signed, asked } = await publish(() => ({ status, text: publishedBy(scanner) }));
    const unavailable = { code: "unavailable", retryAfterSeconds: 60 };
    await expect(signed(scanner, 0)).rejects.toMatchObject(unavailable);
    await expect(signed(scanner, minuteMs - 1)).rejects.toMatchObject(unavailable);
    expect(asked()).toBe(1);
    status = 200;
    expect(await signed(scanner, minuteMs)).toBe(true);
    status = 503;
    expect(await signed(scanner, 2 * 60 * minuteMs)).toBe(true);
    expect(asked()).toBe(3);
  });

  test.each([
    ["another address, where it leads on", () => ({ status: 302, text: "", location: "http://127.0.0.1:1/" })],
    ["more than a megabyte", () => ({ text: " ".repeat(1024 * 1024 + 1) })],
    ["a page", () => ({ text: "<html>" })],
    ["no keys", () => ({ text: '{"public_keys":[]}' })],
    ["a key on another curve", () => ({ text: publishedBy(new Scanner("P-384")) })],
  ])("are not taken from %s", async (_title, answer) => {
    const { signed } = await publish(answer);
    await expect(signed(new Scanner(), 0)).rejects.toMatchObject({ code: "unavailable" });
  });
});

test("keys in a file are checked when it is opened, and read again as those at an address", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "keys.json");
  await expect(ScannerKeys.open(file)).rejects.toThrow("ENOENT");
  writeFileSync(file, '{"keys":[]}');
  await expect(ScannerKeys.open(file)).rejects.toThrow("it does not have the form");
  writeFileSync(file, '{"public_keys":[{"key_identifier":"a","key":"b"}]}');
  await expect(ScannerKeys.open(file)).rejects.toThrow("not a public key in PEM");
  const scanner = new Scanner();
  writeFileSync(file, Buffer.from(publishedBy(scanner), "utf16le"));
  await expect(ScannerKeys.open(file)).rejects.toThrow("the file is in UTF-16: save it as UTF-8");
  writeFileSync(file, `\uFEFF${publishedBy(scanner)}`);
  const keys = await ScannerKeys.open(file);
  const { "github-public-key-signature": signature = "" } = scanner.sign(content);
  expect(await keys.signed(Buffer.from(content), scanner.identifier, signature, 0)).toBe(true);
});

test.each([
  ["https://api.github.com/meta/public_keys/secret_scanning", true],
  ["http://127.0.0.1:8080/keys", true],
  ["http://[::1]:8080/keys", true],
  ["./keys.json", true],
  ["/etc/roster/keys.json", true],
  ["http://api.github.com/meta/public_keys/secret_scanning", false],
  ["http://127.0.0.1.example.com/keys", false],
  ["ftp://127.0.0.1/keys", false],
  ["file:///etc/roster/keys.json", false],
  ["https://", false],
  ["", false],
])("%s as a place of keys: %s", (source, isOne) => {
  expect(isKeySource(source)).toBe(isOne);
});
