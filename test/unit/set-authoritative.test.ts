/** What an authoritative set ends, what it leaves alone, and when it refuses. */
import { describe, expect, test } from "vitest";
import { OutdatedStateError } from "../../provider/errors.ts";
import type { PropertyMap } from "../../provider/values/property-map.ts";
import { add, club, Engine, guests, seats, useClub } from "./guests.ts";

useClub();

describe("authoritative", () => {
  test("removes nobody whom no refresh saw, and says so", async () => {
    add({ email: "old@x.example" });
    const engine = new Engine();
    await engine.up({ guests: { "ada@x.example": "stalls" }, mode: "authoritative" });
    await expect(engine.up({ guests: { "ada@x.example": "door" }, mode: "authoritative" })).rejects.toThrow(
      OutdatedStateError,
    );
    expect(seats()).toEqual({ "old@x.example": "stalls", "ada@x.example": "stalls" });
    await engine.refresh();
    expect(engine.inputs.guests).toEqual({ "ada@x.example": "stalls", "old@x.example": "stalls" });
    await engine.up({ guests: { "ada@x.example": "door" }, mode: "authoritative" });
    expect(seats()).toEqual({ "ada@x.example": "door" });
  });

  test("doesn't show as removed who is listed and was made anew by somebody else, but as to be adopted", async () => {
    const engine = new Engine();
    const wanted = { guests: { "ada@x.example": "stalls" }, mode: "authoritative" };
    await engine.up(wanted);
    club.list.clear();
    add({ email: "ada@x.example" });
    await engine.refresh();
    expect(engine.inputs.guests).toEqual({});
    await expect(engine.up(wanted)).rejects.toThrow("already_member");
    await engine.up({ ...wanted, adopt: true });
    expect([...club.list.values()][0]).toMatchObject({ adopted: true, externalId: "stack/1/ada@x.example" });
  });

  test("ends who was made anew by somebody else once a refresh has shown them, and refuses no change before", async () => {
    const engine = new Engine();
    const eve = { "eve@x.example": "stalls" };
    await engine.up({ guests: { "ada@x.example": "stalls" }, mode: "authoritative" });
    club.list.clear();
    add({ email: "ada@x.example" });
    await engine.refresh();
    await engine.up({ guests: eve, mode: "authoritative" });
    expect(seats()).toEqual({ "ada@x.example": "stalls", ...eve });
    await engine.refresh();
    expect(engine.inputs.guests).toEqual({ "ada@x.example": "stalls", ...eve });
    await engine.up({ guests: eve, mode: "authoritative" });
    expect(seats()).toEqual(eve);
  });

  describe("guards against removing many at once", () => {
    const named = (count: number, domain: string) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}@${domain}`, "stalls"]));
    const [few, contractors] = [named(3, "x.example"), named(20, "contractors.example")];
    const ignore = ["*@contractors.example"];
    const refusals = (engine: Engine, given: PropertyMap) =>
      engine.check({ mode: "authoritative", guests: few, ...given }).failures.map(({ property }) => property);

    /** One whose last refresh has found contractors. */
    async function withFound(): Promise<Engine> {
      const engine = new Engine();
      await engine.up({ guests: few, mode: "authoritative" });
      for (const email of Object.keys(contractors)) {
        add({ email });
      }
      await engine.refresh();
      return engine;
    }

    test("of its own, though they are ignored, as they end", async () => {
      for (const before of [{ ignore }, {}]) {
        club.list.clear();
        const engine = new Engine();
        await engine.up({ guests: { ...few, ...contractors }, mode: "authoritative", ...before });
        await engine.refresh();
        expect(refusals(engine, { ignore })).toEqual(["maxRemovalFraction"]);
      }
    });

    test("of whom it found, unless they are ignored, or it becomes additive, as they stay", async () => {
      const engine = await withFound();
      expect(refusals(engine, {})).toEqual(["maxRemovalFraction"]);
      for (const given of [{ ignore }, { mode: "additive" }]) {
        expect(refusals(engine, given)).toEqual([]);
      }
      await engine.up({ guests: few, mode: "authoritative", ignore });
      expect(seats()).toEqual({ ...few, ...contractors });
    });

    test("and repeats no address to know it: the map of entries may be secret", async () => {
      // What an interrupted change of addresses leaves in the state is marked as the map is.
      expect(guests.repeats).toEqual({ ids: "guests", others: "guests", __named: "guests" });
      const { inputs } = await withFound();
      const { guests: _, ...others } = inputs;
      expect(JSON.stringify(others)).not.toContain("@");
    });
  });

  test("leaves alone at destroy whom it only found", async () => {
    add({ email: "old@x.example" });
    const engine = new Engine();
    await engine.up({ guests: { "ada@x.example": "stalls" }, mode: "authoritative" });
    await engine.refresh();
    await guests.delete(club.client, engine.id, engine.state ?? {});
    expect(seats()).toEqual({ "old@x.example": "stalls" });
  });
});
