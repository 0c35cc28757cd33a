/** What a manifest says: names, defaults, anchors, and the files that it names. */
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseManifest, readManifest } from "../../provider/program/manifest/document.ts";
import { canonical, canonicalFile, manifestHead } from "./made-up-texts.ts";

describe("the canonical manifest", () => {
  test("is right", () => {
    const { manifest } = readManifest(canonicalFile);
    expect(manifest).toEqual(parseManifest(canonicalFile, canonical));
    expect(manifest.name).toBe("acme");
    expect(manifest.organization).toMatchObject({
      subscription: { plan: "enterprise" },
      logo: path.join(path.dirname(canonicalFile), "logo.png"),
    });
    expect(Object.keys(manifest.roles)).toEqual(["release-manager", "key-steward"]);
    expect(Object.keys(manifest.users)).toHaveLength(9);
    expect(manifest.users.importer).toMatchObject({ kind: "system", role: "api_user" });
    expect(manifest.users.ada).toMatchObject({ invite: false });
    expect(manifest.apiKeys.checkout).toMatchObject({ kind: "webapi", secret: { random: { bytes: 32 } } });
    expect(manifest.apiKeys.storefront).toMatchObject({ endDate: "2030-12-31", assignedTo: ["ada", "dorothy"] });
  });

  test("is right with the line ends and the mark of another editor", () => {
    expect(parseManifest(canonicalFile, `\ufeff${canonical.replaceAll("\n", "\r\n")}`)).toEqual(
      parseManifest(canonicalFile, canonical),
    );
  });
});

describe("the file that a key is handed on to", () => {
  const keyed = (...keys: string[]) =>
    parseManifest("access/roster.yaml", `${manifestHead}apiKeys:\n  ${keys.join("\n  ")}\n`);

  test("is beside the manifest, as the program's folder has it", () => {
    const { apiKeys } = keyed(
      "shop: { kind: server, deliverTo: { file: secrets/shop.key } }",
      "desk: { kind: server, deliverTo: { file: /run/keys/desk.key }, storeSecret: false }",
    );
    expect(apiKeys.shop).toMatchObject({ deliverTo: { file: "access/secrets/shop.key" } });
    expect(apiKeys.desk).toMatchObject({ deliverTo: { file: "/run/keys/desk.key" }, storeSecret: false });
  });

  test("A3 is beside the manifest for an access token too", () => {
    const { accessTokens } = parseManifest(
      "access/roster.yaml",
      `${manifestHead}users: { robot: { email: robot@x.example, kind: system, role: viewer } }\naccessTokens:\n  pipeline: { user: robot, permissions: [members:read], deliverTo: { file: pipeline.token } }\n`,
    );
    expect(accessTokens.pipeline).toMatchObject({ deliverTo: { file: "access/pipeline.token" } });
  });

  test("doesn't keep a secret out of the state that the stack makes", () => {
    const secret = "secret: { random: { bytes: 32 } }";
    const given = `shop: { kind: webapi, ${secret}, deliverTo: { file: shop.key }, storeSecret: false }`;
    expect(() => keyed(given)).toThrow(/apiKeys\.shop\.storeSecret: a `secret` in the program is stored in the state/);
  });
});

describe("what is left out is left to the resources, which know whether they adopt", () => {
  test("in the least that there is", () => {
    const manifest: object = parseManifest("roster.yaml", manifestHead);
    expect(manifest).toEqual({
      name: "acme",
      organization: { slug: "acme", name: "Acme" },
      roles: {},
      users: {},
      members: {},
      apiKeys: {},
      accessTokens: {},
    });
  });

  test("in a member, a key, and a part of the organization", () => {
    const text = `name: acme
organization: { slug: acme, name: Acme, settings: { keysPerOwner: 1 } }
members: { bob: { email: bob@b.example, role: viewer } }
apiKeys: { k: { kind: server } }
`;
    const manifest: object = parseManifest("roster.yaml", text);
    expect(manifest).toMatchObject({
      organization: { slug: "acme", name: "Acme", settings: { keysPerOwner: 1 } },
      members: { bob: { email: "bob@b.example", role: "viewer" } },
      apiKeys: { k: { kind: "server" } },
    });
    expect(JSON.stringify(manifest)).not.toMatch(/fail|opaque|active|allowExpiringJwt|assignedTo/);
  });
});

describe("T11 a name is the text that stands in the file", () => {
  test.each([
    "7",
    "07",
    "00123",
    "1e3",
    "0x10",
    "0o7",
    "1_000",
    "null",
    "NULL",
    "true",
    "NaN",
    "y",
    "2026-01-01",
    "1.50",
  ])("%s", (name) => {
    const { users } = parseManifest("roster.yaml", `${manifestHead}users:\n  ${name}: { email: a@b.de }\n`);
    expect(Object.keys(users)).toEqual([name]);
    const inQuotes = `${manifestHead}users: { "${name}": { email: a@b.de } }\n`;
    expect(parseManifest("roster.yaml", inQuotes).users).toEqual(users);
  });

  test("also where several would be one number, and where JavaScript's objects have it", () => {
    const names = ["7", "07", "7.0", "constructor", "toString", "hasOwnProperty", "valueOf"];
    const section = (value: (at: number) => string) => names.map((name, at) => `  ${name}: ${value(at)}\n`).join("");
    const text = `${manifestHead}roles:\n${section(() => "{ permissions: [] }")}members:\n${section(
      (at) => `{ email: m${at}@b.de, role: "${names[at]}" }`,
    )}apiKeys:\n${section((at) => `{ kind: server, assignedTo: ["${names[at]}"] }`)}`;
    const { roles, members, apiKeys } = parseManifest("roster.yaml", text);
    for (const entries of [roles, members, apiKeys]) {
      expect(Object.keys(entries).toSorted()).toEqual(names.toSorted());
    }
  });

  test("whatever the name, as far as it can be one", () => {
    const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,8}$/);
    const entry = fc.record({
      name: fc.oneof(name, fc.double().map(String), fc.integer().map(String)),
      quoted: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.uniqueArray(entry, { selector: ({ name }) => name, maxLength: 8 }), (entries) => {
        const usable = entries.filter(({ name }) => /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/.test(name));
        const lines = usable.map(
          ({ name, quoted }, at) => `  ${quoted ? JSON.stringify(name) : name}: { email: e${at}@b.de }\n`,
        );
        const { users } = parseManifest(
          "roster.yaml",
          `${manifestHead}users: # none, it may be\n${lines.join("") || "  {}\n"}`,
        );
        const found = Object.entries(users).map(([name, { email }]) => [name, email]);
        expect(Object.fromEntries(found)).toEqual(
          Object.fromEntries(usable.map(({ name }, at) => [name, `e${at}@b.de`])),
        );
      }),
    );
  });
});

test("anchors and aliases stand for what they name", () => {
  const text = `${manifestHead}roles:
  one: { permissions: &reading [organization:read, flows:read] }
  two: { permissions: *reading }
users:
  ada: &person { email: &address ada@acme.example, role: one }
members:
  bob: { email: bob@acme.example, role: two }
apiKeys:
  first: { kind: server, assignedTo: &everybody [ada, bob] }
  second: { kind: server, assignedTo: *everybody }
`;
  const { roles, apiKeys } = parseManifest("roster.yaml", text);
  expect(roles.two?.permissions).toEqual(["organization:read", "flows:read"]);
  expect(apiKeys.second?.assignedTo).toEqual(["ada", "bob"]);
});
