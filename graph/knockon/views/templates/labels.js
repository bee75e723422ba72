// Labels on the picture: a fixed size on the screen, the important ones first, none on top of another.

const LABEL_PAD = 3;
const LABEL_FONT = getComputedStyle(document.body).fontFamily;

// marks: [{x, y, r, text, sub, strong, must, rank}] in screen pixels; `must` ones are drawn whatever it costs.
function drawLabels(ctx, marks, width, height) {
  const taken = marks
    .filter((mark) => mark.r > 3)
    .map((mark) => ({ ...square(mark, mark.r * 0.9), id: mark.id }));
  let room = Math.round((width * height) / 11500);
  for (const mark of [...marks].sort((a, b) => Number(b.must) - Number(a.must) || a.rank - b.rank)) {
    if (!mark.must && (room <= 0 || (mark.faint && mark.rank > 24))) continue;
    const box = placed(ctx, mark, taken, width, height);
    if (!box) continue;
    taken.push(box);
    room -= 1;
    writeLabel(ctx, mark, box);
  }
}

function placed(ctx, mark, taken, width, height) {
  ctx.font = fontOf(mark);
  const w = Math.max(ctx.measureText(mark.text).width, mark.sub ? ctx.measureText(mark.sub).width : 0);
  const h = lineHeight(mark) * (mark.sub ? 2 : 1);
  const clear = (box) =>
    inside(box, width, height) && !taken.some((other) => overlap(box, other) && other.id !== mark.id);
  const free = corners(mark, w, h).find(clear);
  if (free || !mark.must) return free;
  const further = [0, 14, 28, 44, 62].flatMap((away) =>
    corners({ ...mark, r: mark.r + away }, w, h).map((box) => ({ ...box, away })),
  );
  const cost = (box) =>
    box.away * w + taken.reduce((sum, other) => sum + (other.id ? 2 : 9) * shared(box, other), 0);
  const best = further.filter((box) => inside(box, width, height)).map((box) => [cost(box), box]);
  return best.sort((a, b) => a[0] - b[0])[0]?.[1] ?? further[0];
}

function corners({ x, y, r }, w, h) {
  const gap = r + LABEL_PAD;
  const slant = r * 0.72 + LABEL_PAD;
  return [
    [x + gap, y - h / 2, "left"],
    [x - gap - w, y - h / 2, "right"],
    [x - w / 2, y + gap, "center"],
    [x - w / 2, y - gap - h, "center"],
    [x + slant, y + slant - h / 3, "left"],
    [x + slant, y - slant - h * 0.6, "left"],
    [x - slant - w, y + slant - h / 3, "right"],
    [x - slant - w, y - slant - h * 0.6, "right"],
  ].map(([left, top, align]) => ({ left, top, right: left + w, bottom: top + h, align }));
}

function writeLabel(ctx, mark, box) {
  ctx.font = fontOf(mark);
  ctx.textBaseline = "middle";
  ctx.textAlign = box.align;
  ctx.lineJoin = "round";
  ctx.lineWidth = 3.5;
  ctx.strokeStyle = palette.faded("paper", 0.9);
  if (box.away) drawLeader(ctx, mark, box);
  const x = box.align === "left" ? box.left : box.align === "right" ? box.right : (box.left + box.right) / 2;
  const y = box.top + lineHeight(mark) / 2;
  const write = (text, line, colour) => {
    ctx.strokeText(text, x, line);
    ctx.fillStyle = palette.get(colour);
    ctx.fillText(text, x, line);
  };
  ctx.globalAlpha = mark.faint ? 0.55 : 1;
  write(mark.text, y, mark.faint ? "soft" : "ink");
  if (mark.sub) write(mark.sub, y + lineHeight(mark), "loss-word");
  ctx.globalAlpha = 1;
}

// A thin line from a label that had to move away back to its mark.
function drawLeader(ctx, mark, box) {
  ctx.save();
  ctx.lineWidth = 1;
  ctx.strokeStyle = palette.get("soft");
  const [x, y] = [
    Math.min(Math.max(mark.x, box.left), box.right),
    Math.min(Math.max(mark.y, box.top), box.bottom),
  ];
  const inner = mark.r / Math.max(Math.hypot(x - mark.x, y - mark.y), mark.r);
  ctx.beginPath();
  ctx.moveTo(mark.x + (x - mark.x) * inner, mark.y + (y - mark.y) * inner);
  ctx.lineTo(x, y);
  ctx.stroke();
  ctx.restore();
}

const lineHeight = (mark) => (mark.strong ? 15 : 13.5);
const fontOf = (mark) => (mark.strong && !mark.faint ? "600 13px " : "12px ") + LABEL_FONT;
const square = ({ x, y }, r) => ({ left: x - r, right: x + r, top: y - r, bottom: y + r });
const inside = (box, w, h) => box.left > 1 && box.right < w - 1 && box.top > 0 && box.bottom < h;
const overlap = (a, b) =>
  a.left < b.right + 2 && b.left < a.right + 2 && a.top < b.bottom && b.top < a.bottom;
const shared = (a, b) =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));
