/**
 * What a statement may not use, so that one SQL runs on PostgreSQL and on the distributed engines that speak it, YugabyteDB first.
 *
 * @see docs/scale.md
 */

/** A part of a statement, as PostgreSQL's parser has it. */
type Part = Readonly<Record<string, unknown>>;

/** A rule: why it is one, and what to do in place of what breaks it. */
export interface Rule {
  readonly name: string;
  readonly why: string;
  readonly remedy: string;
}

interface RecognizedRule extends Rule {
  /** Whether a part breaks it; `kind` is the part's own (`IndexStmt`), or the member that holds it (`relation`). */
  readonly breaks: (kind: string, part: Part) => boolean;
}

const serial = /^(small|big)?serial[248]?$/;
const systemColumns = ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"];

/** Every rule but that of the syntax, which is the parser's. */
export const rules: readonly RecognizedRule[] = [
  {
    name: "sequence",
    breaks: (kind, part) =>
      /^(Create|Alter)SeqStmt$/.test(kind) ||
      part.contype === "CONSTR_IDENTITY" ||
      (/^typeName$/i.test(kind) && serial.test(lastName(part.names))) ||
      calls(kind, part, /^(nextval|setval|currval|lastval)$/),
    why: "one counter for all nodes is a place where all of them wait",
    remedy: "make the identifier in the application, with newId",
  },
  {
    name: "trigger",
    breaks: (kind) => /^(CreateTrigStmt|CreateEventTrigStmt|RuleStmt)$/.test(kind),
    why: "engines differ in which triggers they have, and a reader of the service doesn't see them",
    remedy: "do it in the transaction of the change",
  },
  {
    name: "function",
    breaks: (kind) => /^(CreateFunctionStmt|DoStmt|CallStmt|CreatePLangStmt)$/.test(kind),
    why: "PL/pgSQL and its kin are the part in which engines differ most",
    remedy: "write it in the service",
  },
  {
    name: "type",
    breaks: (kind) =>
      /^(CreateEnumStmt|AlterEnumStmt|CompositeTypeStmt|CreateRangeStmt|CreateDomainStmt|DefineStmt)$/.test(kind),
    why: "a type of one's own can't be changed everywhere: YugabyteDB has no ALTER TYPE",
    remedy: "use text, and let the contract say which values there are",
  },
  {
    name: "extension",
    breaks: (kind) => kind === "CreateExtensionStmt",
    why: "each engine has its own selection of them",
    remedy: "do without",
  },
  {
    name: "partial index",
    breaks: (kind, part) => kind === "IndexStmt" && "whereClause" in part,
    why: "not every engine has them, and uniqueness may not hang on that",
    remedy: "a column that is null where the row doesn't count, under a plain index",
  },
  {
    name: "index method",
    breaks: (kind, part) => kind === "IndexStmt" && part.accessMethod !== "btree",
    why: "YugabyteDB has no GiST, and of GIN a part",
    remedy: "a plain index",
  },
  {
    name: "exclusion constraint",
    breaks: (_kind, part) => part.contype === "CONSTR_EXCLUSION",
    why: "YugabyteDB has none",
    remedy: "look first: the transaction is serializable",
  },
  {
    name: "deferred constraint",
    breaks: (kind, part) =>
      part.deferrable === true || part.contype === "CONSTR_ATTR_DEFERRABLE" || kind === "ConstraintsSetStmt",
    why: "YugabyteDB has none but for foreign keys",
    remedy: "order the changes so that each holds by itself",
  },
  {
    name: "inheritance",
    breaks: (kind, part) => kind === "CreateStmt" && "inhRelations" in part,
    why: "YugabyteDB has none",
    remedy: "a table with all of the columns",
  },
  {
    name: "table of a session",
    breaks: (_kind, part) => part.relpersistence === "t" || part.relpersistence === "u",
    why: "a temporary table hangs on its connection, which poolers share; an unlogged one is lost with its node",
    remedy: "pass the rows as parameters",
  },
  {
    name: "notification",
    breaks: (kind, part) => /^(ListenStmt|UnlistenStmt|NotifyStmt)$/.test(kind) || calls(kind, part, /^pg_notify$/),
    why: "YugabyteDB has none by default, and it hangs on one connection to one node",
    remedy: "ask at intervals, as the outbox does",
  },
  {
    name: "advisory lock",
    breaks: (kind, part) => calls(kind, part, /^pg_(try_)?advisory_/),
    why: "not every engine has them, and a pooler hands the session on with the lock",
    remedy: "lock a row",
  },
  {
    name: "table lock",
    breaks: (kind) => kind === "LockStmt",
    why: "YugabyteDB has none by default",
    remedy: "leave it to the serializable transaction, or lock a row",
  },
  {
    name: "lock that doesn't wait",
    breaks: (kind, part) => kind === "LockingClause" && part.waitPolicy !== "LockWaitBlock",
    why: "YugabyteDB has NOWAIT below serializable only",
    remedy: "wait, for as long as statement_timeout lets you",
  },
  {
    name: "lock_timeout",
    breaks: (kind, part) => sets(kind, part, "lock_timeout"),
    why: "YugabyteDB takes the setting, and doesn't heed it for rows",
    remedy: "statement_timeout",
  },
  {
    name: "savepoint",
    breaks: (_kind, part) => /^TRANS_STMT_(SAVEPOINT|RELEASE|ROLLBACK_TO)$/.test(String(part.kind)),
    why: "what is undone in part can't be run again from its beginning, which serializable transactions must be",
    remedy: "undo the whole transaction",
  },
  {
    name: "two-phase commit",
    breaks: (_kind, part) => /^TRANS_STMT_(PREPARE|COMMIT_PREPARED|ROLLBACK_PREPARED)$/.test(String(part.kind)),
    why: "YugabyteDB has none",
    remedy: "one transaction, and an outbox",
  },
  {
    name: "isolation level",
    breaks: (kind, part) =>
      kind === "DefElem" && part.defname === "transaction_isolation" && textOf(part.arg) !== "serializable",
    why: "what the lower levels promise differs: YugabyteDB's read committed is whichever its flags say",
    remedy: "inTransaction, which is serializable",
  },
  {
    name: "offset",
    breaks: (kind, part) => kind === "SelectStmt" && "limitOffset" in part,
    why: "it reads all that it skips, from every node, and skips or repeats rows that move in between",
    remedy: "go on from the last key",
  },
  {
    name: "system column",
    breaks: (kind, part) => kind === "ColumnRef" && systemColumns.includes(lastName(part.fields)),
    why: "they say how PostgreSQL stores a row, and others store it otherwise",
    remedy: "a column of one's own",
  },
];

/** The rules that a statement breaks; none where it runs on every engine. */
export async function brokenRules(text: string): Promise<readonly Rule[]> {
  // The parser is WebAssembly: a test that asks no database doesn't wait for it.
  const { parse } = await import("libpg-query");
  try {
    const parts = [...partsOf(await parse(text), "")];
    return rules.filter(({ breaks }) => parts.some(([kind, part]) => breaks(kind, part)));
  } catch (error) {
    const why = `YugabyteDB is made from PostgreSQL 15, whose parser says ${String(error)}`;
    return [{ name: "syntax", why, remedy: "write it as PostgreSQL 15 has it" }];
  }
}

/** The statement and all of its parts, each with its kind. */
function* partsOf(value: unknown, kind: string): Generator<readonly [kind: string, part: Part]> {
  if (typeof value !== "object" || value === null) {
    return;
  }
  if (Array.isArray(value)) {
    for (const item of value) {
      yield* partsOf(item, kind);
    }
    return;
  }
  yield [kind, value as Part];
  for (const [member, inner] of Object.entries(value)) {
    yield* partsOf(inner, member);
  }
}

/** The last of the names of a qualified one. */
function lastName(names: unknown): string {
  return Array.isArray(names) ? textOf(names.at(-1)) : "";
}

/** The text of a name (`String`) or of a constant (`A_Const`), which lies in members of members; else empty. */
function textOf(value: unknown): string {
  if (typeof value === "string") {
    return value;
  }
  if (typeof value !== "object" || value === null) {
    return "";
  }
  const { String: name, A_Const: constant, sval } = value as Part;
  return textOf(name ?? constant ?? sval);
}

function calls(kind: string, part: Part, name: RegExp): boolean {
  return kind === "FuncCall" && name.test(lastName(part.funcname));
}

/** Whether it sets a parameter of the session or of the transaction. */
function sets(kind: string, part: Part, parameter: string): boolean {
  if (kind === "VariableSetStmt") {
    return part.name === parameter;
  }
  return calls(kind, part, /^set_config$/) && Array.isArray(part.args) && textOf(part.args[0]) === parameter;
}
