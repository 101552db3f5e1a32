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
        const y = d3.scaleLinear(
          [d3.min(every) - 0.05, Math.max(celsius(data.common_sense) + 0.1, d3.max(every))],
          [top + height, top],
        );
        write(svg, left, top - 24, title, { anchor: "start", size: 15, weight: 650, fill: "var(--gru)" });
        if (k === 0 || narrow)
          write(svg, left - 40, top - 8, "mean error (°C)", { anchor: "start", size: 12, class: "quiet" });
        beside(svg, y, left, width, "", 4, ".1f");
        below(svg, x, top + height, narrow && k < 2 ? "" : "epoch", 5);
        svg
          .append("line")
          .attr("x1", left)
          .attr("x2", left + width)
          .attr("y1", y(celsius(data.common_sense)))
          .attr("y2", y(celsius(data.common_sense)))
          .style("stroke", "var(--baseline)")
          .attr("stroke-width", 2);
        write(svg, left + width, y(celsius(data.common_sense)) - 6, "common sense", {
          anchor: "end",
          size: 12,
          fill: "var(--baseline)",
        });
        const seen = Math.min(until, training.length);
        const line = d3.line(
          (_, e) => x(e + 1),
          (v) => y(celsius(v)),
        );
        const path = (values, dash) => {
          svg
            .append("path")
            .attr("d", line(values))
            .attr("fill", "none")
            .attr("stroke-width", 1.5)
            .style("stroke", "var(--gru)")
            .attr("opacity", 0.2)
            .attr("stroke-dasharray", dash);
          svg
            .append("path")
            .attr("d", line(values.slice(0, seen)))
            .attr("fill", "none")
            .attr("stroke-width", 3)
            .style("stroke", "var(--gru)")
            .attr("stroke-dasharray", dash);
        };
        path(training, "6 5");
        path(validation, null);
        const gap = svg
          .append("line")
          .attr("x1", x(seen))
          .attr("x2", x(seen))
          .attr("y1", y(celsius(training[seen - 1])))
          .attr("y2", y(celsius(validation[seen - 1])))
          .style("stroke", "var(--text)")
          .attr("stroke-width", 2);
        gap.raise();
        write(
          svg,
          x(seen) + (seen > 30 ? -7 : 7),
          y(celsius((training[seen - 1] + validation[seen - 1]) / 2)) + 4,
          `gap ${fmt(celsius(validation[seen - 1] - training[seen - 1]))}`,
          { anchor: seen > 30 ? "end" : "start", size: 13, weight: 600 },
        );
      });
    },
  );
  control(section, "epoch", (epoch) => {
    until = epoch;
    const told = curves.map(({ title, training, validation }) => {
      const e = Math.min(epoch, training.length) - 1;
      return `${title}: ${fmt(celsius(validation[e]))} °C on validation, ${fmt(celsius(training[e]))} °C on training`;
    });
    say(
      `Solid: validation. Dashed: training. After epoch ${epoch}: ${told.join("; ")}. The plain GRU was trained for ${curves[0].training.length} epochs.`,
    );
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
        write(
          svg,
          left,
          top - 14,
          ["the same mask at every step (Keras's recurrent dropout)", "a new mask at every step"][k],
          { anchor: "start", size: narrow ? 13 : 15, weight: 650 },
        );
        for (let u = 0; u < units; u++) {
          let alive = true;
          for (let t = 0; t < steps; t++) {
            const dropped = mask[u][t];
            const fresh = alive && !dropped;
            alive = fresh;
            svg
              .append("rect")
              .attr("x", x(t))
              .attr("y", top + 19 * u)
              .attr("width", x.bandwidth())
              .attr("height", 16)
              .attr("rx", 2)
              .style("fill", dropped ? "var(--forget)" : fresh ? "var(--state)" : "var(--faint)")
              .style("stroke", dropped || fresh ? "none" : "var(--rule)");
          }
        }
        write(svg, left + width / 2, top + 19 * units + 18, `timestep 1 to ${steps}, a row for each unit`, {
          size: 12,
          class: "quiet",
        });
      });
    },
  );
  function update() {
    const random = d3.randomLcg(seed);
    const fixed = d3.range(units).map(() => Array(steps).fill(random() < rate));
    const changing = d3.range(units).map(() => d3.range(steps).map(() => random() < rate));
    masks = [fixed, changing];
    const kept = masks.map((mask) => mask.filter((row) => !row.includes(true)).length);
    say(
      `Blue: the unit still carries what it knew at step 1. Orange: it is dropped. Grey: it has lost it. After ${steps} steps ${kept[0]} of ${units} units still carry it with a fixed mask, ${kept[1]} with a changing one.`,
    );
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
