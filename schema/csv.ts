/** How people are written into CSV files, so that what is exported reads back the same. */

/** The columns of a file of members, by what they hold. */
export const memberColumns = {
  email: "email",
  givenName: "given_name",
  familyName: "family_name",
  role: "role",
} as const;

/** A record of RFC 4180. */
export function csvLine(fields: readonly string[]): string {
  return `${fields.map((field) => quoted(guarded(field))).join(",")}\r\n`;
}

/** A spreadsheet runs a field that begins like this as a formula. An apostrophe says that it is text, and is not a part of it. */
function guarded(field: string): string {
  return /^'*[=+\-@\t\r]/.test(field) ? `'${field}` : field;
}

/** A field of a file without the apostrophe that {@link csvLine} adds. */
export function unguarded(field: string): string {
  return /^'+[=+\-@\t\r]/.test(field) ? field.slice(1) : field;
}

function quoted(field: string): string {
  // Also where a reader that trims would lose something.
  return /[",\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
