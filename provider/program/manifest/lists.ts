/** Reads the people whom a manifest lists by address and in CSV files, and finds who is listed twice. */
import { join } from "node:path";
import { emailFault, foldEmail } from "roster-schema";
import type { z } from "zod";
import { ManifestError, type ManifestProblem } from "../../errors.ts";
import { type Fault, pathText } from "../../issues.ts";
import type { Assignee } from "../../kinds/api-key-assignees.ts";
import { isRecord, type PropertyMap } from "../../values/property-map.ts";
import { assigneeFields, assigneeIn } from "../csv/assignees.ts";
import { personFields } from "../csv/columns.ts";
import { type CsvMember, memberIn } from "../csv/members.ts";
import { type CsvReading, type FoundPeople, readPeople } from "../csv/people.ts";
import { recordOf } from "./entries.ts";
import { leadsOut, mayLeadOut, realPath } from "./inside.ts";
import { assigneeEntry, assigneeFile, memberEntry, memberFile } from "./list-schema.ts";
import { rolesByName, wordsOf } from "./roles-of-people.ts";

type Path = Fault["path"];

/** Where somebody is listed: in the manifest, or in a CSV file. */
export type Place = Pick<ManifestProblem, "file" | "line" | "column" | "path">;

/** The people whom one section lists. */
export interface Listed<Value> {
  /** What the set has of each, by address in lower case. */
  readonly entries: Readonly<Record<string, Value>>;
  /** Where each is listed. It takes time, so it is found out only if it is needed. */
  readonly placeOf: (address: string) => Place | undefined;
  /** Whether these are all: not if something is wrong, or if the files are not read. */
  readonly isComplete: boolean;
}

/** The people whom a manifest lists. */
export interface Lists {
  /** Those of `people`. */
  readonly people?: Listed<CsvMember>;
  /** Those of each key with `assignees`, by the name of the key. */
  readonly assignees: Readonly<Record<string, Listed<Assignee>>>;
}

/** What the reader of lists needs to know of the manifest that has them. */
export interface ListContext {
  /** Whether the files are read; if not, the lists are incomplete. */
  readonly readsFiles: boolean;
  /** The manifest's folder, in which its files are. */
  readonly folder: string;
  /** The place of something in the manifest. */
  placeAt(path: Path, atName?: boolean): Place;
}

/** What was read, and everything that is wrong: in the manifest, and in the files. */
export interface ReadLists {
  readonly lists: Lists;
  readonly faults: readonly Fault[];
  readonly problems: readonly ManifestProblem[];
}

/**
 * Reads the lists of a manifest. It takes the document as it was read, so that an error elsewhere doesn't hide what is wrong with
 * them; what doesn't have its form is left out.
 */
export function readLists(document: PropertyMap, context: ListContext): ReadLists {
  const found = { faults: [] as Fault[], problems: [] as ManifestProblem[] };
  const { people } = document;
  const members = isRecord(people) ? membersIn(document, people, new ListReader(context, found)) : undefined;
  const assignees = Object.entries(recordOf(document.apiKeys)).flatMap(([name, key]) => {
    const given = recordOf(key).assignees;
    return isRecord(given) ? [[name, assigneesIn(document, name, given, new ListReader(context, found))] as const] : [];
  });
  return { lists: { ...(members && { people: members }), assignees: Object.fromEntries(assignees) }, ...found };
}

function membersIn(document: PropertyMap, people: PropertyMap, reader: ListReader<CsvMember>): Listed<CsvMember> {
  for (const section of ["users", "members"]) {
    for (const [name, entry] of Object.entries(recordOf(document[section]))) {
      reader.claim(recordOf(entry).email, [section, name, "email"]);
    }
  }
  const otherwise = typeof people.role === "string" ? people.role : undefined;
  reader.entries(["people"], people.entries, (entry) => {
    const { data, success } = memberEntry.safeParse(entry);
    if (!success) {
      return undefined;
    }
    const { role = otherwise, ...details } = typeof data === "string" ? { role: data } : data;
    return role === undefined
      ? { wrong: "it is required: add a role, or set `role` for all `people`", at: ["role"] }
      : { value: Object.keys(details).length === 0 ? role : { role, ...details } };
  });
  const roles = rolesByName(document);
  reader.files(["people"], people.from, memberFile, (file, how, read) =>
    readPeople(file, personFields, read, (row, refuse) => memberIn(row, refuse, wordsOf(how, otherwise, roles))),
  );
  return reader.listed();
}

function assigneesIn(
  document: PropertyMap,
  name: string,
  assignees: PropertyMap,
  reader: ListReader<Assignee>,
): Listed<Assignee> {
  const key = recordOf(recordOf(document.apiKeys)[name]);
  const people: PropertyMap = { ...recordOf(document.members), ...recordOf(document.users) };
  for (const [at, assignee] of (Array.isArray(key.assignedTo) ? key.assignedTo : []).entries()) {
    const path = ["apiKeys", name, "assignedTo", at];
    if (typeof assignee === "string") {
      reader.claim(Object.hasOwn(people, assignee) ? recordOf(people[assignee]).email : undefined, path);
    } else {
      reader.claim(recordOf(assignee).email, [...path, "email"]);
    }
  }
  const path = ["apiKeys", name, "assignees"];
  reader.entries(path, assignees.entries, (entry) => {
    const { data } = assigneeEntry.safeParse(entry);
    return data && { value: data };
  });
  reader.files(path, assignees.from, assigneeFile, (file, { as = "member" }, read) =>
    readPeople(file, assigneeFields, read, (row, refuse) => assigneeIn(row, refuse, as)),
  );
  return reader.listed();
}

/** What an entry means, or what is wrong with it; undefined if it doesn't have the form of an entry. */
type Entry<Value> = { readonly value: Value } | { readonly wrong: string; readonly at: Path } | undefined;

/** Reads one list, and notes what is wrong. */
class ListReader<Value> {
  readonly #context: ListContext;
  readonly #found: { readonly faults: Fault[]; readonly problems: ManifestProblem[] };
  /** Where each address is, in the list or elsewhere in the manifest, and how the manifest calls that. */
  readonly #places = new Map<string, { readonly place: () => Place; readonly called?: string }>();
  readonly #values = new Map<string, Value>();
  #isComplete = true;

  constructor(context: ListContext, found: { readonly faults: Fault[]; readonly problems: ManifestProblem[] }) {
    this.#context = context;
    this.#found = found;
  }

  /** Notes an address that the manifest has elsewhere, and that the list can't have. */
  claim(email: unknown, path: Path): void {
    const address = typeof email === "string" ? foldEmail(email) : undefined;
    // Who is twice elsewhere is refused there.
    if (address !== undefined && !this.#places.has(address)) {
      this.#places.set(address, { place: () => this.#context.placeAt(path), called: pathText(path) });
    }
  }

  /** Reads the entries by address. */
  entries(list: Path, entries: unknown, read: (entry: unknown) => Entry<Value>): void {
    for (const [given, entry] of Object.entries(recordOf(entries))) {
      const path = [...list, "entries", given];
      if (emailFault(given) !== undefined) {
        this.#isComplete = false;
        continue;
      }
      const found = read(entry);
      if (found !== undefined && "wrong" in found) {
        this.#refuse({ path: [...path, ...found.at], reason: found.wrong });
      }
      const listed = { place: () => this.#context.placeAt(path, true), called: pathText(path) };
      const twice = this.#add(given, listed, found);
      if (twice !== undefined) {
        this.#refuse({ path, reason: twice, atName: true });
      }
    }
  }

  /**
   * Reads the files.
   *
   * @param schema the schema of an object that says how a file is read; one that has another form is refused with the manifest
   */
  files<Source extends z.ZodType<FileArgs>>(
    list: Path,
    from: unknown,
    schema: Source,
    read: (file: string, how: z.infer<Source>, reading: CsvReading) => FoundPeople<Value>,
  ): void {
    const isList = Array.isArray(from);
    for (const [at, given] of (isList ? from : from === undefined ? [] : [from]).entries()) {
      const path = [...list, "from", ...(isList ? [at] : [])];
      const parsed = schema.safeParse(typeof given === "string" ? { file: given } : given);
      if (!parsed.success || !this.#context.readsFiles) {
        this.#isComplete = false;
        continue;
      }
      const how = parsed.data;
      const file = join(this.#context.folder, how.file);
      const fault = faultOfFile(this.#context.folder, how.file);
      if (fault !== undefined) {
        this.#refuse({ path: typeof given === "string" ? path : [...path, "file"], reason: fault });
        continue;
      }
      this.#addFile(() => read(file, how, readingOf(how)));
    }
  }

  listed(): Listed<Value> {
    return {
      entries: Object.fromEntries(this.#values),
      placeOf: (address) => this.#places.get(address)?.place(),
      isComplete: this.#isComplete,
    };
  }

  #addFile(read: () => FoundPeople<Value>): void {
    try {
      const { people, problems } = read();
      const repeated: ManifestProblem[] = [];
      for (const [address, { person, place }] of people) {
        const twice = this.#add(address, { place }, { value: person });
        if (twice !== undefined) {
          repeated.push({ ...place(), reason: twice });
        }
      }
      this.#refuseInFile(
        [...problems, ...repeated].toSorted((one, other) => one.line - other.line || one.column - other.column),
      );
    } catch (error) {
      if (!(error instanceof ManifestError)) {
        throw error;
      }
      this.#refuseInFile(error.problems);
    }
  }

  /** @returns what is wrong if somebody with this address is there already */
  #add(
    given: string,
    listed: { readonly place: () => Place; readonly called?: string },
    entry: Entry<Value>,
  ): string | undefined {
    const address = foldEmail(given);
    const other = this.#places.get(address);
    if (other !== undefined) {
      const { file, line, column } = other.place();
      const called = other.called === undefined ? "" : ` (${other.called})`;
      return `${address} is also in ${file}:${line}:${column}${called}: remove one of the two`;
    }
    this.#places.set(address, listed);
    if (entry !== undefined && "value" in entry) {
      this.#values.set(address, entry.value);
    } else {
      this.#isComplete = false;
    }
    return undefined;
  }

  #refuse(fault: Fault): void {
    this.#isComplete = false;
    this.#found.faults.push(fault);
  }

  #refuseInFile(problems: readonly ManifestProblem[]): void {
    this.#isComplete &&= problems.length === 0;
    // One by one: a call can't have a hundred thousand arguments, and a file can have more wrong rows.
    for (const problem of problems) {
      this.#found.problems.push(problem);
    }
  }
}

/** What says how any file is read. */
type FileArgs = Pick<z.infer<typeof assigneeFile>, "file" | "delimiter" | "only" | "except"> & {
  readonly columns?: CsvReading["columns"] | undefined;
};

/** How a file is read, by what the manifest says of it. */
function readingOf({ columns, delimiter, only = {}, except = {} }: FileArgs): CsvReading {
  const isOne = (row: Readonly<Record<string, string>>, [column, values]: [string, string[]]) =>
    values.includes(row[column] ?? "");
  return {
    ...(columns && { columns }),
    ...(delimiter && { delimiter }),
    filterColumns: Object.keys({ ...only, ...except }),
    filter: (row) =>
      Object.entries(only).every((rule) => isOne(row, rule)) &&
      !Object.entries(except).some((rule) => isOne(row, rule)),
  };
}

/** @returns what is wrong with the path of a file in a folder; undefined if it can be read */
function faultOfFile(folder: string, written: string): string | undefined {
  const outside = mayLeadOut(written);
  if (outside !== undefined) {
    return outside;
  }
  const file = join(folder, written);
  const real = realPath(file);
  return real === undefined ? `the file ${file} does not exist` : leadsOut(folder, written, real);
}
