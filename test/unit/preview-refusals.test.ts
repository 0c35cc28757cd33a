/** What a refusal at preview means: whether `up` would be refused as well. */
import { refusalCodeValues } from "roster-schema";
import { describe, expect, test } from "vitest";
import { causes, judge, type PreviewedRefusal, type Program } from "../../provider/preview/refusals.ts";

const hash = "0123456789abcdef0123456789abcdef";
const [own, other, foreign] = [`acme/${hash}`, `acme/${hash.replace("0", "f")}`, `elsewhere/${hash}`];
const failure = { kind: "failure" };

/** A program in which another resource has the externalId `other`, and changes or not. */
function program(
  isChanging: boolean | undefined,
  makers: Partial<Record<"person" | "administrator", string>> = {},
): Program {
  const named = (title: string | undefined) => (title === undefined ? [] : [{ title, isChanging: true }]);
  return {
    declares: (name) =>
      name === other && isChanging !== undefined ? { title: "Role releaser", isChanging } : undefined,
    makersOfPerson: () => named(makers.person),
    makersOfAdministrator: () => named(makers.administrator),
  };
}

function refusal(code: PreviewedRefusal["code"], ...externalIds: (string | null)[]): PreviewedRefusal {
  return { code, externalId: own, dependsOn: externalIds.map((externalId) => ({ kind: "role", externalId })) };
}

const warning = (...because: string[]) => ({ kind: "warning", because });
const codesOf = (...wanted: string[]) => refusalCodeValues.filter((code) => wanted.includes(causes[code]));

describe("P2 a refusal at preview", () => {
  test.each(codesOf("objects", "person", "administrator"))(
    "%s fails the preview, unless a resource that changes has to do with it",
    (code) => {
      expect(judge(refusal(code), program(undefined))).toEqual(failure);
      expect(judge(refusal(code, null, foreign), program(undefined))).toEqual(failure);
      expect(judge(refusal(code, other), program(false))).toEqual(failure);
      expect(judge(refusal(code, other), program(true))).toEqual(warning("Role releaser"));
    },
  );

  test.each(codesOf("request"))("%s fails the preview whatever changes", (code) => {
    expect(judge(refusal(code, other), program(true, { person: "User ada", administrator: "Membership ada" }))).toEqual(
      failure,
    );
  });

  test.each(codesOf("moment"))("%s is only a warning", (code) => {
    expect(judge(refusal(code, null), program(undefined))).toEqual(warning());
  });

  test.each(codesOf("person"))("%s is a warning if another resource makes the person a user or a member", (code) => {
    const makers = { person: "User ada", administrator: "Membership ada" };
    expect(judge(refusal(code), program(undefined, makers))).toEqual(warning("User ada"));
    expect(judge(refusal(code), program(undefined, { administrator: "Membership ada" }))).toEqual(failure);
  });

  test("nothing is said of a person whom a resource makes before", () => {
    const makersOfPerson = () => [{ title: "OrganizationMembers staff", isChanging: true, isMadeFirst: true }];
    expect(judge(refusal("not_member"), { ...program(undefined), makersOfPerson })).toEqual({ kind: "none" });
  });

  test("last_administrator is a warning if another resource makes an administrator", () => {
    expect(judge(refusal("last_administrator"), program(undefined, { administrator: "Membership ada" }))).toEqual(
      warning("Membership ada"),
    );
    expect(judge(refusal("last_administrator"), program(undefined, { person: "User ada" }))).toEqual(failure);
  });

  test("every code has a cause", () => {
    expect(codesOf("request", "objects", "person", "administrator", "moment")).toEqual(refusalCodeValues);
  });

  test.each(["name_taken", "external_id_taken", "already_member"] as const)(
    "%s because of the resource's own object says nothing, because the object is replaced",
    (code) => {
      expect(judge(refusal(code, own), program(undefined))).toEqual({ kind: "none" });
    },
  );

  test("an object of the stack that a set and a single resource exchange is moved, and not created", () => {
    const entry = `${other}/ada@example.com`;
    expect(judge(refusal("already_member", entry), program(undefined))).toEqual({ kind: "none" });
    const ofSet = { ...refusal("already_member", other), externalId: `${own}/ada@example.com` };
    expect(judge(ofSet, program(undefined))).toEqual({ kind: "none" });
    expect(judge(ofSet, program(false))).toEqual(failure);
    expect(judge(refusal("already_member", `${foreign}/ada@example.com`), program(undefined))).toEqual(failure);
  });
});
