// One circle at a time: the one the address names, else the first. Without script all stand one below the other.

const circles = [...document.querySelectorAll(".circles article")];

function showCircle() {
  const asked = circles.find((each) => `#${each.id}` === location.hash);
  const chosen = asked ?? circles.find((each) => each.classList.contains("shown")) ?? circles[0];
  circles.forEach((each) => each.classList.toggle("shown", each === chosen));
  for (const link of document.querySelectorAll(".chosen a")) {
    if (link.hash === `#${chosen.id}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  if (asked) {
    asked.focus({ preventScroll: true });
    if (asked.getBoundingClientRect().top < 0) asked.scrollIntoView();
  }
}

if (circles.length) {
  document.querySelector(".circles").classList.add("one");
  addEventListener("hashchange", showCircle);
  showCircle();
}
