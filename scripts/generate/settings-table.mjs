/** The table of settings in docs/guides/configuration.md, from what describes them. */

/** @typedef {import("zod").core.$ZodType} Schema */

/**
 * A row for each key of the stack's configuration.
 *
 * @param {Readonly<Record<string, Schema>>} settings
 * @param {(schema: Schema) => { description?: string, secret?: boolean, environment?: string }} propertyOf
 */
export function settingsTable(settings, propertyOf) {
  const rows = Object.entries(settings).map(([name, schema]) => {
    const { description, secret, environment } = propertyOf(schema);
    const variable = environment === undefined ? "" : `\`${environment}\` `;
    return `| \`roster:${name}\`${secret ? " (secret)" : ""} | ${variable}| ${description} |`;
  });
  return `| stack configuration | environment | meaning |\n|---|---|---|\n${rows.join("\n")}\n`;
}
