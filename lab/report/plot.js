/** A value of page.css, such as a colour. */
const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const SERIES = 8;
const seriesColour = (slot) => style(`--series-${slot % SERIES}`);

/** BokehJS; its script is large, so it is run when the first plot comes into view. */
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
    axis.major_label_text_font_size = axis.axis_label_text_font_size = "13px";
    axis.axis_label_text_font_style = "normal";
  }
  for (const grid of [...made.xgrid, ...made.ygrid]) grid.grid_line_color = rule;
  return made;
}

/** Shows, where the pointer is, what `told[i]` says of `x[i]`; `y` is where along that vertical. */
function tellValues(made, x, y, told) {
  const source = new Bokeh.ColumnDataSource({ data: { x, y, told } });
  const unseen = made.line({ source, x: { field: "x" }, y: { field: "y" }, line_alpha: 0 });
  made.add_tools(
    new Bokeh.HoverTool({
      renderers: [unseen],
      mode: "vline",
      line_policy: "nearest",
      show_arrow: false,
      tooltips: "@told{safe}",
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
}
