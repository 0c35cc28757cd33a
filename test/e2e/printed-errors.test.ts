/**
 * Every error as `pulumi` prints it, on the real engine: kept as snapshots, so that a change of the words is seen and
 * read. Most of the refusals are the reference service's. What it can't be made to answer is answered by a scripted
 * server, in the service's words.
 */
import { refusalCodeValues } from "roster-schema";
import { beforeAll, describe, expect, test } from "vitest";
import { type Printed, type Prints, printAll } from "./printed-runs.ts";
import { frontUnderTest } from "./stack.ts";

let prints: Prints;

beforeAll(async () => {
  prints = await printAll();
});

/** What tells each class of errors, and what the engine adds, from the others. */
const classes = {
  ManifestError: ({ run }) => run.includes("manifest"),
  ConfigurationError: ({ run }) => run.startsWith("roster:"),
  "inputs that check refuses": ({ run }) => run.startsWith("wrong inputs"),
  ApiError: ({ text }) => refusalCodeValues.some((code) => text.startsWith(`error: ${code}: `)),
  TransportError: ({ text }) => text.startsWith("error: no response to "),
  ContractError: ({ text }) => text.startsWith("error: the response to "),
  DeliveryError: ({ text }) => text.startsWith("error: deliverTo"),
  PartialError: ({ text }) => text.startsWith("error: 1 error occurred:"),
  "the engine's own": ({ resource, text }) => resource === "Stack" && /^error: update failed/.test(text),
} satisfies Record<string, (printed: Printed) => boolean>;

/** The texts in an order that doesn't depend on which resource failed first. */
function inOrder(printed: readonly Printed[]): string {
  return printed
    .map(({ run, resource, text }) => `${run} / ${resource}\n${text}\n`)
    .toSorted()
    .join("\n");
}

test("everything that is printed is one of them", () => {
  for (const printed of prints.printed) {
    const found = Object.entries(classes).filter(([, isOne]) => isOne(printed));
    expect(found, inOrder([printed])).toHaveLength(1);
  }
});

describe.each(refusalCodeValues)("%s", (code) => {
  function refusals(): Printed[] {
    return prints.printed.filter(({ text }) => text.startsWith(`error: ${code}: `));
  }

  test("is printed", () => {
    expect(refusals()).not.toEqual([]);
    expect(inOrder(refusals())).toMatchSnapshot();
  });

  test("names the request, to be found in the service's log", () => {
    for (const { text } of refusals()) {
      expect(text).toMatch(/\((GET|POST|PATCH|DELETE) \/v1\/\S+, request (<req>|req_\w+)\)/);
    }
  });
});

const others = ["ApiError", "ConfigurationError", "the engine's own"];
const snapped = Object.entries(classes).filter(([name]) => !others.includes(name));
test.each(snapped)("%s", (_name, isOne) => {
  const printed = prints.printed.filter(isOne);
  expect(printed).not.toEqual([]);
  expect(inOrder(printed)).toMatchSnapshot();
});

test("ConfigurationError", () => {
  const said =
    "roster:token (or ROSTER_TOKEN) contains a space, a line break or another character that tokens can't contain. " +
    "Set it again with `pulumi config set --secret roster:token`.";
  // Of the plugin, the engine says it where the provider is configured.
  const [resource, text] =
    frontUnderTest() === "native"
      ? ["roster default", `error: pulumi:providers:roster resource 'default' has a problem: ${said}`]
      : ["Stack", `error: ${said}`];
  const [printed, ...more] = prints.printed.filter(classes.ConfigurationError);
  expect(printed).toMatchObject({ resource, text });
  expect(more).toEqual([]);
});

test("what the engine adds is its own, and nothing of ours twice", () => {
  const lines = prints.printed.filter(classes["the engine's own"]).flatMap(({ text }) => text.split("\n"));
  expect(new Set(lines)).toEqual(new Set(["error: update failed"]));
});

test("each is in plain words", () => {
  for (const { text } of prints.printed) {
    expect(text).not.toMatch(/Invalid|Unrecognized|undefined|\bNaN\b|\[object|\n {4}at /);
  }
});

test("neither a token nor a key is in anything that was printed, nor in the state", () => {
  expect(prints.secrets.length).toBeGreaterThan(10);
  const everything = prints.outputs.join("\n");
  for (const secret of prints.secrets) {
    expect(secret).not.toBe("");
    // Compared here, because a failed expectation would print both.
    expect(everything.includes(secret), `secret ${prints.secrets.indexOf(secret)}`).toBe(false);
  }
});
