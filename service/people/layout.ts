/** The building blocks of pages. */
import { createHash } from "node:crypto";
import { html, type Markup } from "./html.ts";
import { formTokenField, type Site, textOf, type Visitor } from "./site.ts";
import { stylesheet } from "./style.ts";

/** The path of the stylesheet, which contains its hash so that it can be cached for long. */
export const stylesheetPath: string = `/people-${createHash("sha256").update(stylesheet).digest("hex").slice(0, 12)}.css`;

/** The content of a page. */
export interface PageContent {
  readonly title: string;
  readonly main: Markup;
  /** Whether a form on the page has errors. */
  readonly isFaulty?: boolean;
}

/** The errors of a form by field name. */
export type Faults = Readonly<Record<string, string>>;

/** Renders a page. */
export function page(site: Site, visitor: Visitor | null, { title, main, isFaulty = false }: PageContent): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${isFaulty && "Error: "}${title} · Roster</title>
<link rel="stylesheet" href="${stylesheetPath}">
<link rel="icon" href="data:,">
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="top"><div class="frame">
<a class="mark" href="/me">Roster</a>
${visitor !== null && navigation(visitor)}
</div></header>
<main id="content" tabindex="-1"><div class="frame">
${main}
</div></main>
<footer><div class="frame"><p>Accounts are personal: one person each, no shared logins. ${contact(site)}</p></div></footer>
</body>
</html>
`;
}

/** The link to the contact, if configured. */
export function contact({ contactUrl }: Site): Markup | undefined {
  return contactUrl === undefined ? undefined : html`<a href="${contactUrl}">Contact</a>`;
}

function navigation(visitor: Visitor): Markup {
  if (visitor.user === undefined) {
    return html`<nav aria-label="Account"><a href="/log-in">Log in</a><a href="/sign-up">Sign up</a></nav>`;
  }
  return html`<nav aria-label="Account"><a href="/me">Your account</a>${form(
    visitor,
    "/log-out",
    html`<button class="plain">Log out</button>`,
  )}</nav>`;
}

/** Renders a form with the visitor's token. */
export function form(visitor: Visitor, action: string, fields: Markup): Markup {
  // Browsers show their own messages one at a time and only briefly; ours are next to the fields.
  return html`<form method="post" action="${action}" novalidate>
<input type="hidden" name="${formTokenField}" value="${visitor.formToken}">
${fields}
</form>`;
}

/** A field of a form. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type?: "text" | "email" | "password";
  /** The autocomplete value for browsers and password managers. */
  readonly autocomplete: string;
  readonly value?: string | null;
  readonly hint?: string;
  readonly isOptional?: boolean;
  readonly isReadOnly?: boolean;
}

/** Renders a field with its label, hint and error. */
export function field(faults: Faults, each: Field): Markup {
  const { name, label, type = "text", autocomplete, value, hint, isOptional = false, isReadOnly = false } = each;
  const fault = Object.hasOwn(faults, name) ? faults[name] : undefined;
  const described = [hint !== undefined && `${name}-hint`, fault !== undefined && `${name}-fault`].filter(Boolean);
  return html`<div class="field">
<label for="${name}">${label}${isOptional && " (optional)"}</label>
${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`}
${fault !== undefined && html`<p class="wrong" id="${name}-fault">${fault}</p>`}
<input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}" value="${value}"${
    type === "email" && html` autocapitalize="none" spellcheck="false"`
  }${described.length > 0 && html` aria-describedby="${described.join(" ")}"`}${
    fault !== undefined && html` aria-invalid="true"`
  }${isReadOnly ? html` readonly` : !isOptional && html` required`}>
</div>`;
}

/** A choice of one of several values. */
export interface Choices {
  readonly name: string;
  readonly value: string;
  readonly choices: readonly { readonly value: string; readonly label: string; readonly hint?: string }[];
}

/** Renders a list to choose from. */
export function select({ name, label, value, choices }: Choices & { readonly label: string }): Markup {
  return html`<div class="field">
<label for="${name}">${label}</label>
<select id="${name}" name="${name}">${choices.map(
    (choice) =>
      html`<option value="${choice.value}"${choice.value === value && html` selected`}>${choice.label}</option>`,
  )}</select>
</div>`;
}

/** Renders radio buttons with hints. */
export function radios({ name, legend, value, choices }: Choices & { readonly legend: string }): Markup {
  return html`<fieldset>
<legend>${legend}</legend>
${choices.map(
  (choice) => html`<div class="field check">
<input type="radio" id="${name}-${choice.value}" name="${name}" value="${choice.value}"${
    choice.hint !== undefined && html` aria-describedby="${name}-${choice.value}-hint"`
  }${choice.value === value && html` checked`}>
<label for="${name}-${choice.value}">${choice.label}</label>
${choice.hint !== undefined && html`<p class="hint" id="${name}-${choice.value}-hint">${choice.hint}</p>`}
</div>`,
)}
</fieldset>`;
}

/** Renders the summary of a form's errors, with links to the fields; screen readers announce it. */
export function faultSummary(faults: Faults): Markup | false {
  const entries = Object.entries(faults);
  if (entries.length === 0) {
    return false;
  }
  return html`<div class="errors" role="alert" tabindex="-1" autofocus>
<h2>There is a problem</h2>
<ul>${entries.map(([name, fault]) => html`<li><a href="#${name}">${fault}</a></li>`)}</ul>
</div>`;
}

/** A page with a short message. */
export function notice(title: string, ...paragraphs: readonly (Markup | string | undefined)[]): PageContent {
  const said = paragraphs.filter((paragraph) => paragraph !== undefined);
  return { title, main: card(html`<h1>${title}</h1>${said.map((paragraph) => html`<p>${paragraph}</p>`)}`) };
}

/** Messages about a completed action, by the value of `done` in the query. */
export type DoneMessages = ReadonlyMap<string, string>;

/** Renders the message about a completed action; nothing if `done` is missing or unknown. */
export function doneNotice(query: unknown, messages: DoneMessages): Markup | false {
  const message = messages.get(textOf(query, "done"));
  return message !== undefined && html`<div class="notice" role="status"><p>${message}</p></div>`;
}

/** Renders a narrow card, for forms and short texts. */
export function card(content: Markup): Markup {
  return html`<div class="card narrow">${content}</div>`;
}
