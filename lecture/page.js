// the figure that the address names starts first; the page answers between one figure and the next
const waiting = [...document.querySelectorAll("section[data-figure]")];
const named = waiting.findIndex((section) => location.hash.endsWith(section.dataset.figure));
if (named > 0) waiting.unshift(...waiting.splice(named, 1));

/** Starts the next figure; false if all have started. */
function start() {
  const section = waiting.shift();
  if (!section) return false;
  figures[section.dataset.figure](section, JSON.parse(section.querySelector("script").textContent));
  return true;
}
(function inTurn() {
  if (start()) return setTimeout(inTurn);
  document.documentElement.dataset.ready = Math.round(performance.now()); // milliseconds since the page was asked for
  if (location.hash) requestAnimationFrame(show); // the figures above have moved it
})();

/** Shows one figure alone where the address names one, else the whole page. */
function show() {
  const name = decodeURIComponent(location.hash.slice(1));
  const only = name in figures;
  document.body.classList.toggle("only", only);
  for (const section of document.querySelectorAll("section[data-figure]"))
    section.classList.toggle("shown", only && section.dataset.figure === name);
  if (only) scrollTo(0, 0);
  else document.getElementById(name)?.scrollIntoView();
}
addEventListener("hashchange", show);
show();
// full screen: Escape leads back to the page, Page Up and Page Down to the other figures, arrows press Back and Next
addEventListener("keydown", (event) => {
  if (!document.body.classList.contains("only")) return;
  const [name, names] = [location.hash.slice(1), Object.keys(figures)];
  const turn = { PageDown: 1, PageUp: -1 }[event.key];
  const press = { ArrowRight: "next", ArrowLeft: "back" }[event.key];
  const typing = event.target.closest("input, select, textarea");
  if (event.key === "Escape") location.hash = `to-${name}`;
  else if (turn && !typing) location.hash = names[names.indexOf(name) + turn] || name;
  else if (press && !typing) document.querySelector(`.shown button[name=${press}]`)?.click();
  else return;
  event.preventDefault();
});

for (const form of document.forms) form.addEventListener("submit", (event) => event.preventDefault());

for (const copy of document.querySelectorAll("button.copy"))
  copy.addEventListener("click", async () => {
    const code = copy.previousElementSibling;
    getSelection().selectAllChildren(code);
    try {
      await navigator.clipboard.writeText(code.textContent);
      copy.textContent = "Copied";
    } catch {
      copy.textContent = "Selected"; // this browser lets no page copy; Ctrl-C does
    }
    setTimeout(() => (copy.textContent = "Copy"), 2000);
  });

// on paper every panel shows
let folded = [];
addEventListener("beforeprint", () => {
  while (start());
  folded = [...document.querySelectorAll("[data-panel][hidden]")];
  for (const panel of folded) panel.hidden = false;
  for (const fit of fits) fit();
});
addEventListener("afterprint", () => {
  for (const panel of folded) panel.hidden = true;
});
