/** How the values of arguments are shown. */
import { isRecord } from "../values/property-map.ts";
import type { Directory } from "./directory.ts";
import { type Phrase, phrase } from "./phrase.ts";
import { containsMasked } from "./preview-document.ts";

const maxShown = 100;

/**
 * How the value of an argument changes.
 *
 * @param isSecret whether the values must not be shown
 */
export function valueChange(
  name: string,
  before: unknown,
  after: unknown,
  { directory, isSecret }: { readonly directory: Directory; readonly isSecret: boolean },
): Phrase {
  if (after === undefined || after === null) {
    return phrase`${[name]} is removed`;
  }
  const isShown = !isSecret && !containsMasked(before) && !containsMasked(after);
  if (before === undefined || before === null) {
    return isShown ? phrase`${[name]} is set to ${shown(after, directory)}` : phrase`${[name]} is set`;
  }
  return isShown
    ? phrase`${[name]} changes from ${shown(before, directory)} to ${shown(after, directory)}`
    : phrase`${[name]} changes`;
}

/** A value as one text. The id of an object is shown as its name. */
export function shown(value: unknown, directory: Directory): string {
  if (value === undefined || value === null) {
    return "nothing";
  }
  const text = typeof value === "string" ? directory.nameOf(value) : JSON.stringify(value);
  return text.length > maxShown ? `${text.slice(0, maxShown)}…` : text;
}

/** The role of an entry of a set of members, or its whole value if there is more to it. */
export function entryValue(value: unknown): unknown {
  return isRecord(value) && Object.keys(value).every((name) => name === "role") ? value.role : value;
}
