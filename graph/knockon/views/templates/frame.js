// What stands around the picture: answer, key, and the note beside the pointer.

const KEY_ROWS = { family: "families", firmness: "firmness", kind: "groups" };

function fillAnswer() {
  if (!scene.shock) return;
  byId("answer").hidden = false;
  byId("headline").textContent = scene.shock.headline;
  byId("lines").append(...scene.shock.lines.map((line) => el("li", line)));
  byId("totals").append(
    ...scene.shock.totals.map((total) => el("div", el("dt", total.words), el("dd", total.loss))),
  );
}

function fillControls() {
  const swatches = {
    family: (one) => (scene.shock ? null : lineSwatch(`family-${one.id}`)),
    firmness: (one) => lineSwatch("ink", one.dash, 2),
    kind: (one) => shapeSwatch(one),
  };
  for (const [name, choices] of Object.entries(CHOICES)) {
    byId(KEY_ROWS[name]).append(
      ...choices.map((one) => {
        const box = el("input", { type: "checkbox", name, value: one.id });
        return el("label.tick", box, swatches[name](one), el("span.word", one.words));
      }),
    );
  }
  byId("least").append(
    ...scene.least.map(({ usd, words }) =>
      el("option", { value: usd }, usd ? words : "any, even undisclosed"),
    ),
  );
  byId("names").append(...[...parties.values()].map((party) => el("option", { value: party.name })));
  byId("reading").append(...readingNotes());
  document.body.classList.toggle("shock", scene.shock !== null);
  byId("key").open = !scene.shock && !matchMedia("(max-width: 1000px)").matches;
}

function readingNotes() {
  const notes = [
    el("span", "Arrows run from payer to payee; the thicker, the more money."),
    el("span", secretSwatch(), "amount undisclosed"),
  ];
  if (!scene.shock) return [...notes, el("span", "Bigger: worth more. Filled: listed. Hollow: private.")];
  const ramp = el(
    "span.ramp",
    scene.shock.steps.map((words, step) => {
      const patch = el("i");
      patch.style.background = `var(--loss-${step})`;
      return el("span", patch, words);
    }),
  );
  return [
    el("span", "Share of value lost"),
    ramp,
    el("span", "Bigger: loses more dollars. Dotted outline: no value known. Pale outline: private."),
    ...notes,
  ];
}

function secretSwatch() {
  const swatch = lineSwatch("ink", [], 1);
  const bar = el("line", { x1: 13, y1: 2, x2: 13, y2: 8, "stroke-width": 1 });
  bar.style.stroke = "var(--ink)";
  swatch.append(bar);
  return swatch;
}

// The note beside the pointer: what lies under it, in a line or two.
function showTip(what, point) {
  const tip = byId("tip");
  tip.hidden = what === null;
  if (tip.hidden) return;
  const [head, line] = TIPS[what[0]](what[1]);
  tip.replaceChildren(el("b", named(head)), line);
  const room = byId("picture").clientWidth;
  tip.style.left = `${Math.min(point.x + 14, Math.max(0, room - tip.offsetWidth - 4))}px`;
  tip.style.top = `${point.y + 16}px`;
}

const TIPS = {
  party(id) {
    const { name, kind, value, loss, share } = parties.get(id);
    const figures = scene.shock ? [loss, share && `${share} of its value`] : [kind, value];
    return [name, joined(figures, ", ")];
  },
  leg(id) {
    const leg = legs.get(id);
    const { words } = firmnesses.get(leg.firmness);
    return [`${nameOf(leg.payer)} → ${nameOf(leg.payee)}`, `${leg.instrument}, ${leg.amount}, ${words}`];
  },
  pair: (id) => [JSON.parse(id).map(nameOf).join(" → "), "several legs; select to see each"],
};
