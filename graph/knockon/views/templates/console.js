// The console: an editor, the questions that fill it, and how /sparql is asked.

const ROWS = "application/sparql-results+json";
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
