// Where marks stand and which are named first: the scene's places, fitted to the room there is.

const WORLD_AREA = Math.max(620000, 1500 * nodes.size); // pixels at zoom 1; smaller screens show it smaller
const MARGIN = 46;
const APART = 3.5; // pixels kept free around a mark
const LARGEST = APART + Math.max(...[...nodes.values()].map(({ size }) => size));

// The world for a container of this size: the same area everywhere, in the container's proportions.
function worldFor({ clientWidth: w, clientHeight: h }) {
  const k = Math.max(1, Math.sqrt(WORLD_AREA / Math.max(w * h, 1)));
  return { w: w * k, h: h * k, k };
}

// Which party is named first where room is short: the bigger and the better connected.
function ranked() {
  const degree = new Map();
  for (const { payer, payee } of legs.values())
    for (const id of [payer, payee]) degree.set(id, (degree.get(id) ?? 0) + 1);
  const [most, largest] = [
    Math.max(1, ...degree.values()),
    Math.max(1, ...[...nodes.values()].map(({ size }) => size)),
  ];
  const weight = ({ id, size }) => size / largest + (scene.shock ? 0.1 : 1) * ((degree.get(id) ?? 0) / most);
  return new Map([...nodes.values()].sort((a, b) => weight(b) - weight(a)).map((node, i) => [node.id, i]));
}

// The scene's places on a world of this size, with marks that would lie on one another nudged apart.
function spread({ w, h }) {
  const spots = [...nodes.values()].map(({ id, size, x, y }) => ({
    id,
    r: size + APART,
    x: MARGIN + x * (w - 2 * MARGIN),
    y: MARGIN * 0.7 + y * (h - 1.4 * MARGIN),
  }));
  for (let round = 0; round < 60; round += 1) {
    spots.sort((a, b) => a.x - b.x || (a.id < b.id ? -1 : 1));
    if (!spots.reduce((moves, spot, i) => moves + nudge(spots, spot, i), 0)) break;
  }
  return new Map(spots.map(({ id, x, y }) => [id, { x, y }]));
}

// Pushes a mark and those to its right apart where they touch; `spots` run from left to right.
function nudge(spots, a, i) {
  let moves = 0;
  for (let j = i + 1; j < spots.length && spots[j].x - a.x < a.r + LARGEST; j += 1) {
    const b = spots[j];
    const [dx, dy] = [b.x - a.x || 0.01, b.y - a.y || 0.01];
    const gap = a.r + b.r - Math.hypot(dx, dy);
    if (gap <= 0.5) continue;
    const step = gap / 2 / Math.hypot(dx, dy);
    [a.x, a.y, b.x, b.y] = [a.x - dx * step, a.y - dy * step, b.x + dx * step, b.y + dy * step];
    moves += 1;
  }
  return moves;
}

// The name without brackets and legal form, cut where a label would grow too long.
function shortened(name) {
  const legal =
    /,?\s+(&\s+Co|Inc|Corp|Corporation|PBC|plc|PLC|N\.V|LLC|LP|L\.P|Ltd|Co|AG|ASA|SE|SA|S\.A|Limited|Company|Holdings?|Group)\.?,?$/;
  let plain = name.replace(/^The |\s*\([^)]*\)/g, "").trim() || name;
  while (legal.test(plain)) plain = plain.replace(legal, "");
  return plain.length > 26 ? `${plain.slice(0, 25).trimEnd()}…` : plain;
}
