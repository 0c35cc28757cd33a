/**
 * P2: random edits of a stack, on the real engine. What the preview of an edit shows is what `up` does, and what `up` is refused,
 * the preview has shown. Whatever is refused leaves a stack that converges once the edit is undone. The requests that `roster explain` plans
 * for the preview are those that `up` sends.
 */
import { onTestFinished } from "vitest";
import { plannedFor, requestDifferences } from "../test/e2e/explained-requests.ts";
import { useService } from "../test/e2e/fixtures.ts";
import { Relay } from "../test/e2e/relay.ts";
import { engineStack } from "./engine-stack.ts";
import { type Edit, edits } from "./preview-edits.ts";
import { compare, described, hasChanged, preview, up } from "./preview-run.ts";
import { EditedStack, LeftOutError } from "./preview-stack.ts";
import { Random } from "./random.ts";
import { type Attempt, trial } from "./trial.ts";

const service = useService({ ROSTER_RATE_LIMIT_PER_SECOND: "0" });

/** So many seeds have every kind of edit once. */
const parts = 4;
/** How many edits a short run makes. */
const shortLength = 7;
const isShort = process.env.ROSTER_TRIALS === "short";

/** The edits of a seed, in their order. */
function editsOf({ seed, random }: Attempt): Edit[] {
  const round = Math.floor((seed - 1) / parts);
  const all = new Random(-1 - round).shuffled(edits);
  const own = random.shuffled(all.filter((_edit, at) => at % parts === (seed - 1) % parts));
  return isShort ? own.slice(0, shortLength) : own;
}

/**
 * Plays one edit.
 *
 * @returns each difference between the preview and `up` that must not be, in words
 * @throws Error if what is left doesn't converge
 */
async function play(
  attempt: Attempt,
  { stack, relay }: { readonly stack: EditedStack; readonly relay: Relay },
  edit: Pick<Edit, "name" | "make">,
): Promise<string[]> {
  const before = stack.declared;
  if (!(await isMade(stack, edit))) {
    stack.declared = before;
    attempt.count("edits left out");
    return [];
  }
  const shown = await preview(stack.stack);
  const planned = shown.isFailed ? undefined : await plannedFor(service, shown.document);
  const from = relay.carriedOut.length;
  const applied = await up(stack.stack);
  const isExplained = planned !== undefined && planned.untold.length === 0 && !applied.isFailed;
  const unexplained = isExplained ? requestDifferences(planned, relay.carriedOut.slice(from)) : [];
  const { exceptions: unshown, refusedDeletes, ofUnknown, warned, hidden } = compare(shown, applied);
  const exceptions = [...unshown, ...unexplained];
  const story = `${edit.name}:\n${described(shown, applied)}`;
  attempt.count("edits");
  attempt.count("applied as previewed", applied.isFailed || exceptions.length > 0 ? 0 : 1);
  attempt.count("explained", isExplained ? 1 : 0);
  attempt.count("failed at preview", shown.isFailed ? 1 : 0);
  attempt.count("refused after a warning", warned);
  attempt.count("refused behind a failed check", hidden);
  attempt.count("refused deletes", refusedDeletes);
  attempt.count("from unknown outputs", ofUnknown);
  if (applied.isFailed) {
    stack.declared = before;
    const undone = await up(stack.stack);
    // An `up` that had nothing to do leaves nothing to be done.
    const after = undone.isFailed || !hasChanged(undone) ? undone : await preview(stack.stack);
    if (after.isFailed || ("steps" in after && after.steps.length > 0)) {
      throw new Error([...exceptions, `undoing it doesn't converge: ${story}\n${after.output}`].join("\n"));
    }
    attempt.count("undone");
  }
  return exceptions.map((exception) => `${exception}\n${story}`);
}

/** Edits the declarations, unless an earlier edit has ended what this one is about. */
async function isMade(stack: EditedStack, edit: Pick<Edit, "make">): Promise<boolean> {
  try {
    await edit.make(stack);
    stack.requireComplete();
    return true;
  } catch (error) {
    if (error instanceof LeftOutError) {
      return false;
    }
    throw error;
  }
}

trial({
  id: "preview",
  title: "P2 what `up` does of random edits of a stack, and what it is refused, the preview has shown",
  seeds: { full: 5, short: 1 },
  atOnce: 2,
  async try(attempt) {
    const tag = `preview-${attempt.seed}`;
    const relay = new Relay(service);
    await relay.start();
    onTestFinished(() => relay.stop());
    const stack = new EditedStack(await engineStack(relay, `trial/${tag}`, []), service, tag);
    await stack.start();
    const exceptions: string[] = [];
    for (const edit of editsOf(attempt)) {
      const { access } = edit;
      if (access !== undefined && access !== stack.access) {
        const turning = { name: `API access is turned ${access}`, make: () => stack.turnAccess(access) };
        exceptions.push(...(await play(attempt, { stack, relay }, turning)));
      }
      exceptions.push(...(await play(attempt, { stack, relay }, edit)));
    }
    attempt.none("exceptions", exceptions);
  },
});
