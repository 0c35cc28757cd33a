/** An organization's logo, as the provider looks at it, sends it and sees it; the tests share one stack and its steps. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { paths } from "../../scripts/environment.mjs";
import { image } from "../contract/support/images.ts";
import { useService } from "../e2e/fixtures.ts";
import type { Declaration } from "../e2e/kinds.ts";
import { useProtocolStack } from "./fixtures.ts";

const service = useService();
const stack = useProtocolStack(service, "stack-of-organizations");
const folder = mkdtempSync(path.join(tmpdir(), "roster-logos-"));
const logo = path.join(folder, "logo.png");

afterAll(() => rmSync(folder, { recursive: true }));

function acme(logo?: string): Declaration[] {
  const args = { slug: "acme", name: "Acme", websiteUrl: "https://acme.example", subscription: { plan: "premium" } };
  return [{ kind: "Organization", name: "acme", args: { ...args, logo } }];
}
const place = () => `/v1/organizations/${stack.stored("acme").id}`;
async function organization(): Promise<Record<string, unknown>> {
  return (await service.ask("GET", place())).body;
}
const sha256 = (content: Buffer) => createHash("sha256").update(content).digest("hex");
const shown = { sha256: sha256(image("png")) };

test.each([
  ["that isn't there", undefined, (file: string) => `the file ${file} does not exist`],
  [
    "that is an SVG image",
    image("svg"),
    (file: string) => `${file} is not a valid logo: it is not a PNG, JPEG or WebP image`,
  ],
  [
    "that is too long",
    Buffer.concat([image("png"), Buffer.alloc(524_288)]),
    (file: string) => `${file} has more than 524288 bytes`,
  ],
  [
    "that is too wide",
    image("png", { width: 4097 }),
    (file: string) => `${file} is not a valid logo: it has 4097 by 1 pixels`,
  ],
])("a file %s is refused as a logo, and no organization is made", async (_what, content, reason) => {
  const wrong = path.join(folder, "wrong.png");
  if (content !== undefined) {
    writeFileSync(wrong, content);
  }
  await expect(stack.up(acme(wrong))).rejects.toThrow(`: logo: ${reason(path.relative(paths.checkout, wrong))}`);
  expect(await service.list("/v1/organizations")).toEqual([]);
});

test("a logo that is taken out is removed, and the website is linked no more", async () => {
  writeFileSync(logo, image("png"));
  await stack.up(acme(logo));
  expect(await organization()).toMatchObject({ logo: shown, logoLinkActive: true });
  expect(await stack.up(acme())).toEqual(["update acme"]);
  expect(await organization()).toMatchObject({ logo: null, logoLinkActive: false });
  expect(await stack.preview(acme())).toEqual([]);
});

test("a logo that somebody else uploads or removes shows after a refresh, and is repaired", async () => {
  expect(await stack.up(acme(logo))).toEqual(["update acme"]);
  for (const content of [image("jpeg"), undefined]) {
    const others = content === undefined ? null : { content: content.toString("base64") };
    expect((await service.ask("PATCH", place(), { logo: others })).status).toBe(200);
    await stack.refresh();
    const seen = stack.stored("acme").inputs.logo as { readonly sha256: string } | undefined;
    expect(seen?.sha256).toBe(content && sha256(content));
    expect(await stack.up(acme(logo))).toEqual(["update acme"]);
    expect((await organization()).logo).toMatchObject(shown);
    expect(await stack.preview(acme(logo))).toEqual([]);
  }
});

test("refreshing and destroying need no file", async () => {
  rmSync(logo);
  await stack.refresh();
  const { id } = stack.stored("acme");
  await stack.destroy();
  expect((await service.ask("GET", `/v1/organizations/${id}`)).body.status).toBe("closed");
});
