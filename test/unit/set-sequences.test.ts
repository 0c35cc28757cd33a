/** Whatever happened before, a set becomes what is declared: random sequences against a plain map. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { OutdatedStateError, PartialError } from "../../provider/errors.ts";
import { add, club, Engine, guests, kindOf, seats, useClub } from "./guests.ts";

useClub();

const addresses = ["a", "b", "c", "d"].map((name) => `${name}@x.example`);
const robots = ["r@bots.example"];
const seat = fc.constantFrom("door", "stalls", "box", "box vip");
const declared = fc.record({
  guests: fc.dictionary(fc.constantFrom(...addresses), seat),
  mode: fc.constantFrom("additive", "authoritative"),
  adopt: fc.constantFrom(undefined, true),
});
const act = fc.oneof(
  fc.record({ does: fc.constant("up" as const), given: declared, refuses: fc.subarray(addresses) }),
  fc.record({ does: fc.constant("refresh" as const) }),
  fc.record({ does: fc.constant("join" as const), email: fc.constantFrom(...addresses, ...robots) }),
  fc.record({ does: fc.constant("leave" as const), email: fc.constantFrom(...addresses, ...robots) }),
  fc.record({
    does: fc.constant("move" as const),
    email: fc.constantFrom(...addresses, ...robots),
    seat: fc.constantFrom("door", "box"),
  }),
);

test("whatever happened before, a refresh and an up make it what is declared, and touch nobody else", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 12 }), declared, async (acts, last) => {
      club.list.clear();
      club.refused.clear();
      const engine = new Engine();
      const byAddress = (email: string) => [...club.list.values()].find((guest) => guest.email === email);
      for (const one of acts) {
        if (one.does === "up") {
          for (const address of one.refuses) {
            club.refused.add(address);
          }
          await engine.up({ ...one.given, ignore: ["*@bots.example"] }).catch((error: unknown) => {
            expect([PartialError, OutdatedStateError]).toContain((error as Error).constructor);
          });
          club.refused.clear();
        } else if (one.does === "refresh" && engine.state !== undefined) {
          await engine.refresh();
        } else if (one.does === "join" && byAddress(one.email) === undefined) {
          add({ email: one.email });
        } else if (one.does === "leave" || one.does === "move") {
          const guest = byAddress(one.email);
          if (guest !== undefined && one.does === "leave") {
            club.list.delete(guest.id);
          } else if (guest !== undefined) {
            club.list.set(guest.id, { ...guest, seat: one.does === "move" ? one.seat : guest.seat });
          }
        }
      }
      // What was there, kept apart from what the set made: the model is a plain map.
      if (engine.state !== undefined) {
        await engine.refresh();
      }
      const ours = new Set(guests.objectIds("the set", engine.state ?? {}));
      // What is adopted is given back where it isn't listed any more.
      const others = [...club.list.values()].filter(({ id, adopted }) => !ours.has(id) || adopted);
      const wanted = { ...last, adopt: true, ignore: ["*@bots.example"] };
      await engine.up(wanted);
      if (last.mode === "authoritative") {
        await engine.refresh();
        await engine.up(wanted);
      }
      const kept = others.filter(({ email }) => last.mode === "additive" || email.endsWith("@bots.example"));
      const expected = Object.fromEntries(
        kept.map(({ email, seat: sits, kind }) => [email, kind === "none" ? sits : `${sits} ${kind}`]),
      );
      for (const [address, value] of Object.entries(last.guests)) {
        const standing = others.find(({ email }) => email === address);
        // What is adopted keeps what is fixed; the made-up server doesn't refuse that.
        const kind = standing === undefined ? kindOf(value) : standing.kind;
        expected[address] = kind === "none" ? (value.split(" ")[0] ?? "") : `${value.split(" ")[0]} ${kind}`;
      }
      expect(Object.keys(seats()).toSorted()).toEqual(Object.keys(expected).toSorted());
      expect(await engine.up(wanted)).toBe(false);
    }),
    { numRuns: 150 },
  );
});
