/** A program that declares the profile of an organization in two places is told at once, and both are named. */
import * as pulumi from "@pulumi/pulumi";
import { Organization, OrganizationProfile } from "pulumi-roster";
import { beforeAll, expect, test, vi } from "vitest";

const mocks: pulumi.runtime.Mocks = {
  newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
  call: ({ inputs }) => inputs,
};
beforeAll(() => pulumi.runtime.setMocks(mocks, "project", "stack", false, "organization"));
vi.stubEnv("ROSTER_ENDPOINT", "http://127.0.0.1:9");
vi.stubEnv("ROSTER_TOKEN", "the-token-of-a-service-that-is-not-there");

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
