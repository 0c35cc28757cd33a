/** Errors with the place at which a manifest declares the resource. */
import { expect, test } from "vitest";
import { atPlace, notePlace, placeText } from "../../provider/dynamic/places.ts";
import { ApiError, DeclarationError, PartialError } from "../../provider/errors.ts";
import { Lines, positionAfter } from "../../provider/program/text-file.ts";
import { placeInput } from "../../provider/values/place.ts";

const place = { text: "a.yaml:2:3: users.ada", file: "/nowhere/a.yaml", sha256: "" };
const text = "a.yaml:2:3: users.ada (the file has changed since the program read it): ";
const declared = { [placeInput]: place };

test("S4 an error keeps its class and its properties, and others that share it are not changed", () => {
  const problem = {
    type: "about:blank",
    title: "Conflict",
    status: 409,
    code: "email_taken",
    detail: "it is taken",
  } as const;
  const error = new ApiError("POST", "/v1/users", { ...problem, requestId: "req_1", retryable: false });
  const told = atPlace(error, declared);
  expect(told).toBeInstanceOf(ApiError);
  expect(told).toMatchObject({ code: "email_taken", status: 409, name: "ApiError" });
  expect(told.message).toBe(`${text}${error.message}`);
  expect(error.message).toMatch(/^email_taken: it is taken/);
  expect(atPlace(error, {})).toBe(error);
});

test("S4 each reason of a partial error has the place", () => {
  const error = new PartialError("mem_1", { a: 1 }, ["one", "two"]);
  const told = atPlace(error, declared);
  expect(told).toBeInstanceOf(PartialError);
  expect(told).toMatchObject({ id: "mem_1", properties: { a: 1 }, reasons: [`${text}one`, `${text}two`] });
});

test("a place is known by the externalId once the resource is checked, until it is declared elsewhere", () => {
  notePlace(declared, { externalId: "stack/1" });
  expect(placeText({ externalId: "stack/1" })).toBe(text);
  expect(placeText({ externalId: "stack/2" })).toBe("");
  notePlace({}, { externalId: "stack/1" });
  expect(placeText({ externalId: "stack/1" })).toBe("");
  expect(atPlace(new DeclarationError("no"), { externalId: "stack/1" }).message).toBe("no");
});

test("a place shows what nobody sees, and nothing that isn't a place is one", () => {
  expect(placeText({ [placeInput]: { ...place, text: "a\u202e.yaml" } })).toMatch(/^a\\u202e\.yaml /);
  expect(placeText({ [placeInput]: "a.yaml" })).toBe("");
});

test("lines are counted as they are from the text before a place", () => {
  const long = "\r\na\nbc\r\n\rd\r\n\n\u2028e";
  const lines = new Lines(long);
  for (const at of Array.from({ length: long.length + 1 }, (_, offset) => offset)) {
    // Between CR and LF, there is no place.
    const before = long.slice(0, at > 0 && long.startsWith("\r\n", at - 1) ? at - 1 : at);
    expect(lines.positionAt(at), `${at}`).toEqual(positionAfter(before));
  }
  expect(new Lines("").positionAt(0)).toEqual({ line: 1, column: 1 });
});
