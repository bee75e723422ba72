// The page of sliders: settings in the address, the answer from the server; nothing is computed here.

const REST_MS = 400; // after so long without a change the ranges are asked for
const STROKE_MS = 1000; // changes that follow each other within this are one step back
const form = byId("ask");
let wanted = null; // settings to ask for next
let asking = false; // one quick request at a time: a server that lags is not flooded
let rest = null; // the timer to the ranges
let ranges = null; // the request for them under way
let losses = null; // the table, whose order outlives an answer
let changed = 0; // when the address last changed

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
