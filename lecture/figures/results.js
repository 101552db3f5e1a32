figures.results = (section, data) => {
  const models = {
    tcn: ["TCN", d3.symbolSquare],
    lstm: ["LSTM", d3.symbolTriangle],
    gru: ["GRU", d3.symbolDiamond],
    rnn: ["RNN", d3.symbolCircle],
  };
  const shown = { paper: true, ours: true };
  const draws = data.tasks.map((task, k) =>
    stage(
      section,
      `task${k}`,
      () => 158,
      () =>
        `${task.title}, ${task.measure}: ` +
        Object.entries(models)
          .map(
            ([name, [label]]) =>
              `${label} ${
                [
                  ["paper", "the paper's"],
                  ["ours", "ours"],
                ]
                  .filter(([key]) => task[key][name] != null)
                  .map(([key, words]) => `${words} ${task[key][name]}`)
                  .join(", ") || "not measured"
              }`,
          )
          .join("; "),
      (svg, w) => {
        const values = [...Object.values(task.paper), ...Object.values(task.ours)].filter((value) => value != null);
        const [low, high] = d3.extent(values);
        const make = task.higher || high / low < 5 ? d3.scaleLinear : d3.scaleLog;
        const scale = make(task.higher ? [low, high] : [high, low], [54, w - 16]);
        Object.entries(models).forEach(([name, [label, shape]], row) => {
          const y = 16 + 26 * row;
          const colour = `var(--${name})`;
          write(svg, 44, y + 5, label, { anchor: "end", size: 13, weight: name === "tcn" ? 700 : 400, fill: colour });
          svg
            .append("line")
            .attr("x1", 54)
            .attr("x2", w - 16)
            .attr("y1", y)
            .attr("y2", y)
            .style("stroke", "var(--rule)");
          for (const key of ["paper", "ours"]) {
            const value = task[key][name];
            if (value == null || !shown[key]) continue;
            const mark = svg
              .append("path")
              .attr("d", d3.symbol(shape, key === "paper" ? 110 : 130)())
              .attr("transform", `translate(${scale(value)},${y})`);
            mark
              .style("fill", key === "paper" ? colour : "var(--raised)")
              .attr("fill-opacity", key === "paper" ? 1 : 0.4)
              .style("stroke", colour)
              .attr("stroke-width", 2);
            mark.append("title").text(`${label}, ${key === "paper" ? "the paper's" : "ours"}: ${value}`);
          }
        });
        const axis = below(svg, scale, 112, `${task.measure}, better →`, 4, (v) => String(Number(v.toPrecision(6))));
        if (make === d3.scaleLog) {
          const steps = high / low > 50 ? [1] : [1, 2, 5]; // of each power of ten
          const ticks = d3.range(-6, 6).flatMap((power) => steps.map((step) => Number(`${step}e${power}`)));
          axis.call(
            d3
              .axisBottom(scale)
              .tickValues(ticks.filter((v) => v >= low && v <= high))
              .tickFormat(String)
              .tickSizeOuter(0),
          );
        }
      },
    ),
  );
  for (const key of ["paper", "ours"])
    control(section, key, (on) => {
      shown[key] = on;
      for (const draw of draws) draw();
    });
  control(section, "verdict", (which) => {
    for (const item of section.querySelectorAll("[data-claims] li"))
      item.hidden = (item.dataset.verdict === "not decided") !== (which === "open");
  });
};
