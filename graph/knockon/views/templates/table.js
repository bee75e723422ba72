// A table whose rows sort, filter and can be marked; knows nothing of what they say.

// columns: [{head, value(row), cell(row), kind}], kind being the classes of its cells; the first column
// heads the row. A column of numbers sorts downwards first. `sorted` is the first order's column, null for none;
// `chosen` is the order that a reader had chosen in an earlier table of the same heads.
function createTable(table, caption, columns, rows, sorted, chosen = null) {
  const lines = rows.map((row) => ({ row, tr: null, shown: true }));
  const heads = columns.map(({ head, kind = "" }, i) =>
    el(`th${kind}`, { scope: "col" }, el("button", { type: "button", onclick: () => sort(i) }, head)),
  );
  const kept = columns.findIndex(({ head }) => head === chosen?.head);
  let order = kept < 0 ? { column: sorted, way: "descending" } : { column: kept, way: chosen.way };
  table.tHead.append(el("tr", heads));
  table.caption.append(...caption);

  function sort(column) {
    const [first, other] = ["ascending", "descending"];
    const usual = columns[column].kind?.includes("number") ? other : first;
    const turned = order.column === column && order.way === usual;
    order = { column, way: turned ? [first, other].find((way) => way !== usual) : usual };
    arrange();
  }

  function arrange() {
    heads.forEach((head, i) => head.setAttribute("aria-sort", i === order.column ? order.way : "none"));
    if (order.column !== null) {
      const { value } = columns[order.column];
      const sign = order.way === "ascending" ? 1 : -1;
      lines.sort((a, b) => compared(value(a.row), value(b.row), sign));
    }
    table.tBodies[0].replaceChildren(...lines.filter(({ shown }) => shown).map(made));
  }

  // A row is built when it is first shown.
  function made(line) {
    line.tr ??= tableRow(columns, line.row);
    return line.tr;
  }

  return {
    // Shows the rows to keep; those in `changed` say something else than before.
    filter(keep, changed = []) {
      const anew = new Set(changed);
      for (const line of lines) {
        line.shown = keep(line.row);
        if (anew.has(line.row)) line.tr = null;
      }
      arrange();
    },
    order: () => ({ head: columns[order.column]?.head, way: order.way }),
    shown: () => lines.filter(({ shown }) => shown).map(({ row }) => row),
    // Marks the current row and brings it into view within the table's own box, never by moving the page.
    mark(isCurrent) {
      for (const { row, tr } of lines.filter(({ tr }) => tr)) {
        tr.toggleAttribute("aria-current", isCurrent(row));
        if (!isCurrent(row)) continue;
        tr.setAttribute("aria-current", "true");
        table.parentElement.scrollTop = tr.offsetTop - table.parentElement.clientHeight / 3;
      }
    },
  };
}

// Words by alphabet, figures by size; what is not known comes last whichever way one sorts.
function compared(a, b, sign) {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return sign * (typeof a === "number" ? a - b : a.localeCompare(b, "en"));
}

function tableRow(columns, row) {
  const [first, ...others] = columns;
  const head = el(`th${first.kind ?? ""}`, { scope: "row" }, first.cell(row));
  return el(
    "tr",
    head,
    others.map(({ kind = "", cell }) => el(`td${kind}`, cell(row))),
  );
}
