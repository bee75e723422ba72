// The form of the page of sliders: who is hit and how hard, as rows and as settings in the address.

const TICKS = ["information", "common_holders", "rivals"];
const CHOICES = ["basis", "curve"];
const USUAL = { draws: "2000", seed: "7" };
let rows = []; // who is hit, as the form shows it

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
