/** Telling a person what takes long. Everything goes to stderr, so that stdout stays the program's own. */

const lineIntervalMs = 15_000;

/** @param {string} text */
export function say(text) {
  process.stderr.write(`set-up: ${text}\n`);
}

/**
 * Shows that something is under way: on a terminal one line updated in place, elsewhere one
 * line now and one every 15 seconds.
 *
 * @template Result
 * @param {string} label what is being done, for example "installing the packages"
 * @param {(setDetail: (detail: string) => void) => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function withProgress(label, work) {
  const stream = process.stderr;
  const startMs = Date.now();
  let detail = "";
  const line = () => {
    const seconds = Math.round((Date.now() - startMs) / 1000);
    return `set-up: ${label} … ${seconds} s${detail && `, ${detail}`}`;
  };
  const draw = () => {
    if (stream.isTTY) {
      stream.write(`\r\x1b[2K${line().slice(0, stream.columns - 1)}`);
    } else {
      stream.write(`${line()}\n`);
    }
  };

  if (stream.isTTY) {
    draw();
  } else {
    say(label);
  }
  const timer = setInterval(draw, stream.isTTY ? 1000 : lineIntervalMs);
  try {
    const result = await work((text) => {
      detail = text;
    });
    if (stream.isTTY) {
      stream.write(`\r\x1b[2K${line()}\n`);
    } else if (Date.now() - startMs > lineIntervalMs) {
      stream.write(`${line()}, done\n`);
    }
    return result;
  } catch (error) {
    if (stream.isTTY) {
      stream.write("\r\x1b[2K");
    }
    throw error;
  } finally {
    clearInterval(timer);
  }
}
