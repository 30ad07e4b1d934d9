/** One sheet for all pages, light and dark. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f5f6f8, #14171c);
  --surface: light-dark(#ffffff, #1c2027);
  --line: light-dark(#dfe3e8, #30363f);
  --text: light-dark(#1b1f24, #e6e9ee);
  --muted: light-dark(#5b6470, #9aa4b1);
  --accent: light-dark(#0a5c66, #5cc4cf);
  --note: light-dark(#fff6dd, #33290f);
  --note-line: light-dark(#e3c878, #6e5a21);
  --good: light-dark(#1c6b3c, #6fd19a);
  --bad: light-dark(#a32f28, #f0938c);
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace;
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 14px/1.5 system-ui, "Segoe UI", sans-serif; }
a { color: var(--accent); }
header { background: var(--surface); border-bottom: 1px solid var(--line); }
header > div, main, footer { max-width: 1560px; margin: 0 auto; padding: 0 24px; }
header > div { display: flex; gap: 4px 24px; align-items: center; align-content: center; min-height: 52px; flex-wrap: wrap; }
header strong { font-size: 15px; }
header nav { display: flex; gap: 4px 16px; flex-wrap: wrap; }
header nav a { text-decoration: none; padding: 4px 0; border-bottom: 2px solid transparent; }
header nav a[aria-current] { border-color: var(--accent); color: var(--text); font-weight: 600; }
.standin { background: var(--note); border-bottom: 1px solid var(--note-line); }
.standin p { max-width: 1560px; margin: 0 auto; padding: 6px 24px; font-size: 13px; }
main { padding-block: 20px 48px; }
footer { color: var(--muted); font-size: 12px; padding-bottom: 32px; }
h1 { font-size: 22px; margin: 0 0 2px; letter-spacing: -0.01em; }
h2 { font-size: 16px; margin: 32px 0 10px; }
h3 { font-size: 14px; margin: 0; }
.sub { color: var(--muted); margin: 0 0 16px; }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: 8px; padding: 16px; margin-bottom: 16px; }
.figures { display: flex; gap: 12px; flex-wrap: wrap; margin: 16px 0; padding: 0; }
.figures > div { background: var(--surface); border: 1px solid var(--line); border-radius: 8px; padding: 10px 16px; min-width: 150px; }
.figures dt { color: var(--muted); font-size: 12px; }
.figures dd { margin: 0; font-size: 18px; font-variant-numeric: tabular-nums; }
.bar { display: flex; gap: 16px; align-items: center; flex-wrap: wrap; margin: 12px 0; }
.tabs { display: flex; gap: 4px; flex-wrap: wrap; border-bottom: 1px solid var(--line); margin: 16px 0 12px; }
.tabs a { padding: 8px 12px; text-decoration: none; color: var(--muted); border-bottom: 2px solid transparent; margin-bottom: -1px; }
.tabs a[aria-current] { color: var(--text); border-color: var(--accent); font-weight: 600; }
.count { font-variant-numeric: tabular-nums; color: var(--muted); font-weight: 400; }
.scroll { overflow-x: auto; background: var(--surface); border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th, td { text-align: left; vertical-align: top; padding: 7px 12px; border-bottom: 1px solid var(--line); }
tbody tr:last-child td { border-bottom: 0; }
th { font-size: 12px; font-weight: 600; color: var(--muted); white-space: nowrap; }
td { max-width: 420px; overflow-wrap: break-word; }
td.mono, .value .mono { overflow-wrap: anywhere; }
td.words { min-width: 140px; }
.nowrap, time span { white-space: nowrap; }
.scroll + .scroll { margin-top: 12px; }
code, .mono { font-family: var(--mono); font-size: 12px; font-variant-numeric: tabular-nums; }
td.value { min-width: 260px; }
td.value div { font-size: 12px; }
.tag { display: inline-block; border: 1px solid var(--line); border-radius: 4px; padding: 0 6px; white-space: nowrap; max-width: 220px; overflow: hidden; text-overflow: ellipsis; vertical-align: top; margin: 0 4px 2px 0; font-size: 12px; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.muted { color: var(--muted); }
.none { padding: 28px 16px; text-align: center; color: var(--muted); }
meter { width: 220px; height: 14px; }
button, .button, input[type="search"], select {
  font: inherit; color: var(--text); background: var(--surface); border: 1px solid var(--line); border-radius: 6px; padding: 5px 12px;
}
button { cursor: pointer; }
button[aria-pressed="true"] { border-color: var(--accent); color: var(--accent); font-weight: 600; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
form { margin: 0; }
@media (max-width: 640px) { header > div, main, footer, .standin p { padding-inline: 12px; } .figures > div { min-width: 120px; } }
`;
