figures.overfitting = (section, data) => {
  const say = (panel, text) => (section.querySelector(`[data-say=${panel}]`).textContent = text);
  control(section, "panel", (shown) => {
    for (const panel of section.querySelectorAll("[data-panel]")) panel.hidden = panel.dataset.panel !== shown;
  });
  learningCurves(section, data, (text) => say("curves", text));
  dropoutMasks(section, (text) => say("masks", text));
  stacking(section, data, (text) => say("stack", text));
  readingOrder(section, data, (text) => say("order", text));
};

/** Training and validation error over epochs, the mean of all seeds, for the GRU, with dropout, and stacked. */
function learningCurves(section, data, say) {
  const names = { gru: "GRU", dropout_gru: "GRU with dropout", stacked_gru: "two GRUs with dropout" };
  const curves = Object.entries(names).map(([name, title]) => ({ title, ...data.curves[name] }));
  const celsius = (mae) => mae * data.degrees;
  let until = 20;
  const draw = stage(
    section,
    "curves",
    (w, big) => (w < 700 ? 3 * 200 : big ? 360 : 320),
    "Training and validation error over epochs, for three networks",
    (svg, w, h) => {
      const narrow = w < 700;
      const every = curves.flatMap((curve) => [...curve.training, ...curve.validation]).map(celsius);
      curves.forEach(({ title, training, validation }, k) => {
        const left = (narrow ? 0 : (k * (w + 24)) / 3) + 40;
        const width = (narrow ? w : (w - 48) / 3) - 52;
        const top = narrow ? 200 * k + 40 : 50;
        const height = narrow ? 106 : h - 98;
        const x = d3.scaleLinear([1, 40], [left, left + width]);
        const y = d3.scaleLinear([d3.min(every) - 0.05, Math.max(celsius(data.common_sense) + 0.1, d3.max(every))], [top + height, top]);
        write(svg, left, top - 24, title, { anchor: "start", size: 15, weight: 650, fill: "var(--gru)" });
        if (k === 0 || narrow) write(svg, left - 40, top - 8, "mean error (°C)", { anchor: "start", size: 12, class: "quiet" });
        beside(svg, y, left, width, "", 4, ".1f");
        below(svg, x, top + height, narrow && k < 2 ? "" : "epoch", 5);
        svg.append("line").attr("x1", left).attr("x2", left + width).attr("y1", y(celsius(data.common_sense))).attr("y2", y(celsius(data.common_sense))).style("stroke", "var(--baseline)").attr("stroke-width", 2);
        write(svg, left + width, y(celsius(data.common_sense)) - 6, "common sense", { anchor: "end", size: 12, fill: "var(--baseline)" });
        const seen = Math.min(until, training.length);
        const line = d3.line((_, e) => x(e + 1), (v) => y(celsius(v)));
        const path = (values, dash) => {
          svg.append("path").attr("d", line(values)).attr("fill", "none").attr("stroke-width", 1.5).style("stroke", "var(--gru)").attr("opacity", 0.2).attr("stroke-dasharray", dash);
          svg.append("path").attr("d", line(values.slice(0, seen))).attr("fill", "none").attr("stroke-width", 3).style("stroke", "var(--gru)").attr("stroke-dasharray", dash);
        };
        path(training, "6 5");
        path(validation, null);
        const gap = svg.append("line").attr("x1", x(seen)).attr("x2", x(seen)).attr("y1", y(celsius(training[seen - 1]))).attr("y2", y(celsius(validation[seen - 1]))).style("stroke", "var(--text)").attr("stroke-width", 2);
        gap.raise();
        write(svg, x(seen) + (seen > 30 ? -7 : 7), y(celsius((training[seen - 1] + validation[seen - 1]) / 2)) + 4, `gap ${fmt(celsius(validation[seen - 1] - training[seen - 1]))}`, { anchor: seen > 30 ? "end" : "start", size: 13, weight: 600 });
      });
    },
  );
  control(section, "epoch", (epoch) => {
    until = epoch;
    const told = curves.map(({ title, training, validation }) => {
      const e = Math.min(epoch, training.length) - 1;
      return `${title}: ${fmt(celsius(validation[e]))} °C on validation, ${fmt(celsius(training[e]))} °C on training`;
    });
    say(`Solid: validation. Dashed: training. After epoch ${epoch}: ${told.join("; ")}. The plain GRU was trained for ${curves[0].training.length} epochs.`);
    draw();
    return epoch;
  });
}

/** Which units a dropout mask hides over time: the same ones, or others at each step. */
function dropoutMasks(section, say) {
  const [units, steps] = [10, 24];
  let seed = 0.42;
  let rate = 0.25;
  let masks = [];
  const draw = stage(
    section,
    "masks",
    (w) => (w < 700 ? 520 : 290),
    "Two dropout masks over time, one fixed and one changing",
    (svg, w) => {
      const narrow = w < 700;
      masks.forEach((mask, k) => {
        const left = narrow ? 0 : (k * (w + 30)) / 2;
        const width = narrow ? w : (w - 30) / 2;
        const top = 34 + (narrow ? 260 * k : 0);
        const x = d3.scaleBand(d3.range(steps), [left, left + width]).paddingInner(0.1);
        write(svg, left, top - 14, ["the same mask at every step (Keras's recurrent dropout)", "a new mask at every step"][k], { anchor: "start", size: narrow ? 13 : 15, weight: 650 });
        for (let u = 0; u < units; u++) {
          let alive = true;
          for (let t = 0; t < steps; t++) {
            const dropped = mask[u][t];
            const fresh = alive && !dropped;
            alive = fresh;
            svg.append("rect").attr("x", x(t)).attr("y", top + 19 * u).attr("width", x.bandwidth()).attr("height", 16).attr("rx", 2)
              .style("fill", dropped ? "var(--forget)" : fresh ? "var(--state)" : "var(--faint)").style("stroke", dropped || fresh ? "none" : "var(--rule)");
          }
        }
        write(svg, left + width / 2, top + 19 * units + 18, `timestep 1 to ${steps}, a row for each unit`, { size: 12, class: "quiet" });
      });
    },
  );
  function update() {
    const random = d3.randomLcg(seed);
    const fixed = d3.range(units).map(() => Array(steps).fill(random() < rate));
    const changing = d3.range(units).map(() => d3.range(steps).map(() => random() < rate));
    masks = [fixed, changing];
    const kept = masks.map((mask) => mask.filter((row) => !row.includes(true)).length);
    say(`Blue: the unit still carries what it knew at step 1. Orange: it is dropped. Grey: it has lost it. After ${steps} steps ${kept[0]} of ${units} units still carry it with a fixed mask, ${kept[1]} with a changing one.`);
    section.dataset.kept = kept;
    draw();
  }
  control(section, "rate", (value) => {
    rate = value;
    update();
    return fmt(value);
  });
  button(section, "redraw", () => {
    seed = (seed * 7.31) % 1;
    update();
  });
}

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
        svg.append("line").attr("x1", x1).attr("y1", y1).attr("x2", x2).attr("y2", y2).style("stroke", `var(--${colour})`).attr("stroke-width", 2.5);
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
          svg.append("rect").attr("x", x(t) - size / 2).attr("y", y - 18).attr("width", size).attr("height", 36).attr("rx", 7)
            .style("fill", receives && (layer < 2 || fed) ? "var(--faint)" : "none").style("stroke", receives ? "var(--gru)" : "var(--rule)").attr("stroke-width", 2).attr("stroke-dasharray", receives ? null : "4 4");
          if (receives) write(svg, x(t), y + 5, "GRU", { size: size < 45 ? 11 : 14, weight: 600, fill: "var(--gru)" });
        }
        if (layer === layers - 1) arrow(x(sequences || layers === 1 ? steps - 1 : 0), y - 18, x(sequences || layers === 1 ? steps - 1 : 0), y - 40, "output");
      }
      write(svg, (x(0) + x(steps - 1)) / 2, h - 4, "inputs, in time order", { size: 12, class: "quiet" });
    },
  );
  const parameters = (inputs) => 3 * (units * (units + inputs) + 2 * units);
  function update() {
    const count = d3.sum(d3.range(layers), (layer) => parameters(layer ? units : features));
    const { stacked_gru: stacked, dropout_gru: one } = data.validation.weather;
    const measured = `In our runs, two GRUs came to ${fmt(d3.mean(stacked) * data.degrees)} °C on validation, one to ${fmt(d3.mean(one) * data.degrees)} °C, both with dropout.`;
    if (layers === 1) say(`One layer of ${units} units: ${count.toLocaleString("en")} weights. Only its last output goes on. ${measured}`);
    else if (sequences) say(`Each layer gives its whole sequence to the next: ${steps} vectors of ${units} numbers. ${count.toLocaleString("en")} weights. ${measured}`);
    else say(`The first layer gives only its last output. The second one needs a sequence, so Keras stops with an error.`);
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
    ["weather", "mean error (°C), smaller is better", data.degrees, { gru: "forwards", reversed_gru: "backwards", bidirectional_gru: "both ways" }, data.common_sense],
    ["reviews", "accuracy, larger is better", 1, { lstm: "forwards", reversed_lstm: "backwards", bidirectional_lstm: "both ways" }, null],
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
          svg.append("rect").attr("x", x(at)).attr("y", y).attr("width", x.bandwidth()).attr("height", 30).attr("rx", 4)
            .style("fill", age < 0 ? "var(--faint)" : "var(--state)").attr("fill-opacity", age < 0 ? 1 : Math.max(0.12, 0.75 ** age))
            .style("stroke", age === 0 ? "var(--text)" : "var(--rule)").attr("stroke-width", age === 0 ? 3 : 1);
        }
        write(svg, direction > 0 ? 0 : w, y - 6, direction > 0 ? "reads this way →" : "← reads this way", { anchor: direction > 0 ? "start" : "end", size: 12, class: "quiet" });
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
          svg.append("line").attr("x1", left).attr("x2", left + width).attr("y1", y).attr("y2", y).style("stroke", "var(--rule)");
          for (const value of values[row]) svg.append("circle").attr("cx", scale(value)).attr("cy", y).attr("r", mine ? 8 : 5).style("fill", group === "weather" ? "var(--gru)" : "var(--lstm)").attr("opacity", mine ? 1 : 0.45).style("stroke", "var(--raised)");
        });
        if (line) {
          svg.append("line").attr("x1", scale(line * factor)).attr("x2", scale(line * factor)).attr("y1", top + 2).attr("y2", top + 86).style("stroke", "var(--baseline)").attr("stroke-width", 2).attr("stroke-dasharray", "5 3");
          write(svg, scale(line * factor) + 5, top + 8, "common sense", { anchor: "start", size: 12, fill: "var(--baseline)" });
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
