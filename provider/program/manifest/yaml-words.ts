/** Explains errors in the YAML of a manifest to readers who don't know the grammar of YAML. */
import type { YAMLError } from "yaml";

const brackets = "the preceding { or [ is not closed by } or ] here: close it, or indent its lines further";
const quotes = "put it in quotes if it is text";

/** What is wrong and what to do, by the parser's code. If a code has several meanings, the message decides. */
const words: Readonly<Record<YAMLError["code"], string | readonly (readonly [RegExp, string])[]>> = {
  ALIAS_PROPS: "an alias can't have an anchor or a tag: put it where the value is written",
  BAD_ALIAS: `& and * begin an anchor and an alias, which need a name without a colon at its end; ${quotes}`,
  BAD_COLLECTION_TYPE: "this tag is for another kind of value: remove it",
  BAD_DIRECTIVE: "a manifest can't have this directive: remove the line",
  BAD_DQ_ESCAPE: [
    [/(\\\S*)$/, "$1 is not an escape: write \\\\ for a backslash in double quotes, or use single quotes"],
    [/^/, "a backslash in double quotes begins an escape: write \\\\ for a backslash, or use single quotes"],
  ],
  BAD_INDENT: [
    [/^Flow /, brackets],
    [
      /^Block scalar/,
      "the lines of this text are indented inconsistently: no line can be indented less than the first",
    ],
    [/^/, "this line is indented differently from the lines that it belongs to: begin them in the same column"],
  ],
  BAD_PROP_ORDER: "an anchor or a tag must come directly before its value",
  BAD_SCALAR_START: [
    [/(\S+)$/, "text can't begin with $1: put it in quotes"],
    [/^/, "text can't begin like this: put it in quotes"],
  ],
  BLOCK_AS_IMPLICIT_KEY:
    "this value contains another name and colon: put text with a colon in quotes, or check the indentation",
  BLOCK_IN_FLOW:
    "this is not allowed within { } or [ ]: put text with a colon in quotes, a comma before the next name, and lists in [ ]",
  DUPLICATE_KEY: "names must be unique, and this one already exists",
  IMPOSSIBLE: "this is not YAML",
  KEY_OVER_1024_CHARS: "a name must have at most 1,024 characters, including its colon",
  MISSING_CHAR: [
    [/closing (["'])quote/, "the quote that begins this text is missing at its end: close it with $1"],
    [/^Comments /, "a comment needs a space before its #; put text with # in quotes"],
    [/^Implicit map keys /, "a colon and a value are missing after this name"],
    [/^Missing space after :/, "a space is missing after the colon"],
    [/^Missing ,/, "a comma, or a colon after a name, is missing before this"],
    [/^Sequence item /, "an entry of a list must begin with - in the same column as the others"],
    [/^Flow /, brackets],
    [/^/, "a space or a line break is missing before this"],
  ],
  MULTILINE_IMPLICIT_KEY:
    "a name and its colon must be on one line: is a colon, a quote or a bracket missing before this?",
  MULTIPLE_ANCHORS: "a value can have only one anchor",
  MULTIPLE_DOCS:
    "a manifest is one document, and another one begins here: put it in a separate file, or remove the line ---",
  MULTIPLE_TAGS: "a value can have only one tag",
  NON_STRING_KEY: "a name must be text: it can't be a list, an object or an alias, and can't have a tag",
  RESOURCE_EXHAUSTION: "this is nested too deeply",
  TAB_AS_INDENT: "a tab can't indent a line: use spaces",
  TAG_RESOLVE_FAILED: "a manifest can have only !!str and the other tags of YAML's core schema: remove this tag",
  UNEXPECTED_TOKEN: [
    [/^Unexpected (,|empty item)/, "an entry is missing before this comma"],
    [/^Block scalar header /, "after | or >, the text must begin on the next line"],
    [/at node end$/, "nothing can follow here: put the whole text in quotes, or check the indentation of this line"],
    [/^/, "this is not allowed here: check the quotes, brackets and indentation before it"],
  ],
};

/** Converts an error of the parser to a message. */
export function inYamlWords({ code, message }: YAMLError): string {
  const found = words[code];
  if (typeof found === "string") {
    return found;
  }
  for (const [pattern, reason] of found) {
    const match = pattern.exec(message);
    if (match !== null) {
      return reason.replace("$1", () => match[1] ?? "");
    }
  }
  return message;
}
