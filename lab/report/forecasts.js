const HOUR = 3600e3;
const WINDOWS = [["3 days", 3], ["a week", 7], ["2 weeks", 14], ["all days", Infinity]];
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const TIME = new Intl.DateTimeFormat("en-GB", {
  weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: "UTC",
});

/** Forecasts of a group and the truth, over a window that can be moved. */
function exploreForecasts(root, data) {
  const place = new Place(root.getAttribute("aria-label"));
  const beside = make("div", { className: "beside" });
  const slider = make("input", { type: "range", min: 0, step: 1, oninput: () => move(slider.valueAsNumber) });
  const where = make("output");
  let [days, first] = [7, 0];
  let set, hours, made, chooser;

  function open(index) {
    set = data[index];
    hours = set.truth.length;
    chooser = new Chooser(set.models.map((model) => model.label), draw);
    beside.replaceChildren(chooser.element);
    first = 0;
    resize(days);
  }
  function resize(wanted) {
    days = wanted;
    slider.max = Math.max(0, Math.ceil((hours - days * 24) / 24));
    slider.disabled = slider.max === "0";
    first = Math.min(first, slider.max);
    draw();
  }
  const at = (hour) => set.start + hour * HOUR;

  /** Moves the window to begin on a day. */
  function move(day) {
    first = Math.max(0, Math.min(day, slider.max));
    made.x_range.setv({ start: at(first * 24), end: at(Math.min(hours, (first + days) * 24) - 1) });
    describe();
  }
  /** Says where the window is, and how far off each model is in it. */
  function describe() {
    const [start, end] = [made.x_range.start, made.x_range.end].map((time) => (time - set.start) / HOUR);
    const [from, to] = [Math.max(0, Math.ceil(start)), Math.min(hours, Math.floor(end) + 1)];
    first = slider.value = Math.round(from / 24);
    where.textContent = `${DAY.format(at(from))} to ${DAY.format(at(to - 1))}`;
    slider.setAttribute("aria-valuetext", where.textContent);
    set.models.forEach(({ values }, index) => {
      const errors = [];
      for (let i = from; i < to; i++)
        if (values[i] !== null && set.truth[i] !== null) errors.push(Math.abs(values[i] - set.truth[i]));
      const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
      chooser.rows[index].note.textContent = errors.length ? `off by ${mean.toFixed(set.digits)} ${set.unit}` : "";
    });
  }
  function draw() {
    made = figure({
      tools: "xpan,xwheel_zoom,reset,save",
      x_axis_type: "datetime",
      y_axis_label: set.unit,
      x_range: new (bokeh().Range1d)({ start: 0, end: 1 }),
    });
    const [axis] = made.xaxis;
    axis.formatter = new Bokeh.DatetimeTickFormatter({ hours: "%H:%M", days: "%d %b", months: "%b %Y" });
    axis.ticker.desired_num_ticks = place.narrow ? 4 : 8;
    const x = set.truth.map((_, i) => at(i));
    const line = (values, options) =>
      made.line({
        source: new Bokeh.ColumnDataSource({ data: { x, y: values.map((value) => value ?? NaN) } }),
        x: { field: "x" },
        y: { field: "y" },
        ...options,
      });
    const truth = style("--truth");
    const entries = [["truth", line(set.truth, { line_color: truth, line_width: 5, line_alpha: 0.45 })]];
    for (const [index, { colour, dash }] of chooser.chosen) {
      const { label, values } = set.models[index];
      entries.push([label, line(values, { line_color: colour, line_dash: dash, line_width: 2 })]);
    }
    legend(made, entries, place.narrow ? null : "top_right");
    const valueInWords = (value) => (value === null ? "–" : `${value.toFixed(set.digits)} ${set.unit}`);
    const tips = x.map((time, i) =>
      tip(TIME.format(time), [], [
        [truth, "truth", valueInWords(set.truth[i])],
        ...chooser.chosen.map(([index, { colour }]) => {
          const { label, values } = set.models[index];
          return [colour, label, valueInWords(values[i])];
        }),
      ]),
    );
    showValues(made, x, set.truth.map((value) => value ?? NaN), tips);
    move(first);
    made.connect(made.x_range.change, describe); // dragging moves it too
    place.show(made);
  }

  const controls = make("div", { className: "controls" });
  if (data.length > 1) controls.append(select("Task", data.map((one) => one.title), open));
  const window = select("Show", WINDOWS.map(([name]) => name), (index) => resize(WINDOWS[index][1]));
  window.querySelector("select").selectedIndex = 1;
  const step = (by, name, text) =>
    make("button", { type: "button", onclick: () => move(first + by), attributes: { "aria-label": name } }, text);
  controls.append(
    window,
    step(-1, "A day earlier", "←"),
    make("label", { className: "control slider" }, make("span", {}, "from"), slider),
    step(1, "A day later", "→"),
    where,
  );
  root.append(controls, make("div", { className: "drawn" }, place.element, beside));
  open(0);
  return draw;
}
