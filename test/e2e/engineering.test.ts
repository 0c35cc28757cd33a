/** examples/engineering on the real engine: members and assignees from CSV files, and the service's file of them. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { paths } from "../../scripts/environment.mjs";
import { Service } from "./service.ts";
import { Stack } from "./stack.ts";

let service: Service;
let stack: Stack;

beforeAll(async () => {
  service = await Service.start();
  stack = new Stack(path.join(paths.checkout, "examples/engineering"), service);
  await stack.init();
});
afterAll(async () => {
  stack?.remove();
  await service?.stop();
});

test("from nothing to an empty second preview", async () => {
  await stack.up();
  expect(await stack.preview()).toEqual([]);
  const organization = await stack.idOf("Organization", "engineering");
  const members = await service.list(`/v1/organizations/${organization}/members`);
  expect(members).toHaveLength(5);
  const withKey = members.filter(({ apiKeyCount }) => apiKeyCount === 1).map(({ email }) => email);
  expect(withKey.toSorted()).toEqual(["hedy@engineering.example", "lillian@engineering.example"]);
});

test("C6 the file that the service exports is the one that was imported: with it, the preview is empty", async () => {
  const organization = await stack.idOf("Organization", "engineering");
  const response = await fetch(`${service.endpoint}/v1/organizations/${organization}/members`, {
    headers: { authorization: `Bearer ${service.token}`, accept: "text/csv" },
  });
  expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  const exported = await response.text();
  expect(exported).toMatch(/^email,given_name,family_name,role\r\n/);
  expect(exported).toContain("hedy@engineering.example,Hedy,Lamarr,Simulation engineer\r\n");
  writeFileSync(path.join(stack.folder, "members.csv"), exported);
  expect(await stack.preview()).toEqual([]);
});

test("destroy leaves nobody in", async () => {
  const organization = await stack.idOf("Organization", "engineering");
  await stack.succeed("destroy", "--yes", "--skip-preview");
  const members = await service.list(`/v1/organizations/${organization}/members`);
  expect(new Set(members.map(({ status }) => status))).toEqual(new Set(["removed"]));
});
