/** What a refusal costs is bounded, for every operation and whatever shape the request has. */
import { Readable } from "node:stream";
import type { FastifyRequest } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { contractText } from "../../service/http/contract.ts";
import { checkContent, maxDepth, maxValues, refusalOfValidation } from "../../service/http/validation.ts";
import { openCopy } from "../template-database.ts";
import { contract, type OperationId } from "./support/contract.ts";
import { scanner } from "./support/scanner.ts";
import { makeScenario } from "./support/scenario.ts";
import { ownerToken, TestService } from "./support/service.ts";

const maxErrors = 100;
const bodyLimitBytes = 1024 * 1024;
const largeBytes = 768 * 1024;

let service: TestService;
let closeDatabase = async () => {};
let keyWithoutPermissions: string;

beforeAll(async () => {
  const { database, close } = await openCopy();
  closeDatabase = close;
  service = new TestService(database);
  await service.start();
  keyWithoutPermissions = (await (await makeScenario(service)).key({ permissions: [] })).key;
}, 120_000);

afterAll(async () => {
  await service?.stop();
  await closeDatabase();
}, 60_000);

const id = "0".repeat(32);
const ids: Readonly<Record<string, string>> = {
  organizationId: `org_${id}`,
  userId: `usr_${id}`,
  profileId: `prf_${id}`,
  roleId: `rol_${id}`,
  membershipId: `mbr_${id}`,
  apiKeyId: `key_${id}`,
  assignmentId: `asg_${id}`,
};
const urlOf = (template: string) => template.replace(/\{(\w+)\}/g, (_braced, name) => ids[name] ?? name);
const withBody = [...contract.values()].filter(({ hasBody }) => hasBody);

async function send(operation: OperationId, payload: string, token: string) {
  const { method, path } = contract.get(operation) ?? { method: "", path: "" };
  return await service.service.app.inject({
    method: method as "POST",
    url: urlOf(path),
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...scanner.sign(payload) },
    payload,
  });
}

/** A large body, of parts of one shape. */
function filled(start: string, part: (at: number) => string, end: string): string {
  const parts: string[] = [];
  let length = start.length + end.length;
  for (let at = 0; ; at++) {
    const next = part(at);
    length += next.length + 1;
    if (length >= largeBytes) {
      return start + parts.join(",") + end;
    }
    parts.push(next);
  }
}

/** Bodies that hold as many values as fit. */
const many: Readonly<Record<string, string>> = {
  "an array": filled("[", () => "0", "]"),
  "arrays in an array": filled("[", () => "[0,0]", "]"),
  "unknown members": filled("{", (at) => `"k${at}":0`, "}"),
  "objects in unknown members": filled("{", (at) => `"k${at}":{"a":{}}`, "}"),
  ...Object.fromEntries(
    ["permissions", "requests"].map((name) => [`items of ${name}`, filled(`{"${name}":[`, () => "0", "]}")]),
  ),
  "items within requests of a batch": filled(
    '{"requests":[{"method":"POST","path":"/v1/users","body":{"a":[',
    () => "0",
    "]}}]}",
  ),
};

describe.each(withBody.map(({ id: operation }) => operation))("T10 %s", (operation) => {
  test.each(Object.keys(many))("looks at no more values than a body may hold: %s", async (shape) => {
    const response = await send(operation, many[shape] ?? "", keyWithoutPermissions);
    expect(response.statusCode, response.body.slice(0, 500)).toBe(400);
    // One place, which the walk before the schema has found: no validator has collected anything.
    const detail = `exceeds the limit of ${maxValues} values in a body`;
    expect(response.json().errors).toEqual([{ in: "body", pointer: expect.any(String), detail }]);
  });

  test("looks no deeper than anything may lie", async () => {
    const deep = (start: string, end: string) => {
      const levels = Math.floor((bodyLimitBytes - 1000) / (start.length + end.length));
      return start.repeat(levels) + end.repeat(levels);
    };
    const objects = `${'{"a":'.repeat(150_000)}0${"}".repeat(150_000)}`;
    const inBatch = `{"requests":[{"method":"POST","path":"/v1/users","body":${objects}}]}`;
    for (const body of [deep("[", "]"), objects, inBatch]) {
      const response = await send(operation, body, ownerToken);
      expect(response.statusCode).toBe(400);
      const [error, ...others] = response.json().errors;
      expect(error.detail).toBe(`is nested more than ${maxDepth} levels deep`);
      expect(error.pointer.split("/").length).toBeLessThanOrEqual(maxDepth + 1);
      expect(others).toEqual([]);
    }
  });

  test("tells of many mistakes the first hundred, and of a long name its beginning", async () => {
    const name = "n".repeat(100_000);
    const few = Object.fromEntries(Array.from({ length: maxValues - 10 }, (_, at) => [`k${at}`, 0]));
    const body = operation === "reportLeakedSecrets" ? Array(maxValues - 10).fill(0) : { [name]: 0, ...few };
    const response = await send(operation, JSON.stringify(body), ownerToken);
    expect(response.statusCode).toBe(400);
    expect(response.json().errors).toHaveLength(maxErrors);
    expect(response.body).not.toContain(name.slice(0, 200));
    expect(response.body.length).toBeLessThan(128 * 1024);
  });

  test("tells of mistakes that lie below long names, and no more of those than their beginning", async () => {
    const name = "n".repeat(100_000);
    const hundred = (item: string) => `[${Array(maxErrors).fill(item).join(",")}]`;
    const unstorable = Array.from({ length: 20 }).reduce<string>(
      (inner) => `{"${name.slice(0, 99)}":${inner}}`,
      hundred('"\\u0000"'),
    );
    for (const body of [`{"${name}":${hundred('{"__proto__":0}')}}`, unstorable]) {
      // Of a batch, each request is looked at by itself for what can't be stored; what is compared only isn't stored.
      const isStored = !["runBatch", "verifyApiKey", "reportLeakedSecrets"].includes(operation);
      if (body === unstorable && !isStored) {
        continue;
      }
      const response = await send(operation, body, ownerToken);
      expect(response.statusCode).toBe(400);
      expect(response.json().errors).toHaveLength(maxErrors);
      expect(response.body.length).toBeLessThan(128 * 1024);
    }
  });
});

describe("T10 every operation", () => {
  interface Schema {
    readonly $ref?: string;
    readonly anyOf?: readonly Schema[];
    readonly type?: unknown;
    readonly items?: Schema;
    readonly maxItems?: number;
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly additionalProperties?: unknown;
  }

  const document = parse(contractText, { maxAliasCount: -1 });
  /** What the body of a request in a batch has at most: an API key with all permissions and address ranges. */
  const inBatch = 150;
  /** What an ordinary request of a sequence has: a method, a path, a version, a body of ten values, and a reference. */
  const inSequence = 20;
  /** How many requests a batch has at most, except a sequence, which the schema can't tell from it. */
  const maxInBatch = 200;

  /** How many values a body that fits a schema has at most. */
  function valuesOf(schema: Schema, where: string): number {
    const { $ref, anyOf, items, maxItems, properties = {}, additionalProperties } = schema;
    if ($ref !== undefined) {
      return valuesOf(document.components.schemas[$ref.split("/").at(-1) ?? ""], $ref);
    }
    if (anyOf !== undefined) {
      return Math.max(...anyOf.map((branch) => valuesOf(branch, where)));
    }
    if (items !== undefined) {
      if (maxItems === undefined) {
        throw new Error(`${where}: an array in a request needs maxItems`);
      }
      return 1 + maxItems * valuesOf(items, where);
    }
    if (schema.type === "object" && additionalProperties === true) {
      return 1 + inBatch;
    }
    return Object.entries(properties).reduce((sum, [name, inner]) => sum + valuesOf(inner, `${where} ${name}`), 1);
  }

  test("runBatch takes the largest requests, and an ordinary sequence", () => {
    const { Batch, BatchRequest } = document.components.schemas;
    const { references: _, ...properties } = BatchRequest.properties;
    expect(maxInBatch * valuesOf({ properties }, "runBatch")).toBeLessThan(maxValues);
    expect(Batch.properties.requests.maxItems * inSequence).toBeLessThan(maxValues);
  });

  const single = withBody.map(({ id }) => id).filter((id) => id !== "runBatch");
  test.each(single)("%s takes no body that has more values than are looked at", (operation) => {
    const { method, path } = contract.get(operation) ?? { method: "", path: "" };
    const { requestBody } = document.paths[path][method.toLowerCase()];
    expect(valuesOf(requestBody.content["application/json"].schema, operation)).toBeLessThan(maxValues);
  });

  test("is refused a query of thousands of parameters with a hundred places", async () => {
    const query = Array.from({ length: 3000 }, (_, at) => `p${at}=`).join("&");
    for (const [operation, { method, path, hasBody, takesToken }] of contract) {
      if (hasBody || !takesToken) {
        continue;
      }
      const headers = { authorization: `Bearer ${ownerToken}` };
      const response = await service.service.app.inject({
        method: method as "GET",
        url: `${urlOf(path)}?${query}`,
        headers,
      });
      expect(response.body.length, operation).toBeLessThan(128 * 1024);
      if (response.statusCode === 400) {
        expect(response.json().errors.length, operation).toBeLessThanOrEqual(maxErrors);
      }
    }
  });
});

/** A value that counts how often something in it is looked at. */
function counting<T extends object>(value: T): { readonly value: T; readonly looks: () => number } {
  let looks = 0;
  const get = (target: object, name: string | symbol) => {
    looks += 1;
    return Reflect.get(target, name);
  };
  const getOwnPropertyDescriptor = (target: object, name: string | symbol) => {
    looks += 1;
    return Reflect.getOwnPropertyDescriptor(target, name);
  };
  return { value: new Proxy(value, { get, getOwnPropertyDescriptor }) as T, looks: () => looks };
}

test("T10 the content of a body is walked as far as the limits, and no further", () => {
  const { value, looks } = counting(Array(1_000_000).fill(0));
  const request = { body: value, query: {}, mediaType: "application/json", routeOptions: { schema: { body: {} } } };
  expect(() => checkContent(request as unknown as FastifyRequest, true)).toThrow("exceeds the");
  expect(looks()).toBeLessThan(100);
});

test("T10 of the errors of a validator, no more are described than are told", () => {
  const error = (at: number) => ({
    keyword: "type",
    instancePath: `/${at}`,
    params: { type: "string" },
    schemaPath: "",
  });
  const { value, looks } = counting(Array.from({ length: 200_000 }, (_, at) => error(at)));
  const validator = Object.assign(() => false, { errors: value as unknown });
  const request = { body: {}, getValidationFunction: (part: string) => (part === "body" ? validator : undefined) };
  expect(refusalOfValidation(request as unknown as FastifyRequest).errors).toHaveLength(maxErrors);
  expect(looks()).toBeLessThan(10 * maxErrors);
  expect(validator.errors).toBeNull();
});

test("T10 a path without an operation is refused before its body is read", async () => {
  let isRead = false;
  const payload = new Readable({
    read() {
      isRead = true;
      this.push("{");
      this.push(null);
    },
  });
  const response = await service.service.app.inject({
    method: "POST",
    url: "/nothing",
    headers: { "content-type": "application/json" },
    payload,
  });
  expect(response.json()).toMatchObject({ status: 404, code: "route_not_found" });
  expect(isRead).toBe(false);
});
