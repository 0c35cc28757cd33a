/** What is wrong with the YAML of a manifest, told to somebody who doesn't know the grammar of YAML. */
import type { YAMLError } from "yaml";

const brackets = "the { or [ before is not closed by } or ] here: close it, or indent its lines further";
const quotes = "put it in quotes if it is text";

/** By the parser's code: what is wrong and what to do. What a code has in several meanings goes by the message. */
const words: Readonly<Record<YAMLError["code"], string | readonly (readonly [RegExp, string])[]>> = {
  ALIAS_PROPS: "an alias stands alone: put the anchor or tag where its value is written",
  BAD_ALIAS: `& and * begin an anchor and an alias, which have a name and no colon at its end; ${quotes}`,
  BAD_COLLECTION_TYPE: "this tag is for another kind of value: leave it out",
  BAD_DIRECTIVE: "a manifest can't have this directive: leave out the line",
  BAD_DQ_ESCAPE: [
    [/(\\\S*)$/, "$1 is not an escape: write \\\\ for a backslash in double quotes, or use single quotes"],
    [/^/, "a backslash in double quotes begins an escape: write \\\\ for a backslash, or use single quotes"],
  ],
  BAD_INDENT: [
    [/^Flow /, brackets],
    [/^Block scalar/, "the lines of this text are indented differently: indent the first one least"],
    [/^/, "this line is indented differently from those that it belongs with: begin them in one column"],
  ],
  BAD_PROP_ORDER: "an anchor or a tag comes directly before its value",
  BAD_SCALAR_START: [
    [/(\S+)$/, "text can't begin with $1: put it in quotes"],
    [/^/, "text can't begin like this: put it in quotes"],
  ],
  BLOCK_AS_IMPLICIT_KEY:
    "there is another name and colon in this value: put text with a colon in quotes, or check the indentation",
  BLOCK_IN_FLOW:
    "within { } or [ ] this can't stand here: put text with a colon in quotes, a comma before the next name, and lists in [ ]",
  DUPLICATE_KEY: "names are unique, and this one is there already",
  IMPOSSIBLE: "this is not YAML",
  KEY_OVER_1024_CHARS: "a name has at most 1,024 characters, with its colon after it",
  MISSING_CHAR: [
    [/closing (["'])quote/, "the quote that begins this text is missing at its end: close it with $1"],
    [/^Comments /, "a comment needs a space before its #; put text with # in quotes"],
    [/^Implicit map keys /, "a colon and a value are missing after this name"],
    [/^Missing space after :/, "a space is missing after the colon"],
    [/^Missing ,/, "a comma, or a colon after a name, is missing before this"],
    [/^Sequence item /, "a list's entry begins with - in the column of the others"],
    [/^Flow /, brackets],
    [/^/, "a space or a line's end is missing before this"],
  ],
  MULTILINE_IMPLICIT_KEY: "a name and its colon are in one line: is a colon, a quote or a bracket missing before this?",
  MULTIPLE_ANCHORS: "a value has at most one anchor",
  MULTIPLE_DOCS:
    "a manifest is one document, and another begins here: put it in a file of its own, or leave out the line ---",
  MULTIPLE_TAGS: "a value has at most one tag",
  NON_STRING_KEY: "a name is text: it can't be a list, an object or an alias, and has no tag",
  RESOURCE_EXHAUSTION: "this is nested too deeply",
  TAB_AS_INDENT: "a tab can't indent a line: use spaces",
  TAG_RESOLVE_FAILED: "a manifest has no tags but !!str and the others of YAML's core schema: leave this one out",
  UNEXPECTED_TOKEN: [
    [/^Unexpected (,|empty item)/, "an entry is missing before this comma"],
    [/^Block scalar header /, "after | or > the text begins in the next line"],
    [/at node end$/, "nothing can follow here: put the whole text in quotes, or check the indentation of this line"],
    [/^/, "this can't stand here: check the quotes, brackets and indentation before it"],
  ],
};

/** Says what the parser found wrong with a document. */
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
