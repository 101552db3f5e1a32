for (const section of document.querySelectorAll("section[data-figure]"))
  figures[section.dataset.figure](section, JSON.parse(section.querySelector("script").textContent));

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
  folded = [...document.querySelectorAll("[data-panel][hidden]")];
  for (const panel of folded) panel.hidden = false;
  for (const fit of fits) fit();
});
addEventListener("afterprint", () => {
  for (const panel of folded) panel.hidden = true;
});
document.documentElement.dataset.ready = "";
