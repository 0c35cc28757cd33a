/** Every statement that a test's databases are asked, each text once, and whether it keeps the rules. */
import { brokenRules } from "./rules.ts";

const seen = new Set<string>();
const unchecked = new Set<string>();

/** Takes note of a statement; it is checked later, because an error here would look like the database's own. */
export function collectStatement(text: string): void {
  if (seen.has(text)) {
    return;
  }
  seen.add(text);
  unchecked.add(text);
}

/** Leaves out a statement of a test's own, which disturbs the service with what no service may use. */
export function leaveOut(text: string): void {
  seen.add(text);
}

/** The statements so far, in the order in which each was first asked. */
export function collectedStatements(): readonly string[] {
  return [...seen];
}

/**
 * Checks what was collected since it was last called, and says how many statements that were.
 *
 * @throws Error with every statement that breaks a rule, the rule, why it is one and what to do.
 */
export async function checkStatements(): Promise<number> {
  const texts = [...unchecked];
  unchecked.clear();
  const faults: string[] = [];
  for (const text of texts) {
    for (const { name, why, remedy } of await brokenRules(text)) {
      faults.push(`  ${name}: ${why}. Instead: ${remedy}.\n    ${text}`);
    }
  }
  if (faults.length > 0) {
    throw new Error(`These statements don't run on every engine (test/portability/rules.ts):\n${faults.join("\n")}`);
  }
  return texts.length;
}
