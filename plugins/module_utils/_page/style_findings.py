# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of the page's stylesheet that is about the findings: their filters and their tables. A constant. Pure."""

from __future__ import annotations

_CONTROLS = """
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
"""

_TABLES = """
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
thead button::after { content: "\\2195" / ""; color: var(--quiet); font-weight: 400; }
[aria-sort] button { color: var(--accent); }
[aria-sort] button::after { color: inherit; }
[aria-sort="ascending"] button::after { content: "\\2191" / ""; }
[aria-sort="descending"] button::after { content: "\\2193" / ""; }
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
"""

FINDINGS_STYLE = _CONTROLS + _TABLES
