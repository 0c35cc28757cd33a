/** The resources of a manifest, as the check of permissions lists them: they are those that the program declares. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { declaredIn } from "../../provider/program/manifest/declared.ts";
import { readManifest } from "../../provider/program/manifest/document.ts";
import { fromManifest } from "../../provider/program/manifest/manifest.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { manifestHead } from "./made-up-texts.ts";
import { configureNowhere, mockEngine } from "./mocked-engine.ts";

configureNowhere();

const sections = `roles:
  deployer: { permissions: [flows:run] }
users:
  ada: { email: ada@x.example, role: viewer }
  ines: { email: ines@x.example }
  robot: { email: robot@x.example, kind: system, role: administrator }
members:
  bob: { email: bob@x.example, role: deployer }
apiKeys:
  shop: { kind: server, assignedTo: [ada, bob, { email: Dev@partner.example, external: true }], assignees: { entries: { eve@x.example: member } } }
people:
  entries: { eve@x.example: viewer }
accessTokens:
  pipeline: { user: robot, permissions: [members:read] }
`;

test.each([
  ["declared", manifestHead],
  ["existing", "name: acme\norganization: { existing: acme }\n"],
])("of a %s organization, every resource is listed by its kind and name", async (_what, head) => {
  const folder = temporaryFolder();
  const file = path.join(folder, "roster.yaml");
  writeFileSync(file, head + sections);
  const registered: string[] = [];
  const newResource = ({ name, type, inputs }: pulumi.runtime.MockResourceArgs) => {
    registered.push(`${type.split(":").at(-1)} ${name}`);
    return { id: name, state: inputs };
  };
  await mockEngine({ newResource, call: () => ({ id: "found" }) });
  const { assignments, accessTokens, people, assignees } = fromManifest(file);
  await new Promise((resolve) => {
    const made = [
      accessTokens,
      assignees,
      people === undefined ? {} : { people },
      ...Object.values(assignments),
    ].flatMap((section) => Object.values<pulumi.Resource>(section));
    pulumi.all(made.map(({ urn }) => urn)).apply(resolve);
  });
  const { manifest, lists } = readManifest(file);
  const listed = declaredIn(manifest, lists).map(({ kind, name }) => `${kind} ${name}`);
  expect(listed.toSorted()).toEqual(registered.toSorted());
});
