/**
 * F9: an answer that is not the contract's: truncated, a page, of another media type, too large, of another shape, or with
 * a secret where none belongs. Nothing of it comes into the state or the error; once the service is well, `up` converges.
 */
import { isDeepStrictEqual } from "node:util";
import { useRelay, useService } from "../test/e2e/fixtures.ts";
import type { Fate } from "../test/e2e/relay.ts";
import { ProtocolStack } from "../test/protocol/protocol-stack.ts";
import { UnfinishedError } from "../test/protocol/provider-process.ts";
import { engineStack, writtenBy } from "./engine-stack.ts";
import { expectConverged, expectNothing, expectWhole } from "./inventory.ts";
import { changed, everyKind, refreshRequests } from "./program.ts";
import { type Attempt, trial } from "./trial.ts";

const service = useService({ ROSTER_RATE_LIMIT_PER_SECOND: "0" });
const relay = useRelay(service);
// What is asked again until then: something before the service that says it isn't there.
const config = { timeoutMs: "5000" };
/** One seed of so many is tried on the real engine. */
const seedsPerEngine = 10;
const tooLargeBytes = 10 * 1024 * 1024;
/** Stands for a secret, in everything that is answered wrongly. */
const marked = "rst_server_marked-secret-that-nobody-may-see";

const json = { "content-type": "application/json" };
const html = { "content-type": "text/html" };
const page = `<html><h1>Welcome</h1><pre>${marked}</pre></html>`;

/** A wrong answer, and what is said of it. */
interface Wrong {
  readonly name: string;
  /** @param right what the service has answered; empty where it wasn't asked, or has no body */
  readonly fate: (right: string) => Fate;
  readonly says: string;
}

const contract = "does not match the contract";
const wrongs: readonly Wrong[] = [
  {
    name: "truncated",
    fate: (right) => ({ status: 200, headers: json, body: (right || `{"key":"${marked}","id":1}`).slice(0, -1) }),
    says: contract,
  },
  { name: "a page", fate: () => ({ status: 200, headers: html, body: page }), says: contract },
  {
    name: "a page that says 502",
    fate: () => ({ status: 502, headers: html, body: page }),
    says: "status 502 from something in front of the service",
  },
  {
    name: "another media type",
    fate: (right) => ({ status: 200, headers: { "content-type": "text/plain" }, body: right || marked }),
    says: contract,
  },
  {
    name: "too large",
    fate: () => ({ status: 200, headers: json, body: JSON.stringify({ key: marked.padEnd(tooLargeBytes) }) }),
    says: contract,
  },
  {
    name: "another shape",
    fate: () => ({ status: 200, headers: json, body: JSON.stringify([{ [marked]: marked }]) }),
    says: contract,
  },
  { name: "a secret in another's place", fate: (right) => misplaced(right), says: contract },
  {
    name: "a refusal that the contract hasn't",
    fate: () => ({ status: 409, headers: json, body: JSON.stringify({ code: marked, detail: marked }) }),
    says: contract,
  },
];

/** The right answer, but for the members that every object has: there is a secret in them. */
function misplaced(right: string): Fate {
  const given = right === "" ? {} : (JSON.parse(right) as object);
  const wrong = { id: { [marked]: marked }, items: marked, organization: [marked], adopted: marked };
  return { status: 200, headers: json, body: JSON.stringify({ ...given, ...wrong }) };
}

/** Answers wrongly from the request on that comes after so many others. */
function answerWrongly({ random }: Attempt, after: number, atFirst: (request: string) => void): Wrong {
  const wrong = random.pick(wrongs);
  // Half of them are carried out all the same.
  const isCarriedOut = random.chance(50);
  let left = after;
  const meet = (request: string): Fate => {
    left -= 1;
    if (left >= 0) {
      return "pass on";
    }
    if (left === -1) {
      atFirst(request);
    }
    return wrong.fate(isCarriedOut ? (relay.answers.at(-1) ?? "") : "");
  };
  relay.asked = isCarriedOut ? () => undefined : meet;
  relay.answered = isCarriedOut ? meet : () => "pass on";
  return wrong;
}

function beWell(): void {
  relay.asked = () => undefined;
  relay.answered = () => "pass on";
}

/** Fails unless a message names what was wrong, and repeats nothing of it. */
function expectSaid(attempt: Attempt, { name, says }: Wrong, message: string): void {
  attempt.none("wrong answers that passed", message.includes(says) ? [] : [`${name}: ${message}`]);
  expectUnseen(attempt, message);
}

function expectUnseen(attempt: Attempt, text: string): void {
  const seen = [marked, relay.token].filter((secret) => text.includes(secret));
  attempt.none("secrets that were seen", seen.length > 0 ? [text.slice(0, 2000)] : []);
}

/** Does an act that is answered wrongly; nothing of that is written down. */
async function expectRefused(
  attempt: Attempt,
  stack: ProtocolStack,
  after: number,
  act: () => Promise<unknown>,
): Promise<void> {
  // Compared without an order: an `up` that fails changes it, as in the engine's own state.
  const snapshot = () => structuredClone(new Map(stack.state));
  let before = snapshot();
  let asked = "nothing";
  const wrong = answerWrongly(attempt, after, (request) => {
    asked = request;
    before = snapshot();
  });
  const error = await act().then(
    () => new Error("it ended as if all had been answered"),
    (failure: Error) => failure,
  );
  beWell();
  attempt.count("faults");
  expectSaid(attempt, { ...wrong, name: `${wrong.name}, to ${asked}` }, error.message);
  expectUnseen(attempt, JSON.stringify([...stack.state]));
  // What was made or changed before the wrong answer is kept, as unfinished.
  const isKept = error instanceof UnfinishedError || isDeepStrictEqual(snapshot(), before);
  attempt.none("states that were written", isKept ? [] : [`${wrong.name}, to ${asked}`]);
}

async function tryOnProtocol(attempt: Attempt, stackId: string): Promise<void> {
  const { random, seed } = attempt;
  const stack = new ProtocolStack(relay, stackId, config);
  const declared = everyKind(`f9${seed}`);
  const converge = async (to: typeof declared) => {
    // A change may have been made all the same: the error says to refresh.
    await stack.refresh();
    await stack.up(to);
    await expectWhole(attempt, service, stackId, stack.state.values());
    expectConverged(attempt, await stack.preview(to));
  };
  await expectRefused(attempt, stack, random.below(declared.length), () => stack.up(declared));
  await converge(declared);
  await expectRefused(attempt, stack, random.below(refreshRequests), () => stack.refresh());
  await expectRefused(attempt, stack, random.below(5), () => stack.up(changed(declared)));
  await converge(changed(declared));
  await expectRefused(attempt, stack, random.below(declared.length), () => stack.destroy());
  await stack.destroy();
  await expectNothing(attempt, service, stackId);
}

async function tryOnEngine(attempt: Attempt, stackId: string): Promise<void> {
  const declared = everyKind(`f9${attempt.seed}`);
  const stack = await engineStack(relay, stackId, declared, config);
  await stack.up();
  const before = await writtenBy(stack);
  stack.declare(changed(declared));
  const wrong = answerWrongly(attempt, 0, () => undefined);
  const output = await stack.fail("up", "--yes", "--skip-preview");
  beWell();
  attempt.count("faults");
  expectSaid(attempt, wrong, output);
  expectUnseen(attempt, (await stack.exported("--show-secrets")).text.replaceAll(relay.token, ""));
  const isKept = isDeepStrictEqual(await writtenBy(stack), before);
  attempt.none("states that were written", isKept ? [] : [wrong.name]);
  await stack.refresh();
  await stack.up();
  await expectWhole(attempt, service, stackId, await writtenBy(stack));
  expectConverged(attempt, await stack.preview());
}

trial({
  id: "F9",
  title: "answers are truncated, pages, of another type or shape, or too large: in up, refresh and destroy",
  seeds: { full: 30, short: 1 },
  async try(attempt) {
    const stackId = `trial/f9/${attempt.seed}`;
    await (attempt.seed % seedsPerEngine === 0 ? tryOnEngine : tryOnProtocol)(attempt, stackId);
  },
});
