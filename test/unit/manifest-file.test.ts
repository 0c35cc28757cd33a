/** Files that manifests are read from: those that can't be, and in which encoding they are. */
import { truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { visible } from "roster-schema";
import { describe, expect, test } from "vitest";
import { ManifestError } from "../../provider/errors.ts";
import { readManifest } from "../../provider/program/manifest/document.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { manifestHead } from "./made-up-texts.ts";

describe("a file", () => {
  function temporaryFile(): string {
    const folder = temporaryFolder();
    return path.join(folder, "roster.yaml");
  }

  test.each([
    ["that isn't there", "/nowhere/roster.yaml"],
    ["that is a folder", __dirname],
    ["whose name can't be one", "roster\u0000.yaml"],
  ])("%s", (_what, file) => {
    expect(() => readManifest(file)).toThrow(ManifestError);
    expect(() => readManifest(file)).toThrow(`${visible(file)}:1:1: the file can't be read: `);
  });

  test("of more than 10 MiB is not read", () => {
    const file = temporaryFile();
    writeFileSync(file, manifestHead);
    truncateSync(file, 10 * 1024 * 1024 + 1);
    expect(() => readManifest(file)).toThrow(
      /roster\.yaml:1:1: the file can't be read: it has more than 10485760 bytes/,
    );
  });

  test.each<[encoding: string, content: Buffer, place: string]>([
    [
      "ISO 8859-1",
      Buffer.from(`${manifestHead}users: { a: { email: a@b.de, familyName: M\xfcller } }\n`, "latin1"),
      "3:43: from here on the file is not in UTF-8: save it as UTF-8",
    ],
    [
      "ISO 8859-1 in a comment, behind a mark",
      Buffer.concat([Buffer.from("\uFEFF"), Buffer.from(`# f\xfcr\n${manifestHead}`, "latin1")]),
      "1:4: from here on the file is not in UTF-8: save it as UTF-8",
    ],
    ["UTF-16", Buffer.from(`\uFEFF${manifestHead}`, "utf16le"), "1:1: the file is in UTF-16: save it as UTF-8"],
    ["UTF-16 without a mark", Buffer.from(manifestHead, "utf16le"), "1:1: the file is in UTF-16: save it as UTF-8"],
    ["UTF-16 BE", Buffer.from(manifestHead, "utf16le").swap16(), "1:1: the file is in UTF-16: save it as UTF-8"],
    ["no encoding", Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x0a, 0x80]), "1:1: the file is in UTF-16: save it as UTF-8"],
  ])("T11 in %s is refused with the place", (_encoding, content, place) => {
    const file = temporaryFile();
    writeFileSync(file, content);
    expect(() => readManifest(file)).toThrow(ManifestError);
    expect(() => readManifest(file)).toThrow(`${file}:${place}`);
  });

  test("T11 in UTF-8 is read with a mark or without, and U+FFFD in it is refused as what it is", () => {
    const file = temporaryFile();
    for (const mark of ["", "\uFEFF"]) {
      writeFileSync(file, `${mark}name: acme\norganization: { slug: acme, name: Bü }\n`);
      expect(readManifest(file).manifest.organization).toMatchObject({ name: "Bü" });
      writeFileSync(file, `${mark}name: acme\norganization: { slug: acme, name: B\uFFFDé }\n`);
      expect(() => readManifest(file)).toThrow("U+FFFD");
    }
  });
});
