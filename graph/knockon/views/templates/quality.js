// Tables whose rows sort; without script the page says the same in the order given.

// A column of numbers sorts downwards first.
function sort(table, head) {
  const heads = [...head.parentElement.children];
  const column = heads.indexOf(head);
  const numbers = head.classList.contains("number");
  const usual = numbers ? "descending" : "ascending";
  const other = numbers ? "ascending" : "descending";
  const way = head.getAttribute("aria-sort") === usual ? other : usual;
  heads.forEach((each) => each.setAttribute("aria-sort", each === head ? way : "none"));
  const sign = way === "ascending" ? 1 : -1;
  const key = (row) => row.children[column].dataset.sort;
  const body = table.tBodies[0];
  const rows = [...body.rows].sort(
    (a, b) => sign * (numbers ? Number(key(a)) - Number(key(b)) : key(a).localeCompare(key(b), "en")),
  );
  body.append(...rows);
}

for (const table of document.querySelectorAll("table")) {
  for (const head of table.tHead.rows[0].cells) {
    head.firstElementChild.addEventListener("click", () => sort(table, head));
  }
}
