/** Findings in the forms that people, GitHub and GitLab read. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { type Annotation, annotationsIn, fileFrom } from "../../provider/command/forms/annotations.ts";

const one: Annotation = { level: "error", file: "roster.yaml", line: 7, column: 3, message: "it is wrong" };

describe("G4 text, as compilers write it", () => {
  test.each<[given: Partial<Annotation>, wanted: string]>([
    [{}, "roster.yaml:7:3: error: it is wrong"],
    [{ level: "warning", title: "A title", code: "a-code" }, "roster.yaml:7:3: warning: it is wrong"],
    [{ level: "notice", column: undefined }, "roster.yaml:7: notice: it is wrong"],
    [{ line: undefined }, "roster.yaml: error: it is wrong"],
    [{ message: "two\nlines, 100 %" }, "roster.yaml:7:3: error: two lines, 100 %"],
    [{ message: "\u202Eright to left\u001B[2J" }, "roster.yaml:7:3: error: \\u202eright to left\\u001b[2J"],
    [{ file: "a\n::error::b.yaml" }, "a ::error::b.yaml:7:3: error: it is wrong"],
  ])("%j", (given, wanted) => {
    expect(annotationsIn("text", [{ ...one, ...given }])).toBe(`${wanted}\n`);
  });
});

describe("G4 workflow commands of GitHub, escaped as its toolkit does", () => {
  test.each<[given: Partial<Annotation>, wanted: string]>([
    [{}, "::error file=roster.yaml,line=7,col=3::it is wrong"],
    [
      { level: "warning", title: "A title", code: "a-code" },
      "::warning file=roster.yaml,line=7,col=3,title=A title::it is wrong",
    ],
    [{ level: "notice", line: undefined, column: undefined }, "::notice file=roster.yaml::it is wrong"],
    [
      { message: "100 %, a: b\r\n::error::forged" },
      "::error file=roster.yaml,line=7,col=3::100 %25, a: b\\u000d%0A::error::forged",
    ],
    [{ file: "a:b,c%d\r\n.yaml" }, "::error file=a%3Ab%2Cc%25d%0D%0A.yaml,line=7,col=3::it is wrong"],
    [
      { title: "x,line=1::y %2C\n" },
      "::error file=roster.yaml,line=7,col=3,title=x%2Cline=1%3A%3Ay %252C%0A::it is wrong",
    ],
    [{ message: "%0A is not a line break" }, "::error file=roster.yaml,line=7,col=3::%250A is not a line break"],
  ])("%j", (given, wanted) => {
    expect(annotationsIn("github", [{ ...one, ...given }])).toBe(`${wanted}\n`);
  });
});

/**
 * What GitLab documents of a code quality report.
 *
 * @see https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
 */
const codeQuality = {
  type: "array",
  items: {
    type: "object",
    required: ["description", "check_name", "fingerprint", "severity", "location"],
    properties: {
      description: { type: "string", minLength: 1 },
      check_name: { type: "string", minLength: 1 },
      fingerprint: { type: "string", pattern: "^[0-9a-f]{64}$" },
      severity: { enum: ["info", "minor", "major", "critical", "blocker"] },
      location: {
        type: "object",
        required: ["path", "lines"],
        // A path from the root of the repository, without ./ before it.
        properties: {
          path: { type: "string", pattern: "^(?!\\.?/)" },
          lines: { type: "object", required: ["begin"], properties: { begin: { type: "integer", minimum: 1 } } },
        },
      },
    },
  },
};

describe("G4 a code quality report of GitLab", () => {
  const reportOf = (...findings: readonly Annotation[]) => {
    const report = JSON.parse(annotationsIn("gitlab", findings));
    const validate = new Ajv().compile(codeQuality);
    expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
    return report as { fingerprint: string }[];
  };

  test("has the documented shape", () => {
    expect(reportOf()).toEqual([]);
    const report = reportOf(
      { ...one, code: "a-code", title: "A title" },
      { ...one, level: "warning", line: undefined, column: undefined },
      { ...one, level: "notice", message: 'a\n"b"' },
    );
    expect(report).toMatchObject([
      {
        ...{ description: "it is wrong", check_name: "a-code", severity: "major" },
        location: { path: "roster.yaml", lines: { begin: 7 } },
      },
      { check_name: "warning", severity: "minor", location: { path: "roster.yaml", lines: { begin: 1 } } },
      { description: 'a\n"b"', check_name: "notice", severity: "info" },
    ]);
  });

  test("has fingerprints that are unique, and that stay if lines move", () => {
    const findings = [one, { ...one, line: 9 }, { ...one, message: "another" }, { ...one, file: "b.yaml" }];
    const fingerprints = reportOf(...findings).map(({ fingerprint }) => fingerprint);
    expect(new Set(fingerprints).size).toBe(findings.length);
    const moved = reportOf(...findings.map((finding) => ({ ...finding, line: (finding.line ?? 0) + 100 })));
    expect(moved.map(({ fingerprint }) => fingerprint)).toEqual(fingerprints);
  });
});

describe("G4 JSON", () => {
  const schema = JSON.parse(readFileSync(path.join(__dirname, "../../schema/findings.schema.json"), "utf8"));
  const takes = new Ajv2020().compile(schema);

  test("has the published schema", () => {
    const findings = [
      { ...one, title: "A title", code: "a-code" },
      { level: "notice", file: "x", message: "y" },
    ] as const;
    const printed = JSON.parse(annotationsIn("json", findings));
    expect(printed).toEqual({ findings });
    expect(takes(printed)).toBe(true);
    expect(takes({ findings: [{ ...one, line: 0 }] })).toBe(false);
    expect(takes([])).toBe(false);
  });
});

test.each([
  ["/work/repo", "/work/repo/teams/red.yaml", path.posix, "teams/red.yaml"],
  ["/work/repo/infra", "/work/repo/people.csv", path.posix, "../people.csv"],
  ["C:\\repo", "C:\\repo\\teams\\red.yaml", path.win32, "teams/red.yaml"],
])("G4 from %s, %s is a path with forward slashes", (root, file, system, wanted) => {
  expect(fileFrom(root, file, system as typeof path)).toBe(wanted);
});
