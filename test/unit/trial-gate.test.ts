import { expect, test, vi } from "vitest";
import { TrialGate } from "../../service/http/trial-gate.ts";

/** Work that ends when a test says so. */
function held() {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { work: () => ended, end };
}

const settled = async (promise: Promise<unknown>) => await promise.then(() => "done").catch(({ code }) => code);

test("lets so many through at once, and the others in their order", async () => {
  const gate = new TrialGate(2);
  const order: string[] = [];
  const all = ["one", "two", "three", "four"].map((name) => ({ name, ...held() }));
  const running = all.map(({ name, work }) =>
    gate.run(async () => {
      order.push(name);
      await work();
    }),
  );
  await Promise.resolve();
  expect(order).toEqual(["one", "two"]);
  all[1]?.end();
  await running[1];
  await vi.waitFor(() => expect(order).toEqual(["one", "two", "three"]));
  for (const { end } of all) {
    end();
  }
  await Promise.all(running);
  expect(order).toEqual(["one", "two", "three", "four"]);
});

test("work that fails gives its place to the next", async () => {
  const gate = new TrialGate(1);
  await expect(gate.run(async () => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  expect(await gate.run(async () => "next")).toBe("next");
});

test("refuses those for whom there is no place, and those who wait too long", async () => {
  vi.useFakeTimers();
  try {
    const gate = new TrialGate(1);
    const { work, end } = held();
    const first = gate.run(work);
    const waiting = Array.from({ length: 32 }, () => settled(gate.run(async () => {})));
    expect(await settled(gate.run(async () => {}))).toBe("rate_limited");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(["rate_limited"]));
    const late = gate.run(async () => "late");
    end();
    await first;
    expect(await late).toBe("late");
  } finally {
    vi.useRealTimers();
  }
});
