/** A manifest in several files: which files it includes, and what is said where of each. */
import { linkSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { readManifest } from "../../provider/program/manifest/document.ts";
import { manifestHead } from "./made-up-texts.ts";
import { expectProblems, type Files, folderWith, main, problemsOf, readFrom } from "./manifest-folder.ts";

const including = (...entries: string[]) => `${manifestHead}include: [${entries.join(", ")}]\n`;
const user = (name: string) => `users:\n  ${name}: { email: ${name}@x.example, role: viewer }\n`;

describe("the files of a manifest", () => {
  test("S4 have sections of their own, which refer to each other by name", () => {
    const { manifest } = readFrom({
      [main]: `${including("people/*.yaml", "keys.yaml")}${user("zoe")}`,
      "people/red.yaml": `${user("ada")}members:\n  bob: { email: bob@x.example, role: releaser }\n`,
      "people/blue.yaml": user("eve"),
      "keys.yaml":
        "roles:\n  releaser: { permissions: [flows:run] }\napiKeys:\n  k: { kind: server, assignedTo: [zoe, ada, bob, eve] }\n",
    });
    expect(manifest).toMatchObject({
      organization: { slug: "acme" },
      roles: { releaser: { permissions: ["flows:run"] } },
      members: { bob: { role: "releaser" } },
      apiKeys: { k: { assignedTo: ["zoe", "ada", "bob", "eve"] } },
    });
    // Those of the manifest itself come first, then those of a pattern's files by code point.
    expect(Object.keys(manifest.users)).toEqual(["zoe", "eve", "ada"]);
  });

  test("are those that a pattern matches, in the order of code points, without folders and hidden files", () => {
    const names = ["b", "a", "Z", "é", "\uFFFD", "\u{1F600}"];
    const files = names.map((name, at) => [`t/${name}.yaml`, user(`u${at}`)]);
    const { manifest } = readFrom({
      [main]: including('"**/*.yaml"').replace("**", "{t,none}"),
      ...Object.fromEntries(files),
      "t/folder.yaml/x.yaml": "users: [",
      "t/.hidden.yaml": "users: [",
      "t/other.yml": "users: [",
    });
    expect(Object.keys(manifest.users)).toEqual(["u2", "u1", "u0", "u3", "u4", "u5"]);
  });

  test("may name files from their own folder", () => {
    const folder = folderWith({
      [main]: `${including("a/b/keys.yaml")}apiKeys:\n  j: { kind: server, deliverTo: { file: j.key } }\n`,
      "a/b/keys.yaml":
        "apiKeys:\n  k: { kind: server, deliverTo: { file: ../k.key } }\n  l: { kind: server, deliverTo: { file: /l.key } }\n",
    });
    const { j, k, l } = readManifest(path.join(folder, main)).manifest.apiKeys;
    const from = (file: string) => path.relative(process.cwd(), path.join(folder, file));
    expect([j, k, l].map((key) => key?.deliverTo?.file)).toEqual([from("j.key"), from("a/k.key"), "/l.key"]);
  });

  test("may list people in CSV files from their own folder, in one of them", () => {
    const files = {
      [main]: `${including("red/people.yaml", "red/keys.yaml")}${user("zoe")}`,
      "red/people.yaml":
        "people:\n  role: viewer\n  from: [all.csv, { file: ../more.csv, only: { file: [yes] }, role: viewer }]\n",
      "red/keys.yaml":
        "apiKeys:\n  from:\n    kind: server\n    assignees: { from: all.csv }\n    deliverTo: { file: x.key }\n",
      "red/all.csv": "email\nada@x.example\n",
      "more.csv": "email,file\neve@x.example,yes\nbob@x.example,no\n",
    };
    const { lists, manifest, placeOf } = readFrom(files);
    expect(Object.keys(lists.people?.entries ?? {})).toEqual(["ada@x.example", "eve@x.example"]);
    expect(Object.keys(lists.assignees.from?.entries ?? {})).toEqual(["ada@x.example"]);
    expect(manifest.apiKeys.from?.deliverTo?.file).toMatch(/red\/x\.key$/);
    expect(placeOf(["people"], true).text).toMatch(/red\/people\.yaml:1:1: people$/);
    const wrong = {
      ...files,
      "red/all.csv": "email\nZOE@x.example\nada\n",
      "more.csv": "email,file\n",
      "blue.yaml": "people: { entries: {} }\n",
      [main]: `${including("red/people.yaml", "red/keys.yaml", "blue.yaml")}${user("zoe")}`,
    };
    const problems = problemsOf(folderWith(wrong));
    expect(problems.map(({ file, line, column }) => `${file}:${line}:${column}`)).toEqual([
      "blue.yaml:1:1",
      "red/all.csv:2:1",
      "red/all.csv:3:1",
    ]);
    expect(problems[0]?.reason).toMatch(/^this section is already declared at .*red\/people\.yaml:1:1$/);
    expect(problems[1]?.reason).toMatch(/roster\.yaml:5:17 \(users\.zoe\.email\)/);
  });

  test("tell whatever is found later at its place, with names that have dots", () => {
    const { errorOf, placeOf } = readFrom({ [main]: including("a.yaml"), "a.yaml": user("ada.l") });
    const faults = [
      { path: ["users", "ada.l", "role"], reason: "no" },
      { path: ["organization", "slug"], reason: "no" },
    ];
    const place = (of: string) => expect.stringMatching(`${of}$`);
    expect(errorOf(faults).problems).toMatchObject([
      { file: place(main), line: 2, column: 23, path: "organization.slug" },
      { file: place("a.yaml"), line: 2, column: 42, path: "users.ada.l.role" },
    ]);
    expect(placeOf(["users", "ada.l"], true).text).toEqual(place("a.yaml:2:3: users.ada.l"));
  });
});

describe("what is wrong is said at its own file, line and column", () => {
  test.each<[what: string, files: Files, problems: readonly RegExp[]]>([
    [
      "references, rules, forms and what is declared twice, all at once",
      {
        [main]: `${including("a.yaml", "b.yaml")}users:\n  ada: { email: ada@x.example, role: ▶boss }\n`,
        "a.yaml":
          "members:\n  ▶ada: { email: ▶ADA@x.example, role: viewer }\n  bob: { email: bob@x.example, role: viewer }\napiKeys:\n  k: { kind: server, owner: ▶eve, ▶shoe: 43 }\n",
        "b.yaml":
          "members:\n  ▶bob: { email: bobby@x.example, role: viewer }\napiKeys:\n  j: { kind: server, rotation: { every: ▶1h }, endDate: ▶2020-01-01 }\n  i: { kind: ▶1.10 }\n",
      },
      [
        /^users\.ada\.role: "boss" is not a role/,
        /^members\.ada: a user already has this name/,
        /^members\.ada\.email: users\.ada already has this address$/,
        /^apiKeys\.k\.owner: "eve" is not one of users or members; it must be one of ada, bob$/,
        /^apiKeys\.k\.shoe: unknown property/,
        /^members\.bob: "bob" is already declared at .*a\.yaml:3:3$/,
        /^apiKeys\.j\.rotation\.every: it must be longer than the overlap/,
        /^apiKeys\.j\.endDate: 2020-01-01 has passed/,
        /^apiKeys\.i\.kind: /,
      ],
    ],
    [
      "what only the manifest itself has, and what is no section",
      {
        [main]: including("a.yaml"),
        "a.yaml": "▶name: acme\n▶organization: {}\n▶include: [b.yaml]\n▶shoe: 43\nusers: ▶[]\n",
      },
      [
        ...["name", "organization", "include", "shoe"].map(
          (name) => new RegExp(`^${name}: an included file has only sections; it must be one of roles, users, `),
        ),
        /^users: it must be an object, not a list$/,
      ],
    ],
    [
      "files that are empty, or no map",
      { [main]: including("a.yaml", "b.yaml"), "a.yaml": "▶# later\n", "b.yaml": "▶- users\n" },
      [/^: the file is empty: declare something in it/, /^: it must be an object, not a list$/],
    ],
    [
      "syntax, before anything else",
      {
        [main]: including("a.yaml", "b.yaml"),
        "a.yaml": "users: { ada: {\n▶",
        "b.yaml": "users:\n  ada: 7\n  ▶ada: 8\n",
      },
      [/^: the preceding \{ or \[ is not closed/, /^users\.ada: "ada" already appears in line 2/],
    ],
    [
      "text in another encoding, together with syntax elsewhere",
      { [main]: including("a.yaml", "b.yaml"), "a.yaml": Buffer.from("# f\xfcr\n", "latin1"), "b.yaml": "a: b: c\n" },
      [],
    ],
  ])("%s", (_what, files, problems) => {
    if (problems.length > 0) {
      expectProblems(files, problems);
      return;
    }
    const places = problemsOf(folderWith(files)).map(({ file, line, column }) => `${file}:${line}:${column}`);
    expect(places).toEqual(["a.yaml:1:4", "b.yaml:1:4"]);
  });

  test.each<[what: string, include: string, reason: RegExp]>([
    ["a file that isn't there", "▶none.yaml", /^include\[0\]: the file none\.yaml does not exist, or can't be read$/],
    ["a pattern without matches", "▶none/*.yaml", /^include\[0\]: no file matches none\/\*\.yaml$/],
    ["a folder", "▶t", /^include\[0\]: t is a folder: to include its files, write t\/\*\.yaml$/],
    ["the manifest itself", `▶${main}`, /^include\[0\]: roster\.yaml is the manifest itself/],
    ["the manifest itself, by a pattern", '▶"*.yaml"', /^include\[0\]: roster\.yaml is the manifest itself/],
    ["a file twice", "t/a.yaml, ▶./t/a.yaml", /^include\[1\]: \.\/t\/a\.yaml is already included by include\[0\]$/],
    ["a file by two patterns", "t/*.yaml, ▶t/a*", /^include\[1\]: t\/a\.yaml is already included by include\[0\]$/],
    ["a file outside", "▶../a.yaml", /^include\[0\]: \.\.\/a\.yaml may lead out of the manifest's folder/],
    ["files outside, by a pattern", "▶t/../../*.yaml", /^include\[0\]: .* may lead out of the manifest's folder/],
    ["an absolute path", "▶/etc/hosts", /^include\[0\]: \/etc\/hosts may lead out of the manifest's folder/],
    [
      "a path that depends on the environment",
      `▶"\${config.a}.yaml"`,
      /^include\[0\]: the files of a manifest can't depend/,
    ],
    ["nothing", "", /^include: it must have at least 1 entry$/],
    ["an empty path", '▶""', /^include\[0\]: it must have at least 1 character$/],
    ["a number", "▶7", /^include\[0\]: it must be text, not a number$/],
  ])("S4 %s can't be included", (_what, include, reason) => {
    const text = include === "" ? including().replace("[]", "▶[]") : including(include);
    expectProblems({ [main]: text, "t/a.yaml": user("ada") }, [reason]);
  });

  test("S4 a file is included once, also through a symbolic link, and no link leads out", () => {
    const outside = folderWith({ "eve.yaml": user("eve") });
    const pattern = `"{..,none}/${path.basename(outside)}/*.yaml"`;
    const folder = folderWith({ [main]: including("a.yaml", '"l*.yaml"', pattern), "a.yaml": user("ada") });
    symlinkSync(path.join(folder, "a.yaml"), path.join(folder, "link.yaml"));
    symlinkSync(path.join(outside, "eve.yaml"), path.join(folder, "lost.yaml"));
    symlinkSync(path.join(folder, "nowhere"), path.join(folder, "loose.yaml"));
    // Another name of the same content is another file.
    linkSync(path.join(folder, "a.yaml"), path.join(folder, "b.yaml"));
    expect(problemsOf(folder).map(({ reason }) => reason)).toEqual([
      "link.yaml is already included by include[0]",
      "the file loose.yaml does not exist, or can't be read",
      "lost.yaml leads out of the manifest's folder: move the file into that folder",
      expect.stringMatching(/eve\.yaml leads out of the manifest's folder: move the file into that folder$/),
    ]);
  });

  test("a manifest that is reached through a link is still itself, and its folder the real one", () => {
    const folder = folderWith({ "real/roster.yaml": including('"*.yaml"'), "real/a.yaml": user("ada") });
    symlinkSync(path.join(folder, "real"), path.join(folder, "way"));
    expect(() => readManifest(path.join(folder, "way/roster.yaml"))).toThrow("roster.yaml is the manifest itself");
    writeFileSync(path.join(folder, "real/roster.yaml"), including('"a*"'));
    expect(Object.keys(readManifest(path.join(folder, "way/roster.yaml")).manifest.users)).toEqual(["ada"]);
  });

  test("there are at most 1,000 files", () => {
    const files = Array.from({ length: 1001 }, (_, at) => [`t/${at}.yaml`, user(`u${at}`)]);
    const folder = folderWith({ [main]: including("t/*.yaml", "none.yaml"), ...Object.fromEntries(files.slice(1)) });
    expect(problemsOf(folder).map(({ reason }) => reason)).toEqual([
      "the file none.yaml does not exist, or can't be read",
    ]);
    writeFileSync(path.join(folder, "t/0.yaml"), user("u0"));
    // What comes after that is not read.
    writeFileSync(path.join(folder, "none.yaml"), "[");
    expect(problemsOf(folder).map(({ reason }) => reason)).toEqual([
      "the included files exceed 1000 files: split the manifest",
    ]);
  });

  test("the files have at most 10 MiB together", () => {
    const comment = `# ${"x".repeat(4 * 1024 * 1024)}\n`;
    const folder = folderWith({
      [main]: `${including('"*a.yaml"')}${comment}`,
      "a.yaml": `${user("ada")}${comment}`,
      "ba.yaml": `${user("bob")}${comment}`,
    });
    expect(problemsOf(folder)).toMatchObject([
      {
        file: main,
        line: 3,
        path: "include[0]",
        reason: expect.stringContaining("exceed 10485760 bytes, the manifest included"),
      },
    ]);
  });
});
