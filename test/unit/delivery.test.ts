/** Handing a secret on to a file, on the real file system. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { DeliveryError, prepareDelivery } from "../../provider/delivery/delivery.ts";

const secret = "what-is-handed-on";

let folder: string;
let file: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), "roster-delivery-")));
  file = path.join(folder, "storefront.key");
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

async function deliver(to = file, what = secret): Promise<void> {
  const delivery = await prepareDelivery({ file: to });
  await delivery.write(what);
}
/** Why a secret can't be handed on, which is said before there is one, and leaves nothing behind. */
async function refused(to = file): Promise<string> {
  const before = readdirSync(folder);
  const error = await prepareDelivery({ file: to }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DeliveryError);
  expect(readdirSync(folder)).toEqual(before);
  return (error as DeliveryError).message;
}
const permissionsOf = (place: string) => (statSync(place).mode & 0o7777).toString(8);

describe("a file", () => {
  test("holds the secret and nothing else, for its owner alone", async () => {
    await deliver();
    expect(readFileSync(file, "utf8")).toBe(secret);
    expect(permissionsOf(file)).toBe("600");
    expect(readdirSync(folder)).toEqual(["storefront.key"]);
  });

  test.each([0o000, 0o022, 0o277, 0o777])("is its owner's with umask %o too", async (mask) => {
    const before = process.umask(mask);
    onTestFinished(() => {
      process.umask(before);
    });
    await deliver();
    expect(permissionsOf(file)).toBe("600");
    expect(readFileSync(file, "utf8")).toBe(secret);
  });

  test("that is there is replaced by another one, whoever could read it before", async () => {
    writeFileSync(file, "the one before, which is longer than what is handed on now");
    chmodSync(file, 0o644);
    linkSync(file, path.join(folder, "another-name"));
    const { ino } = statSync(file);
    await deliver();
    expect(readFileSync(file, "utf8")).toBe(secret);
    expect(permissionsOf(file)).toBe("600");
    expect(statSync(file).ino).not.toBe(ino);
    expect(readFileSync(path.join(folder, "another-name"), "utf8")).toContain("the one before");
  });

  test("is empty nowhere, and what it was, until the secret is whole", async () => {
    writeFileSync(file, "the one before");
    const delivery = await prepareDelivery({ file });
    expect(readFileSync(file, "utf8")).toBe("the one before");
    const [beside = "", ...more] = readdirSync(folder).filter((name) => name !== "storefront.key");
    expect(more).toEqual([]);
    expect(permissionsOf(path.join(folder, beside))).toBe("600");
    await delivery.write(secret);
    expect(readdirSync(folder)).toEqual(["storefront.key"]);
    expect(readFileSync(file, "utf8")).toBe(secret);
  });

  test("is found from the folder of the process, where its path is relative", async () => {
    const relative = path.relative(process.cwd(), file);
    expect(path.isAbsolute(relative)).toBe(false);
    await deliver(relative);
    expect(readFileSync(file, "utf8")).toBe(secret);
  });

  test("with the longest name that there may be", async () => {
    const long = path.join(folder, "k".repeat(255));
    await deliver(long);
    expect(readFileSync(long, "utf8")).toBe(secret);
  });

  test("is written by two at once, and is what one of them wrote", async () => {
    await Promise.all(["one".repeat(5000), "two".repeat(5000)].map((what) => deliver(file, what)));
    expect(readFileSync(file, "utf8")).toMatch(/^(one){5000}$|^(two){5000}$/);
    expect(readdirSync(folder)).toEqual(["storefront.key"]);
  });
});

test("what was made ready and isn't needed leaves nothing", async () => {
  writeFileSync(file, "the one before");
  const delivery = await prepareDelivery({ file });
  await delivery.discard();
  expect(readdirSync(folder)).toEqual(["storefront.key"]);
  expect(readFileSync(file, "utf8")).toBe("the one before");
});

describe("is refused before there is a secret:", () => {
  test("a symbolic link, and what it leads to stays as it is", async () => {
    const elsewhere = path.join(folder, "elsewhere");
    writeFileSync(elsewhere, "of somebody else");
    symlinkSync(elsewhere, file);
    expect(await refused()).toBe(
      `deliverTo.file: ${file} can't be written: it is a symbolic link: use the file that it points to.`,
    );
    expect(readFileSync(elsewhere, "utf8")).toBe("of somebody else");
  });

  test("a symbolic link to nothing", async () => {
    symlinkSync(path.join(folder, "nothing"), file);
    expect(await refused()).toContain("it is a symbolic link");
    expect(existsSync(path.join(folder, "nothing"))).toBe(false);
  });

  test("a folder that is a symbolic link", async () => {
    mkdirSync(path.join(folder, "real"));
    symlinkSync(path.join(folder, "real"), path.join(folder, "link"));
    expect(await refused(path.join(folder, "link/storefront.key"))).toContain("/link is a symbolic link");
    expect(readdirSync(path.join(folder, "real"))).toEqual([]);
  });

  test("but not a symbolic link further up, which is the system's own", async () => {
    mkdirSync(path.join(folder, "real/secrets"), { recursive: true });
    symlinkSync(path.join(folder, "real"), path.join(folder, "link"));
    await deliver(path.join(folder, "link/secrets/storefront.key"));
    expect(readFileSync(path.join(folder, "real/secrets/storefront.key"), "utf8")).toBe(secret);
  });

  test("a folder in the place of the file", async () => {
    mkdirSync(file);
    expect(await refused()).toContain("it is a folder: use a file in it");
  });

  test("a named pipe, which nobody may be reading from", async () => {
    execFileSync("sh", ["-c", 'mkfifo "$0"', file]);
    expect(await refused()).toContain("it is not a regular file");
    expect(lstatSync(file).isFIFO()).toBe(true);
  });

  test("a socket", async () => {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(file, listening));
    onTestFinished(() => {
      server.close();
    });
    expect(await refused()).toContain("it is not a regular file");
  });

  test("a device", async () => {
    // Nothing is tried on it: what is no regular file is refused first.
    await expect(prepareDelivery({ file: "/dev/null" })).rejects.toThrow("it is not a regular file");
  });

  test("a folder that isn't there, which is not made", async () => {
    expect(await refused(path.join(folder, "secrets/storefront.key"))).toContain(
      `the folder ${folder}/secrets does not exist`,
    );
  });

  test("a file in the place of the folder", async () => {
    writeFileSync(file, "");
    expect(await refused(path.join(file, "storefront.key"))).toContain(`${file} is not a folder`);
    expect(await refused(path.join(file, "secrets/storefront.key"))).toContain(
      "a part of its path is not a folder (ENOTDIR)",
    );
  });

  test("a name that is too long", async () => {
    expect(await refused(path.join(folder, "k".repeat(256)))).toContain("its path is too long (ENAMETOOLONG)");
  });

  test("a folder that the process may not write to", async () => {
    if (process.geteuid?.() !== 0) {
      chmodSync(folder, 0o500);
      expect(await refused()).toContain("you don't have permission to write to its folder (EACCES)");
      return;
    }
    // The superuser may write everywhere: so another user asks.
    chmodSync(folder, 0o755);
    process.seteuid?.(12345);
    try {
      expect(await refused()).toContain("you don't have permission to write to its folder (EACCES)");
    } finally {
      process.seteuid?.(0);
    }
  });

  test("another user's file", async () => {
    if (process.geteuid?.() === 0) {
      writeFileSync(file, "of another user");
      chownSync(file, 12345, 12345);
      expect(await refused()).toContain("the file belongs to another user");
      expect(readFileSync(file, "utf8")).toBe("of another user");
      return;
    }
    // Nobody but the superuser can make one; the system's own, in a folder of the system's, is refused for that first.
    await expect(prepareDelivery({ file: "/etc/hostname" })).rejects.toThrow("the file belongs to another user");
  });
});

describe("what has changed since it was made ready is refused, and nothing is left of the secret:", () => {
  test("a symbolic link in the place of the file", async () => {
    const elsewhere = path.join(folder, "elsewhere");
    writeFileSync(elsewhere, "of somebody else");
    const delivery = await prepareDelivery({ file });
    symlinkSync(elsewhere, file);
    await expect(delivery.write(secret)).rejects.toThrow("it is a symbolic link");
    expect(readdirSync(folder).toSorted()).toEqual(["elsewhere", "storefront.key"]);
    expect(readFileSync(elsewhere, "utf8")).toBe("of somebody else");
  });

  test("a folder that another one has taken the place of", async () => {
    const secrets = path.join(folder, "secrets");
    mkdirSync(secrets);
    const delivery = await prepareDelivery({ file: path.join(secrets, "storefront.key") });
    renameSync(secrets, path.join(folder, "away"));
    mkdirSync(secrets);
    await expect(delivery.write(secret)).rejects.toThrow("was replaced by another folder");
    expect(readdirSync(secrets)).toEqual([]);
  });

  test("a folder that has gone", async () => {
    const secrets = path.join(folder, "secrets");
    mkdirSync(secrets);
    const delivery = await prepareDelivery({ file: path.join(secrets, "storefront.key") });
    rmSync(secrets, { recursive: true });
    await expect(delivery.write(secret)).rejects.toThrow("does not exist");
  });

  test("a file that a folder has taken the place of", async () => {
    const delivery = await prepareDelivery({ file });
    mkdirSync(file);
    await expect(delivery.write(secret)).rejects.toThrow("it is a folder");
    expect(readdirSync(folder)).toEqual(["storefront.key"]);
  });
});

test("no error holds the secret", async () => {
  const delivery = await prepareDelivery({ file });
  mkdirSync(file);
  const error = await delivery.write(secret).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DeliveryError);
  expect(`${error} ${JSON.stringify(error)} ${(error as Error).stack}`).not.toContain(secret);
});
