// The picture as an SVG drawing: the same lines, marks and labels as on the screen, still sharp when enlarged.

function pictureAsSvg({ width, height, scale, edges, nodes, labels }) {
  const [head, foot, side] = [64, 50, 22];
  const size = { width: width + 2 * side, height: height + head + foot };
  const label = svgContext();
  drawLabels(label, labels, width, height);
  const inner = el("g", { transform: `translate(${side} ${head})` });
  inner.append(...edges.flatMap((edge) => svgEdge(edge, scale)), ...nodes.map(svgNode), ...label.made);
  const sheet = el("svg", { xmlns: SVG_SPACE, ...size, viewBox: `0 0 ${size.width} ${size.height}` });
  const { head: title, foot: source } = sheetWords();
  sheet.append(
    el("rect", { ...size, fill: palette.get("paper") }),
    el("rect", { x: side, y: 0, width, height: 4, fill: palette.get("ink") }),
    inner,
    svgText(title, side, 40, { fill: palette.get("ink"), font: `700 24px ${getComputedStyle(byId("page-title")).fontFamily}` }),
    ...source.map((line, at) =>
      svgText(line, side, size.height - 29 + 16 * at, { fill: palette.get("soft"), font: `12px ${LABEL_FONT}` }),
    ),
  );
  return new XMLSerializer().serializeToString(sheet);
}

function svgText(words, x, y, { font, ...attributes }) {
  const text = el("text", { x, y, ...attributes }, words);
  text.style.font = font;
  return text;
}

function svgNode({ x, y, r, group, fill, stroke, thick, dotted, faint }) {
  return el("path", {
    d: groups.get(group).outline,
    transform: `translate(${x} ${y}) scale(${r})`,
    fill: palette.get(fill),
    stroke: palette.get(stroke),
    "stroke-width": thick,
    "stroke-dasharray": dotted ? "1.2 1.8" : null,
    "vector-effect": "non-scaling-stroke",
    opacity: faint ? FAINT : null,
  });
}

// A line from rim to rim with its head, bent as the one on the screen.
function svgEdge({ from, to, smooth, width, dashes, color, arrows }, scale) {
  const via = bend(from, to, smooth);
  const at = (t) => ({
    x: (1 - t) ** 2 * from.x + 2 * t * (1 - t) * via.x + t * t * to.x,
    y: (1 - t) ** 2 * from.y + 2 * t * (1 - t) * via.y + t * t * to.y,
  });
  const tip = at(rimAt(at, to));
  const back = at(rimAt(at, { ...to, r: to.r + 5 + 4.5 * width * scale * ARROW }));
  const wing = (side) => [back.x + side * 0.45 * (tip.y - back.y), back.y - side * 0.45 * (tip.x - back.x)];
  const paint = { stroke: color.color, "stroke-width": width * scale };
  const dash = dashes ? dashes.map((part) => part * scale).join(" ") : null;
  const cap = dash ? "round" : null;
  const made = [
    el("path", { d: `M${from.x},${from.y}Q${via.x},${via.y} ${to.x},${to.y}`, fill: "none", "stroke-dasharray": dash, "stroke-linecap": cap, ...paint }),
    el("path", { d: `M${tip.x},${tip.y}L${wing(1)}L${wing(-1)}Z`, fill: color.color }),
  ];
  if (arrows.middle.enabled) {
    const [a, b] = [at(0.49), at(0.51)];
    const long = 4 / Math.max(Math.hypot(b.x - a.x, b.y - a.y), 1e-9);
    const [dx, dy] = [(b.y - a.y) * long, (a.x - b.x) * long];
    made.push(el("line", { x1: a.x - dx, y1: a.y - dy, x2: a.x + dx, y2: a.y + dy, ...paint }));
  }
  return made;
}

// Where a curve enters the rim of the mark it ends at: the parameter, by halving.
function rimAt(at, { x, y, r }) {
  let [low, high] = [0.5, 1];
  for (let i = 0; i < 20; i += 1) {
    const t = (low + high) / 2;
    if (Math.hypot(at(t).x - x, at(t).y - y) > r) low = t;
    else high = t;
  }
  return low;
}

// The point that pulls a line into its bend, to one side of the straight way.
function bend(from, to, { type, roundness }) {
  const [dx, dy] = [to.x - from.x, from.y - to.y];
  const turn = ((type === "curvedCW" ? roundness : -roundness) * 0.5 + 0.5) * Math.PI + Math.atan2(dy, dx);
  const far = (roundness * 0.5 + 0.5) * Math.hypot(dx, dy);
  return { x: from.x + far * Math.sin(turn), y: from.y + far * Math.cos(turn) };
}

// As much of a canvas as labels need, making SVG elements instead of pixels.
function svgContext() {
  const ruler = el("canvas").getContext("2d");
  let way = [];
  return {
    made: [],
    set font(font) {
      ruler.font = font;
    },
    measureText: (words) => ruler.measureText(words),
    save() {},
    restore() {},
    beginPath: () => (way = []),
    moveTo: (x, y) => way.push(`M${x},${y}`),
    lineTo: (x, y) => way.push(`L${x},${y}`),
    stroke() {
      this.made.push(el("path", { d: way.join(""), fill: "none", stroke: this.strokeStyle, "stroke-width": this.lineWidth }));
    },
    strokeText() {}, // the halo comes with the text, below
    fillText(words, x, y) {
      const anchor = { left: "start", right: "end", center: "middle" }[this.textAlign];
      const halo = { stroke: this.strokeStyle, "stroke-width": this.lineWidth, "stroke-linejoin": "round", "paint-order": "stroke" };
      const place = { "text-anchor": anchor, "dominant-baseline": "middle" };
      this.made.push(svgText(words, x, y, { ...place, ...halo, fill: this.fillStyle, opacity: this.globalAlpha, font: ruler.font }));
    },
  };
}
