/** Manifests that list many people: by address, and in CSV files. */
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { ManifestError } from "../../provider/errors.ts";
import { parseManifest, readManifest } from "../../provider/program/manifest/document.ts";
import { fromManifest, type Manifest } from "../../provider/program/manifest/manifest.ts";
import { secondsSaved } from "../../provider/program/manifest/many-people.ts";
import type { PropertyMap } from "../../provider/values/property-map.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { manifestHead } from "./made-up-texts.ts";
import { placesIn } from "./manifest-problems.ts";
import { configureNowhere, mockEngine } from "./mocked-engine.ts";

configureNowhere();

type Files = Readonly<Record<string, string>>;

/** Writes a manifest and its files to a folder, and returns the path of the manifest. */
function written(text: string, files: Files): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries({ "roster.yaml": manifestHead + text, ...files })) {
    writeFileSync(path.join(folder, name), content);
  }
  return path.join(folder, "roster.yaml");
}

interface Declared {
  readonly manifest: Manifest;
  readonly resources: Readonly<Record<string, PropertyMap>>;
  readonly order: readonly string[];
}

async function declaredBy(text: string, files: Files = {}): Promise<Declared> {
  const resources: Record<string, PropertyMap> = {};
  const order: string[] = [];
  const newResource = ({ name, type, inputs }: pulumi.runtime.MockResourceArgs) => {
    const known = `${type.split(":").at(-1)} ${name}`;
    order.push(known);
    resources[known] = inputs;
    return { id: name, state: inputs };
  };
  await mockEngine({ newResource, call: () => ({}) });
  const manifest = fromManifest(written(text, files));
  const { people, assignees, memberships } = manifest;
  const made = [...(people === undefined ? [] : [people]), ...Object.values(assignees), ...Object.values(memberships)];
  await new Promise((resolve) => pulumi.all(made.map(({ urn }) => urn)).apply(resolve));
  return { manifest, resources, order };
}

/** What is wrong with a manifest and its files; their texts have a mark before each place. */
function expectWrong(marked: string, markedFiles: Files, expected: readonly RegExp[]): void {
  const places: string[] = [];
  const unmarked = (file: string, content: string) => {
    const { text, places: found } = placesIn(content);
    places.push(...found.map((place) => `${file}:${place}`));
    return text;
  };
  const text = unmarked("roster.yaml", manifestHead + marked).slice(manifestHead.length);
  const files = Object.fromEntries(
    Object.entries(markedFiles).map(([name, content]) => [name, unmarked(name, content)]),
  );
  try {
    readManifest(written(text, files));
  } catch (error) {
    expect(error).toBeInstanceOf(ManifestError);
    const { problems } = error as ManifestError;
    expect(problems.map(({ file, line, column }) => `${path.basename(file)}:${line}:${column}`)).toEqual(places);
    expect(problems).toHaveLength(expected.length);
    for (const [at, problem] of problems.entries()) {
      expect(`${problem.path}: ${problem.reason}`).toMatch(expected[at] ?? /never/);
    }
    return;
  }
  throw new Error("it was taken");
}

const set = "OrganizationMembers acme-people";

describe("S1 the people of a manifest are one resource", () => {
  test("with a role, or what else is known of them", async () => {
    const { resources, manifest } =
      await declaredBy(`roles: { releaser: { permissions: [flows:run] }, other: { permissions: [] } }
people:
  role: viewer
  onUnknownUser: invite
  minAdmins: 0
  entries:
    Ada@x.example: administrator
    bob@x.example: { givenName: Bob }
    eve@x.example: { role: releaser, givenName: Eve, familyName: Adams }
`);
    expect(resources[set]).toMatchObject({
      organization: "acme",
      members: {
        "ada@x.example": "administrator",
        "bob@x.example": { role: "viewer", givenName: "Bob" },
        "eve@x.example": { role: "releaser", givenName: "Eve", familyName: "Adams" },
      },
      // A role that nobody has is no argument: adding one to the manifest doesn't change the people.
      roles: { releaser: "acme-releaser" },
      onUnknownUser: "invite",
      minAdmins: 0,
    });
    expect(resources[set]).not.toHaveProperty("mode");
    expect(manifest.people).toBeDefined();
  });

  test("from a file next to the manifest, whose roles are built in, the manifest's, or as people see these", async () => {
    const { resources } = await declaredBy(
      `roles: { releaser: { name: Release manager, permissions: [flows:run] } }
people: { from: people.csv }
`,
      {
        "people.csv":
          "email,given_name,family_name,role\nAda@x.example,Ada,Lovelace,administrator\nbob@x.example,,,releaser\neve@x.example,,,Release manager\n",
      },
    );
    expect(resources[set]).toMatchObject({
      members: {
        "ada@x.example": { role: "administrator", givenName: "Ada", familyName: "Lovelace" },
        "bob@x.example": "releaser",
        "eve@x.example": "releaser",
      },
      roles: { releaser: "acme-releaser" },
    });
  });

  test("from several files, each read as it says, and entries", async () => {
    const { resources } = await declaredBy(
      `people:
  role: member
  entries: { ada@x.example: administrator }
  from:
    - staff.csv
    - { file: contractors.csv, columns: { email: Mail, role: false }, delimiter: ";", role: viewer }
    - file: slack.csv
      columns: { role: status }
      only: { status: [Admin, Member] }
      roles: { Admin: customer_admin, Member: viewer }
    - { file: github.csv, columns: { email: saml_name_id }, except: { saml_name_id: [""] }, roles: { member: editor } }
`,
      {
        "staff.csv": "email,role\nbob@x.example,\n",
        "contractors.csv": "Mail;Role\nCarl@y.example;administrator\n",
        "slack.csv": "email,status\ndan@x.example,Admin\neve@x.example,Deactivated\nfay@x.example,Member\n",
        "github.csv": "login,role,saml_name_id\ngil,member,gil@x.example\nbot,member,\n",
      },
    );
    expect(resources[set]?.members).toEqual({
      "ada@x.example": "administrator",
      "bob@x.example": "member",
      "carl@y.example": "viewer",
      "dan@x.example": "customer_admin",
      "fay@x.example": "viewer",
      "gil@x.example": "editor",
    });
  });

  test("from what other systems export, as it is", async () => {
    const exported = (name: string) => readFileSync(path.join(__dirname, "exports", `${name}.csv`), "utf8");
    const read = async (name: string, how: string) => {
      const files = { "export.csv": exported(name) };
      const { resources } = await declaredBy(`people: { role: viewer, from: { file: export.csv, ${how} } }\n`, files);
      const members = Object.entries(resources[set]?.members ?? {}).map(([address, member]) => [
        address,
        typeof member === "string" ? member : `${member.role} ${member.givenName} ${member.familyName}`,
      ]);
      return Object.fromEntries(members);
    };
    const named = { "ada@example.com": "viewer Ada Lovelace", "zoe@example.com": "viewer Zoë O'Brien" };
    const columns = (email: string, given: string, family: string) =>
      `columns: { email: "${email}", givenName: "${given}", familyName: "${family}" }`;
    expect(
      await read(
        "google-workspace",
        `${columns("Email Address [Required]", "First Name [Required]", "Last Name [Required]")}, only: { "Status [READ ONLY]": [Active] }`,
      ),
    ).toEqual(named);
    expect(
      await read(
        "microsoft-365",
        `${columns("User principal name", "First name", "Last name")}, only: { Block credential: ["False"] }`,
      ),
    ).toEqual({ ...named, "zoe@example.com": "viewer Zoë O\u2019Brien" });
    expect(await read("okta", `${columns("email", "firstName", "lastName")}, only: { status: [ACTIVE] }`)).toEqual(
      named,
    );
    expect(
      await read(
        "github",
        'columns: { email: saml_name_id }, except: { saml_name_id: [""] }, roles: { owner: administrator, member: editor }',
      ),
    ).toEqual({ "ada@example.com": "administrator", "zoe@example.com": "editor" });
    expect(
      await read(
        "atlassian",
        "columns: { role: Org role }, only: { User status: [Active] }, roles: { Organization admin: administrator, User: viewer }",
      ),
    ).toEqual({ "ada@example.com": "administrator", "zoe@example.com": "viewer" });
    expect(
      await read(
        "slack",
        "columns: { role: status }, only: { status: [Admin, Member] }, roles: { Admin: administrator, Member: viewer }",
      ),
    ).toEqual({ "ada@example.com": "administrator", "zoe@example.com": "viewer" });
  });

  test("are adopted as a whole, and nothing is without them", async () => {
    const { resources } = await declaredBy(
      "people: { adopt: force, onDestroy: delete, entries: { a@x.example: viewer } }\n",
    );
    expect(resources[set]).toMatchObject({ adopt: "force", onDestroy: "delete" });
    const { manifest, resources: none } = await declaredBy("members: { bob: { email: b@x.example, role: viewer } }\n");
    expect(manifest.people).toBeUndefined();
    expect(Object.keys(none)).not.toContain(set);
  });
});

describe("S1 `people` needs administrators", () => {
  const others = "users:\n  ada: { email: Ada@x.example, role: administrator }\n";
  const minAdmins = async (text: string) => (await declaredBy(text)).resources[set]?.minAdmins;

  test("but none of its own if somebody who is declared one by one is one, unless it says how many", async () => {
    const people = "entries: { eve@x.example: viewer }";
    expect(await minAdmins(`${others}people: { mode: authoritative, ${people} }\n`)).toBe(0);
    expect(await minAdmins(`${others}people: { minAdmins: 2, ${people} }\n`)).toBe(2);
  });

  test("and a system user doesn't count", () => {
    expectWrong(
      `users:\n  robot: { email: r@x.example, kind: system, role: administrator }\n▶people: { mode: authoritative, entries: { eve@x.example: viewer } }\n`,
      {},
      [/^people\.minAdmins: this leaves 0 administrators, but minAdmins requires 1: /],
    );
  });
});

describe("S1 the assignees of a key are one resource", () => {
  test("by address and from files, after everybody whom the manifest makes a member", async () => {
    const { resources, order, manifest } = await declaredBy(
      `members: { bob: { email: bob@x.example, role: viewer } }
people: { entries: { ada@x.example: viewer } }
apiKeys:
  shop:
    kind: server
    assignees:
      entries: { Ada@x.example: member }
      from: [shop.csv, { file: partners.csv, columns: { email: Mail }, as: external }]
  desk: { kind: server }
`,
      { "shop.csv": "email,role\nbob@x.example,viewer\n", "partners.csv": "Mail\ndev@partner.example\n" },
    );
    expect(resources["ApiKeyAssignees acme-shop"]).toMatchObject({
      key: "acme-shop",
      assignees: { "ada@x.example": "member", "bob@x.example": "member", "dev@partner.example": "external" },
    });
    const at = order.indexOf("ApiKeyAssignees acme-shop");
    expect(at).toBeGreaterThan(order.indexOf(set));
    expect(at).toBeGreaterThan(order.indexOf("Membership acme-bob"));
    expect(Object.keys(manifest.assignees)).toEqual(["shop"]);
  });
});

describe("S1 more than 50 people in `users` and `members`", () => {
  const section = (from: number, to: number, more: string) =>
    Array.from({ length: to - from }, (_, at) => `  p${from + at}: { email: p${from + at}@x.example, ${more} }\n`).join(
      "",
    );
  const many = (people: number) =>
    `users:\n${section(0, 30, "role: viewer")}${section(1000, 1060, "kind: system, role: viewer")}members:\n${section(30, people, "role: viewer")}`;

  async function warnings(people: number, isPreview: boolean, organization: string): Promise<unknown[]> {
    const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
    onTestFinished(() => warn.mockRestore());
    const newResource = () => ({ id: "made", state: {} });
    await mockEngine({ newResource, call: () => ({}), isPreview, organization });
    fromManifest(written(many(people), {}));
    return warn.mock.calls.map(([message]) => message);
  }

  test("are told once of `people`, of the seconds that it saves, and where to read how to move them", async () => {
    const [warning, ...more] = await warnings(130, true, "organization");
    // 30 users of two resources each, and 100 members.
    expect(warning).toMatch(
      /roster\.yaml: users and members declare 130 people one by one\. .* takes about 4 s less\. /,
    );
    expect(more).toEqual([]);
    const [, file = "", heading = ""] = /(docs\/guides\/[a-z-]+\.md)#(\S+) says how/.exec(String(warning)) ?? [];
    const headings = readFileSync(path.join(__dirname, "../..", file), "utf8").matchAll(/^## (.*)$/gm);
    expect([...headings].map(([, text = ""]) => text.toLowerCase().replaceAll("`", "").replaceAll(" ", "-"))).toContain(
      heading,
    );
  });

  test("are told of no seconds on a backend of which none are measured", async () => {
    expect(await warnings(130, true, "acme-corp")).toEqual([expect.stringMatching(/they are one resource\. docs/)]);
  });

  test("are not told again by the update, and fewer not at all", async () => {
    expect(await warnings(130, false, "organization")).toEqual([]);
    expect(await warnings(50, true, "organization")).toEqual([]);
    expect(await warnings(51, true, "organization")).toHaveLength(1);
  });

  test("save what is measured", () => {
    expect(secondsSaved(1000, 0)).toBeCloseTo(73, 0);
    expect(secondsSaved(200, 0)).toBeCloseTo(5.3, 1);
    expect(secondsSaved(0, 1000)).toBeCloseTo(-1.5, 1);
  });
});

describe("S1 what is wrong with lists is said at its place", () => {
  test("in the manifest and in its files, all at once", () => {
    expectWrong(
      `roles: { releaser: { permissions: [flows:run] } }
people:
  entries:
    ▶ada@x.example: {}
    bob@x.example: ▶releser
    carl@x.example: ▶super_admin
    ▶notanaddress: viewer
    dan@x.example: { role: viewer, ▶colour: red }
    eve@x.example: ▶7
  from:
    - people.csv
    - { file: ▶missing.csv }
    - { file: other.csv, delimiter: ▶"|", columns: { ▶mail: x }, roles: { Boss: ▶boss } }
    - { file: third.csv, only: { Status: [Active] } }
    - ▶../staff.csv
    - { file: ▶/proc/self/environ }
`,
      {
        "people.csv": "email,role\n▶ada,viewer\nfay@x.example,▶boss\ngil@x.example,▶\n",
        "other.csv": "never read",
        "third.csv": "▶email,role\nhal@x.example,viewer\n",
      },
      [
        /^people\.entries\.ada@x\.example\.role: it is required: add a role, or set `role` for all `people`$/,
        /^people\.entries\.bob@x\.example: "releser" is not a role; it must be one of administrator, .*, releaser$/,
        /^people\.entries\.carl@x\.example: super_admin is a system role, .*declare the person in `users`/,
        /^people\.entries\.notanaddress: it must be an e-mail address/,
        /^people\.entries\.dan@x\.example\.colour: unknown property; it must be one of role, givenName, familyName, was$/,
        /^people\.entries\.eve@x\.example: it must be a role, or an object with `role`, /,
        /^people\.from\[1\]\.file: the file .*missing\.csv does not exist$/,
        /^people\.from\[2\]\.delimiter: it must be ",", ";" or "\\t"$/,
        /^people\.from\[2\]\.columns\.mail: unknown property; it must be one of email, givenName, familyName, role, was$/,
        /^people\.from\[2\]\.roles\.Boss: "boss" is not a role; /,
        /^people\.from\[4\]: \.\.\/staff\.csv may lead out of the manifest's folder: move the file into that folder$/,
        /^people\.from\[5\]\.file: \/proc\/self\/environ may lead out of the manifest's folder/,
        /^email: it must be an e-mail address/,
        /^role: "boss" is not a role; .*, releaser; to say which role it means, use `roles` of the file$/,
        /^role: it is required: add a role to every row, or set `role` for the file or for all `people`$/,
        /^Status: the first line lacks this column; its columns are "email", "role"$/,
      ],
    );
  });

  test("of somebody who is in two places, with both of them", () => {
    expectWrong(
      `users: { ada: { email: ada@x.example } }
members: { bob: { email: bob@x.example, role: viewer } }
people:
  role: viewer
  entries:
    ▶Ada@x.example: viewer
    carl@x.example: viewer
    ▶CARL@x.example: viewer
  from: [one.csv, two.csv]
`,
      {
        "one.csv": "email\ndan@x.example\n▶Bob@x.example\n▶carl@x.example\n",
        "two.csv": "email\neve@x.example\n▶DAN@x.example\n",
      },
      [
        /^people\.entries\.Ada@x\.example: ada@x\.example is also in .*roster\.yaml:3:24 \(users\.ada\.email\): remove one of the two$/,
        /^people\.entries\.CARL@x\.example: carl@x\.example is also in .*roster\.yaml:9:5 \(people\.entries\.carl@x\.example\)/,
        /^email: bob@x\.example is also in .*roster\.yaml:4:26 \(members\.bob\.email\): remove one of the two$/,
        /^email: carl@x\.example is also in .*roster\.yaml:9:5 /,
        /^email: dan@x\.example is also in .*one\.csv:2:1: remove one of the two$/,
      ],
    );
  });

  test("of somebody to whom a key is attached twice, each key on its own", () => {
    expectWrong(
      `members: { bob: { email: bob@x.example, role: viewer } }
apiKeys:
  shop:
    kind: server
    assignedTo: [bob, { email: dev@p.example, external: true }]
    assignees: { entries: { ▶bob@x.example: member, eve@x.example: member }, from: shop.csv }
  desk: { kind: server, assignees: { from: shop.csv } }
`,
      { "shop.csv": "email\n▶Dev@p.example\n▶eve@x.example\n" },
      [
        /^apiKeys\.shop\.assignees\.entries\.bob@x\.example: .*roster\.yaml:7:18 \(apiKeys\.shop\.assignedTo\[0\]\)/,
        /^email: dev@p\.example is also in .*roster\.yaml:7:32 \(apiKeys\.shop\.assignedTo\[1\]\.email\)/,
        /^email: eve@x\.example is also in .*roster\.yaml:8:52 /,
      ],
    );
  });

  test("of a file that two lists read, once", () => {
    expectWrong(
      "people: { role: viewer, from: all.csv }\napiKeys: { shop: { kind: server, assignees: { from: all.csv } } }\n",
      { "all.csv": "email\n▶ada\n" },
      [/^email: it must be an e-mail address/],
    );
  });

  test("of a name that two roles have", () => {
    expectWrong(
      "roles: { one: { name: two, permissions: [] }, two: { name: three, permissions: [] } }\npeople: { from: people.csv }\n",
      { "people.csv": "email,role\nada@x.example,▶two\n" },
      [/^role: "two" is the name of two roles: to say which role it means, use `roles` of the file$/],
    );
  });

  test("of arguments that the sets refuse", () => {
    expectWrong(
      "people: { mode: ▶exact, entries: { a@x.example: viewer } }\napiKeys: { shop: { kind: server, assignees: { ignore: [▶nobody], maxRemovalFraction: ▶2 } } }\n",
      {},
      [
        /^people\.mode: it must be one of additive, authoritative$/,
        /^apiKeys\.shop\.assignees\.ignore\[0\]: /,
        /maxRemovalFraction/,
      ],
    );
  });
});

test("S1 a file of people that leads out of the manifest's folder by a link is not read, because messages quote files", () => {
  const outside = path.join(temporaryFolder(), "settings.csv");
  writeFileSync(outside, "password-of-somebody\n");
  const file = written("people: { from: people.csv }\n", {});
  symlinkSync(outside, path.join(path.dirname(file), "people.csv"));
  expect(() => readManifest(file)).toThrow("people.csv leads out of the manifest's folder");
});

test("S1 without its files, a manifest is checked as far as its text goes", () => {
  const text = `${manifestHead}people: { mode: authoritative, from: people.csv }\n`;
  expect(parseManifest("roster.yaml", text).people).toEqual({ mode: "authoritative", from: "people.csv" });
  expect(() => parseManifest("roster.yaml", text.replace("from:", "form:"))).toThrow("people.form: unknown property");
});
