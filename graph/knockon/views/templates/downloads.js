// What a reader can take away: the picture, and the visible legs as CSV.

const CSV_COLUMNS = {
  leg: (leg) => leg.id,
  payer: (leg) => leg.payer,
  payee: (leg) => leg.payee,
  payer_name: (leg) => nameOf(leg.payer),
  payee_name: (leg) => nameOf(leg.payee),
  instrument: (leg) => leg.instrument,
  family: (leg) => leg.family,
  firmness: (leg) => leg.firmness,
  basis: (leg) => leg.basis,
  usd_low: (leg) => leg.usd[0],
  usd: (leg) => leg.usd[1],
  usd_high: (leg) => leg.usd[2],
  known_from: (leg) => leg.knownFrom,
  start: (leg) => leg.start,
  end: (leg) => leg.end,
  title: (leg) => leg.title,
  as_of: () => today(),
  edition: () => scene.edition,
};

function legsAsCsv(rows) {
  const lines = rows.map((leg) =>
    Object.values(CSV_COLUMNS)
      .map((value) => csvCell(value(leg)))
      .join(","),
  );
  return [Object.keys(CSV_COLUMNS).join(","), ...lines].join("\r\n") + "\r\n";
}

// A cell a spreadsheet will not take for a formula.
function csvCell(value) {
  const text = value === null ? "" : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

// What stands above and below a picture that is taken away.
function sheetWords() {
  const drawn = state.day ? `as known on ${state.day}, ` : "";
  return {
    head: scene.shock?.headline ?? scene.title,
    foot: [`knockon ${scene.edition}, ${drawn}as of ${scene.asOf}. Circular does not mean fraudulent.`, scene.terms],
  };
}

function pictureAsPng(canvas) {
  const ratio = canvas.width / canvas.clientWidth;
  const [above, below, side] = [64, 50, 22].map((part) => part * ratio);
  const sheet = el("canvas", { width: canvas.width + 2 * side, height: canvas.height + above + below });
  const ctx = sheet.getContext("2d");
  const { head, foot } = sheetWords();
  const room = sheet.width - 2 * side;
  ctx.fillStyle = palette.get("paper");
  ctx.fillRect(0, 0, sheet.width, sheet.height);
  ctx.drawImage(canvas, side, above);
  ctx.fillStyle = palette.get("ink");
  ctx.fillRect(side, 0, room, 4 * ratio);
  ctx.font = `700 ${24 * ratio}px ${getComputedStyle(byId("page-title")).fontFamily}`;
  ctx.fillText(head, side, 40 * ratio, room);
  ctx.fillStyle = palette.get("soft");
  ctx.font = `${12 * ratio}px ${LABEL_FONT}`;
  foot.forEach((line, at) => ctx.fillText(line, side, sheet.height - (29 - 16 * at) * ratio, room));
  return new Promise((done) => sheet.toBlob(done, "image/png"));
}

function download(blob, name) {
  const address = URL.createObjectURL(blob);
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
