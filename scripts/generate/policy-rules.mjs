/** The rules in policy/README.md, from the rules themselves. */

/** @typedef {import("../../policy/dist/rule.d.ts").Rule} Rule */

/**
 * A section for each rule: what it reports, its level, its settings, and what it can't see.
 *
 * @param {ReadonlyArray<Rule>} rules
 */
export function policyRules(rules) {
  return rules.map(section).join("\n");
}

/** @param {Rule} rule */
function section({ name, description, enforcementLevel, settings, sees }) {
  const rows = Object.entries(settings).map(([setting, { type, items, default: value, description: meaning }]) => {
    const what = items === undefined ? type : `${type} of ${items.type}s`;
    return `| \`${setting}\` | ${what} | \`${JSON.stringify(value)}\` | ${meaning} |`;
  });
  const table = `| setting | type | default | meaning |\n|---|---|---|---|\n${rows.join("\n")}`;
  return `### \`${name}\`\n\n${description} Default level: ${enforcementLevel}.\n\n${table}\n\n${sees}\n`;
}
