figures.convolution = (section, data) => {
  const say = (panel, text) => (section.querySelector(`[data-say=${panel}]`).textContent = text);
  control(section, "panel", (shown) => {
    for (const panel of section.querySelectorAll("[data-panel]")) panel.hidden = panel.dataset.panel !== shown;
  });
  slidingKernel(section, data.temperature, (text) => say("kernel", text));
  dilatedStack(section, (text) => say("dilated", text));
};

/** Kernels by name and size: their weights, from the left. */
const KERNELS = {
  mean: (size) => Array(size).fill(1 / size),
  rise: (size) => d3.range(size).map((j) => (2 * (j - (size - 1) / 2)) / (((size - 1) * (size + 1)) / 6) / size),
  peak: (size) => d3.range(size).map((j) => (j === (size - 1) / 2 ? 1 : -1 / (size - 1))),
};
/** The weighted sums of all places where the kernel fits, as Conv1D computes them. */
const convolve = (series, kernel) =>
  d3.range(series.length - kernel.length + 1).map((at) => kernel.reduce((sum, w, j) => sum + w * series[at + j], 0));
/** The largest of each group, as MaxPooling1D keeps it; a group that isn't full is left out. */
const pooled = (series, size) =>
  d3.range(Math.floor(series.length / size)).map((k) => d3.max(series.slice(k * size, (k + 1) * size)));

function slidingKernel(section, temperature, say) {
  const value = { shape: "mean", size: 5, pool: 3, place: 20 };
  let [output, short] = [[], []];
  let ready = false;
  const draw = stage(
    section,
    "kernel",
    (w, big) => (big ? 420 : 400),
    () => `A kernel of ${value.size} over three days of temperature, its output and the pooled output`,
    (svg, w, h) => {
      const x = d3.scaleLinear([0, temperature.length - 1], [40, w - 10]);
      const y = d3.scaleLinear(d3.extent(temperature), [150, 34]).nice(4);
      beside(svg, y, 40, w - 50, "temperature (°C)", 4);
      const { place, size } = value;
      const span = svg
        .append("rect")
        .attr("class", "drag")
        .attr("x", x(place - 0.5))
        .attr("width", x(size) - x(0))
        .attr("y", 28)
        .attr("height", 128)
        .attr("rx", 5)
        .style("fill", "var(--store)")
        .attr("fill-opacity", 0.15)
        .style("stroke", "var(--store)")
        .attr("stroke-width", 2);
      svg
        .append("path")
        .attr(
          "d",
          d3.line(
            (_, t) => x(t),
            (v) => y(v),
          )(temperature),
        )
        .attr("fill", "none")
        .attr("stroke-width", 2)
        .style("stroke", "var(--text)")
        .attr("pointer-events", "none");
      const kernel = KERNELS[value.shape](size);
      const most = d3.max(kernel, Math.abs);
      kernel.forEach((weight, j) => {
        const bar = (18 * weight) / most;
        svg
          .append("rect")
          .attr("x", x(place + j) - Math.max(2, (x(1) - x(0)) * 0.3))
          .attr("width", Math.max(4, (x(1) - x(0)) * 0.6))
          .attr("y", 184 - Math.max(0, bar))
          .attr("height", Math.max(1, Math.abs(bar)))
          .style("fill", "var(--store)");
      });
      svg
        .append("g")
        .attr("pointer-events", "none")
        .selectAll("circle")
        .data(d3.range(place, place + size))
        .join("circle")
        .attr("cx", (t) => x(t))
        .attr("cy", (t) => y(temperature[t]))
        .attr("r", 4.5)
        .style("fill", "var(--input)");
      write(svg, x(place + size) + 4, 188, "kernel", { anchor: "start", size: 13, fill: "var(--store)", weight: 600 });
      // the output, each value below the middle of what it saw
      const middle = (size - 1) / 2;
      const z = d3.scaleLinear(d3.extent(output), [h - 44, 240]).nice(3);
      beside(svg, z, 40, w - 50, "", 4);
      write(svg, 0, 226, "output of the convolution, and the largest of each group", {
        anchor: "start",
        size: 12,
        class: "quiet",
      });
      const line = d3.line(
        (_, t) => x(t + middle),
        (v) => z(v),
      );
      svg
        .append("path")
        .attr("d", line(output))
        .attr("fill", "none")
        .attr("stroke-width", 1.2)
        .attr("opacity", 0.5)
        .style("stroke", "var(--output)");
      svg
        .append("path")
        .attr("d", line(output.slice(0, place + 1)))
        .attr("fill", "none")
        .attr("stroke-width", 2.5)
        .style("stroke", "var(--output)");
      if (value.pool > 1)
        short.forEach((v, k) => {
          const from = x(k * value.pool + middle - 0.4);
          svg
            .append("line")
            .attr("x1", from)
            .attr("x2", x((k + 1) * value.pool - 1 + middle + 0.4))
            .attr("y1", z(v))
            .attr("y2", z(v))
            .style("stroke", "var(--state)")
            .attr("stroke-width", 4);
        });
      svg
        .append("circle")
        .attr("cx", x(place + middle))
        .attr("cy", z(output[place]))
        .attr("r", 6.5)
        .style("fill", "var(--output)")
        .style("stroke", "var(--raised)")
        .attr("stroke-width", 2);
      below(svg, x, h - 40, "hours", w < 500 ? 6 : 12);
      const move = (event) =>
        slider.place.set(Math.round(Math.max(0, Math.min(output.length - 1, x.invert(event.x) - middle))));
      span.call(d3.drag().container(svg.node().ownerSVGElement).on("drag", move));
    },
  );
  function update() {
    output = convolve(temperature, KERNELS[value.shape](value.size));
    short = pooled(output, value.pool);
    slider.place.inputs[0].max = output.length - 1;
    value.place = Math.min(value.place, output.length - 1);
    const meaning = {
      mean: "it smooths",
      rise: "it finds where it gets warmer, in °C an hour",
      peak: "it finds peaks",
    }[value.shape];
    say(
      `At hour ${value.place} the weighted sum is ${fmt(output[value.place])}: ${meaning}. The kernel has ${value.size} weights for all places. ${temperature.length} hours become ${output.length} outputs${value.pool > 1 ? `, and ${short.length} after pooling by ${value.pool}` : ""}.`,
    );
    section.dataset.output = JSON.stringify(output);
    section.dataset.pooled = JSON.stringify(short);
    draw();
  }
  const follow = (name) => (to) => {
    value[name] = to;
    if (ready) update();
    return to;
  };
  const slider = Object.fromEntries(Object.keys(value).map((name) => [name, control(section, name, follow(name))]));
  player(
    section,
    () => {
      slider.place.set(value.place < output.length - 1 ? value.place + 1 : 0);
      return value.place < output.length - 1;
    },
    120,
  );
  ready = true;
  update();
}

/** For each level, the lowest first, the steps that the output at `at` rests on; negative ones lie before the start. */
function seenBy(at, k, dilations) {
  const found = [new Set([at])];
  for (const dilation of [...dilations].reverse()) {
    const below = new Set();
    for (const t of found[0]) for (let j = 0; j < k; j++) below.add(t - j * dilation);
    found.unshift(below);
  }
  return found;
}

function dilatedStack(section, say) {
  const steps = 48;
  const value = { k: 2, levels: 4, growth: 2, output: steps - 1 };
  let ready = false;
  const dilations = () => d3.range(value.levels).map((level) => value.growth ** level);
  const draw = stage(
    section,
    "dilated",
    (w) => 70 + (w < 600 ? 52 : 62) * value.levels,
    () => `${value.levels} causal convolutions on one another and what the output at step ${value.output} sees`,
    (svg, w, h) => {
      const narrow = w < 600;
      const x = d3.scalePoint(d3.range(steps), [narrow ? 6 : 110, w - 8]);
      const y = d3.scaleLinear([0, value.levels], [h - 52, 16]);
      const seen = seenBy(value.output, value.k, dilations());
      const r = Math.min(6, x.step() * 0.36);
      dilations().forEach((dilation, level) => {
        for (const t of seen[level + 1])
          for (let j = 0; j < value.k; j++)
            if (t >= 0 && t - j * dilation >= 0)
              svg
                .append("line")
                .attr("x1", x(t - j * dilation))
                .attr("y1", y(level))
                .attr("x2", x(t))
                .attr("y2", y(level + 1))
                .style("stroke", "var(--tcn)")
                .attr("stroke-width", narrow ? 1.3 : 2);
      });
      for (let level = 0; level <= value.levels; level++) {
        if (!narrow)
          write(svg, 0, y(level) + 5, level ? `dilation ${dilations()[level - 1]}` : "inputs", {
            anchor: "start",
            size: 13,
            class: "quiet",
          });
        for (let t = 0; t < steps; t++) {
          const on = seen[level].has(t);
          svg
            .append("circle")
            .attr("cx", x(t))
            .attr("cy", y(level))
            .attr("r", on ? r * 1.25 : r * 0.7)
            .style(
              "fill",
              !on
                ? "var(--rule)"
                : level === 0
                  ? "var(--input)"
                  : level === value.levels
                    ? "var(--output)"
                    : "var(--tcn)",
            );
        }
      }
      const axis = d3.scaleLinear([0, steps - 1], x.range());
      below(svg, axis, h - 38, "timestep", narrow ? 6 : 12);
      const surface = svg
        .append("rect")
        .attr("class", "drag")
        .attr("x", x(0) - 6)
        .attr("width", x(steps - 1) - x(0) + 12)
        .attr("y", 0)
        .attr("height", h - 40)
        .attr("fill", "transparent");
      const move = (event) => slider.output.set(Math.max(0, Math.min(steps - 1, Math.round(axis.invert(event.x)))));
      surface.call(d3.drag().container(svg.node().ownerSVGElement).on("start", move).on("drag", move));
    },
  );
  function update() {
    const field = 1 + (value.k - 1) * d3.sum(dilations());
    const inside = [...seenBy(value.output, value.k, dilations())[0]].filter((t) => t >= 0).length;
    say(
      `Receptive field: 1 + (${value.k} − 1) · (${dilations().join(" + ")}) = ${field} steps. ` +
        `The output at step ${value.output} sees ${inside} inputs, none of them later than itself. ` +
        `The paper's blocks have two convolutions a level: ${1 + 2 * (field - 1)} steps.`,
    );
    section.dataset.field = field;
    draw();
  }
  const follow = (name) => (to) => {
    value[name] = to;
    if (ready) update();
    return name === "growth" ? (to === 1 ? "nothing: 1, 1, 1" : `× ${to}: 1, ${to}, ${to * to}`) : to;
  };
  const slider = Object.fromEntries(Object.keys(value).map((name) => [name, control(section, name, follow(name))]));
  ready = true;
  update();
}
