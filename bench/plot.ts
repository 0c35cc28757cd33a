/** Draws time against the number of members, for Roster and its peer. */
import { scaleLinear } from "d3-scale";
import type { Row } from "./row.ts";

const panel = { width: 400, height: 300, left: 56, right: 108, top: 56, bottom: 48 };
const sides = [
  { side: "roster", label: "Roster", color: "#0b6e4f" },
  { side: "peer", label: "peer", color: "#b3541e" },
] as const;

/** A panel: what it is called, and the name of its rows before the number of members. */
const panels = [
  { title: "up, from nothing", begins: "up of " },
  { title: "preview that looks at the service", begins: "preview --refresh of " },
] as const;

/** What a line goes through. */
interface Point {
  readonly count: number;
  readonly seconds: number;
}

/** @returns an SVG; undefined where the rows that it shows were not measured */
export function plotOf(rows: readonly Row[]): string | undefined {
  const drawn = panels.map(({ title, begins }) => drawPanel(title, rowsOf(rows, begins)));
  if (drawn.some((content) => content === undefined)) {
    return undefined;
  }
  const width = panel.width * panels.length;
  const placed = drawn.map((content, at) => `<g transform="translate(${at * panel.width} 0)">${content}</g>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${panel.height}" width="${width}" height="${panel.height}" font-family="system-ui, sans-serif" font-size="12">
<title>Seconds against the number of members, for Roster and its peer</title>
<rect width="100%" height="100%" fill="#ffffff"/>
${placed.join("\n")}
</svg>
`;
}

/** The rows of one kind that have a peer, by the number of members. */
function rowsOf(rows: readonly Row[], begins: string): { readonly count: number; readonly row: Row }[] {
  return rows
    .map((row) => ({ count: Number(new RegExp(`^${begins}(\\d+) members$`).exec(row.name)?.[1]), row }))
    .filter(({ count, row }) => !Number.isNaN(count) && row.peer !== null)
    .toSorted((one, other) => one.count - other.count);
}

function drawPanel(title: string, rows: readonly { readonly count: number; readonly row: Row }[]): string | undefined {
  if (rows.length === 0) {
    return undefined;
  }
  const largest = rows.at(-1)?.count ?? 0;
  const slowest = Math.max(...rows.flatMap(({ row }) => [row.roster.median, row.peer?.median ?? 0]));
  const x = scaleLinear([0, largest], [panel.left, panel.width - panel.right]);
  const y = scaleLinear([0, slowest], [panel.height - panel.bottom, panel.top]).nice(5);
  const [start, end] = [panel.left, panel.width - panel.right];
  const across = y
    .ticks(5)
    .map(
      (tick) =>
        `<path d="M${start} ${y(tick)}H${end}" stroke="#dddddd"/><text x="${start - 8}" y="${y(tick) + 4}" text-anchor="end">${tick} s</text>`,
    );
  const below = rows.map(
    ({ count }) =>
      `<text x="${x(count)}" y="${panel.height - panel.bottom + 18}" text-anchor="middle">${count.toLocaleString("en")}</text>`,
  );
  const lines = sides.map(({ side, label, color }) => {
    const points = rows.map(({ count, row }) => ({ count, seconds: row[side]?.median ?? Number.NaN }));
    return drawLine(
      points.map((point) => ({ x: x(point.count), y: y(point.seconds) })),
      label,
      color,
      points.at(-1),
    );
  });
  const axis = `<text x="${(start + end) / 2}" y="${panel.height - 10}" text-anchor="middle">members</text>`;
  const heading = `<text x="${start}" y="28" font-size="14" font-weight="600">${title}</text>`;
  return [heading, ...across, ...below, axis, ...lines].join("\n");
}

function drawLine(
  points: readonly { readonly x: number; readonly y: number }[],
  label: string,
  color: string,
  last: Point | undefined,
): string {
  const path = points.map(({ x, y }, at) => `${at === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
  const dots = points.map(({ x, y }) => `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3.5" fill="${color}"/>`);
  const end = points.at(-1);
  const text = `<text x="${(end?.x ?? 0) + 8}" y="${(end?.y ?? 0) + 4}" fill="${color}" font-weight="600">${label} ${last?.seconds.toFixed(1)} s</text>`;
  return [`<path d="${path}" fill="none" stroke="${color}" stroke-width="2"/>`, ...dots, text].join("\n");
}
