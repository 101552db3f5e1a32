const CHOSEN_AT_FIRST = 4;
const SEEN_AT_ONCE = 6; // of more models a search is offered

/** A list of models to choose from, with a search. Each chosen one keeps its own colour. */
class Chooser {
  constructor(labels, changed) {
    this.slots = new Map();
    this.changed = changed;
    this.rows = labels.map((label, index) => {
      const box = make("input", { type: "checkbox", onchange: () => (this.choose(index, box.checked), changed()) });
      const [mark, note] = [make("i"), make("small")];
      const name = make("span", {}, ...label.split(/(?<=[/_])/).flatMap((part) => [part, make("wbr")]));
      return { box, mark, note, label, element: make("label", {}, box, mark, name, note) };
    });
    const search = make("input", {
      type: "search",
      placeholder: `search ${labels.length} models`,
      hidden: labels.length <= SEEN_AT_ONCE,
      attributes: { "aria-label": "Search models" },
      oninput: () => {
        const words = search.value.toLowerCase().split(/\s+/);
        for (const row of this.rows) row.element.hidden = !words.every((word) => row.label.toLowerCase().includes(word));
      },
    });
    const none = make("button", { type: "button", onclick: () => this.clear() }, "Choose none");
    const list = make("div", { className: "models" }, ...this.rows.map((row) => row.element));
    this.element = make("fieldset", { className: "chooser" }, make("legend", {}, "Models"), search, list, none);
    this.rows.slice(0, CHOSEN_AT_FIRST).forEach((_, index) => this.choose(index, true));
  }

  /** The chosen models' indices with their colours. */
  get chosen() {
    return [...this.slots].sort(([a], [b]) => a - b).map(([index, slot]) => [index, seriesColour(slot)]);
  }

  choose(index, on) {
    const { box, mark } = this.rows[index];
    box.checked = on;
    if (on) {
      const taken = new Set(this.slots.values());
      let slot = 0;
      while (taken.has(slot)) slot++;
      this.slots.set(index, slot);
      mark.style.background = `var(--series-${slot % SERIES})`;
    } else {
      this.slots.delete(index);
      mark.style.background = "";
    }
  }

  clear() {
    for (const index of [...this.slots.keys()]) this.choose(index, false);
    this.changed();
  }
}
