figures.gradients = (section, data) => {
  const say = section.querySelector("[data-say]");
  const names = { simple_rnn: ["SimpleRNN", "rnn"], lstm: ["LSTM", "lstm"], gru: ["GRU", "gru"] };
  let found = {};

  /** The network's weights with its recurrent ones scaled, and the LSTM's forget bias set. */
  function weights(kind, scale, bias) {
    const units = data.head.length;
    const scaled = Object.entries(data.weights[kind]).map(([name, value]) => {
      if (name === "b_f") return [name, value.map(() => bias)];
      if (name.startsWith("U")) return [name, value.map((row) => row.map((w) => scale * w))];
      if (kind === "lstm" && name.startsWith("W"))
        return [name, value.map((row) => row.map((w, j) => (j < units ? scale * w : w)))];
      return [name, value];
    });
    return Object.fromEntries(scaled);
  }

  /** The gradient's norm for each step, as a multiple of the last one's: the geometric mean over the sequences. */
  function measure(kind, scale, bias, steps) {
    const w = weights(kind, scale, bias);
    const each = data.sequences.map((sequence) => {
      const norms = cells.norms(kind, w, sequence.slice(0, steps + 1), data.head);
      return norms.map((norm) => Math.log10(Math.max(norm / norms[steps], 1e-300)));
    });
    return d3.range(steps + 1).map((t) => d3.mean(each, (logs) => logs[t]));
  }

  const most = 40; // powers of ten that the axis shows up and down, at most
  const draw = stage(
    section,
    "norms",
    (w, big) => 18 + (w < 700 ? 3 * 190 : big ? 390 : 330),
    () => `The gradient over ${steps.value} steps back for three networks; ${told()}`,
    (svg, w, h) => {
      const narrow = w < 700;
      const all = Object.values(found).flat();
      const low = Math.max(-most, Math.min(-3, d3.min(all)));
      const high = Math.min(most, Math.max(3, d3.max(all)));
      write(svg, 0, 12, "gradient, as a multiple of the last step's", { anchor: "start", size: 12, class: "quiet" });
      Object.entries(names).forEach(([kind, [name, colour]], k) => {
        const left = (narrow ? 0 : (k * (w + 20)) / 3) + 46;
        const width = (narrow ? w : (w - 40) / 3) - 52;
        const top = 18 + (narrow ? k * 190 + 34 : 44);
        const height = narrow ? 110 : h - 114;
        const values = found[kind];
        const x = d3.scaleLinear([values.length - 1, 0], [left, left + width]);
        const y = d3.scaleLinear([low, high], [top + height, top]);
        const lowest = values[0] < low - 0.01 || values[0] > high + 0.01 ? ", off the scale" : "";
        write(svg, left, top - 18, name, { anchor: "start", size: 17, weight: 650, fill: `var(--${colour})` });
        write(svg, left + width, top - 18, `${power(10 ** values[0])} arrives${lowest}`, {
          anchor: "end",
          size: 15,
          weight: 650,
        });
        const axis = svg.append("g").attr("class", "axis").attr("transform", `translate(${left},0)`);
        axis
          .call(
            d3
              .axisLeft(y)
              .ticks(5)
              .tickSize(-width)
              .tickPadding(6)
              .tickFormat((v) => power(10 ** v)),
          )
          .select(".domain")
          .remove();
        svg
          .append("line")
          .attr("x1", left)
          .attr("x2", left + width)
          .attr("y1", y(0))
          .attr("y2", y(0))
          .style("stroke", "var(--quiet)")
          .attr("stroke-dasharray", "4 4");
        below(svg, x, top + height, narrow && k < 2 ? "" : "steps back from the end", 4);
        const line = d3.line(
          (_, t) => x(values.length - 1 - t),
          (v) => y(Math.max(low, Math.min(high, v))),
        );
        svg
          .append("path")
          .datum(values)
          .attr("d", line)
          .attr("fill", "none")
          .style("stroke", `var(--${colour})`)
          .attr("stroke-width", 3.5);
      });
    },
  );
  function told() {
    return Object.entries(names)
      .map(([kind, [name]]) => {
        const end = found[kind][0];
        return `${name}: ${end < -2 ? "vanishes" : end > 2 ? "explodes" : "survives"} (${power(10 ** end)})`;
      })
      .join(", ");
  }

  let asked = 0;
  function update() {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(compute);
  }
  function compute() {
    for (const kind in names) found[kind] = measure(kind, scale.value, bias.value, steps.value);
    say.textContent = `After ${steps.value} steps back: ${told()}.`;
    draw();
  }
  let ready = false;
  const follow = (digits) => (value) => {
    if (ready) update();
    return fmt(value, digits);
  };
  const scale = control(section, "scale", follow(1));
  const bias = control(section, "bias", follow(1));
  const steps = control(section, "steps", follow(0));
  ready = true;
  compute();
};
