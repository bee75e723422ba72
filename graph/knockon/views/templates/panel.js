// The side panel: one leg with its sources, one party, a bundle of legs, or a place to begin.

// `go` holds what the panel can ask for: leg(id), party(id), close(), isVisible(leg).
function createPanel(panel, go) {
  function fill(...children) {
    panel.replaceChildren(...children.flat().filter(Boolean));
    panel.scrollTop = 0;
  }

  const button = (onclick, ...children) => el("button", { type: "button", onclick }, ...children);
  const close = () => el("button.plain.close", { type: "button", onclick: go.close }, "Close");
  const partyButton = (id) => button(() => go.party(id), named(nameOf(id)));
  const heading = (...children) => el("h2", { tabindex: -1 }, ...children);
  const kicker = (swatch, text) => el("p.kicker", swatch, el("span", text));
  const fact = (term, text, kind = "dd") => (text ? [el("dt", term), el(kind, text)] : []);
  const fromTo = (payer, payee) => heading(partyButton(payer), el("span.to", " → "), partyButton(payee));

  function showStart() {
    fill(
      el("h2", scene.shock ? "Who loses most" : "The largest promises"),
      el("p.aside", "Select a line or a party, here or in the picture, for its terms and sources."),
      el("ul.list", scene.shock ? scene.shock.rows.slice(0, 12).map(loserItem) : largest(9).map(legItem)),
    );
  }

  const bySize = (a, b) => (b.size ?? -1) - (a.size ?? -1);
  const largest = (count) => [...legs.values()].filter(go.isVisible).sort(bySize).slice(0, count);

  function loserItem(row) {
    const part = row.share ? `${row.share} of value` : "no value known to measure by";
    const lines = [named(row.name), el("span.sum", row.loss)];
    return el(
      "li",
      button(() => go.party(row.party), lines, el("span.aside", row.listed ? part : `${part}, private`)),
    );
  }

  const legItem = (leg) => item(leg, named(nameOf(leg.payer)), " → ", named(nameOf(leg.payee)));

  function item(leg, ...who) {
    const kind = el("span.aside", lineSwatch(legColour(leg), dashOf(leg)), leg.instrument);
    return el(
      "li",
      button(() => go.leg(leg.id), el("span", who), el("span.sum", leg.amount), kind),
    );
  }

  function showLeg(leg) {
    const { claims } = leg;
    const terms = [leg.size !== null && leg.basis, leg.range && `sources say ${leg.range}`];
    const runs = [leg.start && `from ${leg.start}`, leg.end && `to ${leg.end}`];
    fill(
      close(),
      kicker(lineSwatch(legColour(leg), dashOf(leg)), leg.instrument),
      fromTo(leg.payer, leg.payee),
      el("p.amount", leg.amount),
      el("p.aside", joined(terms, "; ")),
      leg.summary && el("p.summary", leg.summary),
      el(
        "dl.facts",
        fact("How firm", firmnesses.get(leg.firmness).words, "dd.said"),
        fact("Status", leg.status, "dd.said"),
        fact("Public since", leg.knownFrom),
        fact("Runs", joined(runs, " "), "dd.said"),
        fact("Kind", families.get(leg.family).words, "dd.said"),
        fact("Deal", leg.title),
        fact("Id", leg.id),
      ),
      el(
        "h3",
        claims.length === 1
          ? "One source"
          : claims.length
            ? `${claims.length} sources`
            : "No source is recorded",
      ),
      el("ul.claims", claims.map(claimItem)),
    );
  }

  function claimItem(claim) {
    const link = { href: claim.url, rel: "noopener noreferrer", target: "_blank" };
    const source = claim.url ? el("a", link, named(claim.source)) : named(claim.source);
    return el(
      claim.won ? "li.won" : "li",
      el("div.who", source, el("span.says", claim.amount)),
      el("div.aside", joined([claim.statedOn, claim.grade, claim.firmness, claim.range], " · ")),
      claim.won && el("div.aside", "Gave the amount shown"),
      claim.note && el("p.note", claim.note),
    );
  }

  function showParty(party) {
    const row = scene.shock?.rows.find((one) => one.party === party.id);
    const own = [...legs.values()].filter((leg) => leg.payer === party.id || leg.payee === party.id);
    const visible = own.filter(go.isVisible).sort(bySize);
    fill(
      close(),
      kicker(shapeSwatch(groups.get(party.group)), `${party.kind}, ${party.listed ? "listed" : "private"}`),
      heading(named(party.name)),
      party.loss && el("p.amount", party.loss),
      el(
        "dl.facts",
        fact(
          party.listed ? "Market value" : "Value",
          joined([party.value, party.valueOn], " on ") || "not known",
        ),
        fact("Share lost", party.share),
        fact("Range", row?.range),
      ),
      row?.channels.length && [
        el("h3", "How the loss arrives"),
        el("ul.list", row.channels.map(channelItem)),
      ],
      side("Pays, funds or backs", visible, "payer", "payee"),
      side("Is paid, funded or backed by", visible, "payee", "payer"),
      hiddenNote(own.length - visible.length),
    );
  }

  const channelItem = ({ id, loss }) =>
    el("li.channel", chip(id), el("span.said", channelWords(id)), el("span.sum", loss));

  // The legs in which the party of the panel is the `one`; each is named by its `other`.
  function side(words, visible, one, other) {
    const own = visible.filter((leg) => leg[one] === state.selected.id);
    return (
      own.length && [
        el("h3", words),
        el(
          "ul.list",
          own.map((leg) => item(leg, named(nameOf(leg[other])))),
        ),
      ]
    );
  }

  function hiddenNote(count) {
    return (
      count > 0 &&
      el("p.aside.summary", `${count} more ${count === 1 ? "leg is" : "legs are"} hidden by the filters.`)
    );
  }

  function showPair(pair) {
    const own = visibleLegs().filter((leg) => pairOf(leg) === pair);
    fill(
      close(),
      kicker(lineSwatch("leg"), `${own.length} parallel legs`),
      fromTo(...JSON.parse(pair)),
      el("ul.list", own.sort(bySize).map(legItem)),
    );
  }

  return {
    show(selection) {
      if (!selection) showStart();
      else if (selection.kind === "leg") showLeg(legs.get(selection.id));
      else if (selection.kind === "party") showParty(parties.get(selection.id));
      else showPair(selection.id);
    },
    focus: () => panel.querySelector("h2").focus(),
    reveal: () => panel.querySelector("h2").scrollIntoView({ block: "nearest" }),
  };
}

const dashOf = (leg) => firmnesses.get(leg.firmness).dash;
const channelWords = (id) => scene.shock.channels.find((channel) => channel.id === id)?.words ?? id;

function chip(channel) {
  const mark = el("i.chip", { "aria-hidden": "true" });
  mark.style.background = `var(--channel-${channel})`;
  return mark;
}
