// Tables that stand finished in the page sort by a click on a head; what is not known comes last either way.

for (const table of document.querySelectorAll("table.sorts")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, i) => {
    head.setAttribute("aria-sort", "none");
    head.replaceChildren(
      el("button", { type: "button", onclick: () => sortBy(table, heads, i) }, head.textContent),
    );
  });
}

function sortBy(table, heads, i) {
  const numbers = heads[i].classList.contains("number");
  const [usual, other] = numbers ? ["descending", "ascending"] : ["ascending", "descending"];
  const way = heads[i].getAttribute("aria-sort") === usual ? other : usual;
  const sign = way === "ascending" ? 1 : -1;
  const value = (row) => row.cells[i].dataset.value;
  const rows = [...table.tBodies[0].rows].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === "" || y === "") return Number(x === "") - Number(y === "");
    return sign * (numbers ? Number(x) - Number(y) : x.localeCompare(y, "en", { numeric: true }));
  });
  heads.forEach((head, k) => head.setAttribute("aria-sort", k === i ? way : "none"));
  table.tBodies[0].append(...rows);
}
