const SEEDS = ["least to most", "mean ± sd", "each seed"];
const SPLITS = [["training", ""], ["validation", "val_"]];

/** Mean, band and spread of each epoch over the runs that have it, and each run's own columns. */
function overSeeds(runs, column, band) {
  const each = runs.map((run) => [run.columns.epoch, run.columns[column]]).filter(([, values]) => values);
  const values = new Map();
  for (const [epochs, own] of each)
    epochs.forEach((epoch, i) => {
      if (own[i] !== null) values.set(epoch, [...(values.get(epoch) ?? []), own[i]]);
    });
  const found = [...values].sort(([a], [b]) => a - b).map(([epoch, own]) => [epoch, statistics(own, band)]);
  return { found: new Map(found), each };
}

function statistics(values, band) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const sd = values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0;
  const [low, high] = band === 1 ? [mean - sd, mean + sd] : [Math.min(...values), Math.max(...values)];
  return { mean, low, high, sd, seeds: values.length };
}

const told = (found) =>
  found ? found.mean.toPrecision(4) + (found.seeds > 1 ? ` ± ${found.sd.toPrecision(2)}` : "") : "";

/** Loss curves of a group: which conditions, which models, training and validation, seeds as a band. */
function exploreCurves(root, data) {
  const state = { set: 0, measure: 0, band: 0, log: false, training: true, validation: true };
  const place = new Place(root.getAttribute("aria-label"));
  const values = make("div", { className: "wide", tabIndex: 0 });
  const details = make("details", { ontoggle: () => draw() }, make("summary", {}, "Values as a table"), values);
  const beside = make("div", { className: "beside" });
  const measures = make("span");
  let chooser;

  const set = (key) => (value) => {
    state[key] = value;
    draw();
  };
  function open(index) {
    state.set = index;
    state.measure = 0;
    chooser = new Chooser(data[index].models.map((model) => model.label), draw);
    beside.replaceChildren(chooser.element);
    const names = data[index].measures;
    measures.replaceChildren(...(names.length > 1 ? [select("measure", names, set("measure"))] : []));
    draw();
  }
  function draw() {
    const { models, measures: names } = data[state.set];
    const measure = names[state.measure];
    const splits = SPLITS.filter(([split]) => state[split]);
    const made = figure({
      tools: "box_zoom,pan,wheel_zoom,reset,save",
      x_axis_label: "epoch",
      y_axis_label: measure,
      y_axis_type: state.log ? "log" : "linear",
      ...(chooser.chosen.length && splits.length ? {} : { x_range: [1, 2], y_range: [1, 2] }), // nothing to fit them to
    });
    const lines = chooser.chosen.flatMap(([index, colour]) =>
      splits.map(([split, prefix]) => {
        const { label, runs } = models[index];
        const line = { label, split, colour, ...overSeeds(runs, prefix + measure, state.band) };
        drawOne(made, line);
        return line;
      }),
    );
    const epochs = [...new Set(lines.flatMap((line) => [...line.found.keys()]))].sort((a, b) => a - b);
    const middles = epochs.map((epoch) => lines.find((line) => line.found.has(epoch)).found.get(epoch).mean);
    const tips = epochs.map((epoch) => {
      const rows = new Map();
      for (const { label, colour, found } of lines) {
        if (!rows.has(label)) rows.set(label, [colour, label]);
        rows.get(label).push(told(found.get(epoch)));
      }
      return tip(`epoch ${epoch}`, splits.map(([split]) => split), [...rows.values()]);
    });
    tellValues(made, epochs, middles, tips);
    place.show(made);
    if (details.open) {
      const names = ["epoch", ...lines.map(({ label, split }) => `${label}, ${split}`)];
      const head = make("tr", {}, ...names.map((name) => make("th", { scope: "col" }, name)));
      const body = epochs.map((epoch) => {
        const cells = lines.map(({ found }) => make("td", { className: "number" }, told(found.get(epoch))));
        return make("tr", {}, make("th", { scope: "row" }, String(epoch)), ...cells);
      });
      values.replaceChildren(make("table", {}, make("thead", {}, head), make("tbody", {}, ...body)));
    }
  }
  function drawOne(made, { split, colour, found, each }) {
    const column = (key) => [...found.values()].map((statistics) => statistics[key]);
    const source = new Bokeh.ColumnDataSource({
      data: { x: [...found.keys()], y: column("mean"), low: column("low"), high: column("high") },
    });
    const [x, y] = [{ field: "x" }, { field: "y" }];
    if (each.length > 1 && state.band < 2)
      made.varea({
        source,
        x,
        y1: { field: "low" },
        y2: { field: "high" },
        fill_color: colour,
        fill_alpha: split === "training" ? 0.1 : 0.2,
      });
    const sources = state.band < 2 ? [source] : each.map(([x, y]) => new Bokeh.ColumnDataSource({ data: { x, y } }));
    for (const source of sources)
      if (split === "training") made.scatter({ source, x, y, size: 5, color: colour });
      else made.line({ source, x, y, line_color: colour, line_width: 2 });
  }

  const controls = make("div", { className: "controls" });
  if (data.length > 1) controls.append(select("show", data.map((found) => found.title), open));
  controls.append(
    measures,
    checkbox("training (dots)", true, set("training")),
    checkbox("validation (line)", true, set("validation")),
    select("several seeds", SEEDS, set("band")),
    checkbox("logarithmic", false, set("log")),
  );
  root.append(controls, make("div", { className: "drawn" }, place.element, beside), details);
  open(0);
  return draw;
}
