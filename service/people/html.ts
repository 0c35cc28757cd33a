/** HTML that is safe by construction: what is put into a template is text, unless a template made it. */

/** A piece of HTML; only `html` makes one. */
export class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What a template takes: text, pieces of HTML, and nothing. */
type Content = string | number | Markup | null | undefined | false | readonly Content[];

/**
 * A template of HTML. Text is escaped for elements and for quoted attributes; nothing, null and false, is left out.
 *
 * @example html`<p title="${title}">${items.map((item) => html`<b>${item}</b>`)}</p>`
 */
export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  const pieces = strings.map((text, index) => `${text}${render(contents[index])}`);
  return new Markup(pieces.join(""));
}

function render(content: Content): string {
  if (content === undefined || content === null || content === false) return "";
  if (content instanceof Markup) return content.toString();
  if (Array.isArray(content)) return content.map(render).join("");
  return String(content).replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
