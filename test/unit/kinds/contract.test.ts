/** The arguments of every kind take exactly what the contract's requests take. */
import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { endOf, readIpRange } from "roster-schema";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { z } from "zod";
import { objectLifecycles } from "../../../provider/kinds/registry.ts";
import { externalId } from "../../../provider/lifecycle/properties.ts";
import { duration } from "../../../provider/values/property-types.ts";
import { accepts, builtInRoles, type Contract, candidatesFor, handPicked } from "./json-schema.ts";

describe("the arguments take exactly what the contract's requests take", () => {
  const contract: Contract = parse(readFileSync(path.join(__dirname, "../../../schema/openapi.yaml"), "utf8"));
  /** Arguments that are in the path of the request rather than in its body, by their schema's name. */
  const inPath: Readonly<Record<string, string>> = { organization: "OrganizationId", key: "ApiKeyId" };
  /** What we refuse and the contract's schema lets through, because a schema can't say it; the service refuses it too. */
  const narrower: Readonly<Record<string, (value: unknown) => boolean>> = {
    "Role.name": (value) => builtInRoles(contract).includes(String(value).toLowerCase()),
    "Role.permissions": (value) => Array.isArray(value) && value.includes("api:call"),
    "Membership.role": (value) => value === "super_admin",
    "ApiKey.endDate": (value) => endOf(String(value)) === undefined,
    "AccessToken.endDate": (value) => endOf(String(value)) === undefined,
    "ApiKey.allowedIps": (value) => [value].flat().some((range) => typeof readIpRange(String(range)) === "string"),
    "AccessToken.allowedIps": (value) => [value].flat().some((range) => typeof readIpRange(String(range)) === "string"),
  };

  /** What is declared in another form than it is sent in: a logo is a file here, and its content there. */
  const translated = new Set(["Organization.logo", "OrganizationProfile.logo"]);

  /** A number that declares an act is sent as text. */
  const sentAs = (name: string, value: unknown) =>
    /\.(resendInvite|resetPassword)$/.test(name) && Number.isFinite(value) ? String(value) : value;

  /** What no request takes as it is: the provider makes an act of it, or does it by itself. */
  const ofProvider = ["rotate", "rotation", "holdRotation", "holdWhileUsed", "deliverTo", "storeSecret"];
  const acts = ["ApiKey", "AccessToken"].flatMap((kind) => ofProvider.map((name) => `${kind}.${name}`));

  const ofCreateAndUpdate = objectLifecycles.flatMap(({ kind, args }) =>
    Object.entries({ ...args, externalId }).flatMap(([argument, ours]) => {
      if (acts.includes(`${kind}.${argument}`)) {
        return [];
      }
      const { [`${kind}Create`]: create, [`${kind}Update`]: update } = contract.components.schemas;
      const named = create?.properties?.[argument] ?? update?.properties?.[argument];
      const schema = named ?? contract.components.schemas[inPath[argument] ?? ""];
      return [{ name: `${kind}.${argument}`, ours: ours as z.ZodType, schema }];
    }),
  );
  const cases = [
    ...ofCreateAndUpdate,
    { name: "ApiKey.rotation.overlap", ours: duration, schema: contract.components.schemas.Duration },
    { name: "ApiKey.holdWhileUsed", ours: duration, schema: contract.components.schemas.Duration },
  ];

  test.each(cases)("$name is in the contract", ({ schema }) => {
    expect(schema).toBeDefined();
  });

  test.each(cases.filter(({ name }) => !translated.has(name)))("$name", ({ name, ours, schema }) => {
    const takes = (value: unknown) => ours.safeParse(value).success;
    const isNarrower = narrower[name] ?? (() => false);
    const agree = (value: unknown) => {
      const wanted = accepts(contract, schema ?? {}, sentAs(name, value)) && !isNarrower(value);
      if (takes(value) !== wanted) {
        expect.fail(`${JSON.stringify(value)} is ${wanted ? "right" : "wrong"} by the contract, and not by us`);
      }
    };
    const candidates = candidatesFor(contract, schema ?? {});
    for (const value of handPicked(contract, schema ?? {})) {
      agree(value);
    }
    fc.assert(fc.property(candidates, agree), { numRuns: 400 });
  });

  test("the comparison itself tells right from wrong", () => {
    const { Slug = {}, OrganizationSettings = {}, JoinPolicies = {} } = contract.components.schemas;
    expect(
      ["ac", "a-c", "a", "-ac", "a".repeat(63), "a".repeat(64), 7].map((value) => accepts(contract, Slug, value)),
    ).toEqual([true, true, false, false, true, false, false]);
    expect(accepts(contract, OrganizationSettings, { keysPerOwner: null, allowExpiringJwt: true })).toBe(true);
    expect(accepts(contract, OrganizationSettings, { keysPerOwner: 0, allowExpiringJwt: true })).toBe(false);
    expect(accepts(contract, OrganizationSettings, { allowExpiringJwt: true })).toBe(false);
    expect(accepts(contract, JoinPolicies, ["invite", "invite"])).toBe(false);
    expect(accepts(contract, JoinPolicies, [])).toBe(false);
  });
});
