const collator = new Intl.Collator("en", { numeric: true });

/** Orders two cells; those without a number come last, either way. */
function order(a, b, numeric, sign) {
  if (!numeric) return sign * collator.compare(a.textContent, b.textContent);
  const [one, other] = [a, b].map((cell) => parseFloat(cell.dataset.number));
  if (isNaN(one) || isNaN(other)) return isNaN(one) - isNaN(other);
  return sign * (one - other);
}

for (const table of document.querySelectorAll("table.figures")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) =>
    head.querySelector("button")?.addEventListener("click", () => {
      const direction = head.ariaSort === "ascending" ? "descending" : "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", direction);
      const sign = direction === "ascending" ? 1 : -1;
      const numeric = head.classList.contains("number");
      const rows = [...table.tBodies[0].rows];
      rows.sort((a, b) => order(a.cells[column], b.cells[column], numeric, sign));
      table.tBodies[0].append(...rows);
    }),
  );
}
