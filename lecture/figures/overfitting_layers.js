/** Recurrent layers on one another. */
function stacking(section, data, say) {
  const [features, units, steps] = [14, 32, 6];
  let layers = 2;
  let sequences = true;
  const draw = stage(
    section,
    "stack",
    () => 70 + 82 * layers,
    () => `${layers} recurrent layers over ${steps} timesteps`,
    (svg, w, h) => {
      const x = d3.scalePoint(d3.range(steps), [w < 500 ? 40 : 130, w - (w < 500 ? 30 : 60)]);
      const size = Math.min(64, x.step() * 0.6);
      const arrow = (x1, y1, x2, y2, colour) => {
        svg
          .append("line")
          .attr("x1", x1)
          .attr("y1", y1)
          .attr("x2", x2)
          .attr("y2", y2)
          .style("stroke", `var(--${colour})`)
          .attr("stroke-width", 2.5);
        svg.append("circle").attr("cx", x2).attr("cy", y2).attr("r", 4).style("fill", `var(--${colour})`);
      };
      for (let layer = 0; layer < layers; layer++) {
        const y = h - 70 - 82 * layer;
        const fed = layer === 0 || sequences;
        if (w >= 500) write(svg, 0, y + 5, `layer ${layer + 1}`, { anchor: "start", size: 15, weight: 600 });
        for (let t = 0; t < steps; t++) {
          const receives = fed || t === 0;
          if (receives && t) arrow(x(t - 1) + size / 2, y, x(t) - size / 2, y, "state");
          if (layer === 0) arrow(x(t), y + 48, x(t), y + 22, "input");
          else if (sequences) arrow(x(t), y + 60, x(t), y + 22, "output");
          else if (t === 0 && layer === 1) arrow(x(steps - 1), y + 60, x(0) + size / 2, y + 20, "output");
          svg
            .append("rect")
            .attr("x", x(t) - size / 2)
            .attr("y", y - 18)
            .attr("width", size)
            .attr("height", 36)
            .attr("rx", 7)
            .style("fill", receives && (layer < 2 || fed) ? "var(--faint)" : "none")
            .style("stroke", receives ? "var(--gru)" : "var(--rule)")
            .attr("stroke-width", 2)
            .attr("stroke-dasharray", receives ? null : "4 4");
          if (receives) write(svg, x(t), y + 5, "GRU", { size: size < 45 ? 11 : 14, weight: 600, fill: "var(--gru)" });
        }
        if (layer === layers - 1)
          arrow(
            x(sequences || layers === 1 ? steps - 1 : 0),
            y - 18,
            x(sequences || layers === 1 ? steps - 1 : 0),
            y - 40,
            "output",
          );
      }
      write(svg, (x(0) + x(steps - 1)) / 2, h - 4, "inputs, in time order", { size: 12, class: "quiet" });
    },
  );
  const parameters = (inputs) => 3 * (units * (units + inputs) + 2 * units);
  function update() {
    const count = d3.sum(d3.range(layers), (layer) => parameters(layer ? units : features));
    const { stacked_gru: stacked, dropout_gru: one } = data.validation.weather;
    const measured = `In our runs, two GRUs came to ${fmt(d3.mean(stacked) * data.degrees)} °C on validation, one to ${fmt(d3.mean(one) * data.degrees)} °C, both with dropout.`;
    if (layers === 1)
      say(
        `One layer of ${units} units: ${count.toLocaleString("en")} weights. Only its last output goes on. ${measured}`,
      );
    else if (sequences)
      say(
        `Each layer gives its whole sequence to the next: ${steps} vectors of ${units} numbers. ${count.toLocaleString("en")} weights. ${measured}`,
      );
    else
      say(`The first layer gives only its last output. The second one needs a sequence, so Keras stops with an error.`);
    draw();
  }
  control(section, "sequences", (on) => {
    sequences = on;
    update();
  });
  control(section, "layers", (count) => {
    layers = count;
    update();
    return count;
  });
}

/** What a network has read last, and how it does then. */
function readingOrder(section, data, say) {
  const steps = 12;
  let order = "forwards";
  let read = steps;
  const results = [
    [
      "weather",
      "mean error (°C), smaller is better",
      data.degrees,
      { gru: "forwards", reversed_gru: "backwards", bidirectional_gru: "both ways" },
      data.common_sense,
    ],
    [
      "reviews",
      "accuracy, larger is better",
      1,
      { lstm: "forwards", reversed_lstm: "backwards", bidirectional_lstm: "both ways" },
      null,
    ],
  ];
  const draw = stage(
    section,
    "order",
    (w) => (w < 700 ? 470 : 330),
    () => `The network reads ${order}; results for weather and reviews`,
    (svg, w) => {
      const x = d3.scaleBand(d3.range(steps), [0, w]).paddingInner(0.15);
      const strips = { forwards: [1], backwards: [-1], both: [1, -1] }[order];
      strips.forEach((direction, k) => {
        const y = 22 + 40 * k;
        for (let t = 0; t < steps; t++) {
          const at = direction > 0 ? t : steps - 1 - t; // the place that the network reads as its t-th
          const age = read - 1 - t;
          svg
            .append("rect")
            .attr("x", x(at))
            .attr("y", y)
            .attr("width", x.bandwidth())
            .attr("height", 30)
            .attr("rx", 4)
            .style("fill", age < 0 ? "var(--faint)" : "var(--state)")
            .attr("fill-opacity", age < 0 ? 1 : Math.max(0.12, 0.75 ** age))
            .style("stroke", age === 0 ? "var(--text)" : "var(--rule)")
            .attr("stroke-width", age === 0 ? 3 : 1);
        }
        write(svg, direction > 0 ? 0 : w, y - 6, direction > 0 ? "reads this way →" : "← reads this way", {
          anchor: direction > 0 ? "start" : "end",
          size: 12,
          class: "quiet",
        });
      });
      write(svg, 0, 112, "oldest", { anchor: "start", size: 12, class: "quiet" });
      write(svg, w, 112, "newest", { anchor: "end", size: 12, class: "quiet" });
      results.forEach(([group, title, factor, names, line], k) => {
        const narrow = w < 700;
        const left = (narrow ? 0 : (k * (w + 30)) / 2) + 82;
        const width = (narrow ? w : (w - 30) / 2) - 96;
        const top = 160 + (narrow ? 160 * k : 0);
        const values = Object.keys(names).map((name) => data.validation[group][name].map((v) => v * factor));
        const all = [...values.flat(), ...(line ? [line * factor] : [])];
        const scale = d3.scaleLinear(d3.extent(all), [left, left + width]).nice();
        write(svg, left - 82, top - 10, `${group}: ${title}`, { anchor: "start", size: 14, weight: 650 });
        Object.values(names).forEach((name, row) => {
          const y = top + 18 + 26 * row;
          const mine = name === order || (name === "both ways" && order === "both");
          write(svg, left - 10, y + 4, name, { anchor: "end", size: 13, weight: mine ? 700 : 400 });
          svg
            .append("line")
            .attr("x1", left)
            .attr("x2", left + width)
            .attr("y1", y)
            .attr("y2", y)
            .style("stroke", "var(--rule)");
          for (const value of values[row])
            svg
              .append("circle")
              .attr("cx", scale(value))
              .attr("cy", y)
              .attr("r", mine ? 8 : 5)
              .style("fill", group === "weather" ? "var(--gru)" : "var(--lstm)")
              .attr("opacity", mine ? 1 : 0.45)
              .style("stroke", "var(--raised)");
        });
        if (line) {
          svg
            .append("line")
            .attr("x1", scale(line * factor))
            .attr("x2", scale(line * factor))
            .attr("y1", top + 2)
            .attr("y2", top + 86)
            .style("stroke", "var(--baseline)")
            .attr("stroke-width", 2)
            .attr("stroke-dasharray", "5 3");
          write(svg, scale(line * factor) + 5, top + 8, "common sense", {
            anchor: "start",
            size: 12,
            fill: "var(--baseline)",
          });
        }
        below(svg, scale, top + 88, "", 5);
      });
    },
  );
  function update() {
    const weather = data.validation.weather;
    const told = {
      forwards: `Read forwards, the newest weather comes last and is remembered best: ${fmt(d3.mean(weather.gru) * data.degrees)} °C.`,
      backwards: `Read backwards, the last thing the network sees is five days old: ${fmt(d3.mean(weather.reversed_gru) * data.degrees)} °C, worse than common sense. Reviews lose much less: a word can matter anywhere.`,
      both: `One network reads forwards, one backwards, and both answer together: ${fmt(d3.mean(weather.bidirectional_gru) * data.degrees)} °C.`,
    };
    say(`${told[order]} The darker a step, the fresher it is in the network's memory. Each dot is a seed.`);
    draw();
  }
  control(section, "order", (value) => {
    order = value;
    update();
  });
  const slider = control(section, "read", (count) => {
    read = count;
    update();
    return count;
  });
  player(
    section,
    () => {
      slider.set(read < steps ? read + 1 : 1);
      return read < steps;
    },
    400,
  );
}
