/** The command `roster explain`. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { isOrganizationRole, organizationRoles } from "roster-schema";
import {
  type About,
  documentOf,
  type ExplanationDocument,
  explanationSchema,
  lossesSince,
} from "../explain/document.ts";
import { type Explanation, explain as explainPreview } from "../explain/explain.ts";
import { applyGuards, type Stop, wrongGuards } from "../explain/guards.ts";
import { type Phrase, phrase, redacted, unescaped } from "../explain/phrase.ts";
import { readPreview } from "../explain/preview-document.ts";
import { sectionsOf } from "../explain/sections.ts";
import { Client } from "../wire/client.ts";
import { readConnection } from "../wire/configuration.ts";
import { errorIn, runPulumi } from "./cli.ts";
import { annotationsFor, placesAt, placesIn } from "./explain-annotations.ts";
import { annotationsIn, fileFrom } from "./forms/annotations.ts";
import { markdownOf } from "./forms/markdown.ts";
import { textOf } from "./forms/text.ts";
import { findAccess, stackSetting } from "./settings.ts";
import type { Terminal } from "./terminal.ts";
import { argumentsOf, type Command, done, found, onlyArgument, UsageError } from "./usage.ts";

const help = `Usage: roster explain [PREVIEW] [options]

Explains what an update would do, the most serious first: who loses and gains access, who becomes or stops being an
administrator, which keys end, which mails are sent, and what the service would refuse. The service tries the requests
of the update and undoes them. The explanation also contains what was changed outside the stack, and by whom.

PREVIEW is a file that \`pulumi preview --refresh --json\` has written. Without it, the command runs that.

  --format FORM      text (the default), markdown, json, or annotations of a manifest's lines: github or gitlab
  --json             the same as --format json
  --fail-on GUARDS   ends with status 3 if a guard stops the update, such as removed-people=5,admin-change; see below
  --reviewed FILE    what --json has written at the review: ends with status 3 if somebody else loses access now
  --manifest FILE    the manifest, whose hash the explanation contains, and whose lines are annotated
  --base REVISION    where the manifest's repository still declares what is removed, such as origin/main
  --root FOLDER      the folder that file names are relative to; by default, the current folder
  --as ROLE          tries the changes as somebody with this role, for a token that can only read; by default,
                     roster:previewAs of the current stack
  --redact           shortens addresses, such as a…@acme.example
  --endpoint URL     the address of the service; by default, roster:endpoint of the current stack, or ROSTER_ENDPOINT

Guards: removed-people[=N]  N people or more lose a membership or their account (1 by default)
        admin-change        somebody becomes or stops being an administrator
        closes-organization an organization is closed
        key-ends            a key or an access token stops working, or gets another secret
        key-in-use[=7d]     the same, of one that was used within the given time
        refused             the service or the preview refuses something
        not-tried           something can't be tried
        outside             something was changed outside the stack

Exit status: 0 done, 1 failed, 2 wrong usage, 3 stopped by a guard or by --reviewed.
`;

const options = {
  format: { type: "string" },
  json: { type: "boolean", default: false },
  "fail-on": { type: "string" },
  reviewed: { type: "string" },
  manifest: { type: "string" },
  base: { type: "string" },
  root: { type: "string", default: "." },
  as: { type: "string" },
  redact: { type: "boolean", default: false },
  endpoint: { type: "string" },
} as const;

const forms = ["text", "markdown", "json", "github", "gitlab"] as const;

type Form = (typeof forms)[number];

/** Explains an update. */
export const explain: Command = {
  summary: "explains what an update would do to people and their keys",
  help,
  run: async (args, terminal) => {
    const { values, positionals } = argumentsOf(args, options);
    const file = onlyArgument("PREVIEW", positionals);
    const form = formOf(values);
    const manifest = values.manifest && path.resolve(terminal.folder, values.manifest);
    const root = path.resolve(terminal.folder, values.root);
    const wrong = wrongGuards(values["fail-on"] ?? "");
    if (wrong !== undefined) {
      throw new UsageError(wrong);
    }
    const reviewed = values.reviewed === undefined ? undefined : await readReviewed(terminal, values.reviewed);
    const preview = readPreview(await previewText(terminal, file));
    const access = await findAccess(values.endpoint, terminal);
    const previewAs = values.as ?? (await stackSetting("roster:previewAs", terminal));
    const get = (key: string) => (key === "roster:previewAs" ? previewAs : access.get(key));
    const client = new Client(readConnection(get, access.environment));
    const nowMs = terminal.now();
    const explanation = await explainPreview(client, preview, nowMs);
    const about: About = {
      project: preview.project,
      stack: preview.stack,
      ...(form === "json" ? await basisOf(terminal, manifest, root) : { state: null, manifest: null }),
      redacted: values.redact,
    };
    const stops = [
      ...applyGuards(explanation, values["fail-on"] ?? "", nowMs),
      ...(reviewed === undefined ? [] : sinceReview(explanation, about, reviewed)),
    ];
    if (manifest !== undefined && (form === "github" || form === "gitlab")) {
      const before = values.base === undefined ? [] : [await placesAt(values.base, manifest, root)];
      const places = [placesIn(manifest, root), ...before];
      const shown = (text: Phrase) => unescaped(values.redact ? redacted(text) : text);
      const annotated = { explanation, stops, manifest: fileFrom(root, manifest), places, shown };
      terminal.print(annotationsIn(form, annotationsFor(annotated)));
    } else {
      terminal.print(shownAs(form, explanation, stops, about));
    }
    return stops.length === 0 ? done : found;
  },
};

function shownAs(form: Form, explanation: Explanation, stops: readonly Stop[], about: About): string {
  if (form === "json") {
    return `${JSON.stringify(documentOf(explanation, stops, about), undefined, 2)}\n`;
  }
  const sections = sectionsOf(explanation, stops);
  const shown = about.redacted ? sections.map((one) => ({ ...one, lines: one.lines.map(redacted) })) : sections;
  return form === "markdown" ? markdownOf(shown) : textOf(shown);
}

/** What stops the update because its review didn't show it. */
function sinceReview(explanation: Explanation, about: About, reviewed: ExplanationDocument): Stop[] {
  // Addresses that the review has shortened can only be compared with shortened ones.
  const now = documentOf(explanation, [], { ...about, redacted: reviewed.redacted });
  return lossesSince(now, reviewed).map(({ text }) => ({
    guard: "reviewed",
    text: phrase`The review didn't show this: ${text} Review the change again.`,
  }));
}

async function readReviewed({ folder }: Terminal, file: string): Promise<ExplanationDocument> {
  const data = explanationIn(await readFile(path.resolve(folder, file), "utf8"));
  if (data === undefined) {
    throw new Error(`${file} is not what \`roster explain --json\` of this version writes.`);
  }
  return data;
}

function explanationIn(text: string): ExplanationDocument | undefined {
  try {
    return explanationSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

async function previewText(terminal: Terminal, file: string | undefined): Promise<string> {
  if (file !== undefined) {
    const place = path.resolve(terminal.folder, file);
    if (!existsSync(place)) {
      throw new UsageError(`the preview ${file} does not exist in ${terminal.folder}.`);
    }
    return await readFile(place, "utf8");
  }
  if (terminal.isInteractive) {
    terminal.tell("Running `pulumi preview --refresh` …\n");
  }
  const { error, stdout, stderr } = await runPulumi(terminal, ["preview", "--refresh", "--json"]);
  // A preview that fails prints its errors as JSON as well.
  if (error !== undefined && !stdout.trimStart().startsWith("{")) {
    throw new Error(`\`pulumi preview\` failed: ${errorIn(stderr) ?? error.message}`);
  }
  return stdout;
}

/** What the explanation is based on: when the state was last written, null if that isn't known, and the manifest. */
async function basisOf(
  terminal: Terminal,
  manifest: string | undefined,
  root: string,
): Promise<Pick<About, "state" | "manifest">> {
  const { error, stdout } = await runPulumi(terminal, ["stack", "export"]);
  const state = error === undefined ? (JSON.parse(stdout).deployment?.manifest?.time ?? null) : null;
  if (manifest === undefined) {
    return { state, manifest: null };
  }
  const sha256 = createHash("sha256")
    .update(await readFile(manifest))
    .digest("hex");
  return { state, manifest: { path: fileFrom(root, manifest), sha256 } };
}

/** @throws UsageError */
function formOf(values: { format?: string; json: boolean; manifest?: string; base?: string; as?: string }): Form {
  const form = forms.find((one) => one === (values.format ?? (values.json ? "json" : "text")));
  if (form === undefined) {
    throw new UsageError(`--format must be one of ${forms.join(", ")}.`);
  }
  if ((form === "github" || form === "gitlab") && values.manifest === undefined) {
    throw new UsageError(`--format ${form} needs --manifest FILE, whose lines it annotates.`);
  }
  if (values.as !== undefined && !isOrganizationRole(values.as)) {
    throw new UsageError(`--as must be one of ${organizationRoles.join(", ")}.`);
  }
  if (values.base?.startsWith("-")) {
    throw new UsageError("--base must be a revision, such as origin/main.");
  }
  return form;
}
