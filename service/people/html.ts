/** Safe HTML templates: inserted values are escaped unless they come from a template. */

/** A piece of HTML; only `html` creates it. */
export class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** A value that a template accepts. */
type Content = string | number | Markup | null | undefined | false | readonly Content[];

/**
 * An HTML template. Text is escaped for elements and quoted attributes; undefined, null and false are omitted.
 *
 * @example html`<p title="${title}">${items.map((item) => html`<b>${item}</b>`)}</p>`
 */
export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  const pieces = strings.map((text, index) => `${text}${render(contents[index])}`);
  return new Markup(pieces.join(""));
}

function render(content: Content): string {
  if (content === undefined || content === null || content === false) {
    return "";
  }
  if (content instanceof Markup) {
    return content.toString();
  }
  if (Array.isArray(content)) {
    return content.map(render).join("");
  }
  return String(content).replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
