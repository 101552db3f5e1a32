// What the figures share: scenes that fit their place, controls, numbers.
const figures = {}; // each figure's function of its section and its numbers, by name
const fits = []; // of all scenes: what fits them to their places
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** A number with a proper minus. */
const fmt = (value, digits = 2) =>
  (Math.abs(value) < 0.5 * 10 ** -digits ? 0 : value).toFixed(digits).replace("-", "−");
const signed = (value, digits = 2) => (value > 0 ? "+" : "") + fmt(value, digits);
/** A number as a power of ten, in words such as "10⁻¹²". */
const power = (value) =>
  "10" + String(Math.round(Math.log10(value))).replace(/./g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);

/** Whether the section stands alone on the screen. */
const alone = (section) => section.classList.contains("shown");

/**
 * Fills `[data-stage=name]` with an SVG, and draws it anew whenever its width changes.
 * `draw(svg, width, height)` is given an empty `<g>`. `height(width, big)` gives the height; `big` is true full screen.
 * Returns a function that draws anew. What is dragged measures in the `<svg>`, which outlives its drawings.
 */
function stage(section, name, height, label, draw) {
  const place = section.querySelector(`[data-stage=${name}]`);
  place.classList.add("stage");
  const svg = d3.select(place).append("svg").attr("role", "img");
  let width = 0;
  function redraw() {
    if (!width) return;
    const zoom = alone(section) && width > 700 ? 1.3 : 1;
    const w = width / zoom;
    const h = height(w, zoom > 1);
    svg.attr("viewBox", `0 0 ${w} ${h}`).attr("aria-label", typeof label === "function" ? label() : label);
    svg.selectAll("*").remove();
    draw(svg.append("g"), w, h);
  }
  const fit = () => {
    if (Math.abs(place.clientWidth - width) < 1) return;
    width = place.clientWidth;
    redraw();
  };
  new ResizeObserver(fit).observe(place);
  fits.push(fit);
  return redraw;
}

/** Calls `change(value)` when the control called `name` changes, and once now; numbers come as numbers. */
function control(section, name, change) {
  const inputs = [...section.querySelectorAll(`[name=${name}]`)];
  const value = () => {
    const input = inputs.find((one) => one.type !== "radio" || one.checked);
    if (input.type === "checkbox") return input.checked;
    return input.type === "range" ? Number(input.value) : input.value;
  };
  const output = inputs[0].closest("label")?.querySelector("output");
  const update = () => {
    const shown = change(value());
    if (output && shown !== undefined) output.textContent = shown;
    if (output && inputs[0].type === "range") inputs[0].setAttribute("aria-valuetext", output.textContent);
  };
  for (const input of inputs) input.addEventListener("input", update);
  update();
  return {
    get value() {
      return value();
    },
    set(to) {
      if (inputs[0].type === "checkbox") inputs[0].checked = to;
      else if (inputs[0].type === "radio") for (const input of inputs) input.checked = input.value === to;
      else inputs[0].value = to;
      update();
    },
    inputs,
  };
}

/** A button, by its name. */
const button = (section, name, press) => {
  const found = section.querySelector(`button[name=${name}]`);
  found.addEventListener("click", press);
  return found;
};

/** Presses `next` again and again while the button called "play" is on; stops where `next` returns false. */
function player(section, next, milliseconds = 900) {
  let timer = null;
  const found = section.querySelector("button[name=play]");
  const stop = () => {
    clearInterval(timer);
    timer = null;
    found.textContent = "▶ Play";
  };
  found.addEventListener("click", () => {
    if (timer) return stop();
    found.textContent = "⏸ Pause";
    if (next() !== false) timer = setInterval(() => next() === false && stop(), milliseconds);
    else stop();
  });
  return stop;
}

/** An axis with about so many ticks, written by a function or by one of D3's formats. */
const ticked = (axis, ticks, format) =>
  typeof format === "function" ? axis.ticks(ticks).tickFormat(format) : axis.ticks(ticks, format);

/** A horizontal axis at the bottom, with its label. */
function below(svg, scale, y, text, ticks = 6, format = null) {
  const axis = svg.append("g").attr("class", "axis").attr("transform", `translate(0,${y})`);
  axis.call(ticked(d3.axisBottom(scale), ticks, format).tickSizeOuter(0));
  if (text)
    svg
      .append("text")
      .attr("class", "quiet")
      .attr("x", (scale.range()[0] + scale.range()[1]) / 2)
      .attr("y", y + 34)
      .attr("text-anchor", "middle")
      .text(text);
  return axis;
}

/** A vertical axis at the left, with its label above it and pale lines across. */
function beside(svg, scale, x, across, text, ticks = 5, format = null) {
  const axis = svg.append("g").attr("class", "axis").attr("transform", `translate(${x},0)`);
  axis.call(ticked(d3.axisLeft(scale), ticks, format).tickSize(-across).tickPadding(6));
  axis.select(".domain").remove();
  if (text)
    svg
      .append("text")
      .attr("class", "quiet")
      .attr("x", 0)
      .attr("y", Math.min(...scale.range()) - 10)
      .text(text);
  return axis;
}

/** A text in an SVG. */
const write = (svg, x, y, text, options = {}) =>
  svg
    .append("text")
    .attr("x", x)
    .attr("y", y)
    .attr("text-anchor", options.anchor || "middle")
    .attr("font-size", options.size || 14)
    .attr("font-weight", options.weight || 400)
    .attr("class", options.class || null)
    .style("fill", options.fill || null)
    .text(text);

/** An array of half-precision floats in base64, as nested arrays of its shape. */
function unpack({ shape, base64 }) {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const halves = new Uint16Array(bytes.buffer);
  const numbers = Array.from(halves, (half) => {
    const sign = half >> 15 ? -1 : 1;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
  });
  const nest = ([size, ...rest], from, to) =>
    rest.length
      ? d3.range(size).map((k) => nest(rest, from + (k * (to - from)) / size, from + ((k + 1) * (to - from)) / size))
      : numbers.slice(from, to);
  return nest(shape, 0, numbers.length);
}

/** The same with every packed array unpacked. */
function unpackAll(value) {
  if (value === null || typeof value !== "object") return value;
  if (value.base64) return unpack(value);
  if (Array.isArray(value)) return value.map(unpackAll);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unpackAll(inner)]));
}
