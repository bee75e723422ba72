// The page itself: its parts, what a reader does to them, and what follows.

let cameFrom = null; // what had the keyboard before the panel took it

// What follows from the choices

function refresh() {
  const visible = visibleLegs();
  picture.show(visible, state.bundle);
  legTable.filter(isVisible);
  byId("drawn").textContent = countWords(visible, picture.drawn().nodes);
  if (state.selected && !stillThere(state.selected)) state.selected = null;
  showSelection();
}

function stillThere({ kind, id }) {
  if (kind === "leg") return isVisible(legs.get(id));
  return kind === "party" || (state.bundle && visibleLegs().some((leg) => pairOf(leg) === id));
}

function countWords(visible, parties) {
  const secret = visible.filter((leg) => leg.size === null).length;
  const hidden = legs.size - visible.length;
  const drawn = `Drawn: ${visible.length} of ${legs.size} legs between ${parties} parties`;
  const unpriced = secret ? ` ${secret} of the drawn have no published amount.` : "";
  return `${drawn}${hidden ? `, ${hidden} hidden` : ""}.${unpriced}`;
}

function select(selected, byHand = false) {
  const here = document.activeElement;
  if (byHand && selected && !byId("panel").contains(here)) cameFrom = here;
  state.selected = selected;
  showSelection();
  if (!byHand && selected) panel.reveal();
  if (!byHand) return;
  if (selected) panel.focus();
  else if (cameFrom?.isConnected) cameFrom.focus();
}

function showSelection() {
  const { selected } = state;
  picture.select(selected);
  panel.show(selected);
  legTable.mark((leg) => selected?.kind === "leg" && leg.id === selected.id);
  lossTable?.mark((row) => selected?.kind === "party" && row.party === selected.id);
  writeAddress();
}

// Listening

function listen() {
  byId("controls").addEventListener("submit", (event) => event.preventDefault());
  byId("controls").addEventListener("change", readControls);
  byId("search").addEventListener(
    "keydown",
    ({ key, target }) => key === "Enter" && find(target.value, true),
  );
  byId("reset").addEventListener("click", reset);
  byId("zoom-in").addEventListener("click", () => picture.zoom(1.35));
  byId("zoom-out").addEventListener("click", () => picture.zoom(1 / 1.35));
  byId("zoom-fit").addEventListener("click", () => picture.fit());
  byId("csv").addEventListener("click", () =>
    download(new Blob([legsAsCsv(legTable.shown())], { type: "text/csv" }), "knockon-legs.csv"),
  );
  byId("png").addEventListener("click", async () =>
    download(await pictureAsPng(picture.canvas()), "knockon.png"),
  );
  document.addEventListener("keydown", ({ key }) => key === "Escape" && state.selected && select(null, true));
  addEventListener("hashchange", restore);
  document.addEventListener("recolour", () => picture.repaint());
}

function restore() {
  if (location.hash.length > 1 && !location.hash.includes("=")) return; // a jump within the page
  readAddress();
  writeControls();
  refresh();
}

function reset() {
  Object.assign(state, freshChoices(), { selected: null });
  writeControls();
  refresh();
  picture.fit();
}

function readControls(event) {
  const { name, value, id, checked } = event.target;
  if (id === "search") return find(value, false);
  if (id === "least") state.least = Number(value);
  else if (id === "bundle") state.bundle = checked;
  else if (checked) state[name].add(value);
  else state[name].delete(value);
  refresh();
}

// Finds the party a reader means: by its name, else by how a name begins, else by any part of one.
function find(text, byHand) {
  state.search = text.trim();
  const sought = state.search.toLowerCase();
  const all = [...parties.values()];
  const tests = [
    (name) => name === sought,
    (name) => name.startsWith(sought),
    (name) => name.includes(sought),
  ];
  const matching = (test) => all.find(({ name, id }) => test(name.toLowerCase()) || id === sought);
  const found = sought && tests.map(matching).find(Boolean);
  if (found) {
    select({ kind: "party", id: found.id }, byHand);
    picture.goTo(found.id);
  } else {
    writeAddress();
  }
  if (sought && !found) byId("drawn").textContent = `No party is called “${state.search}”.`;
}

// The parts

fillAnswer();
fillControls();
const go = {
  leg: (id) => select({ kind: "leg", id }, true),
  party: (id) => select({ kind: "party", id }, true),
  close: () => select(null, true),
  hover: (id) => picture.hover(id),
  isVisible,
};
const panel = createPanel(byId("panel"), go);
readAddress();
const picture = new Picture(
  byId("picture"),
  { visible: visibleLegs(), bundle: state.bundle },
  {
    select: (kind, id) => select({ kind, id }),
    clear: () => state.selected && select(null),
    tip: showTip,
  },
);
const legTable = createLegTable(go);
const lossTable = scene.shock ? createLossTable(go) : null;
listen();
writeControls();
refresh();

// For tests only: what is drawn, and where.
window.knockon = Object.freeze({
  drawn: () => ({ ...picture.drawn(), rows: legTable.shown().length }),
  selected: () => state.selected?.id ?? null,
  where: (id) => picture.where(id),
  csv: () => legsAsCsv(legTable.shown()),
  readyAfter: performance.now(),
});
