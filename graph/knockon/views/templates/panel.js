// The side panel: a deal, its legs, a leg with its claims and sources, a party, or a place to begin.

// `go` holds what the panel can ask for: leg(id), party(id), deal(id), around(id), close().
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

  const largest = (count) => [...visible.values()].slice(0, count);

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
    const kind = el("span.aside", legSwatch(leg), leg.instrument);
    return el(
      "li",
      button(() => go.leg(leg.id), el("span", who), el("span.sum", leg.amount), kind),
    );
  }

  function showLeg(leg) {
    const claims = sourcesOf(leg, today());
    const terms = [leg.size !== null && leg.basis, leg.range && `sources say ${leg.range}`];
    const runs = [leg.start && `from ${leg.start}`, leg.end && `to ${leg.end}`];
    fill(
      close(),
      kicker(legSwatch(leg), leg.instrument),
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
        fact("Deal", button(() => go.deal(leg.deal), leg.title)),
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
    const own = legsOf({ kind: "party", id: party.id });
    const drawn = own.filter(isVisible).sort(bySize);
    fill(
      close(),
      kicker(shapeSwatch(groups.get(party.group)), `${party.kind}, ${party.listed ? "listed" : "private"}`),
      heading(named(party.name)),
      party.loss && el("p.amount", party.loss),
      aroundButton(party),
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
      side("Pays, funds or backs", drawn, "payer", "payee"),
      side("Is paid, funded or backed by", drawn, "payee", "payer"),
      hiddenNote(own.length - drawn.length),
    );
  }

  function aroundButton({ id }) {
    const on = state.around === id;
    const words = on ? "Show the whole network again" : "Show only its neighbours and what runs among them";
    return el("p.summary", el("button.plain", { type: "button", onclick: () => go.around(on ? "" : id) }, words));
  }

  const channelItem = ({ id, loss }) =>
    el("li.channel", chip(id), el("span.said", channelWords(id)), el("span.sum", loss));

  // The legs in which the party of the panel is the `one`; each is named by its `other`.
  function side(words, drawn, one, other) {
    const own = drawn.filter((leg) => leg[one] === state.selected.id);
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
    const own = legsOf({ kind: "pair", id: pair }).filter(isVisible);
    fill(
      close(),
      kicker(lineSwatch("leg"), `${own.length} parallel legs`),
      fromTo(...JSON.parse(pair)),
      el("ul.list", own.sort(bySize).map(legItem)),
    );
  }

  function showDeal(deal) {
    const own = legsOf({ kind: "deal", id: deal }).sort(bySize);
    const drawn = own.filter(isVisible).length;
    fill(
      close(),
      kicker(null, own.length === 1 ? "Deal of one leg" : `Deal of ${own.length} legs`),
      heading(named(deals.get(deal))),
      el("p.aside", "Select a leg for its terms, claims and sources."),
      el("ul.list", own.map(legItem)),
      hiddenNote(own.length - drawn),
      el("dl.facts", fact("Id", deal)),
    );
  }

  function showPath(id) {
    const path = scene.shock.paths[id];
    const own = legsOf({ kind: "path", id }).sort(bySize);
    fill(
      close(),
      kicker(null, "One way the loss took"),
      heading(named(path.names.join(" → "))),
      el("p.amount", path.loss),
      el("p.summary", path.words),
      own.length > 0 && [el("h3", "Legs it ran through"), el("ul.list", own.map(legItem))],
      el("dl.facts", fact("Ids", path.legs.join(", "))),
    );
  }

  const SHOWN = {
    leg: (id) => showLeg(legs.get(id)),
    party: (id) => showParty(parties.get(id)),
    pair: showPair,
    deal: showDeal,
    path: showPath,
  };

  return {
    show(selection) {
      if (!selection) showStart();
      else SHOWN[selection.kind](selection.id);
    },
    focus: () => panel.querySelector("h2").focus(),
    reveal: () => panel.querySelector("h2").scrollIntoView({ block: "nearest" }),
  };
}
