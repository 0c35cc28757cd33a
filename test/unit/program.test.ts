/** What a program knows of the service it is run for. */
import { runtime } from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { programConnection } from "../../provider/program/program.ts";

test("the programs of two stacks in one process each have their own stack's connection", () => {
  for (const name of ["staging", "production"]) {
    const endpoint = `https://${name}.example`;
    runtime.setAllConfig({ "roster:endpoint": endpoint, "roster:token": `token-of-${name}` });
    expect(programConnection()).toMatchObject({ endpoint, token: `token-of-${name}` });
  }
});
