/** The command `roster explain`. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { explain as explainPreview } from "../explain/explain.ts";
import { markdownOf } from "../explain/markdown.ts";
import { readPreview } from "../explain/preview-document.ts";
import { textOf } from "../explain/text.ts";
import { Client } from "../wire/client.ts";
import { readConnection } from "../wire/configuration.ts";
import { findAccess } from "./settings.ts";
import type { Terminal } from "./terminal.ts";
import { type Command, done, optionsOf } from "./usage.ts";

const help = `Usage: roster explain [options]

Explains what an update would do: who loses and gains access, which keys end, and what the service would refuse. The
service tries the update and undoes it.

  --preview FILE   a file that \`pulumi preview --refresh --json\` has written; by default, the command runs that
  --format FORM    text (the default) or markdown
  --endpoint URL   the address of the service; by default, roster:endpoint of the current stack, or ROSTER_ENDPOINT

Exit status: 0 done, 1 failed, 2 wrong usage.
`;

const options = {
  preview: { type: "string" },
  format: { type: "string", default: "text" },
  endpoint: { type: "string" },
} as const;

/** A preview of a thousand people has some megabytes. */
const maxPreviewBytes = 512 * 1024 * 1024;

/** Explains an update. */
export const explain: Command = {
  summary: "explains what an update would do to people and their keys",
  help,
  run: async (args, terminal) => {
    const values = optionsOf(args, options);
    const text =
      values.preview === undefined
        ? await runPreview(terminal)
        : await readFile(path.resolve(terminal.folder, values.preview), "utf8");
    const preview = readPreview(text);
    const access = await findAccess(values.endpoint, terminal);
    const client = new Client(readConnection(access.get, access.environment));
    const explanation = await explainPreview(client, preview, terminal.now());
    terminal.print(values.format === "markdown" ? markdownOf(explanation) : textOf(explanation));
    return done;
  },
};

/** Runs the preview. It prints JSON also if it fails, with the errors. */
function runPreview({ folder, environment, isInteractive, tell }: Terminal): Promise<string> {
  if (isInteractive) {
    tell("Running pulumi preview --refresh …\n");
  }
  return new Promise((resolve, reject) => {
    const args = ["preview", "--refresh", "--json", "--non-interactive"];
    execFile("pulumi", args, { cwd: folder, env: environment, maxBuffer: maxPreviewBytes }, (error, stdout, stderr) => {
      if (error !== null && !stdout.trimStart().startsWith("{")) {
        const [, reason = error.message] = /^error: (.+)$/m.exec(stderr) ?? [];
        reject(new Error(`pulumi preview failed: ${reason}`));
        return;
      }
      resolve(stdout);
    });
  });
}
