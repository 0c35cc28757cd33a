/** Programs with Pulumi's mocks in the place of the engine, and a service that isn't there: only what happens in the program is tested. */
import * as pulumi from "@pulumi/pulumi";
import { vi } from "vitest";
import { nowhere } from "../e2e/service.ts";

/** Configures a service that isn't there, by the environment. */
export function configureNowhere(): void {
  vi.stubEnv("ROSTER_ENDPOINT", nowhere.endpoint);
  vi.stubEnv("ROSTER_TOKEN", nowhere.token);
}

/** Replaces the engine. By default, a resource has its name as its id, and its inputs as its state. */
export function mockEngine({ newResource, call, isPreview = false, organization = "organization" }: MockedEngine = {}) {
  return pulumi.runtime.setMocks(
    {
      newResource: newResource ?? (({ name, inputs }) => ({ id: name, state: inputs })),
      call: call ?? (({ inputs }) => inputs),
    },
    "project",
    "stack",
    isPreview,
    organization,
  );
}

interface MockedEngine extends Partial<pulumi.runtime.Mocks> {
  readonly isPreview?: boolean;
  readonly organization?: string;
}
