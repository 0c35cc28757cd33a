/** Rows of docs/features.md about keys on the real engine; they share one stack and its steps. */
import { describe, expect, test } from "vitest";
import { useService, useStack } from "../fixtures.ts";
import { type Declaration, enterprise, the } from "../kinds.ts";
import { nameOf } from "../stack.ts";

const surroundings: readonly Declaration[] = [
  { kind: "Organization", name: "acme", args: { slug: "acme", name: "Acme", ...enterprise } },
  { kind: "User", name: "robot", args: { email: "robot@acme.example", kind: "system", homeOrganization: the("acme") } },
  { kind: "Membership", name: "robot-in", args: { organization: the("acme"), user: the("robot"), role: "api_user" } },
];

function key(name: string, args: Readonly<Record<string, unknown>> = {}): Declaration {
  return { kind: "ApiKey", name, args: { organization: the("acme"), name, kind: "server", ...args } };
}

/** What a secret output is, in a state that shows it. */
function plaintextOf(output: unknown) {
  return JSON.parse((output as { readonly plaintext: string }).plaintext);
}

describe("keys", () => {
  const service = useService();
  const stack = useStack("test/e2e/programs/kinds", service);

  function declare(...keys: readonly Declaration[]): void {
    stack.declare([...surroundings, ...keys]);
  }
  /** The plaintexts of the stack's keys, by name. */
  async function plaintexts(): Promise<Record<string, string>> {
    const { resources } = await stack.exported("--show-secrets");
    const keys = resources.filter(({ outputs }) => outputs?.key !== undefined);
    return Object.fromEntries(keys.map((resource) => [nameOf(resource), plaintextOf(resource.outputs?.key)]));
  }
  async function verify(secret: string | undefined): Promise<unknown> {
    const { outcome, reason } = await service.verify(secret);
    return reason ?? outcome;
  }
  async function keyOf(name: string): Promise<Record<string, unknown>> {
    return (await service.ask("GET", `/v1/api-keys/${await stack.idOf("ApiKey", name)}`)).body;
  }

  test("M10 M12 M15 M18 E12 C18 keys are made, used, rotated and revoked, each independent of the others", async () => {
    const web = { kind: "webapi" };
    declare(key("storefront", { rotate: 1 }), key("export"), key("checkout", web), key("doomed"));
    await stack.up();
    expect(await stack.preview()).toEqual([]);
    const before = await plaintexts();
    expect(new Set(Object.values(before)).size).toBe(4);
    for (const secret of Object.values(before)) expect(await verify(secret)).toBe("accepted");
    expect(await keyOf("storefront")).toMatchObject({ generation: 1 });

    // M14: last use shows after a refresh, and is no difference.
    await stack.refresh();
    expect(await stack.preview()).toEqual([]);
    expect(await plaintexts()).toEqual(before);

    declare(
      key("storefront", { rotate: 2 }),
      key("export", { rotate: "now", rotation: { overlap: "0s" } }),
      key("checkout", { ...web, rotate: 1, rotation: { overlap: "1h" } }),
      key("doomed", { state: "revoked" }),
    );
    const inputs = await stack.previewedInputs();
    expect(inputs.storefront).toMatchObject({ rotate: 2, generation: 2 });
    const { stdout } = await stack.succeed("preview", "--diff");
    expect(stdout).toMatch(/~ generation *: 1 => 2/);
    expect(stdout).toMatch(/~ rotate *: 1 => 2/);
    await stack.up();
    expect(await stack.preview()).toEqual([]);
    const after = await plaintexts();
    for (const name of ["storefront", "export", "checkout"]) {
      expect(after[name]).not.toBe(before[name]);
      expect(await verify(after[name]), name).toBe("accepted");
      expect(await keyOf(name)).toMatchObject({ generation: 2, status: "active" });
    }
    expect(await verify(before.storefront)).toBe("accepted");
    expect(await verify(before.export)).toBe("revoked");
    expect(await verify(before.checkout)).toBe("accepted");
    expect(await verify(before.doomed)).toBe("revoked");
    expect(await keyOf("doomed")).toMatchObject({ status: "revoked" });
  });

  test("M16 the name of a revoked key is free, and the revoked one stays listed", async () => {
    declare(key("storefront"), key("doomed-again", { name: "doomed" }));
    // What is no longer declared is revoked, and removing `rotate` does nothing.
    await stack.up();
    expect(await keyOf("storefront")).toMatchObject({ generation: 2 });
    const keys = await service.list(`/v1/organizations/${await stack.idOf("Organization", "acme")}/api-keys`);
    const doomed = keys.filter(({ name }) => name === "doomed").map(({ status }) => status);
    expect(doomed).toEqual(["revoked", "active"]);
    expect(keys.filter(({ name }) => name === "export")).toMatchObject([{ status: "revoked" }]);
  });

  test("M15 a key that was revoked out of band is replaced, and its secret stays dead", async () => {
    const { storefront } = await plaintexts();
    await service.ask("DELETE", `/v1/api-keys/${await stack.idOf("ApiKey", "storefront")}`);
    await stack.refresh();
    expect(await stack.preview()).toContain("replace ApiKey storefront");
    await stack.up();
    expect(await verify(storefront)).toBe("revoked");
    expect(await verify((await plaintexts()).storefront)).toBe("accepted");
    expect(await keyOf("storefront")).toMatchObject({ generation: 1 });
    expect(await stack.preview()).toEqual([]);
  });

  test("M13 an expired key stays as it is declared, and a later date replaces it", async () => {
    const endDate = new Date(Date.now() + 20_000).toISOString();
    declare(key("storefront"), key("brief", { endDate }));
    await stack.up();
    const { brief } = await plaintexts();
    expect(await verify(brief)).toBe("accepted");
    await new Promise((resolve) => setTimeout(resolve, Date.parse(endDate) - Date.now() + 100));
    expect(await verify(brief)).toBe("expired");
    await stack.refresh();
    expect(await stack.preview()).toEqual([]);
    expect((await plaintexts()).brief).toBe(brief);
    declare(key("storefront"), key("brief", { endDate: "2090-01-01" }));
    expect(await stack.preview()).toContain("replace ApiKey brief");
    await stack.up();
    expect(await verify((await plaintexts()).brief)).toBe("accepted");
  });

  test("M11 E11 an empty name, a past date and rotating a revoked key are refused at preview; an end date of a JWT at up", async () => {
    const refused = async (...declared: Declaration[]) => {
      declare(...declared);
      return stack.fail("preview");
    };
    expect(await refused(key("nameless", { name: " " }))).toContain("name: it must not be empty");
    expect(await refused(key("late", { endDate: "2020-01-01" }))).toContain("endDate: 2020-01-01 has passed");
    const both = await refused(key("storefront", { state: "revoked", rotate: 3 }));
    expect(both).toContain("rotate: a revoked key gets no new secret");
    const jwt = { kind: "user", format: "jwt", owner: the("robot"), endDate: "2090-01-01" };
    declare(key("storefront"), { ...key("token", jwt), after: ["robot-in"] });
    expect(await stack.fail("up", "--yes", "--skip-preview")).toContain("allowExpiringJwt");
  });

  /** Moves the state's idea of when a key was rotated back by so many days. */
  async function age(name: string, days: number): Promise<void> {
    const rotatedAt = new Date(Date.now() - days * 24 * 60 * 60 * 1000).toISOString();
    await stack.imported((resource) =>
      nameOf(resource) === name ? { ...resource, inputs: { ...resource.inputs, rotatedAt } } : resource,
    );
  }

  test("M18 a key is rotated on schedule: preview says to which generation, and when the secret before dies", async () => {
    const scheduled = key("scheduled", { rotation: { every: "90d", overlap: "7d" } });
    declare(scheduled);
    await stack.up();
    const before = await plaintexts();
    await age("scheduled", 89);
    expect(await stack.preview()).toEqual([]);
    await age("scheduled", 91);
    declare({ ...scheduled, args: { ...scheduled.args, holdRotation: true } });
    await stack.up();
    expect(await keyOf("scheduled")).toMatchObject({ generation: 1 });
    expect(await stack.preview()).toEqual([]);

    declare(scheduled);
    const { stdout } = await stack.succeed("preview", "--diff");
    expect(stdout).toMatch(/~ generation *: 1 => 2/);
    const [, end = ""] = /\+ previousKeyExpiresAt *: "([^"]+)"/.exec(stdout) ?? [];
    expect((Date.parse(end) - Date.now()) / (24 * 60 * 60 * 1000)).toBeCloseTo(7, 1);
    await stack.up();
    expect(await stack.preview()).toEqual([]);
    const after = await plaintexts();
    expect(await keyOf("scheduled")).toMatchObject({ generation: 2 });
    for (const secret of [before.scheduled, after.scheduled]) expect(await verify(secret)).toBe("accepted");
    const { resources } = await stack.exported("--show-secrets");
    const { outputs = {} } = resources.find((resource) => nameOf(resource) === "scheduled") ?? {};
    expect(plaintextOf(outputs.previousKey)).toBe(before.scheduled);
    expect(Date.parse(String(outputs.rotatesAt)) - Date.parse(String(outputs.rotatedAt))).toBe(
      90 * 24 * 60 * 60 * 1000,
    );

    // Somebody else rotates it: the next `up` has a secret again, and both of the newest two live.
    const path = `/v1/api-keys/${await stack.idOf("ApiKey", "scheduled")}/rotations`;
    const { body } = await service.ask("POST", path, { generation: 3, overlap: "1h" });
    expect(await verify(String(body.key))).toBe("accepted");
    await stack.refresh();
    expect(await stack.preview()).toEqual(["update ApiKey scheduled"]);
    await stack.up();
    expect(await verify((await plaintexts()).scheduled)).toBe("accepted");
    expect(await verify(String(body.key))).toBe("accepted");
    expect(await keyOf("scheduled")).toMatchObject({ generation: 4 });
    await stack.refresh();
    expect(await stack.preview()).toEqual([]);
  });

  test("C17 the users that a key is attached to show after a refresh, and are no difference", async () => {
    const assignment = {
      kind: "ApiKeyAssignment",
      name: "robots",
      args: { key: the("storefront"), user: the("robot") },
    };
    declare(key("storefront"), { ...assignment, after: ["robot-in"] });
    await stack.up();
    await stack.refresh();
    expect(await stack.preview()).toEqual([]);
    const { resources } = await stack.exported("--show-secrets");
    const { outputs = {} } = resources.find((resource) => nameOf(resource) === "storefront") ?? {};
    const user = await stack.idOf("User", "robot");
    expect(plaintextOf(outputs.assignees)).toEqual([{ user, email: "robot@acme.example", status: "active" }]);
    expect(outputs.assigneeCount).toBe(1);
  });
});
