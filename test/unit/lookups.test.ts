/** Look-ups that find nothing, outside of the engine. */
import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { getMemberships, getOrganization, getRole, getUser } from "../../provider/program/generated/index.ts";
import { existingOrganization } from "../../provider/program/manifest/manifest.ts";
import { json, ScriptedServer } from "./scripted-server.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

type Asked = (query: never) => Promise<unknown>;

test.each<[ask: Asked, query: object | undefined, said: string]>([
  [getOrganization, { slug: undefined }, "getOrganization requires `slug` or `id`; no value was given."],
  [getOrganization, { id: null }, "getOrganization requires `slug` or `id`; no value was given."],
  [getUser, undefined, "getUser requires `email` or `id`; no value was given."],
  [getOrganization, { slugg: "acme" }, "getOrganization requires `slug` or `id`; got `slugg`."],
  [getOrganization, { slug: "" }, "getOrganization: slug: it must not be empty"],
  [getUser, { email: 5 }, "getUser: email: it must be text, not a number"],
  [getRole, { organization: `org_${"0".repeat(32)}` }, "getRole: name: it is required"],
  [getRole, { id: "../users/usr_1" }, "getRole: id: it must be a Role or its id (rol_…)"],
  [
    getMemberships,
    { organisation: "x" },
    "getMemberships requires `organization`, optionally with `status`; got `organisation`.",
  ],
])("a look-up that does not say what is meant is refused before anything is asked", async (ask, query, said) => {
  const server = await ScriptedServer.start();
  onTestFinished(() => server.stop());
  vi.stubEnv("ROSTER_ENDPOINT", server.endpoint);
  vi.stubEnv("ROSTER_TOKEN", "token-of-a-test");
  await expect(ask(query as never)).rejects.toThrow(said);
  expect(server.asked).toEqual([]);
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

test("A5 a manifest that names an organization which isn't there says so in its own words", async () => {
  const nothing = json(200, { items: [], nextCursor: null });
  const server = await ScriptedServer.start(nothing, nothing);
  onTestFinished(() => server.stop());
  vi.stubEnv("ROSTER_ENDPOINT", server.endpoint);
  vi.stubEnv("ROSTER_TOKEN", "token-of-a-test");
  vi.spyOn(pulumi.runtime, "isDryRun").mockReturnValue(true);
  await expect(existingOrganization("staff.yaml:2:26: organization.existing", "acme")).rejects.toThrow(
    /^staff\.yaml:2:26: organization\.existing: no open organization has the slug acme, or roster:token can't read it\. To create it, .*`name` instead\.$/,
  );
});
