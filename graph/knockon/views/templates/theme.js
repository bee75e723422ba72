// Light and dark, and the colours in force.

// A colour of page.css as the canvas wants it: resolved for the theme in force.
const palette = {
  probe: document.body.appendChild(el("i", { hidden: true })),
  cache: new Map(),
  get(name) {
    if (!this.cache.has(name)) {
      this.probe.style.color = `var(--${name})`;
      this.cache.set(name, getComputedStyle(this.probe).color);
    }
    return this.cache.get(name);
  },
  faded(name, opacity) {
    return this.get(name).replace(/^rgb\((.*)\)$/, `rgba($1, ${opacity})`);
  },
};

const PREFERS_DARK = matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === "dark" : PREFERS_DARK.matches;
}

function toggleTheme() {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  recolour();
}

// On paper the picture is drawn in light colours; `null` goes back to what was on the screen.
function forPrint(theme) {
  const { dataset } = document.documentElement;
  if (theme) dataset.before = dataset.theme ?? "";
  dataset.theme = theme ?? dataset.before;
  recolour();
}

// Tells whoever draws in colours of its own that they changed.
function recolour() {
  palette.cache.clear();
  showTheme();
  document.dispatchEvent(new Event("recolour"));
}

function showTheme() {
  byId("theme").textContent = isDark() ? "Light" : "Dark";
  byId("theme").setAttribute("aria-label", isDark() ? "Switch to light colours" : "Switch to dark colours");
}

byId("theme").addEventListener("click", toggleTheme);
PREFERS_DARK.addEventListener("change", recolour);
addEventListener("beforeprint", () => forPrint("light"));
addEventListener("afterprint", () => forPrint(null));
showTheme();
