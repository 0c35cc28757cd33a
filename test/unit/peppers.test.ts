import { expect, test } from "vitest";
import { keyedHash, parsePeppers } from "../../service/keys/peppers.ts";

test("peppers are a list of versions, of which the last is the newest", () => {
  const bytes = Buffer.alloc(32, 7).toString("base64url");
  const peppers = parsePeppers(`v1:${bytes}, v2:${bytes}`);
  expect(peppers.newest.version).toBe("v2");
  expect(keyedHash(peppers.newest, "secret")).toBe(keyedHash(peppers.all[0] ?? peppers.newest, "secret"));
  expect(() => parsePeppers(`v1:${bytes},v1:${bytes}`)).toThrow("twice");
  expect(() => parsePeppers("nonsense")).toThrow("item 1");
});
