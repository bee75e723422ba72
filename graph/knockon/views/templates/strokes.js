// How a line and a mark look: colour, width, dash, what is lit and what is dimmed.

const FADED = 0.09; // opacity of what does not belong to the selection
const FAINT = 0.22; // the same for parties
const ARROW = 0.34;
const OUTLINES = new Map(scene.groups.map((group) => [group.id, new Path2D(group.outline)]));

// One edge for all legs of a pair that run the same way; a leg alone keeps its own id.
function bundled(legs) {
  const pairs = Map.groupBy(legs, pairOf);
  return new Map([...pairs].map(([pair, own]) => [own.length > 1 ? pair : own[0].id, own.map((leg) => leg.id)]));
}

// An edge as vis takes it: one leg, or the bundle of all `ids` of a pair.
function edgeItem(key, ids, bright, lit) {
  const own = ids.map((id) => edges.get(id));
  const widest = own.reduce((a, b) => (b.width > a.width ? b : a));
  const many = { dashes: false, smooth: { enabled: true, type: "curvedCW", roundness: 0.1 }, width: widest.width + 0.6 };
  const secret = ids.every((id) => legs.get(id).size === null);
  const arrows = {
    to: { enabled: true, scaleFactor: ARROW },
    middle: { enabled: secret, type: "bar", scaleFactor: 0.32 },
  };
  return { ...widest, ...(ids.length > 1 ? many : {}), id: key, arrows, color: edgeColour(ids, bright, lit) };
}

function edgeColour(ids, bright, lit) {
  const names = new Set(ids.map((id) => legColour(legs.get(id))));
  const name = lit && scene.shock ? "ink" : names.size > 1 ? "leg" : [...names][0];
  const color = palette.faded(name, lit ? 1 : bright ? (scene.shock ? 0.5 : 0.72) : FADED);
  return { color, highlight: color, hover: color, inherit: false };
}

// A party's mark. On a shock page size and fill say what is lost; elsewhere what it is worth, and if it is listed.
function nodeLook(id, lit) {
  const party = parties.get(id);
  const { size, step } = scene.shock ? lossNow(id) : { size: nodes.get(id).size, step: party.step };
  const fill = scene.shock ? (step === null ? "paper" : `loss-${step}`) : party.listed ? "node" : "paper";
  const stroke = lit ? "ink" : party.listed ? "node-edge" : "node-dim";
  return { size, fill, stroke, group: party.group, dotted: step === null, thick: lit ? 2.6 : 1.2 };
}

function drawNode(ctx, { size, fill, stroke, group, dotted, thick }, { x, y }, opacity) {
  ctx.save();
  ctx.translate(x, y);
  ctx.scale(size, size);
  ctx.globalAlpha = opacity;
  ctx.fillStyle = palette.get(fill);
  ctx.fill(OUTLINES.get(group));
  ctx.setLineDash(dotted ? [1.2 / size, 1.8 / size] : []);
  ctx.lineWidth = thick / size;
  ctx.strokeStyle = palette.get(stroke);
  ctx.stroke(OUTLINES.get(group));
  ctx.restore();
}
