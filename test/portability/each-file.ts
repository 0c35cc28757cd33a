/** Set up for every test file, in vitest.config.mts: a statement that breaks a rule fails the test that asked it. */
import { afterAll, afterEach } from "vitest";
import { checkStatements } from "./statements.ts";

afterEach(async () => void (await checkStatements()));
// What was asked before the first test, and by the hooks after the last one.
afterAll(async () => void (await checkStatements()));
