const EXPLORERS = { curves: exploreCurves, forecasts: exploreForecasts };

// plots are drawn when they come into view
const drawn = [];
const seen = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries)
      if (isIntersecting) {
        seen.unobserve(target);
        const data = JSON.parse(target.querySelector("script").textContent);
        drawn.push(EXPLORERS[target.dataset.explorer](target, data));
      }
  },
  { rootMargin: "200px" },
);
document.querySelectorAll(".explorer").forEach((element) => seen.observe(element));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawn.forEach((draw) => draw()));

const chips = [...document.querySelectorAll(".chips button")];
for (const chip of chips)
  chip.addEventListener("click", () => {
    for (const other of chips) other.setAttribute("aria-pressed", String(other === chip));
    for (const claim of document.querySelectorAll(".claim"))
      claim.hidden = Boolean(chip.dataset.verdict) && claim.dataset.verdict !== chip.dataset.verdict;
  });

for (const button of document.querySelectorAll("button.copy"))
  button.addEventListener("click", async () => {
    const code = button.previousElementSibling;
    getSelection().selectAllChildren(code);
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Selected"; // the browser lets no page copy; Ctrl-C does
    }
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });

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
  if (target) target.scrollIntoView();
}
addEventListener("hashchange", openTarget);
if (location.hash) openTarget();
