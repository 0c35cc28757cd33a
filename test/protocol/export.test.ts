/** An organization that people have made by hand, exported by the command, read by the program, and adopted by the provider. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { lifecycleOf } from "../../provider/kinds/registry.ts";
import { Client } from "../../provider/wire/client.ts";
import { readConnection } from "../../provider/wire/configuration.ts";
import { useRelay, useService } from "../e2e/fixtures.ts";
import { MadeByHand } from "../e2e/made-by-hand.ts";
import type { Access } from "../e2e/service.ts";
import { TestTerminal } from "../unit/terminals.ts";
import { declarationsOf } from "./exported.ts";
import { ProtocolStack } from "./protocol-stack.ts";

const service = useService({ ROSTER_MAX_REQUESTS_PER_SECOND: "0" });
const relay = useRelay(service);
const organization = new MadeByHand(service, "acme");

/** Exports an organization by the command, to a folder of the test. */
async function exported({ token, endpoint }: Access, slug: string, ...options: string[]) {
  await organization.make();
  const terminal = new TestTerminal({ ROSTER_ENDPOINT: endpoint, ROSTER_TOKEN: token });
  expect(await terminal.run("export", slug, ...options), terminal.told).toBe(0);
  const folder = path.join(terminal.folder, slug);
  const files = Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name), "utf8")]),
  );
  return { terminal, folder, files, manifest: path.join(folder, "roster.yaml") };
}

/** Applies a manifest to a stack of its own, and expects that it adopts everything as it is. */
async function expectAdopted(manifest: string, access: Access, stackId: string): Promise<void> {
  const declared = await declarationsOf(manifest, service);
  const stack = new ProtocolStack(access, stackId, {}, { keepsProvider: true, parallel: 8 });
  try {
    const done = await stack.up(declared);
    expect(done.toSorted()).toEqual(declared.map(({ name }) => `create ${name}`).toSorted());
    for (const { name } of declared) {
      expect(stack.stored(name).inputs.adopts, name).toEqual({});
    }
    expect(await stack.refreshAndPreview(declared)).toEqual([]);
  } finally {
    await stack.stop();
  }
}

test("the same organization gives the same files, byte for byte, and the same as JSON", async () => {
  const { terminal, files } = await exported(service, "acme");
  expect(await terminal.run("validate", "acme/roster.yaml"), terminal.printed).toBe(0);
  expect(terminal.told).toBe("Problems: 0. Warnings: 0. Not checked: 0.\n");
  expect(await terminal.run("export", "acme")).toBe(0);
  expect(terminal.printed).toContain("acme/roster.yaml is up to date");
  expect(await terminal.run("export", organization.id, "--json")).toBe(0);
  const { leftOut, ...json } = JSON.parse(terminal.printed);
  expect(json).toEqual({ files });
  expect(leftOut.map(({ kind, name, reason }: Record<string, string>) => `${kind} ${name}: ${reason}`)).toEqual([
    `logo Acme: "Rockets" #1 \${x}: an export contains no images; the logo stays as it is`,
    "role Of another stack: another stack manages it; --include-managed takes it over",
    "API key Ended: revoked",
    "API key From before: from before the service supported several keys for each owner",
    "account moving@acme.example: its new address is not confirmed yet",
    "membership theirs@acme.example: its role is left out",
    "account late@acme.example: its person has not accepted the invitation to the organization yet",
  ]);
  expect(files["roster.yaml"]?.slice(0, files["roster.yaml"].indexOf("\n\n"))).toMatchInlineSnapshot(`
    "# Written by \`roster export acme\`. \`pulumi up\` takes everything over as it is: it changes nothing and sends no mail.
    # Left out:
    # - 1 logo: an export contains no images; the logo stays as it is
    # - 1 role: another stack manages it; --include-managed takes it over
    # - 1 account: its new address is not confirmed yet
    # - 1 account: its person has not accepted the invitation to the organization yet
    # - 1 membership: its role is left out
    # - 1 API key: from before the service supported several keys for each owner
    # - 1 API key: revoked"
  `);
  for (const secret of Object.values(organization.secrets)) {
    expect(files["roster.yaml"]).not.toContain(secret);
  }
});

test("a file with other content is not replaced without --force, and nothing is written", async () => {
  const { terminal, folder, manifest } = await exported(service, "acme", "--people-in-csv", "0");
  const [people, edited] = [path.join(folder, "people.csv"), "# mine\n"];
  writeFileSync(manifest, edited);
  writeFileSync(people, edited);
  expect(await terminal.run("export", "acme", "--people-in-csv", "0")).toBe(1);
  expect(terminal.told).toContain(`nothing was written: ${manifest}, ${people} would be replaced.`);
  expect([readFileSync(manifest, "utf8"), readFileSync(people, "utf8")]).toEqual([edited, edited]);
  expect(await terminal.run("export", "acme", "--people-in-csv", "0", "--force")).toBe(0);
  expect(readFileSync(people, "utf8")).toContain("given_name");
  expect(await terminal.run("export", "nobody")).toBe(1);
  expect(terminal.told).toContain("there is no open organization nobody");
});

test("people are in a CSV file above the number of --people-in-csv, and those who own keys are entries", async () => {
  const { files } = await exported(service, "acme", "--people-in-csv", "0", "--existing");
  expect(files["people.csv"]).toMatchInlineSnapshot(`
    "email,given_name,family_name,role
    '=o'brien+\${x}@acme.example,"'- \${config.title:-no} {x}, [y] & 'z' | > % @",می‌خواهم 👩‍💻,sum-a1
    asked@acme.example,,,viewer
    late@acme.example,,,viewer
    moving@acme.example,Ada,Lovelace,viewer
    "
  `);
  expect(files["roster.yaml"]).toMatchInlineSnapshot(`
    "# Written by \`roster export acme\`. \`pulumi up\` takes everything over as it is: it changes nothing and sends no mail.
    # Left out:
    # - 1 logo: an export contains no images; the logo stays as it is
    # - 1 role: another stack manages it; --include-managed takes it over
    # - 1 account: the manifest declares no membership of its person
    # - 1 membership: its role is left out
    # - 1 API key: from before the service supported several keys for each owner
    # - 1 API key: revoked

    name: acme
    organization:
      existing: acme
      profile:
        name: 'Acme: "Rockets" #1 $\${x}'
        websiteUrl: https://acme.example/?a=1#b
        joinPolicies: [ existing, invite ]
        adopt: true
    roles:
      release-manager-env.roster_var_x:
        name: 'Release: "manager" # $\${env.ROSTER_VAR_X}'
        permissions: [ organization:read, flows:read, flows:run ]
        adopt: true
      sum-a1:
        name: =SUM(A1)
        permissions: [ organization:read, flows:read, flows:run ]
        adopt: true
      sum-a1-2:
        name: sum-a1
        permissions: [ organization:read, flows:read, flows:run ]
        adopt: true
    users:
      "123": { email: 123@acme.example, kind: system, role: api_user, adopt: true }
      ada: { email: ada@acme.example, givenName: Ada, familyName: Lovelace, role: administrator, adopt: true }
      gone: { email: gone@acme.example, state: inactive, role: viewer, adopt: true }
      robot: { email: robot@acme.example, givenName: "null", kind: system, role: release-manager-env.roster_var_x, adopt: true }
      root: { email: root@acme.example, systemRole: super_admin, adopt: true }
      steward: { email: steward@acme.example, kind: system, role: administrator, adopt: true }
    members:
      ada-guest.example: { email: ada@guest.example, role: sum-a1-2, adopt: true }
    apiKeys:
      adas:
        name: Ada's
        kind: user
        owner: ada
        permissions: [ organization:read, organization:update, subscription:read, subscription:update, members:read, members:manage, users:read, users:create, users:manage, roles:read, roles:assign, roles:manage, keys:read, keys:create, keys:assign, keys:revoke, keys:verify, audit:read, data:edit, flows:run, flows:read, messages:read, messages:read_own, changes:preview ]
        adopt: true
        assignees:
          adopt: true
          entries:
            late@acme.example: member
            robot@acme.example: member
      calls:
        name: Calls
        kind: server
        format: jwt
        owner: "123"
        permissions: [ api:call ]
        adopt: true
      guests:
        name: Guest's
        kind: user
        owner: ada-guest.example
        permissions: [ organization:read, flows:run, flows:read ]
        endDate: 2090-12-31T10:00:00Z
        adopt: true
        assignees:
          adopt: true
          entries:
            dev@partner.example: external
            steward@acme.example: external
      hooks:
        name: Hooks
        kind: webapi
        permissions: []
        adopt: true
      not-an-expansion-yes:
        name: '$$\${not} an "expansion": yes'
        kind: server
        permissions: [ flows:read ]
        allowedIps: [ 127.0.0.0/8, 2001:db8::/48 ]
        endDate: 2090-12-31
        adopt: true
        assignees:
          adopt: true
          entries:
            ada@acme.example: member
            ada@guest.example: member
            asked@acme.example: member
            dev@partner.example: external
      steward:
        name: Steward
        kind: user
        owner: steward
        permissions: [ organization:read, organization:update, subscription:read, subscription:update, members:read, members:manage, users:read, users:create, users:manage, roles:read, roles:assign, roles:manage, keys:read, keys:create, keys:assign, keys:revoke, keys:verify, audit:read, data:edit, flows:run, flows:read, messages:read, messages:read_own, changes:preview ]
        adopt: true
    accessTokens:
      pipeline-x:
        name: "Pipeline: $\${x}"
        user: robot
        permissions: [ organization:read ]
        endDate: 2090-01-01
        adopt: true
    people:
      adopt: true
      from:
        file: people.csv
        roles:
          sum-a1: sum-a1
    "
  `);
});

test("an administrator's export leaves out what only the service owner can manage, and is adopted without a difference", async () => {
  await organization.make();
  const access = { endpoint: service.endpoint, token: organization.secrets.Steward ?? "" };
  const { files, manifest } = await exported(access, "acme");
  expect(files["roster.yaml"]).toMatch(/^organization:\n {2}existing: acme\n {2}profile:\n/m);
  expect(files["roster.yaml"]).toContain("# - 1 account: only the service owner can manage a system role\n");
  const before = await organization.dump();
  await expectAdopted(manifest, access, "stack-of-ada");
  expect(await organization.dump()).toEqual(before);
});

test("what other stacks manage is taken over with --include-managed", async () => {
  const { files } = await exported(service, "acme");
  expect(files["roster.yaml"]).toContain("# - 6 API keys: another stack manages it");
  expect(files["roster.yaml"]).not.toContain("apiKeys:");
  const { manifest } = await exported(service, "acme", "--include-managed", "--people-in-csv", "0");
  const [before, mails] = [await organization.dump(), await organization.mails()];
  await expectAdopted(manifest, service, "stack-that-takes-over");
  expect(await organization.dump()).toEqual(before);
  // The one mail is that of `mails` itself.
  expect(await organization.mails()).toBe(mails + 1);
});

test("5,000 people are one file, and adopting none of them changes anything", async () => {
  const many = new MadeByHand(service, "globex");
  await many.makeMany(5000);
  const { files, manifest } = await exported(relay, "globex", "--existing");
  // Five lists have one page each; accounts and members have five, and perhaps an empty one.
  expect(relay.requests.length).toBeLessThanOrEqual(20);
  expect(Object.keys(files)).toEqual(["people.csv", "roster.yaml", "shared-members.csv"]);
  expect(files["people.csv"]?.split("\r\n")).toHaveLength(5002);
  const [key] = await service.list(`/v1/organizations/${many.id}/api-keys`);
  const client = new Client(
    readConnection(() => undefined, { ROSTER_ENDPOINT: service.endpoint, ROSTER_TOKEN: service.token }),
  );
  const declared = await declarationsOf(manifest, service);
  expect(declared.map(({ name }) => name)).toEqual([
    "OrganizationProfile globex",
    "ApiKey globex-shared",
    "OrganizationMembers globex-people",
    "ApiKeyAssignees globex-shared",
  ]);
  for (const { kind, name, args } of declared) {
    const known = { ...args, ...("key" in args && { key: key?.id }), externalId: `stack-of-many/${"0".repeat(32)}` };
    const lifecycle = lifecycleOf(kind);
    const { inputs, failures } = lifecycle.check({}, known);
    expect(failures).toEqual([]);
    expect(await lifecycle.compare(client, inputs), name).toMatchObject({ failures: [], inputs: { adopts: {} } });
  }
});
