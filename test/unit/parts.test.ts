import { Membership, Organization, OrganizationMembers, OrganizationProfile } from "pulumi-roster";
import { beforeAll, expect, test } from "vitest";
import { configureNowhere, mockEngine } from "./mocked-engine.ts";

beforeAll(() => mockEngine());
configureNowhere();

test("in the organization and in its profile", () => {
  const acme = new Organization("acme", { slug: "acme", name: "Acme", joinPolicies: ["invite"] });
  expect(() => new OrganizationProfile("profile", { organization: acme, websiteUrl: "https://acme.example" })).toThrow(
    "OrganizationProfile profile and Organization acme both declare the profile, so each would undo the changes of the other. " +
      "Remove name, joinPolicies from Organization acme, or remove OrganizationProfile profile.",
  );
});

test("in two profiles of one organization", () => {
  const acme = new Organization("left-out", { slug: "acme" });
  const declare = (name: string) => new OrganizationProfile(name, { organization: acme, name: "Acme" });
  declare("one");
  expect(() => declare("two")).toThrow(
    "OrganizationProfile two and OrganizationProfile one both declare the profile, so each would undo the changes of the other. " +
      "Remove one of them.",
  );
});

test("of two organizations, or left out of the organization, it is right", () => {
  for (const slug of ["one-of-two", "other-of-two"]) {
    const organization = new Organization(slug, { slug, features: { externalApiAccess: false } });
    expect(() => new OrganizationProfile(slug, { organization, name: slug })).not.toThrow();
  }
});

test("in a set and in a single resource for one person, whatever the case of the address", () => {
  const organization = new Organization("with-members", { slug: "acme" });
  new OrganizationMembers("staff", { organization, members: { "p5@sets.example": "viewer" } });
  expect(() => new Membership("single", { organization, email: "P5@sets.example", role: "viewer" })).toThrow(
    "Membership single and OrganizationMembers staff both declare p5@sets.example, so each would undo the changes of the other. " +
      "Remove the person from one of them.",
  );
});
