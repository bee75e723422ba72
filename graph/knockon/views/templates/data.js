// The scene as Python wrote it, by id, and its marks in words and lines.

const parties = new Map(scene.parties.map((party) => [party.id, party]));
const legs = new Map(scene.legs.map((leg) => [leg.id, leg]));
const nodes = new Map(scene.nodes.map((node) => [node.id, node]));
const edges = new Map(scene.edges.map((edge) => [edge.id, edge]));
const groups = new Map(scene.groups.map((group) => [group.id, group]));
const families = new Map(scene.families.map((family) => [family.id, family]));
const firmnesses = new Map(scene.firmness.map((firmness) => [firmness.id, firmness]));

const nameOf = (id) => parties.get(id)?.name ?? id;
const pairOf = (leg) => JSON.stringify([leg.payer, leg.payee]);

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
