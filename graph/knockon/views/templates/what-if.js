// The page of sliders: settings in the address, the answer from the server; nothing is computed here.

const REST_MS = 400; // after so long without a change the ranges are asked for
const STROKE_MS = 1000; // changes that follow each other within this are one step back
const TICKS = ["information", "common_holders", "rivals"];
const CHOICES = ["basis", "curve"];
const USUAL = { draws: "2000", seed: "7" };
const form = byId("ask");
let rows = []; // who is hit, as the form shows it
let wanted = null; // settings to ask for next
let asking = false; // one quick request at a time: a server that lags is not flooded
let rest = null; // the timer to the ranges
let ranges = null; // the request for them under way
let losses = null; // the table, whose order outlives an answer
let changed = 0; // when the address last changed

// Shares as the reader types them, in percent; both ways without dust in the last digits.
const percent = (share) => String(Number((100 * share).toPrecision(12)));
const share = (text) => String(Number((Number(text) / 100).toPrecision(12)));

// Rows of the form

function slide(words, size) {
  const range = el("input", { type: "range", min: 0, max: 100, step: 1, "aria-label": words });
  const exact = el("input", { type: "number", min: 0, max: 100, step: "any", "aria-label": `${words}, percent` });
  range.value = exact.value = percent(size);
  range.addEventListener("input", () => (exact.value = range.value));
  exact.addEventListener("input", () => (range.value = exact.value));
  return {
    node: el("div.slide", el("span", words), el("span.percent", exact, "%"), range),
    share: () => share(exact.value),
    off: (now) => (range.disabled = exact.disabled = now),
  };
}

function addRow(name, list, words, ...controls) {
  const who = el("input", { type: "text", list, "aria-label": words, placeholder: words, spellcheck: "false" });
  who.value = name;
  const row = { who };
  const drop = el("button.plain", { type: "button", "aria-label": `Remove this ${list === "legs" ? "promise" : "party"}` }, "×");
  row.node = el("div.hit", { role: "group", "aria-label": words }, el("div.who", who, drop), controls);
  drop.addEventListener("click", () => {
    rows = rows.filter((other) => other !== row);
    row.node.remove();
    byId("add-party").focus();
    commit();
  });
  rows.push(row);
  byId("hits").append(row.node);
  return row;
}

function addParty(name, { value = 0, cut = 0, fails = false } = {}) {
  const loses = slide("Loses of its value", value);
  const withholds = slide("Withholds of all it owes", cut);
  const box = el("input", { type: "checkbox" });
  box.checked = fails;
  const silence = () => [loses, withholds].forEach((one) => one.off(box.checked));
  box.addEventListener("input", silence);
  silence();
  const tick = el("label.tick", box, "Defaults: loses all, performs nothing");
  const row = addRow(name, "parties", "Party", loses.node, withholds.node, tick);
  row.fields = (who) => {
    if (box.checked) return [["default", who]];
    const sizes = [["value", loses.share()], ["cut", withholds.share()]];
    const felt = sizes.filter(([, size]) => size !== "0");
    return (felt.length ? felt : [["cut", "0"]]).map(([kind, size]) => [kind, `${who}=${size}`]);
  };
  return row;
}

function addLeg(name, size = 0) {
  const fails = slide("Is not performed", size);
  const row = addRow(name, "legs", "Promise, as DEAL/LEG", fails.node);
  row.fields = (who) => [["void", `${who}=${fails.share()}`]];
  return row;
}

// Settings: from the form, and into it

function settings() {
  const fields = rows.flatMap(({ who, fields }) => (who.value.trim() ? fields(who.value.trim()) : []));
  const set = (name, text, usual = "") => text !== usual && fields.push([name, text]);
  set("as_of", byId("as-of-day").value);
  set("basis", byId("basis").value, "pv");
  set("least", scene.firmness[byId("least").value].id);
  set("glut", byId("glut").value, "1");
  for (const name of TICKS) if (byId(name).checked) fields.push([name, "1"]);
  set("curve", byId("curve").value, "exponential");
  for (const name of ["market", "ai"]) set(name, share(byId(name).value), "0");
  for (const [name, usual] of Object.entries(USUAL)) set(name, byId(name).value || usual, usual);
  return new URLSearchParams(fields);
}

function fill(given) {
  byId("hits").replaceChildren();
  rows = [];
  const parties = new Map();
  const party = (name) => parties.get(name) ?? parties.set(name, {}).get(name);
  for (const kind of ["value", "cut"]) for (const [name, size] of sizes(given.getAll(kind))) party(name)[kind] = size;
  for (const name of given.getAll("default")) party(name).fails = true;
  for (const [name, hit] of parties) addParty(name, hit);
  for (const [name, size] of sizes(given.getAll("void"))) addLeg(name, size);
  byId("as-of-day").value = scene.asOf;
  for (const name of CHOICES) byId(name).value = given.get(name) ?? byId(name).options[0].value;
  byId("least").value = Math.max(0, scene.firmness.findIndex(({ id }) => id === (given.get("least") ?? "")));
  byId("glut").value = given.get("glut") ?? 1;
  for (const name of TICKS) byId(name).checked = given.get(name) === "1";
  for (const name of ["market", "ai"]) byId(name).value = percent(given.get(name) ?? 0);
  for (const [name, usual] of Object.entries(USUAL)) byId(name).value = given.get(name) ?? usual;
  describe();
}

const sizes = (words) => words.map((word) => [word.slice(0, word.lastIndexOf("=")), word.slice(word.lastIndexOf("=") + 1)]);

function describe() {
  byId("least-words").textContent = scene.firmness[byId("least").value].words;
  byId("least").setAttribute("aria-valuetext", byId("least-words").textContent);
  byId("glut-words").textContent = byId("glut").value;
}

// Asking

function ask(given) {
  clearTimeout(rest);
  ranges?.abort();
  wanted = given;
  byId("found").setAttribute("aria-busy", "true");
  if (!asking) work();
}

async function work() {
  asking = true;
  let given;
  while ((given = wanted)) {
    wanted = null;
    const quick = new URLSearchParams(given);
    quick.set("draws", "0");
    const well = await answer(quick, given);
    if (well && !wanted && given.get("draws") !== "0") rest = setTimeout(withRanges, REST_MS, given);
  }
  asking = false;
  byId("found").setAttribute("aria-busy", "false");
}

async function withRanges(given) {
  ranges = new AbortController();
  await answer(given, given, ranges.signal);
}

async function answer(asked, given, signal) {
  const began = performance.now();
  const ranged = asked.get("draws") !== "0";
  try {
    const response = await fetch(`/what-if.json?${asked}`, { signal }).catch((error) => {
      throw error.name === "AbortError" ? error : new Error("The server does not answer; is it still running?");
    });
    const found = await response.json();
    if (!response.ok) throw new Error(found.error);
    if (wanted) return true;
    show(found, given);
    const seconds = ((performance.now() - began) / 1000).toFixed(2);
    const more = !ranged && given.get("draws") !== "0" ? " Ranges follow." : "";
    say(`Computed in ${seconds} s${ranged ? ", with ranges" : ""}.${more}`);
    return true;
  } catch (error) {
    if (error.name !== "AbortError" && !wanted) complain(error.message);
    return false;
  }
}

const say = (words) => (byId("status").textContent = words);

function complain(words) {
  say("");
  byId("trouble").textContent = words;
  byId("trouble").hidden = false;
  byId("found").hidden = true;
}

// Showing

const visit = {
  party: (id) => location.assign(`/party/${encodeURIComponent(id)}?as_of=${scene.asOf}`),
  hover: () => {},
};

function show(found, given) {
  const { shown, scenario } = found;
  scene.shock = shown; // where the tables look
  byId("trouble").hidden = true;
  byId("found").hidden = false;
  if (byId("headline").textContent !== shown.headline) byId("headline").textContent = shown.headline;
  byId("question").textContent = scenario.question;
  byId("reading").textContent = scenario.reading && `How to read it: ${scenario.reading}`;
  byId("shipped").value = scenario.name;
  byId("totals").replaceChildren(...shown.totals.map(({ words, loss }) => el("div", el("dt", words), el("dd", loss))));
  byId("lines").replaceChildren(...shown.lines.map((line) => el("li", line)));
  byId("left-names").replaceChildren(...leftOut(found.left_out, shown.leftOut));
  const table = el("table", { id: "loss-table" }, el("caption", { id: "losses-caption" }), el("thead"), el("tbody"));
  byId("loss-table").replaceWith(table);
  losses = createLossTable(visit, losses?.order());
  for (const kind of ["toml", "csv", "json", "html"]) byId(kind).href = `/what-if.${kind}?${given}`;
}

const leftOut = (names, words) =>
  Object.entries(names).flatMap(([reason, ids]) =>
    ids.length ? [el("dt", `${ids.length} ${words[reason] ?? reason.replaceAll("_", " ")}`), el("dd", ids.join(", "))] : [],
  );

// Listening

// The form changed for good: the address follows, and the way back leads to what was before. Another day is another
// page, with the parties and promises of that day.
function commit(given = settings()) {
  const day = byId("as-of-day");
  if (!day.checkValidity()) return complain(`As known on: ${day.validationMessage}`);
  if (location.search === `?${given}`) return;
  if (given.get("as_of") !== scene.asOf) return location.assign(`?${given}`);
  const keep = performance.now() - changed < STROKE_MS ? "replaceState" : "pushState";
  changed = performance.now();
  history[keep](null, "", `?${given}`);
  ask(given);
}

function readAddress() {
  const given = new URLSearchParams(location.search);
  changed = 0;
  fill(given);
  ask(given);
}

function begin() {
  byId("shipped").append(
    el("option", { value: "" }, "none: your own"),
    ...scene.scenarios.map(({ name, title }) => el("option", { value: name }, title)),
  );
  byId("parties").append(...scene.parties.map(({ id, name }) => el("option", { value: id }, name)));
  byId("legs").append(...scene.legs.map(({ id, name }) => el("option", { value: id }, name)));
  byId("as-of-day").min = scene.firstDay;
  byId("how").open = !matchMedia("(max-width: 1000px)").matches; // where the answer would be far below
  byId("least").max = scene.firmness.length - 1;
  const given = new URLSearchParams(location.search);
  given.delete("as_of");
  if (![...given].length) history.replaceState(null, "", `?${scene.start}`);
  readAddress();
}

form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", ({ target }) => {
  describe();
  if (["range", "number", "checkbox"].includes(target.type)) ask(settings());
});
form.addEventListener("change", ({ target }) => {
  if (target.id !== "shipped") return commit();
  const found = scene.scenarios.find(({ name }) => name === target.value);
  if (!found) return;
  const given = new URLSearchParams(found.address);
  if (!given.has("as_of")) given.set("as_of", scene.asOf);
  commit(given);
  if (given.get("as_of") === scene.asOf) fill(given);
});
byId("add-party").addEventListener("click", () => addParty("").who.focus());
byId("add-leg").addEventListener("click", () => addLeg("").who.focus());
byId("copy").addEventListener("click", async () => {
  await navigator.clipboard?.writeText(location.href).catch(() => {});
  say("The link to this scenario is in the address bar.");
});
addEventListener("popstate", readAddress);
begin();
