import * as pulumi from "@pulumi/pulumi";
import { ApiKey } from "pulumi-roster";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { configureNowhere, mockEngine } from "./mocked-engine.ts";

beforeAll(() => mockEngine());
configureNowhere();

const { prepareStackTrace } = Error;
afterEach(() => {
  Error.prepareStackTrace = prepareStackTrace;
});

test("of the stack traces that are taken while a resource is declared, only that of its position has frames", async () => {
  const lengths: number[] = [];
  Error.prepareStackTrace = (_error, frames) => {
    lengths.push(frames.length);
    return "";
  };
  const key = declare("key");
  Error.prepareStackTrace = prepareStackTrace;
  expect(lengths.length).toBeGreaterThan(100);
  expect(lengths.filter((length) => length > 0)).toHaveLength(1);
  await expect(idOf(key)).resolves.toBe("key");
});

test("the position of a resource is where the program declares it, and its call stack has only the program's frames", async () => {
  const before = Error.prepareStackTrace;
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const registering = vi.spyOn(monitor, "registerResource");
  const key = declare("placed");
  expect(Error.prepareStackTrace).toBe(before);
  await idOf(key);
  const [request] = registering.mock.calls.map(([sent]) => sent).filter((sent) => sent.getName() === "placed");
  expect(request?.getSourceposition()?.getUri()).toMatch(/test\/unit\/resource\.test\.ts$/);
  const frames = request?.getStacktrace().getFramesList() ?? [];
  expect(frames.length).toBeGreaterThan(1);
  expect(
    frames.map((frame) => frame.getPc()?.getUri() ?? "").filter((uri) => /\/provider\/|@pulumi/.test(uri)),
  ).toEqual([]);
});

test("a program that declares what can't be declared is told where it does", () => {
  const before = Error.stackTraceLimit;
  let stack = "";
  try {
    declare("");
  } catch (error) {
    stack = (error as Error).stack ?? "";
  }
  expect(stack).toContain("Missing resource name");
  expect(stack).toContain("resource.test.ts");
  expect(Error.stackTraceLimit).toBe(before);
});

/** What the library tells the engine, as far as it matters here. */
interface Monitor {
  registerResource(request: {
    getName(): string;
    getSourceposition(): Position | undefined;
    getStacktrace(): { getFramesList(): { getPc(): Position | undefined }[] };
  }): void;
}
interface Position {
  getUri(): string;
}

function declare(name: string): ApiKey {
  return new ApiKey(name, { organization: "org_1", name: "Key", kind: "server" });
}

function idOf({ id }: ApiKey): Promise<string> {
  return new Promise((resolve) => id.apply(resolve));
}
