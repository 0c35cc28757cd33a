/**
 * How often a test file may start what costs seconds. A run of the engine takes two to three seconds of a processor, a service two, a
 * database one; all tests together have ten minutes. To raise a ceiling takes a reason here, and something else to be lowered.
 */
import type { Counts } from "./counts.ts";

/** How often all files of `npm test` together may start the engine. */
export const engineRuns = 164;
/** How often those may that only `npm test -- --project plugin` runs, beside what that runs of the others. */
export const pluginRuns = 29;

/** A file's own ceilings, above those of its folder, and why it needs them. */
interface Ceiling extends Partial<Counts> {
  readonly why: string;
}

/** The ceilings of the files in each folder of `test/`. */
export const ofFolders: Readonly<Record<string, Counts>> = {
  browser: { engine: 0, service: 1, database: 1 },
  contract: { engine: 0, service: 10, database: 2 },
  e2e: { engine: 0, service: 1, database: 0 },
  model: { engine: 0, service: 2, database: 2 },
  portability: { engine: 0, service: 1, database: 1 },
  protocol: { engine: 0, service: 1, database: 0 },
  tidy: { engine: 0, service: 0, database: 0 },
  unit: { engine: 0, service: 0, database: 0 },
};

/** Files that need more. */
export const ceilings: Readonly<Record<string, Ceiling>> = {
  "test/contract/audit-chain.test.ts": {
    service: 28,
    database: 8,
    why: "four groups tamper with audits of their own, and each pepper takes a restart",
  },
  "test/contract/backup-commands.test.ts": { database: 4, why: "backups are restored into databases of their own" },
  "test/contract/backup.test.ts": {
    service: 13,
    database: 35,
    why: "each backup is restored into a database of its own",
  },
  "test/contract/mail.test.ts": { service: 16, why: "each start sends to a mail server that behaves in another way" },
  "test/contract/protocol.test.ts": { service: 14, why: "limits and settings are read when a service starts" },
  "test/contract/replicas.test.ts": {
    service: 26,
    why: "replicas are restarted with one list of peppers after another",
  },
  "test/contract/rows/billing.test.ts": { service: 12, why: "what is sold is read when a service starts" },
  "test/contract/rows/mail.test.ts": { database: 8, why: "four groups count all mails that were sent" },
  "test/contract/signing-key-rotation.test.ts": {
    service: 26,
    why: "replicas are restarted with one list of signing keys after another",
  },
  "test/contract/statuses.test.ts": {
    database: 3,
    why: "one test ends a database while requests are under way",
  },
  "test/contract/text-and-times.test.ts": {
    database: 3,
    why: "what each database took is restored into the other one",
  },
  "test/e2e/acme.test.ts": {
    engine: 4,
    why: "the canonical example, from its first preview to destroy, and made again",
  },
  "test/e2e/adoption.test.ts": { engine: 2, why: "what is adopted is shown, taken over and given back, of every kind" },
  "test/e2e/canary.test.ts": {
    engine: 6,
    why: "every command that prints or keeps something is looked through for secrets",
  },
  "test/e2e/changes.test.ts": { engine: 7, why: "a program's changes, one after another, and one that fails half-way" },
  "test/e2e/company.test.ts": { engine: 3, why: "the example is walked from nothing to destroy" },
  "test/e2e/rows/customer-admin.test.ts": {
    engine: 4,
    why: "the manifest of somebody who may do less, from its first preview to destroy",
  },
  "test/e2e/plugin/convert-state.test.ts": {
    engine: 5,
    why: "a stack of every kind moves to the other front and back",
  },
  "test/e2e/delivery.test.ts": { engine: 4, why: "a secret is handed on, rotated, and lost with its engine" },
  "test/e2e/engine-facts.test.ts": { engine: 5, why: "what the engine does, which nothing else can show" },
  "test/e2e/engineering.test.ts": { engine: 3, why: "the example is walked from nothing to destroy" },
  "test/e2e/integration-tool.test.ts": { engine: 4, why: "the example is walked from nothing to destroy" },
  "test/e2e/explain.test.ts": {
    engine: 3,
    why: "a stack with every kind of loss is made, explained, and changed as explained",
  },
  "test/e2e/gitops.test.ts": {
    engine: 10,
    why: "an organization is adopted and then changed by the example's pipelines, and each apply is a preview and an update; for that, services run in the process of the tests",
  },
  "test/e2e/guides.test.ts": { engine: 5, why: "the commands of two guides are carried out as they are printed" },
  "test/e2e/plugin/export.test.ts": {
    engine: 4,
    why: "what the owner and an administrator export is imported, and its program previewed",
  },
  "test/e2e/plugin/import.test.ts": { engine: 7, why: "every kind is imported, previewed, changed and destroyed" },
  "test/e2e/plugin/package.test.ts": {
    engine: 2,
    why: "an archive of the plugin is installed and used, and one is used without Node.js",
  },
  "test/e2e/interrupted.test.ts": { engine: 9, why: "what is left of runs that are killed or interrupted, and found" },
  "test/e2e/plugin/languages.test.ts": { engine: 11, why: "a program in each language is applied and previewed" },
  "test/e2e/killed.test.ts": { engine: 2, why: "a provider ends with its engine, also with the log's options" },
  "test/e2e/legacy-move.test.ts": { engine: 3, why: "the example is walked from nothing to destroy" },
  "test/e2e/lifecycle.test.ts": { engine: 7, why: "the whole life of every kind" },
  "test/e2e/marks.test.ts": {
    engine: 3,
    why: "what the engine marks secret, by each way in which a program can say so",
  },
  "test/e2e/media-platform.test.ts": { engine: 4, why: "the example is walked from nothing to destroy" },
  "test/e2e/oldest-sdk.test.ts": { engine: 3, why: "the main job with the oldest SDK" },
  "test/e2e/places.test.ts": { engine: 2, why: "one place of a program has its package, and one has not" },
  "test/e2e/policy.test.ts": {
    engine: 3,
    why: "a stack that keeps the policy pack's rules, one that breaks them all, and the same one with another configuration",
  },
  "test/e2e/printed-errors.test.ts": {
    engine: 8,
    why: "each run prints errors of another kind",
  },
  "test/e2e/read-ahead.test.ts": {
    engine: 2,
    why: "a refresh of many resources, counted, and what two commands say that they have cost",
  },
  "test/e2e/replacement.test.ts": {
    engine: 8,
    why: "replacements, aliases and retained objects of every kind; and replacements that the engine itself decides on, refused",
  },
  "test/e2e/rows/administrator.test.ts": { engine: 4, why: "the day of an administrator, who logs in" },
  "test/e2e/rows/group-administrator.test.ts": {
    engine: 6,
    why: "the vendor sells three plans to a customer whose administrator has a stack",
  },
  "test/e2e/rows/keys.test.ts": { engine: 4, database: 1, why: "each run shows several rows of docs/features.md" },
  "test/e2e/rows/mail.test.ts": { engine: 5, database: 1, why: "each run shows several rows of docs/features.md" },
  "test/e2e/rows/manifest-files.test.ts": {
    engine: 2,
    why: "a manifest in several files is refused by the service, and applied",
  },
  "test/e2e/rows/organizations.test.ts": { engine: 5, why: "each run shows several rows of docs/features.md" },
  "test/e2e/rows/super-admin.test.ts": { engine: 3, why: "the day of a person who acts as the service owner" },
  "test/e2e/rows/people.test.ts": { engine: 4, why: "people move to sets, get new addresses there, and move back" },
  "test/e2e/rows/sets.test.ts": { engine: 3, why: "each run shows several rows of docs/features.md" },
  "test/e2e/secrets.test.ts": { engine: 3, why: "secret arguments are looked for in every command's output" },
  "test/e2e/trials.test.ts": {
    engine: 5,
    why: "previews are tried, with refusals that stand and that are lifted, and two resources that exclude each other",
  },
  "test/e2e/typescript.test.ts": { engine: 3, why: "the example is walked from nothing to destroy" },
  "test/e2e/unknowns.test.ts": { engine: 3, why: "previews of what is not known yet" },
  "test/portability/statements.test.ts": {
    service: 2,
    database: 3,
    why: "every way to open a database is shown to be watched",
  },
  "test/unit/audit-chain.test.ts": { database: 1, why: "entries are sealed and read by statements" },
  "test/unit/service-transactions.test.ts": {
    database: 1,
    why: "transactions are repeated and rolled back by a database",
  },
};

/** What a file has started too often, by its path from the checkout on; undefined where it has kept its ceilings, or has none. */
export function exceeded(file: string, started: Counts): string | undefined {
  const [, folder = ""] = /^test\/([^/]+)\//.exec(file) ?? [];
  const ceiling = { ...ofFolders[folder], ...ceilings[file] };
  const kinds = Object.keys(started) as (keyof Counts)[];
  const lines = kinds.flatMap((kind) => {
    const most = ceiling[kind] ?? Number.POSITIVE_INFINITY;
    return started[kind] > most ? [`${kind}: ${started[kind]} started, at most ${most} allowed`] : [];
  });
  if (lines.length === 0) {
    return undefined;
  }
  return `${lines.join("; ")}. Share one that is started already, or raise the ceiling in test/costs/ceilings.ts and say why.`;
}
