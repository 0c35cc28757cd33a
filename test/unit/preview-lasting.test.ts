/** Whether an update would be refused what the trial of a replacement was refused: both sides of every rule. */
import { describe, expect, test } from "vitest";
import { ApiError, type RefusalCode } from "../../provider/errors.ts";
import { Registrations } from "../../provider/lifecycle/registrations.ts";
import { wouldBeRefused } from "../../provider/preview/lasting.ts";
import type { Step } from "../../provider/preview/sequence.ts";

const hash = (digit: string) => digit.repeat(32);
const [replaced, dependent, other] = ["1", "2", "3"].map((digit) => `acme/${hash(digit)}`) as [string, string, string];
const foreign = `elsewhere/${hash("4")}`;
const [organization, member] = ["org_1", "mbr_1"];
const request = { method: "POST", path: `/v1/organizations/${organization}/api-keys`, body: { name: "Key" } } as const;

/** @param dependsOn the ids and externalIds of what the refusal depends on */
function refused(
  code: RefusalCode,
  dependsOn: readonly (readonly [id: string, externalId: string | null])[],
  step: Partial<Step> & { readonly retryable?: boolean } = {},
) {
  const { retryable = false, ...more } = step;
  const problem = { type: "about:blank", status: 409, code, title: "", detail: "", requestId: "", retryable };
  return {
    does: "create" as const,
    request,
    object: undefined,
    externalId: replaced,
    isOwn: true,
    isCertain: true,
    ...more,
    trial: {
      outcome: "refused" as const,
      reason: null,
      refusal: new ApiError("POST", request.path, problem),
      dependsOn: dependsOn.map(([id, externalId]) => ({ kind: "membership" as const, id, externalId })),
      effects: [],
    },
  };
}

/** A run in which the replaced resource was registered, and others that change or don't. */
function run(...others: readonly (readonly [externalId: string, kind: string, isChanging: boolean])[]): Registrations {
  const registrations = new Registrations();
  for (const [externalId, kind, isChanging] of [[replaced, "ApiKey", true] as const, ...others]) {
    registrations.register(externalId, { names: [] });
    registrations.notePending(externalId, kind);
    if (!isChanging) {
      registrations.noteSettled(externalId);
    }
  }
  return registrations;
}

const names = [replaced];

describe("T4 a refusal of a replacement stands", () => {
  test.each<[what: string, code: RefusalCode, dependsOn: [string, string | null][]]>([
    ["that depends on nothing", "plan_required", []],
    [
      "that depends on what no stack manages, or another one does",
      "name_taken",
      [
        ["key_1", null],
        ["key_2", foreign],
      ],
    ],
    ["for too many mails", "rate_limited", []],
  ])("%s", (_what, code, dependsOn) => {
    expect(wouldBeRefused(run(), refused(code, dependsOn), names)).toBe(true);
  });

  test("unless it may pass by itself", () => {
    expect(wouldBeRefused(run(), refused("rate_limited", [], { retryable: true }), names)).toBe(false);
    expect(wouldBeRefused(run(), refused("last_administrator", [], { retryable: true }), names)).toBe(false);
    expect(wouldBeRefused(run(), refused("unavailable", []), names)).toBe(false);
  });

  test("unless the resource that it depends on changes in this run, until it has changed", () => {
    const off = refused("api_access_disabled", [[organization, other]]);
    const changing = run([other, "Organization", true]);
    expect(wouldBeRefused(run([other, "Organization", false]), off, names)).toBe(true);
    expect(wouldBeRefused(changing, off, names)).toBe(false);
    changing.noteSettled(other);
    expect(wouldBeRefused(changing, off, names)).toBe(true);
  });

  test("unless a resource of this stack that may come later lifts it: not one that the request refers to", () => {
    expect(wouldBeRefused(run(), refused("name_taken", [["key_2", other]]), names)).toBe(false);
    const ofOrganization = (step: Partial<Step> = {}) => refused("api_access_disabled", [[organization, other]], step);
    expect(wouldBeRefused(run(), ofOrganization(), names)).toBe(true);
    // What depends on the replaced object comes later itself.
    expect(wouldBeRefused(run(), ofOrganization({ isOwn: false, externalId: dependent }), names)).toBe(false);
  });

  test("unless another resource may make the person what is required", () => {
    const unfit = refused("unprocessable", [[member, foreign]]);
    expect(wouldBeRefused(run([other, "Membership", false]), unfit, names)).toBe(true);
    expect(wouldBeRefused(run([other, "Membership", true]), unfit, names)).toBe(false);
    expect(wouldBeRefused(run([other, "Role", true]), unfit, names)).toBe(true);
  });

  test("unless the service can't tell whether `up` would do that at all", () => {
    expect(wouldBeRefused(run(), refused("plan_required", [], { isCertain: false }), names)).toBe(false);
  });

  test("for an entry of a set of this program that still lists it; otherwise it moves", () => {
    const listing = (...entries: string[]) => {
      const registrations = run();
      registrations.register(other, { names: [], entries: new Set(entries) });
      return registrations;
    };
    const taken = refused("already_member", [[member, `${other}/ann@acme.example`]]);
    expect(wouldBeRefused(listing("ann@acme.example"), taken, names)).toBe(true);
    expect(wouldBeRefused(listing("bob@acme.example"), taken, names)).toBe(false);
  });
});
