// The rounds of a shock: who has lost how much after each, from the hit itself to the end.

const BEAT = 1300; // milliseconds a round when playing

const roundNow = () => scene.shock.rounds[state.round] ?? scene.shock.rounds.at(-1);

// How a party stands after the round in force: its radius, its step of loss, its loss in words.
function lossNow(id) {
  const [size, step, words] = roundNow().parties[id] ?? [scene.shock.still, 0, ""];
  return { size, step, words };
}

// `turn(round)` is told the round a reader moves to; the last one is the empty word.
function createPlayer(turn) {
  const { rounds } = scene.shock;
  const play = byId("rounds-play");
  const boxes = rounds.map(({ words, total, more }, i) => {
    const box = el("input", { type: "radio", name: "round", value: i, onchange: () => (stop(), move(i)) });
    return [box, el("label.round", box, el("span", words), el("b", total), el("span", more))];
  });
  let timer = null;

  const move = (i) => turn(i >= rounds.length - 1 ? "" : String(i));
  const stop = () => {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
  };
  const next = () => {
    const i = rounds.indexOf(roundNow()) + 1;
    move(i);
    if (i >= rounds.length - 1) stop();
  };

  play.addEventListener("click", () => {
    if (timer) return stop();
    if (!state.round) move(0);
    timer = setInterval(next, BEAT);
    play.textContent = "Stop";
  });
  byId("rounds").append(...boxes.map(([, label]) => label));
  byId("player").hidden = rounds.length < 2;

  return () => boxes.forEach(([box], i) => (box.checked = rounds[i] === roundNow()));
}
