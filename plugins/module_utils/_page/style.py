# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stylesheet of the audit's page, written by "make generate" from page.css, findings.css and print.css. Pure."""

from __future__ import annotations

STYLE = r"""
/* Colours */
:root {
  color-scheme: light dark;
  --paper: light-dark(#faf9f7, #14171b);
  --card: light-dark(#ffffff, #1c2025);
  --ink: light-dark(#1b2026, #e6e9ec);
  --quiet: light-dark(#545d67, #a7b0ba);
  --line: light-dark(#e0e2e5, #30363d);
  --edge: light-dark(#7d868f, #7b858f);
  --accent: light-dark(#0b6175, #69c3d8);
  --accent-soft: light-dark(#e3f0f3, #16343c);
  --alert: light-dark(#9c3413, #f3a678);
  --alert-soft: light-dark(#fbeee8, #3a241a);
  --good: light-dark(#1d6b3c, #82cf9d);
  --good-soft: light-dark(#e7f4ec, #17321f);
  --empty: light-dark(#e6e8eb, #2f363d);
}

/* Text */
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
html { scroll-padding-block-start: 4rem; }
body {
  margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: anywhere;
  font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
header, main, footer { max-inline-size: 82rem; margin-inline: auto; padding-inline: clamp(1rem, 4vw, 3rem); }
header { padding-block: clamp(1.5rem, 4vw, 3rem) 0; }
footer { padding-block: 2rem 3rem; color: var(--quiet); font-size: 0.875rem; }
footer p { margin: 0; }
:is(body, main):focus { outline: none; }
section { margin-block-start: clamp(2.5rem, 5vw, 4rem); }
h1 { margin: 0; font-size: 1rem; font-weight: 600; color: var(--quiet); letter-spacing: 0.02em; }
h2 { margin: 0 0 0.75rem; font-size: 1.5rem; font-weight: 650; line-height: 1.2; letter-spacing: -0.01em; }
h3 { margin: 1.75rem 0 0.75rem; font-size: 1rem; font-weight: 650; }
p { margin: 0 0 1rem; max-inline-size: 70ch; }
small { font-size: 0.875rem; font-weight: 400; color: var(--quiet); }
a { color: var(--accent); text-underline-offset: 0.2em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; inset: 0 auto auto 0; padding: 0.75rem 1rem; background: var(--card); z-index: 2; }
.skip:not(:focus) { transform: translateY(-110%); }

/* The verdict, and what follows at once */
.icon { flex: none; inline-size: 1.25rem; block-size: 1.25rem; vertical-align: -0.25rem; }
.icon circle { fill: var(--accent); }
.icon path { fill: none; stroke: var(--card); stroke-width: 2.2; stroke-linecap: round; stroke-linejoin: round; }
.icon.good circle { fill: var(--good); }
.icon.alert circle, .icon.unread circle { fill: var(--alert); }
.verdict { display: flex; gap: clamp(0.75rem, 2vw, 1.25rem); align-items: flex-start; margin-block: 1rem 1.25rem; }
.verdict .icon { inline-size: clamp(2.25rem, 6vw, 3.25rem); block-size: auto; aspect-ratio: 1; }
.verdict p { margin: 0; font-size: clamp(1.125rem, 2.2vw, 1.375rem); line-height: 1.4; text-wrap: pretty; }
.verdict strong { display: block; font-size: clamp(1.75rem, 5vw, 2.75rem); line-height: 1.15; letter-spacing: -0.02em; }
.verdict.good strong { color: var(--good); }
.verdict.alert strong, .verdict.unread strong { color: var(--alert); }
.facts, .since { color: var(--quiet); font-size: 0.9375rem; }
.facts { max-inline-size: none; }
.since { margin-block: 1.5rem 0.25rem; }
.trend { display: flex; flex-wrap: wrap; gap: 0.5rem 2.5rem; margin: 0; }
.trend div { display: flex; flex-direction: column-reverse; }
.trend dt { color: var(--quiet); font-size: 0.9375rem; }
.trend dd { margin: 0; font-size: 1.75rem; font-weight: 650; line-height: 1.2; font-variant-numeric: tabular-nums; }
nav ul {
  display: flex; flex-wrap: wrap; gap: 0.25rem 1.75rem; margin: 1.75rem 0 0; padding: 0.5rem 0;
  list-style: none; border-block: 1px solid var(--line);
}
nav a { display: inline-block; padding-block: 0.375rem; font-weight: 550; text-decoration: none; }
nav a:hover { text-decoration: underline; }
.well { font-size: 1.125rem; }
.well .icon { margin-inline-end: 0.25rem; }

/* Pools and ends as pictures */
.patterns { position: absolute; }
.hatch-ground { fill: var(--card); }
.hatch-line { fill: var(--alert); }
.managed { fill: var(--accent); }
.unmanaged { fill: url(#hatch); stroke: var(--alert); }
.free, .later { fill: var(--empty); stroke: var(--edge); }
.limit { fill: var(--ink); }
.ended { fill: var(--card); stroke: var(--alert); stroke-width: 1.5; }
.in_grace { fill: url(#hatch); stroke: var(--alert); }
.soon { fill: var(--accent); }
.window { fill: var(--accent-soft); }
.swatch { inline-size: 16px; block-size: 12px; margin-inline-end: 0.125rem; }
.key { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; max-inline-size: none; }
.key { color: var(--quiet); font-size: 0.875rem; }
.pools {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr));
  gap: 1.25rem 2.5rem; margin: 0; padding: 0; list-style: none;
}
.pools li { min-inline-size: 0; padding-inline: 1px; }
.pools.many li { content-visibility: auto; contain-intrinsic-size: auto 5rem; }
.pools p { margin: 0; }
.whose { display: flex; flex-wrap: wrap; gap: 0 0.5rem; align-items: baseline; }
.whose em { margin-inline-start: auto; color: var(--alert); font-style: normal; font-size: 0.875rem; font-weight: 600; }
.whose em::before { content: "\25B2\00A0" / ""; font-size: 0.75em; }
.bar {
  display: block; inline-size: 100%; block-size: 0.875rem; margin-block: 0.25rem; overflow: hidden;
  background: var(--empty); border: 1px solid var(--edge); border-radius: 3px;
}
.bar rect { block-size: 100%; stroke: none; }
.numbers { display: flex; flex-wrap: wrap; gap: 0 0.75rem; justify-content: space-between; }
.numbers { font-size: 0.9375rem; font-variant-numeric: tabular-nums; }
.timeline { display: block; inline-size: 100%; block-size: 192px; margin-block: 0 0.5rem; }
.timeline text { fill: var(--quiet); font-size: 0.8125rem; font-variant-numeric: tabular-nums; }
.timeline text.count { fill: var(--ink); text-anchor: middle; }
.timeline text.count { paint-order: stroke; stroke: var(--paper); stroke-width: 5px; }
.timeline text.today { fill: var(--accent); font-weight: 650; transform: translateX(4px); }
.timeline text.today[text-anchor] { transform: translateX(-4px); }
.timeline .axis, .timeline .tick { fill: var(--edge); }
.timeline .today { fill: var(--accent); }
.ends { margin: 1rem 0 0; }
.ends div {
  display: grid; grid-template-columns: minmax(0, 20rem) minmax(0, 1fr); gap: 0 1.5rem;
  padding-block: 0.5rem; border-block-end: 1px solid var(--line);
}
.ends dt { grid-row: 1 / span 999; font-weight: 600; }
.ends dt small { display: block; }
.ends dd { grid-column: 2; margin: 0; }
.ends b { font-weight: 400; color: var(--quiet); font-variant-numeric: tabular-nums; }
details { border-block: 1px solid var(--line); margin-block-start: -1px; }
summary { padding-block: 0.75rem; font-weight: 600; cursor: pointer; }
summary span { margin-inline-start: 0.25rem; }
summary:hover span { text-decoration: underline; text-underline-offset: 0.2em; }
details > :not(summary):last-child { margin-block: 0.5rem 1.5rem; }
@media screen and (max-width: 48rem) {
  .minor { display: none; }
  .ends div { display: block; }
}

/* What each finding is about, by its concern */
.reading::before, .capacity::before, .drift::before, .expiry::before, .notice::before {
  display: inline-block; inline-size: 1.25rem; margin-inline-end: 0.375rem; border-radius: 4px;
  background: var(--alert-soft); color: var(--alert);
  font-size: 0.8125rem; font-weight: 700; line-height: 1.25rem; text-align: center;
}
.reading::before { content: "?" / ""; }
.capacity::before { content: "!" / ""; }
.drift::before { content: "\2260" / ""; }
.expiry::before { content: "\2026" / ""; background: var(--accent-soft); color: var(--accent); }
.notice::before { content: "i" / ""; background: var(--empty); color: var(--ink); }
.legend { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); gap: 1.25rem 2.5rem; }
.legend { margin: 0; }
.legend dt { font-weight: 600; }
.legend dd { margin: 0 0 0 1.625rem; color: var(--quiet); }

/* Filters */
form { margin-block: 1rem; padding: 1rem 1.25rem; background: var(--card); border: 1px solid var(--line); }
form { border-radius: 8px; }
form p { display: flex; flex-wrap: wrap; gap: 0.5rem 0.75rem; align-items: center; margin: 0; max-inline-size: none; }
form p label { font-weight: 600; }
input[type="search"] {
  flex: 1 1 12rem; min-inline-size: 0; max-inline-size: 32rem; padding: 0.5rem 0.75rem; font: inherit; color: inherit;
  background: var(--paper); border: 1px solid var(--edge); border-radius: 6px;
}
button { font: inherit; color: inherit; cursor: pointer; }
button.all {
  padding: 0.5rem 0.875rem; background: var(--paper); border: 1px solid var(--edge); border-radius: 6px;
}
button.all:hover { border-color: var(--accent); color: var(--accent); }
fieldset { display: flex; flex-wrap: wrap; gap: 0.5rem; min-inline-size: 0; }
fieldset { margin: 0.75rem 0 0; padding: 0; border: 0; }
legend { margin-block-end: 0.375rem; padding: 0; font-weight: 600; }
fieldset label {
  display: inline-flex; gap: 0.375rem; align-items: center; min-block-size: 2.25rem; padding: 0.25rem 0.75rem;
  border: 1px solid var(--line); border-radius: 1.125rem; background: var(--paper); cursor: pointer;
}
fieldset label:hover { border-color: var(--accent); }
fieldset label:has(:checked) { border-color: var(--accent); background: var(--accent-soft); }
fieldset label:has(:checked) small { color: var(--ink); }
fieldset label:has(:focus-visible) { outline: 3px solid var(--accent); outline-offset: 2px; }
fieldset input { inline-size: 1rem; block-size: 1rem; margin: 0; accent-color: var(--accent); }
fieldset input:focus-visible { outline: none; }
fieldset label small { font-variant-numeric: tabular-nums; }
#shown { margin-block: 0.75rem 0.5rem; color: var(--quiet); min-block-size: 1.5rem; }
#nothing { padding: 2rem 1.25rem; max-inline-size: none; background: var(--card); border: 1px dashed var(--edge); }
#nothing button { margin-inline-start: 0.5rem; }

/* Tables */
table { inline-size: 100%; border-collapse: collapse; text-align: start; font-variant-numeric: tabular-nums; }
th { font-weight: 600; text-align: start; }
th, td { padding: 0.5rem; vertical-align: top; }
td { border-block-end: 1px solid var(--line); }
thead th { overflow-wrap: normal; }
tbody th { padding-block: 1.5rem 0.5rem; border-block-end: 1px solid var(--edge); font-size: 1.0625rem; }
:is(th, td):nth-child(n + 4):nth-child(-n + 6) { text-align: end; }
tbody th:nth-child(n) { text-align: start; }
td:first-child { font-weight: 550; }
td strong { padding: 0.0625rem 0.375rem; border-radius: 4px; background: var(--accent); color: var(--card); }
td strong { font-size: 0.8125rem; font-weight: 650; }
thead button {
  display: inline-flex; gap: 0.25rem; align-items: baseline; margin: -0.375rem -0.5rem; padding: 0.375rem 0.5rem;
  background: none; border: 0; border-radius: 4px; font-weight: 600; text-align: inherit;
}
thead button:hover { color: var(--accent); text-decoration: underline; text-underline-offset: 0.2em; }
thead button::after { content: "\2195" / ""; color: var(--quiet); font-weight: 400; }
[aria-sort] button { color: var(--accent); }
[aria-sort] button::after { color: inherit; }
[aria-sort="ascending"] button::after { content: "\2191" / ""; }
[aria-sort="descending"] button::after { content: "\2193" / ""; }
@media screen {
  .findings, .findings :is(thead, tbody) { display: block; }
  .findings.many tbody { content-visibility: auto; contain-intrinsic-size: auto 30rem; }
  .findings :is(th, td) { display: block; min-inline-size: 0; }
  .findings td { border: 0; }
  .findings tbody tr { display: grid; border-block-end: 1px solid var(--line); }
  .findings tbody tr:has(th) { display: block; border: 0; }
}
@media screen and (min-width: 72rem) {
  .findings thead tr, .findings tbody tr:not(:has(th)) {
    display: grid; grid-template-columns:
      12rem minmax(0, 2.4fr) minmax(5.5rem, 1.2fr) 7.25rem 7.25rem 8.5rem 10.5rem minmax(0, 2fr);
  }
  .findings thead { position: sticky; inset-block-start: 0; z-index: 1; background: var(--paper); }
  .findings thead tr { border-block-end: 2px solid var(--ink); }
  .findings tbody tr:not(:has(th)):hover { background: var(--card); }
}
@media screen and (max-width: 71.99rem) {
  .findings thead { block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .scripted .findings thead { block-size: auto; overflow: visible; clip-path: none; white-space: normal; }
  .findings thead tr { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.25rem 1rem; }
  .findings thead tr::before { content: "Sort by" / ""; color: var(--quiet); }
  .findings thead th { padding: 0.375rem 0; }
  .findings thead button { margin: 0; padding: 0.25rem; }
  .findings tbody th { padding-inline: 0; }
  .findings tbody tr:not(:has(th)) {
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 6rem), 1fr)); gap: 0.25rem 1rem; padding-block: 0.75rem;
  }
  .findings td { padding: 0; }
  .findings td:nth-child(n) { text-align: start; }
  /* Nobody sees an empty cell, but it must not be missing where cells are counted. */
  .findings tr { position: relative; }
  .findings td:empty { position: absolute; inset: 0 auto auto 0; inline-size: 1px; clip-path: inset(50%); }
  .findings td:empty { block-size: 1px; overflow: hidden; }
  .findings td:is(:first-child, :nth-child(2), :nth-child(8)) { grid-column: 1 / -1; }
  .findings td:nth-child(7) { grid-column: span 2; }
  .findings td:not(:first-child)::before { display: block; color: var(--quiet); font-size: 0.8125rem; }
  .findings td:nth-child(2)::before { content: "Place"; }
  .findings td:nth-child(3)::before { content: "Code"; }
  .findings td:nth-child(4)::before { content: "Wanted"; }
  .findings td:nth-child(5)::before { content: "Held"; }
  .findings td:nth-child(6)::before { content: "Difference"; }
  .findings td:nth-child(7)::before { content: "Since"; }
  .findings td:nth-child(8)::before { content: "Detail"; }
}

@media print {
  :root { color-scheme: light; font-size: 75%; }
  @page { margin: 15mm; }
  body { background: none; }
  header, main, footer { max-inline-size: none; padding-inline: 0; }
  nav, form, .skip, #nothing, thead button::after { display: none !important; }
  section { margin-block-start: 2rem; }
  h2, h3, summary, .key, tbody tr:has(th) { break-after: avoid; }
  tr, .pools li, .ends div, .legend div, .timeline, .verdict { break-inside: avoid; }
  thead { display: table-header-group; break-inside: avoid; }
  .pools { grid-template-columns: repeat(3, minmax(0, 1fr)); }
  .pools.many li { content-visibility: visible; }
  details::details-content { display: block; content-visibility: visible; block-size: auto; }
  summary { list-style: none; }
  td strong { padding: 0; background: none; color: inherit; }
  .reading::before, .capacity::before, .drift::before, .expiry::before, .notice::before { background: none; }
  table { table-layout: fixed; font-size: 0.9167rem; }
  thead th:is(:nth-child(1), :nth-child(3), :nth-child(8)) { inline-size: 14%; }
  thead th:nth-child(n + 4):nth-child(-n + 7) { inline-size: 10%; }
  thead th:nth-child(6) { inline-size: 12%; }
  th, td { padding: 0.25rem 0.375rem; }
  thead th { border-block-end: 2px solid var(--ink); }
  thead button { display: contents; }
}
"""
