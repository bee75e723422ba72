// The console: an editor, the questions that fill it, and what /sparql answers.

const MOST_ROWS = 2000; // of a table on the page; a download has them all
const ROWS = "application/sparql-results+json";
const OWN = /^(id|list)\/([\w-]+)\/(.+)$/;
const editor = byId("query");
let running = null; // the request under way
let shown = ""; // the query whose answer is on the page

// Asking

async function run() {
  fillPrefixes();
  running?.abort();
  const mine = (running = new AbortController());
  const query = editor.value;
  clear();
  busy(true);
  const began = performance.now();
  try {
    const answer = await ask(query, `${ROWS}, text/turtle;q=0.9`, mine.signal);
    if (mine !== running) return;
    shown = query;
    history.replaceState(null, "", permalink(query));
    const seconds = ((performance.now() - began) / 1000).toFixed(2);
    if (answer.media.startsWith("text/turtle")) showTriples(await answer.text(), seconds);
    else showRows(JSON.parse(await answer.text()), query, seconds);
  } catch (error) {
    if (mine !== running) return;
    say(error.name === "AbortError" ? "Stopped." : "");
    if (error.name !== "AbortError") complain(error.message);
  } finally {
    if (mine === running) busy(false);
  }
}

async function ask(query, accept, signal) {
  let response;
  try {
    response = await fetch("/sparql", {
      method: "POST",
      headers: { Accept: accept },
      body: new URLSearchParams({ query }),
      signal,
    });
  } catch (error) {
    throw error.name === "AbortError" ? error : new Error("The server does not answer; is it still running?");
  }
  if (!response.ok) throw new Error((await response.text()).trim());
  return { media: response.headers.get("Content-Type") ?? "", text: () => response.text() };
}

function busy(now) {
  byId("stop").hidden = !now;
  byId("results").setAttribute("aria-busy", String(now));
  if (now) say("Running …");
}

function clear() {
  byId("trouble").hidden = true;
  byId("downloads").hidden = true;
  byId("results").replaceChildren();
  drawLines();
}

const say = (words) => (byId("status").textContent = words);

// A complaint with a place in it puts the cursor there.
function complain(words) {
  byId("trouble").textContent = words;
  byId("trouble").hidden = false;
  const place = /line (\d+)(?:, column (\d+))?/.exec(words);
  if (!place) return;
  const [line, column] = [Number(place[1]), Number(place[2] ?? 1)];
  const before = editor.value.split("\n").slice(0, line - 1);
  const at = Math.min(before.join("\n").length + (line > 1) + column - 1, editor.value.length);
  drawLines(line);
  editor.focus();
  editor.setSelectionRange(at, at);
}

// Prefixes

function fillPrefixes() {
  const plain = editor.value.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|<[^<>"{}|^`\\\s]*>|#[^\n]*/g, " ");
  const declared = new Set([...plain.matchAll(/\bPREFIX\s+([\w-]*):/gi)].map(([, prefix]) => prefix));
  const used = new Set([...plain.matchAll(/(?<![\w?$@:-])([A-Za-z][\w-]*):/g)].map(([, prefix]) => prefix));
  const missing = Object.keys(scene.prefixes).filter((prefix) => used.has(prefix) && !declared.has(prefix));
  if (!missing.length) return;
  const lines = missing.map((prefix) => `PREFIX ${prefix}: <${scene.prefixes[prefix]}>\n`);
  write(lines.join("") + editor.value);
}

// The editor

function write(text) {
  editor.value = text;
  drawLines();
}

function drawLines(wrong = 0) {
  const count = editor.value.split("\n").length;
  const numbers = Array.from({ length: count }, (_, i) => i + 1);
  byId("lines").replaceChildren(...numbers.map((n) => el(n === wrong ? "b.wrong" : "i", String(n))));
  byId("lines").scrollTop = editor.scrollTop;
}

function showQuestion({ text, question }) {
  write(text);
  byId("asked").textContent = question;
}

function questionOf(query) {
  return scene.questions.find(({ text }) => text === query);
}

const permalink = (query) => `#query=${encodeURIComponent(query)}`;

function readAddress() {
  if (!location.hash.startsWith("#query=")) return false;
  try {
    const query = decodeURIComponent(location.hash.slice("#query=".length));
    if (query === shown) return true;
    showQuestion(questionOf(query) ?? { text: query, question: "" });
  } catch {
    complain("The link to this page is damaged: its query cannot be read.");
    return true;
  }
  run();
  return true;
}

function fillQuestions() {
  const topics = [...new Set(scene.questions.map(topicOf))];
  const asked = (topic) => scene.questions.filter((one) => topicOf(one) === topic);
  byId("questions").append(
    ...topics.flatMap((topic) => [
      el("h3", topic.replaceAll("-", " ")),
      el("ul", asked(topic).map((one) => el("li", questionButton(one)))),
    ]),
  );
}

const topicOf = ({ name }) => name.split("/")[0];

function questionButton(one) {
  const pick = () => {
    showQuestion(one);
    run();
  };
  return el("button.plain", { type: "button", title: one.question, onclick: pick }, one.title);
}

// Answers

function showRows(answer, query, seconds) {
  if ("boolean" in answer) {
    say(`Answered in ${seconds} s.`);
    byId("results").append(el("p.verdict", answer.boolean ? "Yes" : "No"));
    return offer(["json", "csv", "tsv"]);
  }
  const { vars } = answer.head;
  const rows = answer.results.bindings;
  const units = questionOf(query)?.columns ?? {};
  say(`${count(rows.length, "row")} in ${seconds} s.${hint(rows, query)}`);
  offer(["csv", "tsv", "json"]);
  if (!rows.length || !vars.length) return;
  const few = rows.slice(0, MOST_ROWS);
  const columns = vars.map((name) => columnOf(name, units[name], few));
  const table = el("table", el("caption"), el("thead"), el("tbody"));
  const cut = rows.length > few.length ? `The first ${count(few.length, "row")}; a download has all.` : "";
  const caption = ["Answer", cut && el("small", cut)].filter(Boolean);
  byId("results").append(
    el("div.scroll", { role: "region", "aria-label": "Answer", tabindex: 0 }, table),
  );
  createTable(table, caption, columns, few, null).filter(() => true);
}

const count = (n, word) => `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;

function hint(rows, query) {
  const silent = rows.length === 0 && !/\b(GRAPH|FROM)\b/i.test(query);
  return silent ? " The facts lie in named graphs: write GRAPH kg:book { … } or GRAPH kg:known { … }." : "";
}

function columnOf(name, unit, rows) {
  const terms = rows.map((row) => row[name]).filter(Boolean);
  const numeric = terms.length > 0 && terms.every(isNumber);
  return {
    head: unit ? `${name} (${unit})` : name,
    kind: numeric ? ".number" : "",
    value: (row) => (row[name] ? (numeric ? Number(row[name].value) : wordsOf(row[name])) : null),
    cell: (row) => (row[name] ? cellOf(row[name]) : ""),
  };
}

const isNumber = ({ datatype }) => /#(integer|decimal|double|float|int|long|nonNegativeInteger)$/.test(datatype ?? "");

// The ids of our own things as people type them; everything else as it is.
function wordsOf({ type, value }) {
  const own = type === "uri" && value.startsWith(scene.base) && OWN.exec(value.slice(scene.base.length));
  return own ? decoded(own[3]) : value;
}

function cellOf(term) {
  const words = wordsOf(term);
  if (isNumber(term) && /^-?\d+$/.test(words)) return BigInt(words).toLocaleString("en");
  const address = term.type === "uri" || term.datatype?.endsWith("#anyURI") ? addressOf(term.value) : null;
  return address ? el("a", { href: address, rel: "noreferrer" }, words) : named(words);
}

// Where a term leads: a party or a deal here, another's page elsewhere; and only by http.
function addressOf(iri) {
  const day = `?as_of=${scene.asOf}`;
  const own = iri.startsWith(scene.base) ? OWN.exec(iri.slice(scene.base.length)) : null;
  if (own?.[2] === "parties") return `/party/${own[3]}${day}`;
  if (own?.[2] === "deals") return `/deal/${own[3]}${day}`;
  if (own?.[2] === "legs") return `/deal/${own[3].replace(/\/([^/]*)$/, `${day}#$1`)}`;
  return !iri.startsWith(scene.base) && /^https?:\/\//.test(iri) ? iri : null;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function showTriples(turtle, seconds) {
  say(`Triples in ${seconds} s.`);
  offer(["ttl", "jsonld"]);
  byId("results").append(el("pre.triples", { tabindex: 0 }, turtle));
}

function offer(endings) {
  byId("downloads").hidden = false;
  for (const button of byId("downloads").querySelectorAll("button"))
    button.hidden = !endings.includes(button.dataset.ending);
}

async function download({ media, ending }) {
  try {
    const answer = await ask(shown, media);
    const address = URL.createObjectURL(new Blob([await answer.text()], { type: media }));
    el("a", { href: address, download: `knockon-answer.${ending}` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  } catch (error) {
    complain(error.message);
  }
}

// Listening

byId("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
editor.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  }
});
editor.addEventListener("input", () => drawLines());
editor.addEventListener("scroll", () => (byId("lines").scrollTop = editor.scrollTop));
byId("stop").addEventListener("click", () => running?.abort());
byId("link").addEventListener("click", async () => {
  history.replaceState(null, "", permalink(editor.value));
  await navigator.clipboard?.writeText(location.href).catch(() => {});
  say("The link to this query is in the address bar.");
});
byId("downloads").addEventListener("click", ({ target }) => target.dataset.ending && download(target.dataset));
addEventListener("hashchange", readAddress);

fillQuestions();
if (!readAddress()) {
  write("SELECT ?party ?kind WHERE {\n  GRAPH kg:book { ?party a k:Party ; k:kind ?kind }\n} ORDER BY ?party");
  fillPrefixes();
}
