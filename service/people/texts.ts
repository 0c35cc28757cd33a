/** How values are written on pages. */

/** A time as people read it, in UTC: `2026-11-30 14:05 UTC`. */
export function dateText(time: string | Date): string {
  const iso = typeof time === "string" ? time : time.toISOString();
  return `${iso.slice(0, 16).replace("T", " ")} UTC`;
}

/** A network as people read it: an IPv4 network is one address. */
export function placeOf(network: string): string {
  return network.replace(/\/32$/, "");
}
