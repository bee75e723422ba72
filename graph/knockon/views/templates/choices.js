// What the reader has chosen, what is visible for it, and its place in the address and the controls.

const CHOICES = { family: scene.families, firmness: scene.firmness, kind: scene.groups };
const DEFAULTS = {
  family: scene.families.map((one) => one.id),
  firmness: scene.firmness.map((one) => one.id).filter((id) => id !== "cancelled"),
  kind: scene.groups.map((one) => one.id),
};
// Choices of one value: its default, and which words in the address are one.
const SINGLE = {
  instrument: ["", (word) => scene.instruments.includes(word)],
  least: [0, (word) => scene.least.some(({ usd }) => String(usd) === word)],
  most: [scene.most[0] ?? 0, (word) => [...scene.most, 0].map(String).includes(word)],
  bundle: ["", (word) => word === "yes"],
  around: ["", (word) => parties.has(word)],
  search: ["", () => true],
  day: ["", (word) => isDay(word)],
  round: ["", (word) => Boolean(scene.shock?.rounds[word])],
};
const state = { ...freshChoices(), selected: null };
let visible = new Map(); // the legs that are drawn, by id, largest first
let passed = 0; // how many would be, were there no cap on their number

function freshChoices() {
  const sets = Object.entries(DEFAULTS).map(([name, ids]) => [name, new Set(ids)]);
  const singles = Object.entries(SINGLE).map(([name, [value]]) => [name, value]);
  return Object.fromEntries([...sets, ...singles]);
}

function chooseVisible() {
  let chosen = [...legs.values()].filter(passes);
  if (state.around) {
    const near = new Set(chosen.map(endsOf).filter((ends) => ends.includes(state.around)).flat());
    chosen = chosen.filter((leg) => endsOf(leg).every((id) => near.has(id)));
  }
  passed = chosen.length;
  chosen.sort(bySize);
  visible = new Map(chosen.slice(0, Number(state.most) || passed).map((leg) => [leg.id, leg]));
}

function passes(leg) {
  return (
    leg.known &&
    state.family.has(leg.family) &&
    state.firmness.has(leg.firmness) &&
    endsOf(leg).every((id) => state.kind.has(parties.get(id).group)) &&
    (!state.instrument || leg.instrument === state.instrument) &&
    (!Number(state.least) || (leg.size !== null && leg.size >= Number(state.least)))
  );
}

const isVisible = (leg) => visible.has(leg.id);

// The legs a selection stands for, and the party if it is one.
function legsOf({ kind, id }) {
  const belongs = {
    leg: (leg) => leg.id === id,
    party: (leg) => endsOf(leg).includes(id),
    pair: (leg) => pairOf(leg) === id,
    deal: (leg) => leg.deal === id,
    path: (leg) => scene.shock.paths[id].legs.includes(leg.id),
  };
  return [...legs.values()].filter((leg) => leg.known && belongs[kind](leg));
}

// The parties a selection names itself, beside those its legs bind.
const partiesOf = ({ kind, id }) => (kind === "party" ? [id] : kind === "path" ? scene.shock.paths[id].parties : []);

function stillThere({ kind, id }) {
  if (kind === "leg") return visible.has(id);
  if (kind === "pair") return Boolean(state.bundle) && [...visible.values()].some((leg) => pairOf(leg) === id);
  return kind !== "deal" || legsOf({ kind, id }).length > 0;
}

// Writes every choice that is not the default into the part of the address after the #.
function writeAddress() {
  const words = new URLSearchParams();
  for (const [name, ids] of Object.entries(DEFAULTS)) {
    const chosen = CHOICES[name].map((one) => one.id).filter((id) => state[name].has(id));
    if (chosen.join() !== ids.join()) words.set(name, chosen.join());
  }
  for (const [name, [value]] of Object.entries(SINGLE))
    if (String(state[name]) !== String(value)) words.set(name, state[name]);
  if (state.selected) words.set(state.selected.kind, state.selected.id);
  history.replaceState(null, "", `#${words}`);
}

function readAddress() {
  const words = new URLSearchParams(location.hash.slice(1));
  Object.assign(state, freshChoices());
  for (const name of Object.keys(DEFAULTS)) {
    if (!words.has(name)) continue;
    const known = (id) => CHOICES[name].some((one) => one.id === id);
    state[name] = new Set(words.get(name).split(",").filter(known));
  }
  for (const [name, [, known]] of Object.entries(SINGLE))
    if (words.has(name) && known(words.get(name))) state[name] = words.get(name);
  state.selected = selectionIn(words);
}

function selectionIn(words) {
  const exists = {
    leg: (id) => legs.has(id),
    party: (id) => parties.has(id),
    pair: (id) => [...legs.values()].some((leg) => pairOf(leg) === id),
    deal: (id) => deals.has(id),
    path: (id) => Boolean(scene.shock?.paths[id]),
  };
  const kind = Object.keys(exists).find((name) => words.has(name) && exists[name](words.get(name)));
  return kind ? { kind, id: words.get(kind) } : null;
}

function writeControls() {
  for (const box of byId("key").querySelectorAll("input")) box.checked = state[box.name].has(box.value);
  for (const name of ["instrument", "least", "most", "search"]) byId(name).value = String(state[name]);
  byId("bundle").checked = Boolean(state.bundle);
}
