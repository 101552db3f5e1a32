const SEEDS = ["least to most", "mean ± sd", "each seed"];
const SPLITS = [["training", ""], ["validation", "val_"]];

/** Mean and band of each epoch over the runs that have it. */
function overSeeds(runs, column, band) {
  const columns = runs.map((run) => [run.columns.epoch, run.columns[column]]).filter(([, values]) => values);
  const found = new Map();
  for (const [epochs, values] of columns)
    epochs.forEach((epoch, i) => {
      if (values[i] !== null) found.set(epoch, [...(found.get(epoch) ?? []), values[i]]);
    });
  const epochs = [...found.keys()].sort((a, b) => a - b);
  const statistics = epochs.map((epoch) => {
    const values = found.get(epoch);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const sd = values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0;
    const [low, high] = band === 1 ? [mean - sd, mean + sd] : [Math.min(...values), Math.max(...values)];
    return { mean, low, high, sd, seeds: values.length };
  });
  return { epochs, statistics, each: columns };
}

const told = ({ mean, sd, seeds }) => mean.toPrecision(4) + (seeds > 1 ? ` ± ${sd.toPrecision(2)}` : "");

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
    const made = figure({
      tools: "box_zoom,pan,wheel_zoom,reset,save",
      x_axis_label: "epoch",
      y_axis_label: measure,
      y_axis_type: state.log ? "log" : "linear",
    });
    const rows = new Map();
    const columns = [];
    for (const [index, colour] of chooser.chosen)
      for (const [split, prefix] of SPLITS)
        if (state[split]) {
          const { label, runs } = models[index];
          const { epochs, statistics, each } = overSeeds(runs, prefix + measure, state.band);
          columns.push(`${label}, ${split}`);
          drawOne(made, split, colour, epochs, statistics, each);
          epochs.forEach((epoch, i) => {
            if (!rows.has(epoch)) rows.set(epoch, new Map());
            rows.get(epoch).set(columns.at(-1), [colour, statistics[i]]);
          });
        }
    const epochs = [...rows.keys()].sort((a, b) => a - b);
    const middles = epochs.map((epoch) => [...rows.get(epoch).values()][0][1].mean);
    const tips = epochs.map((epoch) =>
      tip(`epoch ${epoch}`, [...rows.get(epoch)].map(([name, [colour, found]]) => [colour, name, told(found)])),
    );
    tellValues(made, epochs, middles, tips);
    place.show(made);
    if (details.open) {
      const head = make("tr", {}, ...["epoch", ...columns].map((name) => make("th", { scope: "col" }, name)));
      const body = epochs.map((epoch) => {
        const cells = columns.map((name) => rows.get(epoch).get(name)).map((cell) => (cell ? told(cell[1]) : ""));
        const row = make("th", { scope: "row" }, String(epoch));
        return make("tr", {}, row, ...cells.map((cell) => make("td", { className: "number" }, cell)));
      });
      values.replaceChildren(make("table", {}, make("thead", {}, head), make("tbody", {}, ...body)));
    }
  }
  function drawOne(made, split, colour, epochs, statistics, each) {
    const column = (key) => statistics.map((found) => found[key]);
    const source = new Bokeh.ColumnDataSource({
      data: { x: epochs, y: column("mean"), low: column("low"), high: column("high") },
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
    const lines = state.band < 2 ? [source] : each.map(([x, y]) => new Bokeh.ColumnDataSource({ data: { x, y } }));
    for (const line of lines)
      if (split === "training") made.scatter({ source: line, x, y, size: 5, color: colour });
      else {
        made.line({ source: line, x, y, line_color: colour, line_width: 2 });
        made.scatter({ source: line, x, y, size: line.data.x?.length === 1 ? 7 : 0, color: colour });
      }
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
