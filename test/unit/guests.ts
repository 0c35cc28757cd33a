/** A made-up kind of set, the guests of a club, and a real server on loopback that keeps their list: for the tests of what every set shares. */
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { z } from "zod";
import { PartialError } from "../../provider/errors.ts";
import type { Lifecycle } from "../../provider/lifecycle/interface.ts";
import { defineSetLifecycle } from "../../provider/sets/lifecycle.ts";
import type { PropertyMap } from "../../provider/values/property-map.ts";
import { setAddress } from "../../provider/values/property-types.ts";
import { Client } from "../../provider/wire/client.ts";
import { type Answering, json, refusal, ScriptedServer } from "./scripted-server.ts";

/** A guest as the server has it. */
export interface Guest {
  readonly id: string;
  readonly externalId: string | null;
  readonly adopted: boolean;
  readonly email: string;
  readonly seat: string;
  readonly kind: string;
}

const remote = z.object({
  id: z.string(),
  externalId: z.string().nullable(),
  adopted: z.boolean(),
  email: z.string(),
  seat: z.string(),
  kind: z.string(),
});

export const guests: Lifecycle = defineSetLifecycle({
  kind: "Guests",
  documentation: { summary: "Made up.", example: "", operation: "" },
  existence: { readPermission: "organization:read", organization: "club", isPermanent: true },
  args: { club: z.string().meta({ change: "replaces" }), guests: z.record(setAddress, z.string()) },
  container: "club",
  entries: "guests",
  remote,
  collection: ({ club }) => `/clubs/${String(club)}/guests`,
  queries: [{}],
  item: (id) => `/guests/${id}`,
  wrong: (_args, seat: string) => (seat === "roof" ? { at: "", reason: "nobody sits on the roof" } : undefined),
  settable: (_args, value) => ({ seat: value.split(" ")[0] }),
  createOnly: (_args, value) => ({ kind: kindOf(value) }),
  readValue: ({ seat, kind }) => (kind === "none" ? seat : `${seat} ${kind}`),
  isFixed: (before, after) => kindOf(before) !== kindOf(after),
  comesFirst: ({ seat }) => seat === "door",
});

/** What is fixed of a guest; the rest of a value is the seat. */
export function kindOf(value: string): string {
  return value.split(" ")[1] ?? "none";
}

/** The server, and what it has. */
class Club {
  server!: ScriptedServer;
  client!: Client;
  /** The guests, by id. */
  readonly list = new Map<string, Guest>();
  /** Addresses whose changes are refused. */
  readonly refused = new Set<string>();
  /** Called before a request is answered. */
  meddle: (method: string) => Answering | undefined = () => undefined;
}

export const club = new Club();
let made = 0;

/** Lists a guest whom no set has made. */
export function add(guest: Partial<Guest> & { readonly email: string }): Guest {
  made += 1;
  const whole = { id: `gst_${made}`, externalId: null, adopted: false, seat: "stalls", kind: "none", ...guest };
  club.list.set(whole.id, whole);
  return whole;
}

const answer: Answering = (response, request) => {
  const { method, path: target, body } = request;
  const ifMatch = request.headers["if-match"];
  const url = new URL(target, "http://club");
  const answering = club.meddle(method) ?? answerOf(method, url, (body ?? {}) as PropertyMap, ifMatch);
  answering(response, request);
};

/** The version of what can be set on a guest. */
function etagOf({ seat, externalId }: Guest): string {
  return JSON.stringify(`${seat} ${externalId}`).replaceAll("\\", "");
}

export function answerOf(
  method: string,
  { pathname, searchParams }: URL,
  body: PropertyMap,
  ifMatch?: string,
): Answering {
  if (method === "GET" && !pathname.startsWith("/guests/")) {
    const prefix = searchParams.get("externalIdPrefix");
    const address = searchParams.get("email");
    const items = [...club.list.values()].filter(
      ({ externalId, email }) =>
        (prefix === null || externalId?.startsWith(prefix)) && (address === null || email === address),
    );
    return json(200, { items, nextCursor: null });
  }
  if (method === "POST") {
    const { email, seat, kind, adopt, externalId = null } = body as unknown as Guest & { readonly adopt?: string };
    const standing = [...club.list.values()].find((guest) => guest.email === email);
    if (club.refused.has(email)) {
      return refusal(422, "unprocessable", { detail: `${email} is not wanted` });
    }
    if (standing !== undefined && adopt === undefined) {
      return refusal(409, "already_member");
    }
    const guest =
      standing === undefined
        ? add({ email, seat, kind, externalId })
        : { ...standing, seat, externalId, adopted: true };
    club.list.set(guest.id, guest);
    return json(201, guest, { ETag: '"1"' });
  }
  const guest = club.list.get(pathname.split("/").at(-1) ?? "");
  if (guest === undefined) {
    return refusal(404, "not_found");
  }
  if (method === "GET") {
    return json(200, guest, { ETag: etagOf(guest) });
  }
  if (ifMatch !== undefined && ifMatch !== etagOf(guest)) {
    return refusal(412, "precondition_failed");
  }
  const managedAs = searchParams.get("managedAs");
  if (
    guest.externalId !== null &&
    managedAs !== null &&
    managedAs !== guest.externalId &&
    body.externalId !== guest.externalId
  ) {
    return refusal(409, "managed_elsewhere");
  }
  if (club.refused.has(guest.email)) {
    return refusal(403, "permission_denied", { detail: `${guest.email} stays` });
  }
  if (method === "PATCH") {
    club.list.set(guest.id, { ...guest, ...body } as Guest);
    return json(200, club.list.get(guest.id), { ETag: '"1"' });
  }
  const isReleased = guest.adopted && managedAs === guest.externalId && searchParams.get("ifAdopted") !== "end";
  if (isReleased) {
    club.list.set(guest.id, { ...guest, externalId: null, adopted: false, seat: "stalls" });
  } else {
    club.list.delete(guest.id);
  }
  return (response) => response.writeHead(204).end();
}

/** Starts the server before the tests of a file, and empties it before each. */
export function useClub(): void {
  beforeAll(async () => {
    club.server = await ScriptedServer.answering(answer);
    club.client = new Client({ endpoint: club.server.endpoint, token: "of-a-test", timeoutMs: 10_000 });
  });
  afterAll(async () => await club.server.stop());
  beforeEach(() => {
    club.list.clear();
    club.refused.clear();
    club.server.received.length = 0;
    club.meddle = () => undefined;
  });
}

export const least = { club: "clb_1", externalId: "stack/1" };

/** What the engine does with a program: previews, updates and refreshes, and keeps what it is given. */
export class Engine {
  state: PropertyMap | undefined;
  inputs: PropertyMap = {};
  id = "";

  check(given: PropertyMap): ReturnType<Lifecycle["check"]> {
    return guests.check(this.inputs, { ...least, ...given });
  }

  /** @returns whether anything was to be done; what fails is kept as the engine does. */
  async up(given: PropertyMap): Promise<boolean> {
    const { inputs, failures } = this.check(given);
    expect(failures).toEqual([]);
    try {
      if (this.state === undefined) {
        const made = await guests.create(club.client, inputs);
        [this.id, this.state] = [made.id, made.state];
      } else if (guests.diff(this.state, inputs).changes) {
        this.state = await guests.update(club.client, this.id, this.state, inputs);
      } else {
        return false;
      }
    } catch (error) {
      if (error instanceof PartialError) {
        [this.id, this.state] = [error.id, error.properties];
        this.inputs = inputs;
      }
      throw error;
    }
    this.inputs = inputs;
    return true;
  }

  async refresh(): Promise<void> {
    const read = await guests.read(club.client, this.id, this.state ?? {});
    [this.state, this.inputs] = [read?.state, read?.inputs ?? {}];
  }
}

/** Where everybody sits, by address. */
export function seats(): Record<string, string> {
  return Object.fromEntries(
    [...club.list.values()].map(({ email, seat, kind }) => [email, kind === "none" ? seat : `${seat} ${kind}`]),
  );
}

/** The requests that were to change something. */
export const changes = (): string[] => club.server.asked.filter((request) => !request.startsWith("GET "));
