// The page itself: its parts, what a reader does to them, and what follows.

let cameFrom = null; // what had the keyboard before the panel took it

// What follows from the choices

function refresh(changed = []) {
  chooseVisible();
  const drawn = [...visible.values()];
  picture.show(drawn, state.bundle);
  legTable.filter(isVisible, changed);
  byId("drawn").textContent = countWords(drawn, picture.drawn().nodes);
  if (state.selected && !stillThere(state.selected)) state.selected = null;
  showAround();
  showSelection();
}

function countWords(drawn, count) {
  const secret = drawn.filter((leg) => leg.size === null).length;
  const known = [...legs.values()].filter((leg) => leg.known).length;
  const hidden = known - passed;
  const which = passed > drawn.length ? `the ${drawn.length} largest of ${passed}` : drawn.length;
  const words = [
    `Drawn: ${which === drawn.length ? `${which} of ${known}` : which} legs between ${count} parties`,
    hidden > 0 && `, ${hidden} hidden`,
    state.day && `, as known on ${state.day}`,
    ".",
    secret > 0 && ` ${secret} of the drawn have no published amount.`,
  ];
  return joined(words, "");
}

function showAround() {
  byId("around").hidden = !state.around;
  byId("around-name").textContent = state.around && nameOf(state.around);
}

function turnDay(day) {
  state.day = day;
  const changed = turnTo(today());
  byId("day-words").textContent = `Known on ${today()}`;
  refresh(changed);
  showDay?.();
}

function turnRound(round) {
  state.round = round;
  picture.resize();
  showRound();
  writeAddress();
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
  const own = selected && legsOf(selected).map((leg) => leg.id);
  picture.select(own, selected ? partiesOf(selected) : []);
  panel.show(selected);
  legTable.mark((leg) => selected?.kind === "leg" && leg.id === selected.id);
  lossTable?.mark((row) => selected?.kind === "party" && row.party === selected.id);
  writeAddress();
}

// Listening

function listen() {
  byId("controls").addEventListener("submit", (event) => event.preventDefault());
  byId("controls").addEventListener("change", readControls);
  byId("search").addEventListener("keydown", ({ key, target }) => key === "Enter" && find(target.value, true));
  byId("reset").addEventListener("click", reset);
  byId("around").addEventListener("click", () => go.around(""));
  byId("zoom-in").addEventListener("click", () => picture.zoom(1.35));
  byId("zoom-out").addEventListener("click", () => picture.zoom(1 / 1.35));
  byId("zoom-fit").addEventListener("click", () => picture.fit());
  const take = (id, name, type, made) =>
    byId(id).addEventListener("click", async () => download(new Blob([await made()], { type }), name));
  take("csv", "knockon-legs.csv", "text/csv", () => legsAsCsv(legTable.shown()));
  take("png", "knockon.png", "image/png", () => pictureAsPng(picture.canvas()));
  take("svg", "knockon.svg", "image/svg+xml", () => pictureAsSvg(picture.parts()));
  document.addEventListener("keydown", ({ key }) => key === "Escape" && state.selected && select(null, true));
  addEventListener("hashchange", restore);
  document.addEventListener("recolour", () => picture.repaint());
}

function restore() {
  if (location.hash.length > 1 && !location.hash.includes("=")) return; // a jump within the page
  readAddress();
  showChoices();
}

function reset() {
  Object.assign(state, freshChoices(), { selected: null });
  showChoices();
  picture.fit();
}

function showChoices() {
  writeControls();
  if (showRound) turnRound(state.round);
  turnDay(state.day);
}

function readControls({ target }) {
  const { name, value, id, checked } = target;
  if (id === "search") return find(value, false);
  if (id === "bundle") state.bundle = checked ? "yes" : "";
  else if (id in SINGLE) state[id] = value;
  else if (checked) state[name].add(value);
  else state[name].delete(value);
  refresh();
}

// Finds the party a reader means: by its name, else by how a name begins, else by any part of one.
function find(text, byHand) {
  state.search = text.trim();
  const sought = state.search.toLowerCase();
  const all = [...parties.values()];
  const tests = [(name) => name === sought, (name) => name.startsWith(sought), (name) => name.includes(sought)];
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

const go = {
  leg: (id) => select({ kind: "leg", id }, true),
  party: (id) => select({ kind: "party", id }, true),
  deal: (id) => select({ kind: "deal", id }, true),
  path: (id) => select({ kind: "path", id }, true),
  around(id) {
    state.around = id;
    refresh();
  },
  close: () => select(null, true),
  hover: (id) => picture.hover(id),
};
fillAnswer();
fillControls();
const panel = createPanel(byId("panel"), go);
readAddress();
if (scene.replay) turnTo(today());
chooseVisible();
const picture = new Picture(
  byId("picture"),
  { visible: [...visible.values()], bundle: state.bundle },
  {
    select: (kind, id) => select({ kind, id }),
    clear: () => state.selected && select(null),
    tip: showTip,
  },
);
const legTable = createLegTable(go);
const lossTable = scene.shock ? createLossTable(go) : null;
const showDay = scene.replay ? createReplay(turnDay) : null;
const showRound = scene.shock ? createPlayer(turnRound) : null;
listen();
showChoices();

// For tests only: what is drawn, and where.
window.knockon = Object.freeze({
  drawn: () => ({ ...picture.drawn(), rows: legTable.shown().length }),
  selected: () => state.selected?.id ?? null,
  lit: () => picture.lit(),
  where: (id) => picture.where(id),
  lost: () => Object.fromEntries([...parties.keys()].map((id) => [id, lossNow(id).words])),
  readyAfter: performance.now(),
});
