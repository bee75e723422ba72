// What the reader has chosen, what is visible for it, and its place in the address and the controls.

const CHOICES = { family: scene.families, firmness: scene.firmness, kind: scene.groups };
const DEFAULTS = {
  family: scene.families.map((one) => one.id),
  firmness: scene.firmness.map((one) => one.id).filter((id) => id !== "cancelled"),
  kind: scene.groups.map((one) => one.id),
};
const state = { ...freshChoices(), selected: null };

function freshChoices() {
  const sets = Object.fromEntries(Object.entries(DEFAULTS).map(([name, ids]) => [name, new Set(ids)]));
  return { ...sets, least: 0, bundle: false, search: "" };
}

function isVisible(leg) {
  return (
    state.family.has(leg.family) &&
    state.firmness.has(leg.firmness) &&
    [leg.payer, leg.payee].every((id) => state.kind.has(parties.get(id).group)) &&
    (state.least === 0 || (leg.size !== null && leg.size >= state.least))
  );
}

const visibleLegs = () => [...legs.values()].filter(isVisible);

// Writes every choice that is not the default into the part of the address after the #.
function writeAddress() {
  const words = new URLSearchParams();
  for (const [name, ids] of Object.entries(DEFAULTS)) {
    const chosen = CHOICES[name].map((one) => one.id).filter((id) => state[name].has(id));
    if (chosen.join() !== ids.join()) words.set(name, chosen.join());
  }
  if (state.least) words.set("least", state.least);
  if (state.bundle) words.set("bundle", "yes");
  if (state.search) words.set("search", state.search);
  if (state.selected) words.set(state.selected.kind, state.selected.id);
  history.replaceState(null, "", `#${words}`);
}

function readAddress() {
  const words = new URLSearchParams(location.hash.slice(1));
  Object.assign(state, freshChoices(), { selected: null });
  for (const name of Object.keys(DEFAULTS)) {
    if (!words.has(name)) continue;
    const known = (id) => CHOICES[name].some((one) => one.id === id);
    state[name] = new Set(words.get(name).split(",").filter(known));
  }
  state.least = scene.least.find(({ usd }) => usd === Number(words.get("least")))?.usd ?? 0;
  state.bundle = words.get("bundle") === "yes";
  state.search = words.get("search") ?? "";
  state.selected = selectionIn(words);
}

function selectionIn(words) {
  const exists = {
    leg: (id) => legs.has(id),
    party: (id) => parties.has(id),
    pair: (id) => [...legs.values()].some((leg) => pairOf(leg) === id),
  };
  const kind = Object.keys(exists).find((name) => words.has(name) && exists[name](words.get(name)));
  return kind ? { kind, id: words.get(kind) } : null;
}

function writeControls() {
  for (const box of byId("key").querySelectorAll("input")) box.checked = state[box.name].has(box.value);
  byId("least").value = String(state.least);
  byId("bundle").checked = state.bundle;
  byId("search").value = state.search;
}
