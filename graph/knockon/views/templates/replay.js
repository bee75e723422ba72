// The slider of days: it turns the page back to what was known then, over bars of when legs became known.

const DAY = 86400000;
const PACE = 700; // milliseconds a month when replaying

const isDay = (word) => Boolean(scene.replay) && word >= scene.replay.from && word < scene.replay.to && !isNaN(Date.parse(word));
const today = () => state.day || scene.asOf;

// `turn(day)` is told the day a reader moves to; the last one is the empty word.
function createReplay(turn) {
  const { from, to, days, months, older } = scene.replay;
  const number = (day) => Math.round((Date.parse(day) - Date.parse(from)) / DAY);
  const dayAt = (count) => new Date(Date.parse(from) + count * DAY).toISOString().slice(0, 10);
  const slider = byId("day");
  const play = byId("replay-play");
  let timer = null;

  const move = (day) => turn(day >= to ? "" : day < from ? from : day);
  const stop = () => {
    clearInterval(timer);
    timer = null;
    play.textContent = "Replay";
  };
  const nextMonth = () => {
    const next = months.find(({ month }) => `${month}-01` > today());
    move(next ? `${next.month}-01` : to);
    if (!next) stop();
  };

  slider.max = number(to);
  slider.addEventListener("input", () => (stop(), move(dayAt(Number(slider.value)))));
  byId("day-before").addEventListener("click", () => (stop(), move(days.findLast((day) => day < today()) ?? from)));
  byId("day-after").addEventListener("click", () => (stop(), move(days.find((day) => day > today()) ?? to)));
  play.addEventListener("click", () => {
    if (timer) return stop();
    if (!state.day) move(from);
    timer = setInterval(nextMonth, PACE);
    play.textContent = "Stop";
  });
  byId("bars").append(...bars(months, older));
  byId("replay").hidden = false;

  return () => {
    slider.value = number(today());
    slider.setAttribute("aria-valuetext", byId("day-words").textContent);
    for (const bar of byId("bars").children) bar.classList.toggle("past", bar.dataset.month <= today().slice(0, 7));
  };
}

// One bar a month, all of one width, their heights by the legs that became known in it.
function bars(months, older) {
  const highest = Math.max(1, ...months.map(({ legs: count }) => count));
  return months.map(({ month, legs: count }, i) => {
    const words = older && i === 0 ? `up to ${month}` : month;
    const bar = el("span", { title: `${words}: ${count} legs became known`, "data-month": month });
    bar.style.height = `${(100 * count) / highest}%`;
    bar.style.flexGrow = new Date(Date.UTC(...month.split("-").map(Number), 0)).getUTCDate();
    return bar;
  });
}
