/** Says in errors where a manifest declares the resource. */
import { readFileSync } from "node:fs";
import { decodeUtf8, visible } from "roster-schema";
import { PartialError, type RosterError } from "../errors.ts";
import { type DeclaredPlace, declaredPlaceIn, textHash } from "../values/place.ts";
import type { PropertyMap } from "../values/property-map.ts";

/**
 * The places of the resources of this run, by externalId. The engine starts a process for each run, and calls `check` for every
 * declared resource before anything else.
 */
const places = new Map<unknown, DeclaredPlace>();

/**
 * Notes the place of a resource.
 *
 * @param declared the inputs of the program
 * @param checked the inputs that are stored, which are those of all further calls
 */
export function notePlace(declared: PropertyMap, checked: PropertyMap): void {
  const place = declaredPlaceIn(declared);
  if (place === undefined) {
    places.delete(checked.externalId);
  } else {
    places.set(checked.externalId, place);
  }
}

/**
 * What the messages about a resource begin with: where a manifest declares it.
 *
 * @param values its inputs or state
 * @returns an empty text for a resource that no manifest declares
 */
export function placeText(values: PropertyMap): string {
  const place = declaredPlaceIn(values) ?? places.get(values.externalId);
  return place === undefined ? "" : visible(`${place.text}${changedText(place)}: `);
}

/** An error with the place of the resource that it is about. The error itself may be that of several resources. */
export function atPlace(error: RosterError, values: PropertyMap): RosterError {
  const place = placeText(values);
  if (place === "") {
    return error;
  }
  if (error instanceof PartialError) {
    return new PartialError(
      error.id,
      error.properties,
      error.reasons.map((reason) => `${place}${reason}`),
    );
  }
  const copy: RosterError = Object.create(Object.getPrototypeOf(error), Object.getOwnPropertyDescriptors(error));
  copy.message = `${place}${error.message}`;
  return copy;
}

function changedText({ file, sha256 }: DeclaredPlace): string {
  return hashOf(file) === sha256 ? "" : " (the file has changed since the program read it)";
}

/** @returns the hash of a file's text; undefined if it can't be read any more */
function hashOf(file: string): string | undefined {
  try {
    const text = decodeUtf8(readFileSync(file));
    return typeof text === "string" ? textHash(text) : undefined;
  } catch {
    return undefined;
  }
}
