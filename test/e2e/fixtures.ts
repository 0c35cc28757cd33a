/** What tests of the engine stand on: each is started before the tests of the file or group, and gone after them. */
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { Relay } from "./relay.ts";
import { type Access, type Place, Service } from "./service.ts";
import { type Layout, Stack } from "./stack.ts";

// vitest starts in the order in which the hooks are defined, and ends in the reverse one.

/** A service for the tests of a file or group, with settings that are read when it starts. */
export function useService(settings?: Readonly<Record<string, string>>, place: Place = "here"): Service {
  const service = new Service(settings, place);
  beforeAll(() => service.start());
  afterAll(() => service.stop());
  return service;
}

/** A relay to a service, for the tests of a file or group. */
export function useRelay(service: Access): Relay {
  const relay = new Relay(service);
  beforeAll(() => relay.start());
  afterAll(() => relay.stop());
  return relay;
}

/** A stack for the tests of a file or group, with a name if it is to be another than `test`. */
export function useStack(program: string, access?: Access, name?: string, layout?: Layout): Stack {
  const stack = new Stack(program, access, layout);
  beforeAll(() => stack.init(name));
  afterAll(() => stack.remove());
  return stack;
}

/** A stack for the rest of the running test. */
export async function stackOfTest(program: string, access?: Access, layout?: Layout): Promise<Stack> {
  const stack = new Stack(program, access, layout);
  onTestFinished(() => stack.remove());
  await stack.init();
  return stack;
}
