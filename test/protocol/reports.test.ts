/** `roster unmanaged` and `roster report access`, of organizations that people have made by hand, in a service of their own. */
import { expect, test } from "vitest";
import { unmanagedSchema } from "../../provider/command/unmanaged.ts";
import { accessReportSchema } from "../../provider/report/document.ts";
import { makeToken } from "../contract/support/people.ts";
import { useRelay, useService } from "../e2e/fixtures.ts";
import { MadeByHand } from "../e2e/made-by-hand.ts";
import type { Access } from "../e2e/service.ts";
import { TestTerminal } from "../unit/terminals.ts";

const service = useService({ ROSTER_MAX_REQUESTS_PER_SECOND: "0" });
const relay = useRelay(service);
const acme = new MadeByHand(service, "acme");

/** Runs a command. @returns what it printed, once it ended with the status */
async function printed(status: number, { endpoint, token }: Access, ...args: string[]): Promise<string> {
  const terminal = new TestTerminal({ ROSTER_ENDPOINT: endpoint, ROSTER_TOKEN: token });
  expect(await terminal.run(...args), terminal.told).toBe(status);
  return terminal.printed;
}

/** The rows of a CSV file, without its head. */
function rowsIn(csv: string): string[] {
  return csv.split("\r\n").slice(1, -1);
}

/** Hides what differs in each run. */
function settled(text: string): string {
  return text
    .replaceAll(/\b([a-z]{3})_[0-9a-f]{32}\b/g, "$1_…")
    .replaceAll(/\b20[234]\d-\d\d-\d\d(T[\d:.]+Z)?/g, "<time>");
}

test("G4 what no stack manages is listed by kind, and what ended or a stack manages is not", async () => {
  await acme.make();
  const text = await printed(3, service, "unmanaged", "acme");
  expect(settled(text)).toMatchInlineSnapshot(`
    "Organization (1)
      ID                                    CREATED     NAME
      org_…  <time>  Acme: "Rockets" #1 \${x}

    Profile (1)
      ID                                    CREATED     NAME
      prf_…  <time>  Acme: "Rockets" #1 \${x}

    Roles (3)
      ID                                    CREATED     NAME
      rol_…  <time>  Release: "manager" # \${env.ROSTER_VAR_X}
      rol_…  <time>  =SUM(A1)
      rol_…  <time>  sum-a1

    Accounts (9)
      ID                                    CREATED     NAME
      usr_…  <time>  ada@acme.example
      usr_…  <time>  moving@acme.example
      usr_…  <time>  =o'brien+\${x}@acme.example
      usr_…  <time>  robot@acme.example
      usr_…  <time>  123@acme.example
      usr_…  <time>  steward@acme.example
      usr_…  <time>  root@acme.example
      usr_…  <time>  theirs@acme.example
      usr_…  <time>  late@acme.example

    Memberships (11)
      ID                                    CREATED     NAME
      mbr_…  <time>  ada@acme.example
      mbr_…  <time>  =o'brien+\${x}@acme.example
      mbr_…  <time>  robot@acme.example
      mbr_…  <time>  123@acme.example
      mbr_…  <time>  steward@acme.example
      mbr_…  <time>  gone@acme.example
      mbr_…  <time>  moving@acme.example
      mbr_…  <time>  ada@guest.example
      mbr_…  <time>  asked@acme.example
      mbr_…  <time>  theirs@acme.example
      mbr_…  <time>  late@acme.example

    API keys (7)
      ID                                    CREATED     NAME
      key_…  <time>  $\${not} an "expansion": yes
      key_…  <time>  Hooks
      key_…  <time>  Ada's
      key_…  <time>  Guest's
      key_…  <time>  Calls
      key_…  <time>  Steward
      key_…  <time>  From before (legacy)

    Assignments of API keys (8)
      ID                                    CREATED     NAME
      asg_…  <time>  $\${not} an "expansion": yes: ada@acme.example
      asg_…  <time>  $\${not} an "expansion": yes: ada@guest.example
      asg_…  <time>  $\${not} an "expansion": yes: asked@acme.example
      asg_…  <time>  $\${not} an "expansion": yes: Dev@partner.example
      asg_…  <time>  Ada's: robot@acme.example
      asg_…  <time>  Guest's: dev@partner.example
      asg_…  <time>  Guest's: steward@acme.example
      asg_…  <time>  Ada's: late@acme.example

    Access tokens of system users (1)
      ID                                    CREATED     NAME
      tok_…  <time>  Pipeline: \${x}
    "
  `);
  const document = unmanagedSchema.parse(JSON.parse(await printed(3, service, "unmanaged", acme.id, "--json")));
  for (const { id, name } of document.objects) {
    expect(text).toContain(id);
    expect(name).not.toMatch(/^(?:Of another stack|Ended|gone@acme\.example: .*)$/);
  }
  const only = JSON.parse(await printed(3, service, "unmanaged", "acme", "--json", "--kind", "role,api_key"));
  expect(only.objects).toEqual(document.objects.filter(({ kind }) => kind === "role" || kind === "api_key"));
});

test("G4 an organization of a stack that has nothing else is managed, and so is the account that came with a member", async () => {
  const { id } = await acme.post("/v1/organizations", {
    slug: "managed",
    name: "Managed",
    externalId: `stack/${"1".repeat(32)}`,
  });
  await acme.post(`/v1/organizations/${id}/members`, {
    email: "ada@managed.example",
    role: "viewer",
    onUnknownUser: "create",
    externalId: `stack/${"2".repeat(32)}/ada@managed.example`,
  });
  expect(JSON.parse(await printed(0, service, "unmanaged", id, "--json")).objects).toEqual([]);
  expect(await printed(0, service, "unmanaged", id)).toBe("");
});

test("G4 the access of everybody is reported, with what to look at first", async () => {
  await acme.make();
  const browser = service.browser();
  await browser.logIn(acme.at("ada"));
  const token = await makeToken(browser, { name: "Ada's laptop" });
  const args = ["report", "access", "acme", "--domains", "acme.example"];
  expect(settled(await printed(0, service, ...args))).toMatchInlineSnapshot(`
    "Access report
      Organization: Acme: "Rockets" #1 \${x} (acme), at <time>.
      Dormant: not used for 90d. People's domains: acme.example.

    Findings (9)

      Super administrators (1)
        root@acme.example can do everything in every organization.

      Too few administrators (1)
        ada@acme.example is the only person who is an active administrator.

      Outside the domains (2)
        ada@guest.example is outside the domains with the role sum-a1.
        dev@partner.example is outside the domains.

      Keys and tokens without an end date (5)
        The Web API key Hooks has no end date.
        The server key Calls of 123@acme.example has no end date.
        The server key From before (legacy) has no end date.
        The user key Ada's of ada@acme.example has no end date.
        The user key Steward of steward@acme.example has no end date.

    People (13)
      EMAIL                       ROLE                                      STATUS    OWNS  HAS  LAST USE  ID
      123@acme.example            api_user                                  active    1     0    never     usr_…
      =o'brien+\${x}@acme.example  =SUM(A1)                                  pending   0     0    -         usr_…
      ada@acme.example            administrator                             active    2     1    never     usr_…
      ada@guest.example           sum-a1                                    pending   1     1    never     usr_…
      asked@acme.example          viewer                                    pending   0     1    never     -
      dev@partner.example         -                                         pending   0     2    never     -
      gone@acme.example           viewer                                    inactive  0     0    -         usr_…
      late@acme.example           viewer                                    pending   0     1    never     usr_…
      moving@acme.example         viewer                                    active    0     0    -         usr_…
      robot@acme.example          Release: "manager" # \${env.ROSTER_VAR_X}  active    1     1    never     usr_…
      root@acme.example           -                                         pending   0     0    -         usr_…
      steward@acme.example        administrator                             active    1     1    never     usr_…
      theirs@acme.example         Of another stack                          pending   0     0    -         usr_…

    Keys and tokens (9)
      NAME                         KIND                   OWNER                 HELD  MAY  ENDS        LAST USE  ID
      $\${not} an "expansion": yes  server                 -                     4     1    2090-12-31  never     key_…
      Ada's                        user                   ada@acme.example      2     24   never       never     key_…
      Ada's laptop                 personal_access_token  ada@acme.example      0     all  <time>  never     tok_…
      Calls                        server                 123@acme.example      0     1    never       never     key_…
      From before (legacy)         server                 -                     0     0    never       never     key_…
      Guest's                      user                   ada@guest.example     2     3    2090-12-31  never     key_…
      Hooks                        webapi                 -                     0     0    never       never     key_…
      Pipeline: \${x}               access_token           robot@acme.example    0     1    2090-01-01  never     tok_…
      Steward                      user                   steward@acme.example  0     24   never       never     key_…
    "
  `);
  const document = accessReportSchema.parse(JSON.parse(await printed(0, service, ...args, "--json")));
  const rows = rowsIn(await printed(0, service, ...args, "--format", "csv"));
  const users = rows.map((row) => /\busr_[0-9a-f]{32}\b/.exec(row)?.[0] ?? null);
  expect(users).toEqual(document.people.map(({ user }) => user));
  const keys = await printed(0, service, ...args, "--format", "csv", "--of", "keys");
  expect(rowsIn(keys).map((row) => row.slice(0, row.indexOf(",")))).toEqual(document.keys.map(({ id }) => id));
  const all = [keys, await printed(0, service, ...args, "--format", "markdown"), JSON.stringify(document)].join("\n");
  for (const secret of [token, ...Object.values(acme.secrets)]) {
    expect(all).not.toContain(secret);
  }
  const narrow = new TestTerminal({ ROSTER_ENDPOINT: service.endpoint, ROSTER_TOKEN: service.token });
  narrow.columns = 100;
  expect(await narrow.run("report", "access", "acme", "--of", "keys")).toBe(0);
  expect(narrow.printed.split("\n").filter((line) => line.length > 100)).toEqual([]);
  expect(narrow.printed).toContain(document.keys[0]?.id);
  const shortened = await printed(0, service, ...args, "--format", "markdown", "--redact");
  expect(shortened).toContain("a…@guest.example");
  expect(shortened).not.toMatch(/\b(?:ada|robot|dev|steward)@/i);
});

test.each([
  [["unmanaged"], 2, "ORGANIZATION is missing"],
  [["unmanaged", "acme", "other"], 2, 'name only one ORGANIZATION: "other" is another argument.'],
  [
    ["unmanaged", "acme", "--kind", "role,people"],
    2,
    '--kind has "people", and each kind must be one of organization,',
  ],
  [["unmanaged", "nobody"], 1, "there is no open organization nobody"],
  [["report"], 2, "name the report: access."],
  [["report", "keys", "acme"], 2, 'there is no report "keys", only access.'],
  [["report", "access", "acme", "--format", "xml"], 2, "--format must be one of table, markdown, csv, json."],
  [["report", "access", "acme", "--json", "--format", "csv"], 2, "--json and --format csv exclude each other."],
  [["report", "access", "acme", "--of", "roles"], 2, "--of must be one of findings, people, keys."],
  [["report", "access", "acme", "--json", "--of", "keys"], 2, "--format json has all lists: remove --of."],
  [["report", "access", "acme", "--dormant", "3 months"], 2, "--dormant must be a duration, such as 90d or 12h."],
  [["report", "access", "acme", "--domains", "a.example,@b"], 2, '--domains has "@b": separate the domains by commas'],
])("G4 %j ends with %i", async (args, status, told) => {
  const terminal = new TestTerminal({ ROSTER_ENDPOINT: service.endpoint, ROSTER_TOKEN: service.token });
  expect(await terminal.run(...args)).toBe(status);
  expect(terminal.told).toContain(told);
  expect(terminal.printed).toBe("");
});

test("G4 five thousand people are read in few requests, and each has a row", async () => {
  const globex = new MadeByHand(service, "globex");
  await globex.makeMany(5000);
  const before = relay.requests.length;
  const csv = await printed(0, relay, "report", "access", "globex", "--format", "csv");
  expect(relay.requests.length - before).toBeLessThanOrEqual(20);
  const rows = rowsIn(csv);
  expect(rows).toHaveLength(5000);
  expect(rows.filter((row) => row.includes(",Shared,"))).toHaveLength(1000);
  expect(JSON.parse(await printed(3, relay, "unmanaged", "globex", "--json")).objects).toHaveLength(
    2 + 5000 + 5000 + 1 + 1000,
  );
});
