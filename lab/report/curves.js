const SEEDS = ["lowest to highest", "mean ± standard deviation", "each seed on its own"];
const SPLITS = [["training", ""], ["validation", "val_"]];

/** Mean, band and spread of each epoch over the runs that have it, and each run's own points. */
function overSeeds(runs, column, factor, band) {
  const each = runs
    .filter((run) => run.columns[column])
    .map((run) => [run.columns.epoch, run.columns[column].map((value) => (value === null ? NaN : value * factor))]);
  const values = new Map();
  for (const [epochs, own] of each)
    epochs.forEach((epoch, i) => {
      if (!isNaN(own[i])) values.set(epoch, [...(values.get(epoch) ?? []), own[i]]);
    });
  const sorted = [...values].sort(([a], [b]) => a - b);
  return { epochs: new Map(sorted.map(([epoch, own]) => [epoch, statistics(own, band)])), each };
}

function statistics(values, band) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const sd = values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0;
  const [low, high] = band === 1 ? [mean - sd, mean + sd] : [Math.min(...values), Math.max(...values)];
  return { mean, low, high, sd, seeds: values.length };
}

/** The value at a share of the sorted values, such as the median at 0.5. */
const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.round(share * (values.length - 1))];

/** Limits that show every best and every last value, and most of each curve; the worst epochs may leave the plot. */
function limits(curves, level, higher) {
  const ends = curves
    .filter((values) => values.length)
    .flatMap((values) => [
      values[values.length - 1],
      ...(higher ? [quantile(values, 0.1), Math.max(...values)] : [quantile(values, 0.9), Math.min(...values)]),
    ]);
  if (level !== null) ends.push(level);
  if (!ends.length) return [0, 1];
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const margin = 0.06 * (high - low) || 0.05 * Math.abs(high) || 0.1;
  return [low - margin, high + margin];
}

const inWords = (epoch) =>
  epoch ? epoch.mean.toPrecision(4) + (epoch.seeds > 1 ? ` ± ${epoch.sd.toPrecision(2)}` : "") : "";

/** Learning curves of a group: which conditions, which models, training and validation, seeds as a band. */
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
    const names = data[index].measures.map((measure) => measure.name);
    measures.replaceChildren(...(names.length > 1 ? [select("Show the", names, set("measure"))] : []));
    draw();
  }

  function draw() {
    const { models, measures: all, baseline } = data[state.set];
    const measure = all[state.measure];
    const splits = SPLITS.filter(([split]) => state[split]);
    const level = baseline && measure.column !== "loss" ? baseline.value * measure.factor : null;
    const lines = chooser.chosen.flatMap(([index, look]) =>
      splits.map(([split, prefix]) => {
        const { label, runs } = models[index];
        return { label, split, look, ...overSeeds(runs, prefix + measure.column, measure.factor, state.band) };
      }),
    );
    const epochs = [...new Set(lines.flatMap((line) => [...line.epochs.keys()]))].sort((a, b) => a - b);
    const means = ({ epochs }) => [...epochs.values()].map(({ mean }) => mean);
    const [start, end] = limits(lines.map(means), level, measure.higher);
    const last = Math.max(2, ...epochs);
    const made = figure({
      tools: "box_zoom,pan,wheel_zoom,reset,save",
      x_axis_label: "epoch",
      y_axis_label: measure.higher ? `${measure.name}  better →` : `← better  ${measure.name}`,
      y_axis_type: state.log ? "log" : "linear",
      x_range: new (bokeh().Range1d)({ start: 1 - 0.02 * last, end: last + 0.02 * last }),
      y_range: state.log ? undefined : new Bokeh.Range1d({ start, end }),
    });
    const entries = new Map(); // of the legend
    for (const line of lines) {
      const renderer = drawLine(made, line);
      if (line.split === "validation" || !state.validation) entries.set(line.label, renderer);
    }
    if (level !== null) {
      const source = new Bokeh.ColumnDataSource({ data: { x: [1, last], y: [level, level] } });
      const dashed = { line_color: style("--text"), line_dash: [8, 5], line_width: 1.5 };
      const line = made.line({ source, x: { field: "x" }, y: { field: "y" }, ...dashed });
      entries.set(`${baseline.label}: ${level.toPrecision(3)}`, line);
    }
    const points = lines.map((line) => [[...line.epochs.keys()], means(line)]);
    if (entries.size) legend(made, [...entries], place.narrow ? null : emptiestCorner(points, [1, last], [start, end]));
    const middles = epochs.map((epoch) => lines.find((line) => line.epochs.has(epoch)).epochs.get(epoch).mean);
    const tips = epochs.map((epoch) => {
      const rows = new Map();
      for (const { label, look, epochs } of lines) {
        if (!rows.has(label)) rows.set(label, [look.colour, label]);
        rows.get(label).push(inWords(epochs.get(epoch)));
      }
      return tip(`epoch ${epoch}`, splits.map(([split]) => split), [...rows.values()]);
    });
    showValues(made, epochs, middles, tips);
    place.show(made);
    if (details.open) {
      const names = ["epoch", ...lines.map(({ label, split }) => `${label}, ${split}`)];
      const head = make("tr", {}, ...names.map((name) => make("th", { scope: "col" }, name)));
      const body = epochs.map((epoch) => {
        const cells = lines.map(({ epochs }) => make("td", { className: "number" }, inWords(epochs.get(epoch))));
        return make("tr", {}, make("th", { scope: "row" }, String(epoch)), ...cells);
      });
      values.replaceChildren(make("table", {}, make("thead", {}, head), make("tbody", {}, ...body)));
    }
  }

  /** Draws one model's training as dots, or its validation as a line, and returns the glyph for the legend. */
  function drawLine(made, { split, look, epochs, each }) {
    const column = (key) => [...epochs.values()].map((statistics) => statistics[key]);
    const source = new Bokeh.ColumnDataSource({
      data: { x: [...epochs.keys()], y: column("mean"), low: column("low"), high: column("high") },
    });
    const [x, y] = [{ field: "x" }, { field: "y" }];
    if (each.length > 1 && state.band < 2)
      made.varea({
        source,
        x,
        y1: { field: "low" },
        y2: { field: "high" },
        fill_color: look.colour,
        fill_alpha: split === "training" ? 0.1 : 0.2,
      });
    const sources = state.band < 2 ? [source] : each.map(([x, y]) => new Bokeh.ColumnDataSource({ data: { x, y } }));
    const glyphs = sources.map((source) =>
      split === "training"
        ? made.scatter({ source, x, y, size: 5, color: look.colour, marker: { value: look.marker } })
        : made.line({ source, x, y, line_color: look.colour, line_dash: look.dash, line_width: 2.5 }),
    );
    return glyphs[0];
  }

  const controls = make("div", { className: "controls" });
  if (data.length > 1) controls.append(select("Task", data.map((set) => set.title), open));
  controls.append(
    measures,
    select("Show several seeds as", SEEDS, set("band")),
    checkbox("Training (dots)", true, set("training")),
    checkbox("Validation (line)", true, set("validation")),
    checkbox("Logarithmic axis", false, set("log")),
  );
  root.append(controls, make("div", { className: "drawn" }, place.element, beside), details);
  open(0);
  return draw;
}
