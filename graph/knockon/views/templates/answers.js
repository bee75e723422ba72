// An answer of /sparql as it is shown: a table whose cells lead on, triples, or yes and no; and its downloads.

const MOST_ROWS = 2000; // of a table on the page; a download has them all
const OWN = /^(id|list)\/([\w-]+)\/(.+)$/;

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
