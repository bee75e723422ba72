// Light and dark, and tables whose rows sort; without script the page says the same in the order given.

const theme = document.getElementById("theme");
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : prefersDark.matches;
}

function showTheme() {
  theme.textContent = isDark() ? "Light" : "Dark";
  theme.setAttribute("aria-label", isDark() ? "Switch to light colours" : "Switch to dark colours");
}

theme.addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  showTheme();
});
prefersDark.addEventListener("change", showTheme);
theme.hidden = false;
showTheme();

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
