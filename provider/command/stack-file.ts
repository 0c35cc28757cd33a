/** Reads the configuration of a stack from its file, without the Pulumi CLI: plain values, and which others exist. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { LineCounter, parseDocument } from "yaml";
import type { Setting, Settings, UnknownSetting } from "../program/manifest/settings.ts";
import { isRecord, type PropertyMap } from "../values/property-map.ts";
import { UsageError } from "./usage.ts";

/** What is given of a stack's configuration. */
export interface GivenConfiguration {
  /** The name of a stack, such as `dev` or `acme/project/dev`, whose file is read. */
  readonly stack: string | undefined;
  /** Values as `name=value` or `namespace:name=value`, which replace those of the file. */
  readonly values: readonly string[];
}

/**
 * Reads what is given of a stack's configuration. With a stack, a value that nothing sets is missing; without one, it isn't known.
 *
 * @param folder the folder of the project, or one in it
 * @throws UsageError if the stack or a value is wrong
 * @throws Error if a file can't be read
 */
export function givenSettings(folder: string, { stack, values }: GivenConfiguration): Settings {
  const project = projectAbove(folder);
  const keyOf = (name: string) => (name.includes(":") ? name : `${project?.name ?? ""}:${name}`);
  const ofOptions = new Map(values.map(optionOf).map(([name, value]) => [keyOf(name), { value, ...ofOption }]));
  const ofStack = stack === undefined ? undefined : stackFile(stack, project);
  const entries = new Map<string, Setting | UnknownSetting>([
    ...settingsIn(project?.config ?? {}, keyOf, projectValue),
    ...settingsIn(ofStack?.config ?? {}, keyOf, (value) => stackValue(value, ofStack?.file)),
    ...ofOptions,
  ]);
  const missing = (name: string): UnknownSetting | undefined => {
    if (ofStack === undefined) {
      return { unknown: `is not given: add --stack NAME or --config ${name}=<value>`, isSecret: false };
    }
    return ofStack.hasEnvironment
      ? { unknown: `may come from the environments of ${ofStack.file}`, isSecret: false }
      : undefined;
  };
  return (name) => {
    const setting = entries.get(keyOf(name)) ?? missing(name);
    return setting !== undefined && "unknown" in setting
      ? { ...setting, unknown: `the value ${name} of the stack's configuration ${setting.unknown}` }
      : setting;
  };
}

/** Whether a value is stored as ciphertext isn't known of an option. */
const ofOption = { isSecret: false, mayBeSecret: true } as const;

function optionOf(option: string): [name: string, value: string] {
  const [whole = "", name = "", value = ""] = /^([^\s=]+)=(.*)$/s.exec(option) ?? [];
  if (whole === "") {
    // The text is not repeated: it might be the value alone.
    throw new UsageError("--config needs a name and a value, such as --config title=Acme.");
  }
  return [name, value];
}

/** A project, as far as it says something of its stacks' configuration. */
interface Project {
  readonly name: string;
  /** The folder of the files of its stacks. */
  readonly folder: string;
  /** Values that it sets for all stacks. */
  readonly config: PropertyMap;
}

function projectAbove(folder: string): Project | undefined {
  const file = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"]
    .map((name) => path.join(folder, name))
    .find((name) => existsSync(name));
  if (file === undefined) {
    const parent = path.dirname(folder);
    return parent === folder ? undefined : projectAbove(parent);
  }
  const { name, stackConfigDir, config } = readYaml(file);
  const files = typeof stackConfigDir === "string" ? stackConfigDir : ".";
  return { name: String(name), folder: path.resolve(folder, files), config: isRecord(config) ? config : {} };
}

/** The file of a stack. */
interface StackFile {
  /** Its name, without a folder. */
  readonly file: string;
  readonly config: PropertyMap;
  /** Whether it imports environments of Pulumi ESC, whose values aren't in it. */
  readonly hasEnvironment: boolean;
}

function stackFile(stack: string, project: Project | undefined): StackFile {
  const name = stack.split("/").at(-1) ?? "";
  if (!/^[\w.-]+$/.test(name)) {
    throw new UsageError("--stack needs the name of a stack, such as dev.");
  }
  if (project === undefined) {
    throw new UsageError(
      "--stack needs a project: run the command in a folder with a Pulumi.yaml, or in one below it.",
    );
  }
  const names = [`Pulumi.${name}.yaml`, `Pulumi.${name}.yml`, `Pulumi.${name}.json`];
  const file = names.find((each) => existsSync(path.join(project.folder, each)));
  if (file === undefined) {
    throw new UsageError(`the stack ${name} has no file Pulumi.${name}.yaml in ${project.folder}.`);
  }
  const { config, environment } = readYaml(path.join(project.folder, file));
  return { file, config: isRecord(config) ? config : {}, hasEnvironment: environment !== undefined };
}

/** Reads YAML or JSON. Numbers are numbers, as for the Pulumi CLI: `1.10` is 1.1. */
function readYaml(file: string): PropertyMap {
  const lineCounter = new LineCounter();
  const document = parseDocument(readFileSync(file, "utf8"), { prettyErrors: false, lineCounter });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    throw new Error(`${file}:${line}:${col}: the file is not valid YAML.`);
  }
  const value: unknown = document.toJS() ?? {};
  if (!isRecord(value)) {
    throw new Error(`${file}: the file must be an object with names and values.`);
  }
  return value;
}

/** The values of a `config` section, by their whole keys. */
function settingsIn(
  config: PropertyMap,
  keyOf: (name: string) => string,
  settingOf: (value: unknown) => Setting | UnknownSetting | undefined,
): [string, Setting | UnknownSetting][] {
  return Object.entries(config).flatMap(([name, value]) => {
    const setting = settingOf(value);
    // An earlier form of keys has `config` in the middle.
    return setting === undefined ? [] : [[keyOf(name.replace(/^([^:]+):config:/, "$1:")), setting]];
  });
}

/** A value in a project: itself, or a declaration with a `value` or a `default`. */
function projectValue(given: unknown): Setting | UnknownSetting | undefined {
  const value = isRecord(given) ? (given.value ?? given.default) : given;
  return value === undefined ? undefined : stackValue(value);
}

/** A value in the file of a stack, as text: a structure is JSON. One that is or contains ciphertext is secret as a whole. */
function stackValue(value: unknown, file = "the project's file"): Setting | UnknownSetting {
  if (hasCiphertext(value)) {
    return { unknown: `is encrypted in ${file}`, isSecret: true };
  }
  const text = typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "");
  return { value: text, isSecret: false };
}

function hasCiphertext(value: unknown): boolean {
  if (Array.isArray(value)) {
    return value.some(hasCiphertext);
  }
  return isRecord(value) && Object.entries(value).some(([name, member]) => name === "secure" || hasCiphertext(member));
}
