/** Tables of plain text that fit a terminal. */
import { asLine, characterCount } from "roster-schema";

/** A column of a table. */
export interface Column<Row> {
  readonly heading: string;
  /** The text of a cell; it is printed as one line. */
  text(row: Row): string;
  /** Whether a long text may be cut, as names are; ids and dates are not. */
  readonly isCut?: boolean;
}

const [gap, minCut] = ["  ", 7];

/**
 * Writes a table, each line with an indent of two spaces. If it is too wide, the widest of the columns that may be cut become narrower,
 * but not narrower than seven characters.
 *
 * @param width the width of the terminal in characters; undefined if nothing has to fit
 */
export function tableOf<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number | undefined = Number.POSITIVE_INFINITY,
): string {
  const lines = [
    columns.map(({ heading }) => heading),
    ...rows.map((row) => columns.map((column) => asLine(column.text(row)) || "-")),
  ];
  const widths = columns.map((_, at) => lines.reduce((most, line) => Math.max(most, lengthOf(line[at])), 0));
  const total = () => widths.reduce((sum, each) => sum + gap.length + each, 0);
  while (total() > width) {
    const cut = columns.flatMap(({ isCut }, at) => (isCut ? [at] : []));
    const [widest] = cut.toSorted((one, other) => (widths[other] ?? 0) - (widths[one] ?? 0));
    if (widest === undefined || (widths[widest] ?? 0) <= minCut) {
      break;
    }
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return lines
    .map((line) => `${gap}${line.map((text, at) => fitted(text, widths[at] ?? 0)).join(gap)}`.trimEnd())
    .join("\n")
    .concat("\n");
}

function lengthOf(text = ""): number {
  return characterCount(text);
}

function fitted(text: string, width: number): string {
  const length = lengthOf(text);
  return length > width ? `${[...text].slice(0, width - 1).join("")}…` : `${text}${" ".repeat(width - length)}`;
}
