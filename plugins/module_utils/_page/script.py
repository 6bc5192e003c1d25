# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The script of the audit's page, written by "make generate" from page.js. Pure."""

from __future__ import annotations

SCRIPT = r"""
"use strict";
(() => {
  const words = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const many = new Intl.NumberFormat("en-GB");

  // What a cell is sorted by. Nothing is null, and null comes last whichever way it is sorted.
  const sortValue = (cell) => {
    const text = cell.dataset.value ?? cell.textContent;
    if (text === "never") return Infinity;
    if (/^-?\d+$/.test(text)) return Number(text);
    const moment = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
    return Number.isNaN(moment) ? null : moment;
  };
  const keyOf = {
    kind: (row) => Number(row.dataset.kind),
    text: (row, column) => row.cells[column].textContent || null,
    value: (row, column) => sortValue(row.cells[column]),
  };
  const compare = (one, other, direction) => {
    if (one === other) return 0;
    if (one === null) return 1;
    if (other === null) return -1;
    return direction * (typeof one === "string" ? words.compare(one, other) : one - other);
  };

  // A group has its rows in one or more bodies of the same size, the first of them with its head.
  const groupOf = (head, size) => {
    const count = head.querySelector(".count");
    return { title: head.textContent, count, total: count.textContent, size, bodies: [], entries: [] };
  };
  const rowsOf = (group, place) => group.inOrder.slice(place * group.size, (place + 1) * group.size);

  class Table {
    constructor(table) {
      this.element = table;
      this.columns = Array.from(table.tHead.rows[0].cells);
      this.sorted = null;
      this.groups = [];
      for (const body of table.tBodies) {
        const rows = Array.from(body.rows);
        if (!body.classList.contains("more")) this.groups.push(groupOf(rows.shift(), rows.length));
        const group = this.groups.at(-1);
        group.bodies.push(body);
        group.entries.push(...rows.map((row) => ({ row, text: null, key: null })));
      }
      for (const group of this.groups) group.inOrder = group.entries;
      this.entries = this.groups.flatMap((group) => group.entries);
      for (const column of this.columns) {
        const button = document.createElement("button");
        button.type = "button";
        button.append(...column.childNodes);
        column.append(button);
      }
      table.tHead.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (button) this.turn(button.parentElement);
      });
    }

    // Sorts by a column, or the other way round if it is sorted by it already.
    turn(column) {
      const descending = column.ariaSort === "ascending";
      for (const other of this.columns) other.removeAttribute("aria-sort");
      column.ariaSort = descending ? "descending" : "ascending";
      this.sorted = { name: column.textContent, way: column.ariaSort, direction: descending ? -1 : 1 };
      const index = this.columns.indexOf(column);
      const key = keyOf[column.dataset.sort];
      for (const entry of this.entries) entry.key = key(entry.row, index);
      for (const group of this.groups) {
        const inOrder = group.entries.toSorted((one, other) => compare(one.key, other.key, this.sorted.direction));
        if (inOrder.some((entry, place) => entry !== group.inOrder[place])) {
          group.inOrder = inOrder;
          group.bodies.forEach((body, place) => {
            body.append(...rowsOf(group, place).map((entry) => entry.row));
          });
        }
      }
      this.arrange();
      this.element.dispatchEvent(new Event("arranged"));
    }

    // Hides what is empty, and orders the groups by the first row that each shows.
    arrange() {
      const first = new Map();
      for (const group of this.groups) {
        first.set(
          group,
          group.inOrder.find((entry) => !entry.row.hidden),
        );
        group.bodies.forEach((body, place) => {
          body.hidden = place ? rowsOf(group, place).every((entry) => entry.row.hidden) : !first.get(group);
        });
      }
      if (!this.sorted) return;
      const inOrder = this.groups
        .filter((group) => first.get(group))
        .sort((one, other) => compare(first.get(one).key, first.get(other).key, this.sorted.direction));
      const bodies = document.createDocumentFragment();
      bodies.append(...inOrder.flatMap((group) => group.bodies));
      this.element.append(bodies);
    }

    // Shows the rows that are asked for, and tells how many they are.
    show(isAskedFor) {
      let shown = 0;
      for (const group of this.groups) {
        let ofGroup = 0;
        for (const entry of group.entries) {
          const asked = isAskedFor(entry, group);
          if (entry.row.hidden === asked) entry.row.hidden = !asked;
          ofGroup += asked;
        }
        group.count.textContent = ofGroup < group.entries.length ? `${ofGroup} of ${group.total}` : group.total;
        shown += ofGroup;
      }
      this.arrange();
      return shown;
    }
  }

  // All that a row says, with days and numbers as programs write them too.
  const textOf = (entry, group) => {
    entry.text ??= [group.title]
      .concat(Array.from(entry.row.cells, (cell) => `${cell.textContent}\n${cell.dataset.value ?? ""}`))
      .join("\n")
      .toLowerCase();
    return entry.text;
  };

  const filterBy = (form, table) => {
    const told = document.getElementById("shown");
    const nothing = document.getElementById("nothing");
    let shown = table.entries.length;
    const tell = () => {
      const total = table.entries.length;
      const way = table.sorted ? ` Sorted by ${table.sorted.name.toLowerCase()}, ${table.sorted.way}.` : "";
      const things = total === 1 ? "finding" : "findings";
      told.textContent = `Showing ${many.format(shown)} of ${many.format(total)} ${things}.${way}`;
    };
    const filter = () => {
      const asked = new FormData(form);
      const kinds = new Set(asked.getAll("kind"));
      const status = asked.get("status");
      const sought = asked.get("search").toLowerCase().split(/\s+/).filter(Boolean);
      shown = table.show(
        (entry, group) =>
          (kinds.size === 0 || kinds.has(entry.row.dataset.kind)) &&
          (!status || entry.row.dataset.status === status) &&
          sought.every((word) => textOf(entry, group).includes(word)),
      );
      nothing.hidden = shown > 0;
      table.element.hidden = shown === 0;
      tell();
    };
    form.addEventListener("input", filter);
    form.addEventListener("submit", (event) => event.preventDefault());
    for (const button of document.querySelectorAll("button.all")) {
      button.addEventListener("click", () => {
        form.reset();
        filter();
        if (!form.contains(button)) form.elements.search.focus(); // the button has just been hidden
      });
    }
    table.element.addEventListener("arranged", tell);
    form.hidden = false;
    filter();
  };

  // For browsers that do not unfold for paper by themselves.
  const unfolded = new Set();
  addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll("details:not([open])")) {
      fold.open = true;
      unfolded.add(fold);
    }
  });
  addEventListener("afterprint", () => {
    for (const fold of unfolded) fold.open = false;
    unfolded.clear();
  });

  document.documentElement.classList.add("scripted");
  const tables = Array.from(document.querySelectorAll("table.findings"), (table) => new Table(table));
  const form = document.getElementById("filters");
  if (form) filterBy(form, tables[0]);
})();
"""
