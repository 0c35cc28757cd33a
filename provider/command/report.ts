/** The command `roster report`. */
import { durationMs } from "roster-schema";
import { accessIn, readPersonalTokens } from "../report/access.ts";
import { documentOf, redactedAccess } from "../report/document.ts";
import { findingsIn } from "../report/findings.ts";
import { type AccessList, accessCsv, accessLists, accessMarkdown, accessTable } from "./forms/access.ts";
import { argumentsOf, type Command, done, UsageError } from "./usage.ts";
import { organizationIn, readOrganization } from "./whole-organization.ts";

const help = `Usage: roster report access ORGANIZATION [options]

Reports who can do what in an organization, which is named by its slug or id, for a review of access: what to look at
first, then its people with their roles and keys, and the keys and tokens that work.

  --domains DOMAINS    the domains of your people, separated by commas, such as acme.example,*.acme.example; an address
                       outside them is a finding
  --dormant DURATION   after how long without a use a key is dormant; 90d by default
  --format FORM        table (the default), markdown, csv or json
  --json               the same as --format json
  --of LIST            only findings, people or keys; csv has one list, people by default, and json has all of them
  --redact             shortens addresses, such as a…@acme.example
  --endpoint URL       the address of the service; by default, roster:endpoint of the current stack, or ROSTER_ENDPOINT

Exit status: 0 done, whatever was found, 1 failed, 2 wrong usage.
`;

const options = {
  domains: { type: "string" },
  dormant: { type: "string", default: "90d" },
  format: { type: "string" },
  json: { type: "boolean", default: false },
  of: { type: "string" },
  redact: { type: "boolean", default: false },
  endpoint: { type: "string" },
} as const;

const forms = ["table", "markdown", "csv", "json"] as const;

type Form = (typeof forms)[number];

/** Reports who can do what. */
export const report: Command = {
  summary: "reports who can do what in an organization, for a review of access",
  help,
  run: async (args, terminal) => {
    const { values, positionals } = argumentsOf(args, options);
    const organization = organizationIn(withoutName(positionals));
    const form = formOf(values);
    const lists = listsOf(values.of, form);
    const { dormant, redact } = values;
    const domains = domainsIn(values.domains);
    if (!/^(?:\d{1,6}[sm]|\d{1,5}h|\d{1,4}d)$/.test(dormant)) {
      throw new UsageError("--dormant must be a duration, such as 90d or 12h.");
    }
    const { client, estate } = await readOrganization(organization, values.endpoint, terminal);
    const nowMs = terminal.now();
    const access = accessIn(estate, await readPersonalTokens(client, estate.organization.id), nowMs);
    const reviewed = { ...access, findings: findingsIn(access, { domains, dormantMs: durationMs(dormant), nowMs }) };
    const shown = redact ? redactedAccess(reviewed) : reviewed;
    const about = { at: new Date(nowMs).toISOString(), domains, dormant, redacted: redact };
    const shownAs: Record<Form, () => string> = {
      table: () => accessTable(shown, about, lists, terminal.columns),
      markdown: () => accessMarkdown(shown, about, lists),
      csv: () => lists.map((list) => accessCsv(shown, list)).join(""),
      json: () => `${JSON.stringify(documentOf(shown, about), undefined, 2)}\n`,
    };
    terminal.print(shownAs[form]());
    return done;
  },
};

/** @throws UsageError */
function withoutName([name, ...rest]: readonly string[]): readonly string[] {
  if (name !== "access") {
    throw new UsageError(
      name === undefined ? "name the report: access." : `there is no report ${JSON.stringify(name)}, only access.`,
    );
  }
  return rest;
}

/** @throws UsageError */
function formOf({ format, json }: { readonly format?: string | undefined; readonly json: boolean }): Form {
  if (json && format !== undefined && format !== "json") {
    throw new UsageError(`--json and --format ${format} exclude each other.`);
  }
  const form = forms.find((one) => one === (format ?? (json ? "json" : "table")));
  if (form === undefined) {
    throw new UsageError(`--format must be one of ${forms.join(", ")}.`);
  }
  return form;
}

/** @throws UsageError */
function listsOf(given: string | undefined, form: Form): readonly AccessList[] {
  if (given === undefined) {
    return form === "csv" ? ["people"] : accessLists;
  }
  const list = accessLists.find((one) => one === given);
  if (list === undefined) {
    throw new UsageError(`--of must be one of ${accessLists.join(", ")}.`);
  }
  if (form === "json") {
    throw new UsageError("--format json has all lists: remove --of.");
  }
  return [list];
}

/** @throws UsageError */
function domainsIn(given: string | undefined): string[] {
  const domains = given?.split(",").map((domain) => domain.trim()) ?? [];
  const wrong = domains.find((domain) => !/^(?:\*\.)?[^@*\s]+$/.test(domain));
  if (wrong !== undefined) {
    throw new UsageError(
      `--domains has ${JSON.stringify(wrong)}: separate the domains by commas, such as acme.example,*.acme.example.`,
    );
  }
  return domains;
}
