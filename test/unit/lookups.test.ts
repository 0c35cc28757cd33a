/** Look-ups that find nothing, outside of the engine. */
import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { getOrganization } from "../../provider/lookups.ts";
import { json, ScriptedServer } from "./scripted-server.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

test("a look-up that finds nothing at preview says how to look up what the program is about to make", async () => {
  const nothing = json(200, { items: [], nextCursor: null });
  const server = await ScriptedServer.start(nothing, nothing);
  onTestFinished(() => server.stop());
  vi.stubEnv("ROSTER_ENDPOINT", server.endpoint);
  vi.stubEnv("ROSTER_TOKEN", "token-of-a-test");
  const asked = () => getOrganization({ slug: "acme" });
  await expect(asked()).rejects.toThrow(/^(?!.*dependsOn)/s);
  vi.spyOn(pulumi.runtime, "isDryRun").mockReturnValue(true);
  await expect(asked()).rejects.toThrow("with outputs of its resource or with `dependsOn`");
});
