/**
 * What was changed outside the stack since its last update, and by whom, as far as the refresh and the audit show. What the update leaves
 * as the refresh found it isn't in the preview.
 */
import { isDeepStrictEqual } from "node:util";
import type { Schemas } from "roster-schema";
import { ApiError } from "../errors.ts";
import { isRecord, type PropertyMap } from "../values/property-map.ts";
import type { Client } from "../wire/client.ts";
import { auditEntryAnswer } from "../wire/generated/answers.ts";
import type { Directory } from "./directory.ts";
import { listed, type Phrase, phrase } from "./phrase.ts";
import type { Refreshed } from "./preview-document.ts";
import { entryValue, shown, valueChange } from "./values.ts";

/** One object that was changed outside the stack. */
export interface OutsideChange {
  readonly urn: string;
  readonly text: Phrase;
}

/** What is different about one object. */
interface Difference {
  readonly id: string;
  readonly text: Phrase;
}

/** Finds what was changed outside the stack. It reads the audit of each changed object, if the caller may. */
export async function outsideChanges(
  client: Client,
  directory: Directory,
  refreshed: readonly Refreshed[],
): Promise<OutsideChange[]> {
  const changes = refreshed.flatMap((one) => differencesOf(one, directory).map((difference) => ({ one, difference })));
  return await client.forAll(changes, async ({ one, difference }) => {
    const by = await actorText(client, directory, one, difference.id);
    return { urn: one.urn, text: phrase`${[one.lifecycle.kind]} ${one.name}: ${difference.text}${by}.` };
  });
}

function differencesOf({ lifecycle, before, after }: Refreshed, directory: Directory): Difference[] {
  if (after === undefined) {
    return [{ id: before.id, text: ["the object was deleted"] }];
  }
  const entries = lifecycle.isSet ? lifecycle.subjects.entries : undefined;
  const names = Object.keys(lifecycle.args).filter(
    (name) => name !== entries && !isDeepStrictEqual(before.state[name] ?? null, after.state[name] ?? null),
  );
  const values = names.map((name) => {
    const isSecret = lifecycle.secrets.includes(name);
    return valueChange(name, before.state[name], after.state[name], { directory, isSecret });
  });
  return [
    ...(values.length === 0 ? [] : [{ id: before.id, text: listed(values) }]),
    ...(entries === undefined ? [] : entryDifferences(entries, before.state, after.state, directory)),
  ];
}

/** What is different about the entries of a set. */
function entryDifferences(entries: string, before: PropertyMap, after: PropertyMap, directory: Directory) {
  const [was, is] = [recordIn(before[entries]), recordIn(after[entries])];
  const ids = { ...recordIn(before.ids), ...recordIn(after.others), ...recordIn(after.ids) };
  const addresses = new Set([...Object.keys(was), ...Object.keys(is)]);
  return [...addresses]
    .filter((address) => !isDeepStrictEqual(was[address], is[address]))
    .map(
      (address): Difference => ({
        id: String(ids[address] ?? ""),
        text: entryText(address, was[address], is[address], directory),
      }),
    );
}

function entryText(address: string, before: unknown, after: unknown, directory: Directory): Phrase {
  if (after === undefined) {
    return phrase`${address} was removed`;
  }
  const to = shown(entryValue(after), directory);
  return before === undefined
    ? phrase`${address} was added, with ${to}`
    : phrase`${address} changed from ${shown(entryValue(before), directory)} to ${to}`;
}

function recordIn(value: unknown): PropertyMap {
  return isRecord(value) ? value : {};
}

/** Who changed an object last, such as `, by ada@acme.example on 2026-11-29`; empty if the caller may not read the audit. */
async function actorText(client: Client, directory: Directory, { before }: Refreshed, id: string): Promise<Phrase> {
  const organization = before.state.organization ?? before.state.homeOrganization;
  if (typeof organization !== "string" || id === "") {
    return [];
  }
  const path = `/v1/organizations/${organization}/audit-entries`;
  try {
    const last = (await client.list(path, { object: id }, auditEntryAnswer)).at(-1);
    return last === undefined ? [] : phrase`, by ${actorName(last.actor, directory)} on ${[last.at.slice(0, 10)]}`;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 403 || error.status === 404)) {
      return [];
    }
    throw error;
  }
}

function actorName({ kind, id }: Schemas["AuditEntry"]["actor"], directory: Directory): Phrase {
  switch (kind) {
    case "owner":
      return ["the service owner"];
    case "service":
      return ["the service itself"];
    case "api_key":
      return phrase`the key ${directory.nameOf(id)}`;
    default:
      return phrase`${directory.nameOf(id)}`;
  }
}
