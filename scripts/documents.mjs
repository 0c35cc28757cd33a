/** What commands write into documents: figures and tables, between two marks that name the command. */
import os from "node:os";

/**
 * A document with what a command writes into it.
 *
 * @param {string} document
 * @param {string} command such as `npm run bench`
 * @param {string} content
 * @returns {string}
 * @throws {Error} where the document has no place for it
 */
export function withWritten(document, command, content) {
  const [begin, end] = ["begin", "end"].map((which) => `<!-- ${which} of what \`${command}\` writes -->`);
  const [before, rest] = document.split(`${begin}\n`);
  const after = rest?.split(`${end}\n`)[1];
  if (after === undefined) {
    throw new Error(`The document has no ${begin} with its end.`);
  }
  return `${before}${begin}\n${content}\n${end}\n${after}`;
}

/** Which day it is and what this machine is, for a person who reads figures that were measured here. */
export function todayAndMachine() {
  const [cpu] = os.cpus();
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return (
    `${new Date().toISOString().slice(0, 10)}, on ${os.cpus().length} × ${cpu?.model.trim()} with ${memory} GiB, ` +
    `${process.platform}, Node.js ${process.versions.node}`
  );
}
