/** The stylesheet of the pages. */

/** The stylesheet: system fonts, light and dark, any width. */
export const stylesheet = `
:root {
  color-scheme: light dark;
  --ground: #f6f6f3; --surface: #fff; --text: #1d2329; --quiet: #59626b; --line: #d5d8d6; --field: #7d868e;
  --accent: #0b5f73; --accent-strong: #084554; --on-accent: #fff; --tint: #e6f1f3;
  --error: #a8201a; --error-tint: #fcebea;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14181b; --surface: #1c2226; --text: #e7eaec; --quiet: #a5afb7; --line: #343c42; --field: #7c8890;
    --accent: #6cc5da; --accent-strong: #93d8e8; --on-accent: #0b2026; --tint: #17313a;
    --error: #ff9d94; --error-tint: #3a1d1c;
  }
}
* { box-sizing: border-box; }
html { font: 100%/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--ground); color: var(--text); }
.frame { width: 100%; max-width: 42rem; margin: 0 auto; padding: 0 1.25rem; }
.skip { position: absolute; left: -100vw; padding: .5rem 1rem; background: var(--surface); }
.skip:focus { left: 1rem; top: .5rem; }
.top { padding: 1.25rem 0; }
.top .frame { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; }
.mark { margin-right: auto; font-weight: 650; font-size: 1.125rem; letter-spacing: -.01em; color: var(--text); text-decoration: none; }
.mark::before { content: ""; display: inline-block; width: .6rem; height: .6rem; margin-right: .5rem; border-radius: 50%; background: var(--accent); }
.top nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: center; }
main { flex: 1; padding-bottom: 3rem; }
.card { margin-bottom: 1.25rem; padding: 2rem; background: var(--surface); border: 1px solid var(--line); border-radius: .75rem; }
.narrow { max-width: 29rem; margin-left: auto; margin-right: auto; }
h1 { margin: 0 0 .75rem; font-size: 1.625rem; line-height: 1.25; letter-spacing: -.015em; }
h2 { margin: 0 0 .75rem; font-size: 1.125rem; line-height: 1.35; }
p { margin: 0 0 1rem; }
p, dd, li, h1, td { overflow-wrap: anywhere; }
.card > :last-child, form > :last-child { margin-bottom: 0; }
a { color: var(--accent); text-underline-offset: .15em; }
a:hover { color: var(--accent-strong); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: .25rem; }
.quiet { color: var(--quiet); }
.field { margin-bottom: 1.25rem; }
label { display: block; font-weight: 600; }
.hint { margin: .125rem 0 0; color: var(--quiet); font-size: .9375rem; }
.wrong { margin: .25rem 0 0; color: var(--error); font-weight: 600; }
input:not([type=checkbox], [type=radio]), select {
  width: 100%; margin-top: .375rem; padding: .625rem .75rem; font: inherit; color: inherit;
  background: var(--surface); border: 1px solid var(--field); border-radius: .5rem;
}
input[readonly] { background: var(--ground); border-color: var(--line); }
input[aria-invalid] { border: 2px solid var(--error); }
summary { margin-bottom: .75rem; color: var(--accent); cursor: pointer; }
details { margin-bottom: 1.25rem; }
.secret, .code { display: block; padding: .75rem 1rem; background: var(--tint); border-radius: .5rem; overflow-wrap: anywhere; user-select: all; }
.code { font-size: 1.5rem; letter-spacing: .1em; text-align: center; }
dl + h2, dl + p, dl + form, .list + form { margin-top: 1.5rem; }
.logo { display: block; max-width: 100%; max-height: 12rem; }
.check { display: grid; grid-template-columns: auto 1fr; gap: 0 .75rem; }
.check label { font-weight: 400; }
.check input { width: 1.25rem; height: 1.25rem; margin: .15rem 0 0; accent-color: var(--accent); }
.check .wrong, .check .hint { grid-column: 2; }
fieldset { margin: 0 0 1.25rem; padding: 1rem 1.25rem; border: 1px solid var(--line); border-radius: .5rem; }
legend { float: left; width: 100%; margin-bottom: .5rem; padding: 0; font-weight: 600; }
legend + * { clear: both; }
fieldset .field { margin: 0; }
fieldset p { margin-bottom: .75rem; }
.actions { display: flex; flex-wrap: wrap; gap: .75rem 1.25rem; align-items: center; margin: 0; }
button, .button {
  display: inline-block; padding: .625rem 1.25rem; font: inherit; font-weight: 600; text-align: center; text-decoration: none;
  color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-radius: .5rem; cursor: pointer;
}
button:hover, .button:hover { background: var(--accent-strong); border-color: var(--accent-strong); color: var(--on-accent); }
.secondary { color: var(--accent); background: transparent; border-color: var(--field); }
.secondary:hover { color: var(--accent-strong); background: var(--tint); border-color: var(--accent-strong); }
.plain { padding: 0; color: var(--accent); background: none; border: 0; font-weight: 400; text-decoration: underline; text-underline-offset: .15em; }
.plain:hover { color: var(--accent-strong); background: none; }
.notice, .errors { margin-bottom: 1.5rem; padding: 1rem 1.25rem; border-left: 4px solid var(--accent); border-radius: .25rem .5rem .5rem .25rem; background: var(--tint); }
.errors { border-color: var(--error); background: var(--error-tint); }
.errors h2 { color: var(--error); margin-bottom: .25rem; }
.errors ul { margin: 0; padding-left: 1.25rem; }
.errors a { color: var(--error); }
.notice > :last-child, .errors > :last-child { margin-bottom: 0; }
dl { margin: 0; }
dl div { display: grid; grid-template-columns: 9rem 1fr; gap: .125rem 1rem; padding: .5rem 0; border-top: 1px solid var(--line); }
dl div:first-child { border-top: 0; padding-top: 0; }
dl div:last-child { padding-bottom: 0; }
dt { color: var(--quiet); }
dd { margin: 0; }
.list { list-style: none; margin: 0; padding: 0; }
.list li { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: center; padding: .75rem 0; border-top: 1px solid var(--line); }
.list li:first-child { border-top: 0; padding-top: 0; }
.list li:last-child { padding-bottom: 0; }
.list .what { flex: 1 1 14rem; }
.list strong { display: block; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.after { margin-top: 1.5rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
footer { padding: 1.25rem 0 2rem; color: var(--quiet); font-size: .9375rem; }
footer p { margin: 0; }
@media (max-width: 34rem) {
  .card { padding: 1.25rem; }
  h1 { font-size: 1.375rem; }
  dl div { grid-template-columns: 1fr; }
  .actions form, .actions button, .actions .button { width: 100%; }
  .actions .plain { width: auto; }
}
@media (forced-colors: active) { .mark::before { background: CanvasText; } }
`;
