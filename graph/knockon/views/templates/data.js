// The scene as Python wrote it, and the few ways to put a value of it into the document.

const scene = JSON.parse(document.getElementById("scene").textContent);
const parties = new Map(scene.parties.map((party) => [party.id, party]));
const legs = new Map(scene.legs.map((leg) => [leg.id, leg]));
const nodes = new Map(scene.nodes.map((node) => [node.id, node]));
const edges = new Map(scene.edges.map((edge) => [edge.id, edge]));
const groups = new Map(scene.groups.map((group) => [group.id, group]));
const families = new Map(scene.families.map((family) => [family.id, family]));
const firmnesses = new Map(scene.firmness.map((firmness) => [firmness.id, firmness]));

const byId = (id) => document.getElementById(id);
const nameOf = (id) => parties.get(id)?.name ?? id;
const pairOf = (leg) => JSON.stringify([leg.payer, leg.payee]);

// An element from "tag.class": attributes and listeners (on…) if given, then children; text stays text.
function el(kind, ...rest) {
  const [tag, ...classes] = kind.split(".");
  const attributes = rest[0]?.constructor === Object ? rest.shift() : {};
  const node = SVG.includes(tag) ? document.createElementNS(SVG_SPACE, tag) : document.createElement(tag);
  if (classes.length) node.setAttribute("class", classes.join(" "));
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...rest.flat(2).filter((child) => child != null && child !== "" && child !== false));
  return node;
}

const SVG_SPACE = "http://www.w3.org/2000/svg";
const SVG = ["svg", "path", "line"];
const joined = (parts, by) => parts.filter(Boolean).join(by);
const named = (text) => el("span.name", text);

// On a shock page colour is kept for what is lost, so legs are grey.
const legColour = (leg) => (scene.shock ? "leg" : `family-${leg.family}`);

// A short line as the picture draws it: colour by family, dash by firmness.
function lineSwatch(colour, dash = [], thick = 3) {
  const lengths = dash.map((part) => part * thick).join(" ");
  const line = el("line", {
    x1: 0,
    y1: 5,
    x2: 26,
    y2: 5,
    "stroke-width": thick,
    "stroke-dasharray": lengths || null,
  });
  line.style.stroke = `var(--${colour})`;
  return el("svg.swatch", { width: 26, height: 10, viewBox: "0 0 26 10", "aria-hidden": "true" }, line);
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
