/** A value of page.css, such as a colour. */
const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A size in pixels that follows the reader's text size. */
const scaled = (rem) => `${rem * parseFloat(getComputedStyle(document.documentElement).fontSize)}px`;

const COLOURS = 7; // of page.css
const DASHES = [[], [8, 4], [8, 3, 2, 3], [2, 3]];
const MARKERS = ["circle", "square", "triangle", "diamond"];

/** Colour, dashes and marker of a series. The first 28 all look different. */
function look(slot) {
  const turn = Math.floor(slot / COLOURS) % DASHES.length;
  return { colour: style(`--series-${slot % COLOURS}`), dash: DASHES[turn], marker: MARKERS[turn] };
}

/** A short line that looks like a series. */
function swatch(slot) {
  const dash = DASHES[Math.floor(slot / COLOURS) % DASHES.length].join(" ");
  const line = `<line x1="1" y1="5" x2="23" y2="5" stroke="var(--series-${slot % COLOURS})" stroke-dasharray="${dash}"/>`;
  return `<svg viewBox="0 0 24 10" aria-hidden="true">${line}</svg>`;
}

/** BokehJS. Its script is large, so it runs when the first plot is drawn. */
function bokeh() {
  if (!window.Bokeh) document.head.append(make("script", { textContent: document.getElementById("bokeh").textContent }));
  return window.Bokeh;
}

/** An empty figure in the page's colours. */
function figure(options) {
  const made = bokeh().Plotting.figure({
    sizing_mode: "stretch_both",
    toolbar_location: "above",
    background_fill_color: null,
    border_fill_color: null,
    outline_line_color: null,
    min_border_right: 12,
    ...options,
  });
  made.toolbar.logo = null;
  made.toolbar.autohide = true;
  // a finger on the plot scrolls the page
  if (matchMedia("(pointer: coarse)").matches) made.toolbar.active_drag = null;
  const [text, rule] = [style("--quiet"), style("--rule")];
  for (const axis of [...made.xaxis, ...made.yaxis]) {
    axis.axis_line_color = axis.major_tick_line_color = rule;
    axis.minor_tick_line_color = null;
    axis.major_label_text_color = axis.axis_label_text_color = text;
    axis.major_label_text_font = axis.axis_label_text_font = style("--font");
    axis.major_label_text_font_size = axis.axis_label_text_font_size = scaled(0.8125);
    axis.axis_label_text_font_style = "normal";
  }
  for (const grid of [...made.xgrid, ...made.ygrid]) grid.grid_line_color = rule;
  return made;
}

/** Adds a legend, given labels with their glyphs: inside the figure in a corner such as "top_right", or else below. */
function legend(made, items, corner) {
  made.add_layout(
    new Bokeh.Legend({
      items: items.map(([label, renderer]) => new Bokeh.LegendItem({ label: { value: label }, renderers: [renderer] })),
      location: corner ?? "left",
      ncols: Math.ceil(items.length / (corner ? 9 : 6)),
      label_text_color: style("--text"),
      label_text_font: style("--font"),
      label_text_font_size: scaled(0.8125),
      label_height: 12,
      glyph_width: 26,
      spacing: 1,
      padding: 5,
      background_fill_color: style("--ground"),
      background_fill_alpha: 0.8,
      border_line_color: null,
    }),
    corner ? "center" : "below",
  );
}

/** The corner of a plot that holds the fewest of the points [x, y] of some series. */
function emptiestCorner(series, [left, right], [bottom, top]) {
  const counts = { top_right: 0, top_left: 0, bottom_right: 0, bottom_left: 0 };
  for (const [x, y] of series)
    x.forEach((_, i) => {
      const [u, v] = [(x[i] - left) / (right - left), (y[i] - bottom) / (top - bottom)];
      if ((u < 0.4 || u > 0.6) && (v < 0.45 || v > 0.55) && v >= 0 && v <= 1)
        counts[`${v > 0.5 ? "top" : "bottom"}_${u > 0.5 ? "right" : "left"}`]++;
    });
  return Object.keys(counts).reduce((best, corner) => (counts[corner] < counts[best] ? corner : best));
}

/** Shows the tip `tips[i]` where the pointer is at `x[i]`; `y` is its height on that vertical. */
function showValues(made, x, y, tips) {
  const source = new Bokeh.ColumnDataSource({ data: { x, y, tips } });
  const invisible = made.line({ source, x: { field: "x" }, y: { field: "y" }, line_alpha: 0 });
  made.add_tools(
    new Bokeh.HoverTool({
      renderers: [invisible],
      mode: "vline",
      line_policy: "nearest",
      show_arrow: false,
      tooltips: "@tips{safe}",
    }),
    new Bokeh.CrosshairTool({ dimensions: "height", line_color: style("--quiet"), line_alpha: 0.5 }),
  );
}

/** The values of some models at one place, as markup: a heading over columns, then each model with its colour. */
function tip(heading, columns, rows) {
  const cell = (text) => `<td style="padding-left:1em;text-align:right">${escaped(text)}</td>`;
  const lines = rows.map(
    ([colour, label, ...values]) =>
      `<tr><td style="color:${colour}">●</td><td>${escaped(label)}</td>${values.map(cell).join("")}</tr>`,
  );
  // Bokeh's own box is white; 5px is its padding
  const box = "margin:-5px;padding:.5rem;background:var(--raised);color:var(--text);font:.8125rem/1.5 var(--font)";
  return `<div style="${box}"><table><tr><td></td><td><b>${escaped(heading)}</b></td>${columns.map(cell).join("")}</tr>${lines.join("")}</table></div>`;
}

/** A place for one figure at a time. */
class Place {
  constructor(label) {
    this.element = make("div", { className: "plot", attributes: { role: "img", "aria-label": label } });
    this.shown = Promise.resolve();
    Place.all.push(this);
  }

  /** Whether it is too small for a legend inside. */
  get narrow() {
    return this.element.clientWidth < 500;
  }

  show(made) {
    this.shown = this.shown.then(async () => {
      const layer = make("div");
      this.element.append(layer);
      const view = await Bokeh.Plotting.show(made, layer);
      this.view?.remove();
      this.layer?.remove();
      [this.view, this.layer] = [view, layer];
    });
  }

  /** Puts a picture over the plot that scales with the paper, which the plot itself doesn't. */
  freeze() {
    const canvas = this.view?.export("png", true).canvas;
    if (!canvas) return;
    const image = make("img", { className: "printed", alt: "", src: canvas.toDataURL() });
    image.style.background = style("--ground");
    this.element.append(image);
  }

  thaw() {
    this.element.querySelector(".printed")?.remove();
  }
}
Place.all = [];
