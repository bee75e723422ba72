// The tables: the same legs and losses as the picture, in rows that sort.

function createLegTable(go) {
  const rungs = new Map(scene.firmness.map(({ id }, i) => [id, scene.firmness.length - i]));
  const columns = [
    { head: "Payer", value: (leg) => nameOf(leg.payer), cell: (leg) => legButton(leg, go) },
    { head: "Payee", value: (leg) => nameOf(leg.payee), cell: (leg) => named(nameOf(leg.payee)) },
    {
      head: "Promise",
      kind: ".said",
      value: (leg) => leg.instrument,
      cell: (leg) => [legSwatch(leg), leg.instrument],
    },
    { head: "Amount", kind: ".number", value: (leg) => leg.size, cell: (leg) => leg.amount },
    {
      head: "How firm",
      kind: ".said.optional",
      value: (leg) => rungs.get(leg.firmness),
      cell: (leg) => firmnesses.get(leg.firmness).words,
    },
    {
      head: "Public since",
      kind: ".optional",
      value: (leg) => leg.knownFrom || null,
      cell: (leg) => leg.knownFrom,
    },
    { head: "Deal", kind: ".deal", value: (leg) => leg.title, cell: (leg) => dealButton(leg, go) },
  ];
  const note = "One row per promise. Rows follow the filters; a payer opens the terms and sources, a deal all its legs.";
  return createTable(
    byId("leg-table"),
    ["Every leg in the picture", el("small", note)],
    columns,
    [...legs.values()],
    3,
  );
}

function legButton(leg, go) {
  const light = () => go.hover(leg.id);
  const dim = () => go.hover(null);
  const label = `${nameOf(leg.payer)} to ${nameOf(leg.payee)}, ${leg.instrument}, ${leg.amount}: terms and sources`;
  const on = {
    onclick: () => go.leg(leg.id),
    onfocus: light,
    onblur: dim,
    onpointerenter: light,
    onpointerleave: dim,
  };
  return el("button", { type: "button", "aria-label": label, ...on }, named(nameOf(leg.payer)));
}

function dealButton({ deal, title }, go) {
  return el("button.plain", { type: "button", onclick: () => go.deal(deal) }, title);
}

function createLossTable(go, chosen) {
  const { rows, channels } = scene.shock;
  const longest = Math.max(1, ...rows.flatMap((row) => [row.lossUsd, row.high]));
  const traded = (row) => (row.listed ? "listed" : "private");
  const worst = { head: "At worst", kind: ".number", value: (row) => row.worstUsd, cell: (row) => row.worst || "–" };
  const columns = [
    { head: "Party", value: (row) => row.name, cell: (row) => loserButton(row, go) },
    { head: "Loss", kind: ".number", value: (row) => row.lossUsd, cell: (row) => row.loss },
    {
      head: "Share of value",
      kind: ".number.optional",
      value: (row) => row.lossShare,
      cell: (row) => row.share || "–",
    },
    { head: "By channel", kind: ".bars", value: (row) => row.lossUsd, cell: (row) => lossBar(row, longest) },
    ...(rows.some((row) => row.worst) ? [worst] : []),
    { head: "Range", kind: ".number.optional", value: (row) => row.high, cell: (row) => row.range || "–" },
    {
      head: "Value",
      kind: ".number.optional",
      value: (row) => row.valueUsd,
      cell: (row) => row.value || "–",
    },
    { head: "Traded", kind: ".optional", value: traded, cell: traded },
  ];
  const key = channels.map(({ id, words }) => el("span", chip(id), words));
  const note = el("small.channels", key, el("span", "Bars share one scale; the thin line is the range."));
  byId("losses").hidden = false;
  const table = createTable(byId("loss-table"), ["Who loses, and through which channel", note], columns, rows, 1, chosen);
  table.filter(() => true);
  return table;
}

function loserButton(row, go) {
  const on = {
    onclick: () => go.party(row.party),
    onfocus: () => go.hover(row.party),
    onblur: () => go.hover(null),
  };
  return el("button", { type: "button", ...on }, named(row.name));
}

// One loss as a stack of channels on the scale of the longest; gains have no length but keep their words.
function lossBar(row, longest) {
  const words = row.channels.map((channel) => `${channelWords(channel.id)} ${channel.loss}`).join(", ");
  const bar = el("div.bar", { role: "img", "aria-label": words || "no channel", title: words });
  for (const channel of row.channels.filter(({ usd }) => usd > 0)) {
    const part = el("i");
    part.style.width = `${(100 * channel.usd) / longest}%`;
    part.style.background = `var(--channel-${channel.id})`;
    bar.append(part);
  }
  if (row.range) {
    const whisker = el("span.whisker");
    whisker.style.left = `${(100 * Math.max(row.low, 0)) / longest}%`;
    whisker.style.width = `${(100 * (row.high - Math.max(row.low, 0))) / longest}%`;
    bar.append(whisker);
  }
  return bar;
}
