// What stands around the picture: answer, key, and the note beside the pointer.

const KEY_ROWS = { family: "families", firmness: "firmness", kind: "groups" };

function fillAnswer() {
  if (!scene.shock) return;
  byId("answer").hidden = false;
  byId("headline").textContent = scene.shock.headline;
  byId("lines").append(...scene.shock.lines.map((line) => el("li", line)));
  byId("paths").append(...scene.shock.paths.map((path, i) => el("li", pathButton(path, String(i)))));
  byId("paths-block").hidden = scene.shock.paths.length === 0;
  byId("paths-words").textContent = scene.shock.covered;
  byId("totals").append(
    ...scene.shock.totals.map((total) => el("div", el("dt", total.words), el("dd", total.loss))),
  );
}

const pathButton = ({ words, loss }, i) =>
  el("button", { type: "button", onclick: () => go.path(i) }, el("b", loss), el("span", words));

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
  byId("instrument").append(
    el("option", { value: "" }, "any"),
    ...scene.instruments.map((words) => el("option", { value: words }, words)),
  );
  byId("most").append(
    ...[...scene.most, 0].map((most) => el("option", { value: most }, most ? `the ${most.toLocaleString("en")} largest` : "all")),
  );
  byId("most").parentElement.hidden = scene.most.length === 0;
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
    const { name, kind, value, share } = parties.get(id);
    const ofValue = !state.round && share && `${share} of its value`;
    const figures = scene.shock ? [lossNow(id).words, ofValue] : [kind, value];
    return [name, joined(figures, ", ")];
  },
  leg(id) {
    const leg = legs.get(id);
    const { words } = firmnesses.get(leg.firmness);
    return [`${nameOf(leg.payer)} → ${nameOf(leg.payee)}`, `${leg.instrument}, ${leg.amount}, ${words}`];
  },
  pair: (id) => [JSON.parse(id).map(nameOf).join(" → "), "several legs; select to see each"],
};

// The wheel scrolls the page; only with Ctrl (or a pinch, which says Ctrl too) does it zoom the picture.
function wheelNeedsCtrl(container) {
  let timer;
  container.addEventListener(
    "wheel",
    (event) => {
      if (event.ctrlKey || event.metaKey) return;
      event.stopPropagation();
      byId("hint").classList.add("on");
      clearTimeout(timer);
      timer = setTimeout(() => byId("hint").classList.remove("on"), 900);
    },
    { capture: true },
  );
}
