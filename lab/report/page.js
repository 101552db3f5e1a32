const EXPLORERS = { curves: exploreCurves, forecasts: exploreForecasts };
const redraws = [];

/** Draws an explorer, once. */
function explore(element) {
  if (element.dataset.drawn) return;
  element.dataset.drawn = "true";
  const data = JSON.parse(element.querySelector("script").textContent);
  redraws.push(EXPLORERS[element.dataset.explorer](element, data));
}
const redraw = () => redraws.forEach((draw) => draw());

// plots are drawn when they come into view, and the others one after the other when the browser has time
const explorers = [...document.querySelectorAll(".explorer")];
const seen = new IntersectionObserver(
  (entries) => entries.filter((entry) => entry.isIntersecting).forEach(({ target }) => explore(target)),
  { rootMargin: "200px" },
);
explorers.forEach((element) => seen.observe(element));
const whenIdle = window.requestIdleCallback ?? ((next) => setTimeout(next, 300));
function exploreNext() {
  const next = explorers.find((element) => !element.dataset.drawn);
  if (next) explore(next);
  if (next) whenIdle(exploreNext);
}
addEventListener("load", () => whenIdle(exploreNext));

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
// the width of 1rem changes with the reader's text size
let textSize = scaled(1);
new ResizeObserver(() => {
  if (textSize !== scaled(1)) redraw();
  textSize = scaled(1);
}).observe(document.body.appendChild(make("div", { className: "ruler" })));

addEventListener("beforeprint", () => Place.all.forEach((place) => place.freeze()));
addEventListener("afterprint", () => Place.all.forEach((place) => place.thaw()));

for (const code of document.querySelectorAll(".command code")) {
  const button = make("button", { type: "button", className: "copy" }, "Copy");
  button.addEventListener("click", async () => {
    getSelection().selectAllChildren(code);
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Selected"; // the browser lets no page copy; Ctrl-C does
    }
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  code.after(button);
  code.tabIndex = 0; // the keys can scroll a long command
}

const enlarged = document.getElementById("enlarged");
for (const button of document.querySelectorAll("button.enlarge"))
  button.addEventListener("click", () => {
    const [from, to] = [button.querySelector("img"), enlarged.querySelector("img")];
    [to.src, to.alt] = [from.src, from.alt];
    enlarged.showModal();
  });

/** Opens what the address points to. */
function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let element = target; element; element = element.parentElement) if (element.tagName === "DETAILS") element.open = true;
  for (const inside of target?.querySelectorAll(":scope > details.opens") ?? []) inside.open = true;
  if (target) target.scrollIntoView();
}
addEventListener("hashchange", openTarget);
if (location.hash) openTarget();
