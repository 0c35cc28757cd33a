/** The files of log-ins: where they are, who can read them, and to which service their tokens go. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { ConfigurationError } from "../../provider/errors.ts";
import { isConfidential } from "../../provider/log-ins/confidential.ts";
import { findLogIn, peekLogIn, requireStorable } from "../../provider/log-ins/log-ins.ts";
import { logInFile, logInFolder } from "../../provider/log-ins/places.ts";
import { logInTo, TestTerminal, token } from "./terminals.ts";

const endpoint = "https://roster.example.com";

function modeOf(file: string): string {
  return (statSync(file).mode & 0o777).toString(8);
}

/** Why a log-in is not used. */
function refusalOf(terminal: TestTerminal, of = endpoint, now?: Date): string {
  try {
    findLogIn(of, terminal, now);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as ConfigurationError).key).toBe("roster:token");
    expect(inspect(error, { depth: Number.POSITIVE_INFINITY })).not.toContain(token);
    return (error as Error).message;
  }
  throw new Error("it was used");
}

describe("the folder", () => {
  test.each([
    ["linux", { HOME: "/home/ada" }, "/home/ada/.config/roster/log-ins"],
    ["linux", { HOME: "/home/ada", XDG_CONFIG_HOME: "/etc/ada" }, "/etc/ada/roster/log-ins"],
    ["linux", { HOME: "/home/ada", XDG_CONFIG_HOME: "etc" }, "/home/ada/.config/roster/log-ins"],
    ["linux", { HOME: "/home/ada", XDG_CONFIG_HOME: "" }, "/home/ada/.config/roster/log-ins"],
    ["darwin", { HOME: "/Users/ada" }, "/Users/ada/Library/Application Support/roster/log-ins"],
    ["win32", { APPDATA: "C:\\Users\\ada\\AppData\\Roaming" }, "C:\\Users\\ada\\AppData\\Roaming\\roster\\log-ins"],
  ] as const)("on %s with %j is %s", (platform, environment, folder) => {
    expect(logInFolder({ environment, platform })).toBe(folder);
  });

  test("has a file for each endpoint, with the host in its name", () => {
    const place = { environment: { XDG_CONFIG_HOME: "/c" }, platform: "linux" } as const;
    const endpoints = [
      endpoint,
      `${endpoint}:8443`,
      `${endpoint}/roster`,
      "http://[::1]:80",
      `https://${"a.".repeat(120)}example`,
    ];
    const names = endpoints.map((of) => path.basename(logInFile(of, place)));
    expect(new Set(names).size).toBe(endpoints.length);
    expect(names[0]).toMatch(/^roster\.example\.com-[0-9a-f]{32}\.json$/);
    expect(names.filter((name) => !/^[\w.-]{1,200}$/.test(name))).toEqual([]);
  });
});

describe("a log-in", () => {
  test("is found as it was stored, and only its owner can read it", async () => {
    const terminal = new TestTerminal();
    expect(findLogIn(endpoint, terminal)).toBeUndefined();
    const umask = process.umask(0o000);
    const file = await terminal.store(endpoint).finally(() => process.umask(umask));
    expect(findLogIn(endpoint, terminal)).toEqual({ ...logInTo(endpoint), file });
    expect([modeOf(file), modeOf(path.dirname(file))]).toEqual(["600", "700"]);
    expect(readdirSync(path.dirname(file))).toEqual([path.basename(file)]);
  });

  test("is replaced by the next one, and by nothing if that can't be written", async () => {
    const terminal = new TestTerminal();
    const file = await terminal.store(endpoint);
    chmodSync(path.dirname(file), 0o755);
    chmodSync(file, 0o644);
    await terminal.store(endpoint, { token: "another" });
    expect(findLogIn(endpoint, terminal)?.token).toBe("another");
    expect([modeOf(file), modeOf(path.dirname(file))]).toEqual(["600", "700"]);
    renameSync(file, `${file}.kept`);
    symlinkSync(`${file}.kept`, file);
    await expect(terminal.store(endpoint, { token: "a third" })).rejects.toThrow(
      `the log-in's file ${file} can't be written: it is a symbolic link`,
    );
    expect(readFileSync(`${file}.kept`, "utf8")).toContain('"another"');
    expect(readdirSync(path.dirname(file))).toHaveLength(2);
  });

  test("is known not to be storable before anybody logs in, and trying leaves nothing", async () => {
    const terminal = new TestTerminal();
    await requireStorable(endpoint, terminal);
    expect(readdirSync(logInFolder(terminal))).toEqual([]);
    const blocked = new TestTerminal();
    writeFileSync(path.join(blocked.folder, "config"), "");
    await expect(requireStorable(endpoint, blocked)).rejects.toThrow(
      `the folder of log-ins, ${logInFolder(blocked)}, can't be created for you alone (ENOTDIR).`,
    );
  });

  test.each([0o640, 0o604, 0o620, 0o602, 0o610])(
    "that others can use (mode %o) is refused with the remedy",
    async (mode) => {
      const terminal = new TestTerminal();
      const file = await terminal.store(endpoint);
      chmodSync(file, mode);
      expect(refusalOf(terminal)).toBe(
        `others can read or write the log-in's file ${file} (its mode is 0${mode.toString(8)}), so its token was not used. ` +
          `If nobody else has read it, run \`chmod 600 '${file}'\`. Otherwise, end the log-in with ` +
          `\`roster logout --endpoint ${endpoint}\`, and log in again.`,
      );
    },
  );

  test("for another endpoint is refused, although its file has the right name", async () => {
    const terminal = new TestTerminal();
    const file = await terminal.store("https://elsewhere.example");
    const ours = logInFile(endpoint, terminal);
    renameSync(file, ours);
    expect(refusalOf(terminal)).toBe(
      `the log-in in ${ours} is for https://elsewhere.example, not for ${endpoint}, so its token was not sent. ` +
        `Log in again with \`roster login --endpoint ${endpoint}\`.`,
    );
    expect(peekLogIn(ours, terminal)).toBeUndefined();
  });

  test("is for exactly one endpoint", async () => {
    const terminal = new TestTerminal();
    await terminal.store(endpoint);
    for (const other of [
      `${endpoint}:8443`,
      `${endpoint}/roster`,
      "http://roster.example.com",
      `${endpoint}.evil.example`,
    ]) {
      expect(findLogIn(other, terminal)).toBeUndefined();
    }
  });

  test("over plain HTTP is refused, except to this machine", async () => {
    const terminal = new TestTerminal();
    const plain = "http://roster.example.com";
    const file = await terminal.store(plain);
    expect(refusalOf(terminal, plain)).toBe(
      `the log-in in ${file} was not used: ${plain} is plain HTTP, which others can read. Use an address that begins with ` +
        "https. Plain HTTP is accepted only for this machine: 127.0.0.1, ::1 and localhost.",
    );
    await terminal.store("http://localhost:4680");
    expect(findLogIn("http://localhost:4680", terminal)?.token).toBe(token);
  });

  test("that has expired says so", async () => {
    const terminal = new TestTerminal();
    await terminal.store(endpoint, { expiresAt: "2026-01-01T12:00:00Z" });
    expect(findLogIn(endpoint, terminal, new Date("2026-01-01T11:59:59Z"))?.token).toBe(token);
    expect(refusalOf(terminal, endpoint, new Date("2026-01-01T12:00:00Z"))).toBe(
      `the log-in of ada@acme.example to ${endpoint} expired at 2026-01-01T12:00:00Z. ` +
        `Log in again with \`roster login --endpoint ${endpoint}\`.`,
    );
  });

  test.each(["", "{}", "[]", `{"token": "${token}"`, JSON.stringify({ ...logInTo(endpoint), token: "a token\n" })])(
    "that is damaged (%j) is refused, and not repeated",
    async (text) => {
      const terminal = new TestTerminal();
      const file = await terminal.store(endpoint);
      writeFileSync(file, text);
      expect(refusalOf(terminal)).toContain(`the log-in in ${file} can't be read: it is damaged`);
      expect(peekLogIn(file, terminal)).toBeUndefined();
    },
  );

  test("that is not a file of its own is refused: a link, and a folder", async () => {
    const terminal = new TestTerminal();
    const file = await terminal.store(endpoint);
    renameSync(file, `${file}.kept`);
    symlinkSync(`${file}.kept`, file);
    expect(refusalOf(terminal)).toContain(`the log-in's file ${file} is a symbolic link, and was not read`);
    const other = new TestTerminal();
    mkdirSync(logInFile(endpoint, other), { recursive: true });
    expect(refusalOf(other)).toContain("is not a regular file, and was not read");
    expect(existsSync(file)).toBe(true);
  });
});

describe("a token is sent", () => {
  test.each([
    "https://roster.example.com",
    "http://127.0.0.1:4680",
    "http://127.8.9.10",
    "http://[::1]:4680",
    "http://localhost:4680",
  ])("to %s", (to) => {
    expect(isConfidential(to)).toBe(true);
  });

  test.each([
    "http://roster.example.com",
    "http://10.0.0.1",
    "http://128.0.0.1",
    "http://[::2]",
    "http://[::ffff:10.0.0.1]",
    "http://localhost.example.com",
    "http://127.0.0.1.example.com",
  ])("not to %s", (to) => {
    expect(isConfidential(to)).toBe(false);
  });
});
