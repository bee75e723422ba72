// Marks small enough to stand beside a word: a line, a shape, a channel.

// A short line as the picture draws it: colour by family, dash by firmness.
function lineSwatch(colour, dash = [], thick = 3) {
  const lengths = dash.map((part) => part * thick).join(" ");
  const ends = { x1: 0, y1: 5, x2: 26, y2: 5 };
  const line = el("line", { ...ends, "stroke-width": thick, "stroke-dasharray": lengths || null });
  line.style.stroke = `var(--${colour})`;
  return el("svg.swatch", { width: 26, height: 10, viewBox: "0 0 26 10", "aria-hidden": "true" }, line);
}

const legSwatch = (leg) => lineSwatch(legColour(leg), dashOf(leg));

// A hairline with the mark of an undisclosed amount.
function secretSwatch() {
  const swatch = lineSwatch("ink", [], 1);
  const bar = el("line", { x1: 13, y1: 2, x2: 13, y2: 8, "stroke-width": 1 });
  bar.style.stroke = "var(--ink)";
  swatch.append(bar);
  return swatch;
}

function shapeSwatch(group) {
  const path = el("path", {
    d: group.outline,
    transform: "translate(8 8) scale(5)",
    "vector-effect": "non-scaling-stroke",
  });
  path.style.cssText = "fill: var(--node); stroke: var(--node-edge); stroke-width: 1px";
  return el("svg.swatch", { width: 16, height: 16, viewBox: "0 0 16 16", "aria-hidden": "true" }, path);
}

function chip(channel) {
  const mark = el("i.chip", { "aria-hidden": "true" });
  mark.style.background = `var(--channel-${channel})`;
  return mark;
}

const channelWords = (id) => scene.shock.channels.find((channel) => channel.id === id)?.words ?? id;
