/** The page to which logging in, or entering the password again, leads back. */
import { devicePagePath } from "roster-schema";
import { html, type Markup } from "./html.ts";
import { textOf } from "./site.ts";

const nextName = "next";

// Only pages of our own, so that a link can't lead from the log-in page to another site.
const pages = new RegExp(
  `^(${devicePagePath}(\\?code=[A-Za-z-]{1,20})?|/me/tokens|/me/tokens/new|/me/tokens/tok_[0-9a-f]{32})$`,
);

/** The path of a page with the next page in its query. */
export function leadingTo(path: string, next: string): string {
  return `${path}?${nextName}=${encodeURIComponent(next)}`;
}

/** The next page in a query or in a form; undefined if there is none that we know. */
export function nextPage(source: unknown): string | undefined {
  const path = textOf(source, nextName);
  return pages.test(path) ? path : undefined;
}

/** The field that carries the next page through a form. */
export function nextField(next: string | undefined): Markup | false {
  return next !== undefined && html`<input type="hidden" name="${nextName}" value="${next}">`;
}
