/** Errors about what a manifest declares: they say where, and the place is no part of the state. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { placeInput, textHash } from "../../provider/values/place.ts";
import { useService } from "../e2e/fixtures.ts";
import { type Declaration, enterprise, the } from "../e2e/kinds.ts";
import { useProtocolStack } from "./fixtures.ts";

const service = useService();
const stack = useProtocolStack(service, "stack-of-places");
const folder = mkdtempSync(path.join(tmpdir(), "places-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = path.join(folder, "red.yaml");
const content = "users: {}\n";

beforeEach(() => writeFileSync(file, content));

const home: Declaration = {
  kind: "Organization",
  name: "home",
  args: { slug: "places", name: "Places", ...enterprise },
};

function user(email: string, line: number | undefined, args: object = {}): Declaration {
  const place = { text: `teams/red.yaml:${line}:3: users.ada.l`, file, sha256: textHash(content) };
  return {
    kind: "User",
    name: "acme-ada.l",
    args: { email, invite: false, homeOrganization: the("home"), ...args, ...(line && { [placeInput]: place }) },
  };
}

const text = "teams/red.yaml:2:3: users.ada.l: ";

beforeAll(async () => {
  await service.ask("POST", "/v1/users", { email: "taken@places.example", invite: false });
  await stack.up([home]);
});

test("S4 what the service refuses to create is told with its place", async () => {
  await expect(stack.up([home, user("taken@places.example", 2)])).rejects.toThrow(new RegExp(`${text}email_taken: `));
  // Without a manifest, there is no place.
  await expect(stack.up([home, user("taken@places.example", undefined)])).rejects.toThrow(
    /^(?!.*red\.yaml).*email_taken: /s,
  );
});

test("S4 a place is not stored, and a line that moves changes nothing", async () => {
  await stack.up([home, user("ada@places.example", 2)]);
  const { inputs, outputs } = stack.stored("acme-ada.l");
  expect(inputs).not.toHaveProperty(placeInput);
  expect(outputs).not.toHaveProperty(placeInput);
  expect(await stack.preview([home, user("ada@places.example", 7)])).toEqual([]);
  expect(await stack.up([home, user("ada@places.example", undefined)])).toEqual([]);
});

test("S4 what the service refuses to change, and the provider, is told with its present place", async () => {
  const changed = user("taken@places.example", 7);
  await expect(stack.up([home, changed])).rejects.toThrow(/teams\/red\.yaml:7:3: users\.ada\.l: email_taken: /);
  const refused = user("ada@places.example", 8, { kind: "system" });
  await expect(stack.preview([home, refused])).rejects.toThrow(/teams\/red\.yaml:8:3: users\.ada\.l: .*kind/s);
  const invalid = user("ada@places.example", 9, { state: "gone" });
  await expect(stack.preview([home, invalid])).rejects.toThrow(
    /teams\/red\.yaml:9:3: users\.ada\.l: state: it must be one of/,
  );
});

test("S4 a file that has changed since is said to have", async () => {
  const hint = "(the file has changed since the program read it)";
  writeFileSync(file, `# another line\n${content}`);
  const declared = [home, user("taken@places.example", 2)];
  await expect(stack.up(declared)).rejects.toThrow(`teams/red.yaml:2:3: users.ada.l ${hint}: email_taken: `);
  rmSync(file);
  await expect(stack.up(declared)).rejects.toThrow(`users.ada.l ${hint}: email_taken: `);
  writeFileSync(file, `\uFEFF${content}`);
  await expect(stack.up(declared)).rejects.toThrow("users.ada.l: email_taken: ");
});
