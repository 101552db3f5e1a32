const CHOSEN_AT_FIRST = 4;
const WITHOUT_SEARCH = 6; // models; more of them get a search

/** A list of models to choose from, with a search. Each chosen one keeps its own look. */
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
      hidden: labels.length <= WITHOUT_SEARCH,
      attributes: { "aria-label": "Search models" },
      oninput: () => {
        const words = search.value.toLowerCase().split(/\s+/);
        for (const row of this.rows) row.element.hidden = !words.every((word) => row.label.toLowerCase().includes(word));
      },
    });
    const list = make("div", { className: "models" }, ...this.rows.map((row) => row.element));
    const all = make("button", { type: "button", onclick: () => this.chooseEach(true) }, "Choose all");
    const none = make("button", { type: "button", onclick: () => this.chooseEach(false) }, "Choose none");
    const buttons = make("div", { className: "buttons" }, all, none);
    this.element = make("fieldset", { className: "chooser" }, make("legend", {}, "Models"), search, list, buttons);
    this.rows.slice(0, CHOSEN_AT_FIRST).forEach((_, index) => this.choose(index, true));
  }

  /** The chosen models' indices with their looks. */
  get chosen() {
    return [...this.slots].sort(([a], [b]) => a - b).map(([index, slot]) => [index, look(slot)]);
  }

  choose(index, on) {
    const { box, mark } = this.rows[index];
    box.checked = on;
    if (on && !this.slots.has(index)) {
      const taken = new Set(this.slots.values());
      let slot = 0;
      while (taken.has(slot)) slot++;
      this.slots.set(index, slot);
      mark.innerHTML = swatch(slot);
    } else if (!on) {
      this.slots.delete(index);
      mark.innerHTML = "";
    }
  }

  /** Chooses all models that the search leaves, or none. */
  chooseEach(on) {
    this.rows.forEach((row, index) => {
      if (!on || !row.element.hidden) this.choose(index, on);
    });
    this.changed();
  }
}
