/** Whatever way an argument is marked secret, what a resource makes of it is in no preview, and ciphertext in the state. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { useService, useStack } from "./fixtures.ts";

/**
 * Those of one program together. One for the whole stack marks every resource, and has a program of its own; where there are
 * transformations or transforms, everything that is repeated is secret, so what needs none of them comes without.
 */
const programs = [
  ["transformation", "component transformation", "transform", "component transform"],
  ["stack transformation"],
  ["additionalSecretOutputs", "output", "nothing"],
];
let printed = "";
const service = useService();
const stack = useStack("test/e2e/programs/marks", service);
const people: Record<string, string> = {};
let organization: string;

beforeAll(async () => {
  const make = async (at: string, body: object) => String((await service.ask("POST", at, body)).body.id);
  const enterprise = { subscription: { plan: "enterprise" }, features: { externalApiAccess: true } };
  organization = await make("/v1/organizations", { slug: "marks", name: "Marks", ...enterprise });
  for (const way of programs.flat()) {
    const domain = `${way.replaceAll(/[^a-z]/gi, "")}.example`;
    const user = (name: string) =>
      make("/v1/users", { email: `${name}@${domain}`, givenName: `${word}-Before`, invite: false });
    const word = way === "nothing" ? "Plain" : "Hush";
    await Promise.all([user("hidden"), user(word.toLowerCase())]);
    people[way] = await user("person");
  }
});

function use(...ways: string[]): void {
  writeFileSync(path.join(stack.folder, "ways.json"), JSON.stringify({ ways, organization, people }));
}
const ciphertext = { ciphertext: expect.any(String) };
/** What the state has encrypted, in base64. That is random, and now and then it spells the word in some case. */
const encrypted = /"v1:[\w+/=:]+"/g;

test.each(programs.map((ways) => [ways.join(", "), ways] as const))(
  "T6 what is marked by %s is secret wherever it is repeated",
  async (_ways, ways) => {
    use(...ways);
    const { output } = await stack.succeed("up", "--yes", "--diff");
    printed = output;
    expect(output.match(/.*hush.*/gi)).toBeNull();
    const { text } = await stack.exported();
    expect(text.replaceAll(encrypted, '""').match(/.*hush.*/gi)).toBeNull();
    for (const way of ways.filter((each) => each !== "nothing")) {
      expect((await stack.resource("User", `u ${way}`)).inputs).toMatchObject({ adopts: ciphertext });
      const made = { displayName: ciphertext, grantedPermissions: ciphertext };
      expect((await stack.resource("ApiKey", `k ${way}`)).outputs).toMatchObject(made);
      expect((await stack.resource("Membership", `m ${way}`)).outputs).toMatchObject({ userId: ciphertext });
      expect((await stack.resource("OrganizationMembers", `s ${way}`)).outputs).toMatchObject({ ids: ciphertext });
    }
  },
);

test("T6 what nothing marks is plain, in the preview of what adopting changes and in the state", async () => {
  expect(printed).toContain("Plain-Before => Plain-Given");
  const made = { displayName: "Plain-Key nothing", grantedPermissions: ["organization:read"] };
  expect((await stack.resource("ApiKey", "k nothing")).outputs).toMatchObject(made);
  expect((await stack.resource("Membership", "m nothing")).outputs).toMatchObject({ userId: people.nothing });
  const { outputs } = await stack.resource("OrganizationMembers", "s nothing");
  expect(outputs?.ids).toEqual({ "plain@nothing.example": expect.stringMatching(/^mbr_/) });
});
