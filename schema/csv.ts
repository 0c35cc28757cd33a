/** Writes and reads CSV fields so that an exported file can be imported unchanged. */

/** The columns of a CSV file of members. */
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

/** Prefixes fields that a spreadsheet would run as formulas with an apostrophe, which isn't part of the value. */
function guarded(field: string): string {
  return /^'*[=+\-@\t\r]/.test(field) ? `'${field}` : field;
}

/** Removes the apostrophe that {@link csvLine} adds. */
export function unguarded(field: string): string {
  return /^'+[=+\-@\t\r]/.test(field) ? field.slice(1) : field;
}

function quoted(field: string): string {
  // Also quote spaces that a trimming reader would lose.
  return /[",\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
