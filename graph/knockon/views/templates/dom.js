// The data as Python wrote them, and the few ways to put a value of them into the document.

const byId = (id) => document.getElementById(id);
const scene = JSON.parse(byId("scene").textContent);

// An element from "tag.class": attributes and listeners (on…) if given, then children; text stays text.
function el(kind, ...rest) {
  const [tag, ...classes] = kind.split(".");
  const attributes = rest[0]?.constructor === Object ? rest.shift() : {};
  const node = SVG.includes(tag) ? document.createElementNS(SVG_SPACE, tag) : document.createElement(tag);
  if (classes.length) node.setAttribute("class", classes.join(" "));
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...rest.flat(2).filter((child) => child != null && child !== "" && child !== false));
  return node;
}

const SVG_SPACE = "http://www.w3.org/2000/svg";
const SVG = ["svg", "g", "path", "line", "rect", "text"];
const joined = (parts, by) => parts.filter(Boolean).join(by);
const named = (text) => el("span.name", text);
