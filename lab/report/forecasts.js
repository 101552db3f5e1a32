const HOUR = 3600e3;
const WINDOWS = [["3 days", 3], ["a week", 7], ["2 weeks", 14], ["all", Infinity]];
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const TIME = new Intl.DateTimeFormat("en-GB", {
  weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: "UTC",
});

/** Forecasts of a group against the truth, over a window that can be moved. */
function exploreForecasts(root, data) {
  const place = new Place(root.getAttribute("aria-label"));
  const beside = make("div", { className: "beside" });
  const slider = make("input", { type: "range", min: 0, step: 1, oninput: () => move(slider.valueAsNumber) });
  const where = make("output");
  let [days, first] = [7, 0];
  let found, hours, made, chooser;

  function open(index) {
    found = data[index];
    hours = found.truth.length;
    chooser = new Chooser(found.models.map((model) => model.label), draw);
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
  const at = (hour) => found.start + hour * HOUR;

  /** Moves the window to begin on a day. */
  function move(day) {
    first = Math.max(0, Math.min(day, slider.max));
    made.x_range.setv({ start: at(first * 24), end: at(Math.min(hours, (first + days) * 24) - 1) });
    tell();
  }
  /** Says where the window is, and how far off each model is in it. */
  function tell() {
    const [start, end] = [made.x_range.start, made.x_range.end].map((time) => (time - found.start) / HOUR);
    const [from, to] = [Math.max(0, Math.ceil(start)), Math.min(hours, Math.floor(end) + 1)];
    first = slider.value = Math.round(from / 24);
    where.textContent = `${DAY.format(at(from))} to ${DAY.format(at(to - 1))}`;
    slider.setAttribute("aria-valuetext", where.textContent);
    found.models.forEach(({ values }, index) => {
      const errors = [];
      for (let i = from; i < to; i++)
        if (values[i] !== null && found.truth[i] !== null) errors.push(Math.abs(values[i] - found.truth[i]));
      const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
      chooser.rows[index].note.textContent = errors.length ? `off by ${mean.toFixed(1)} ${found.unit}` : "";
    });
  }
  function draw() {
    made = figure({
      tools: "xpan,xwheel_zoom,reset,save",
      x_axis_type: "datetime",
      y_axis_label: found.unit,
      x_range: new (bokeh().Range1d)({ start: 0, end: 1 }),
    });
    const [axis] = made.xaxis;
    axis.formatter = new Bokeh.DatetimeTickFormatter({ hours: "%H:%M", days: "%d %b", months: "%b %Y" });
    axis.ticker.desired_num_ticks = place.element.clientWidth < 500 ? 4 : 8;
    const x = found.truth.map((_, i) => at(i));
    const line = (values, options) =>
      made.line({
        source: new Bokeh.ColumnDataSource({ data: { x, y: values.map((value) => value ?? NaN) } }),
        x: { field: "x" },
        y: { field: "y" },
        ...options,
      });
    const truth = style("--truth");
    line(found.truth, { line_color: truth, line_width: 3, line_alpha: 0.55 });
    for (const [index, colour] of chooser.chosen)
      line(found.models[index].values, { line_color: colour, line_width: 1.8 });
    const inWords = (value) => (value === null ? "–" : `${value.toFixed(1)} ${found.unit}`);
    const tips = x.map((time, i) =>
      tip(TIME.format(time), [], [
        [truth, "truth", inWords(found.truth[i])],
        ...chooser.chosen.map(([index, colour]) => {
          const { label, values } = found.models[index];
          return [colour, label, inWords(values[i])];
        }),
      ]),
    );
    tellValues(made, x, found.truth.map((value) => value ?? NaN), tips);
    move(first);
    made.connect(made.x_range.change, tell); // dragging moves it too
    place.show(made);
  }

  const controls = make("div", { className: "controls" });
  if (data.length > 1) controls.append(select("show", data.map((one) => one.title), open));
  const window = select("window", WINDOWS.map(([name]) => name), (index) => resize(WINDOWS[index][1]));
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
