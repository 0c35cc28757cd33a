/** What a person reads while something long goes on. */
import { expect, onTestFinished, test, vi } from "vitest";
import { allSaid } from "../../provider/messages.ts";
import { Progress } from "../../provider/sets/progress.ts";

test("at most one line in five seconds, none at the end, and none where it was short", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const printed: unknown[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(text) > 0);
  onTestFinished(() => {
    write.mockRestore();
    vi.useRealTimers();
  });
  const progress = new Progress("OrganizationMembers of org_1");
  progress.expect(100);
  for (let count = 1; count <= 100; count += 1) {
    vi.advanceTimersByTime(110);
    progress.count();
  }
  await allSaid();
  expect(printed).toEqual([
    "OrganizationMembers of org_1: 46 of 100 changes made\n",
    "OrganizationMembers of org_1: 92 of 100 changes made\n",
  ]);
});
