figures.generator = (section, data) => {
  const { temperature, start } = data;
  const hours = temperature.length;
  const begin = new Date(`${start.replace(" ", "T")}Z`);
  const code = section.querySelector("[data-code]");
  const say = section.querySelector("[data-say]");
  const value = {};
  const sliders = {};
  let ready = false;

  const clamp = (number, low, high) => Math.max(low, Math.min(high, Math.round(number)));
  const indices = (row) => d3.range(row - value.lookback, row, value.step);
  /** The rows of the batch: one after the other, or drawn with a fixed seed. */
  function rows() {
    const first = value.lookback;
    const last = hours - 1 - value.delay;
    if (!value.shuffle)
      return d3
        .range(value.batch)
        .map((k) => value.row + k)
        .filter((row) => row <= last);
    const random = d3.randomLcg(0.37);
    return [value.row, ...d3.range(value.batch - 1).map(() => first + Math.floor(random() * (last - first + 1)))];
  }

  const draw = stage(
    section,
    "series",
    (w) => (w < 600 ? 330 : 380),
    () => `Temperature over 14 days with a window of ${value.lookback} hours and its target`,
    (svg, w, h) => {
      const x = d3.scaleLinear([0, hours - 1], [36, w - 12]);
      const bars = 130;
      const floor = h - 48 - bars;
      const y = d3.scaleLinear(d3.extent(temperature), [floor, 34]).nice();
      const { row, lookback, delay } = value;
      beside(svg, y, 36, w - 48, "temperature (°C)", 4);
      const time = d3.scaleUtc([begin, new Date(+begin + (hours - 1) * 36e5)], x.range());
      below(svg, time, h - 44, "October 2014, rows of one hour", w < 600 ? 5 : 12, d3.utcFormat("%-d"));
      const window = svg
        .append("rect")
        .attr("class", "drag")
        .attr("x", x(row - lookback))
        .attr("width", x(row) - x(row - lookback))
        .attr("y", 30)
        .attr("height", floor - 26)
        .attr("rx", 4)
        .style("fill", "var(--input)")
        .attr("fill-opacity", 0.12);
      svg
        .append("path")
        .datum(temperature)
        .attr(
          "d",
          d3.line(
            (_, t) => x(t),
            (v) => y(v),
          ),
        )
        .attr("fill", "none")
        .attr("stroke-width", 1.8)
        .style("stroke", "var(--text)")
        .attr("pointer-events", "none");
      svg
        .append("g")
        .attr("pointer-events", "none")
        .selectAll("circle")
        .data(indices(row))
        .join("circle")
        .attr("cx", (t) => x(t))
        .attr("cy", (t) => y(temperature[t]))
        .attr("r", value.step < 3 ? 3 : 4.5)
        .style("fill", "var(--input)");
      const line = (at, colour, dash) =>
        svg
          .append("line")
          .attr("x1", x(at))
          .attr("x2", x(at))
          .attr("y1", 30)
          .attr("y2", floor + 4)
          .style("stroke", `var(--${colour})`)
          .attr("stroke-width", 2)
          .attr("stroke-dasharray", dash);
      line(row, "quiet", "4 3");
      write(svg, x(row) + (delay > 30 ? 0 : 4), 24, "row", {
        size: 13,
        class: "quiet",
        anchor: delay > 30 ? "middle" : "end",
      });
      const edge = line(row - lookback, "input").attr("stroke-width", 5);
      const target = row + delay;
      svg
        .append("line")
        .attr("x1", x(row))
        .attr("x2", x(target))
        .attr("y1", floor + 4)
        .attr("y2", floor + 4)
        .style("stroke", "var(--output)")
        .attr("stroke-width", 2);
      write(svg, Math.min(w - 48, x(target) - 4), 24, "target", {
        size: 13,
        fill: "var(--output)",
        weight: 600,
        anchor: "start",
      });
      const mark = svg
        .append("path")
        .attr("d", d3.symbol(d3.symbolDiamond, 190)())
        .attr("transform", `translate(${x(target)},${y(temperature[target])})`)
        .style("fill", "var(--output)")
        .style("stroke", "var(--raised)")
        .attr("stroke-width", 1.5)
        .attr("class", "drag");
      // the batch below: a bar for each example
      write(svg, 36, floor + 26, `the batch: ${rows().length} ${rows().length === 1 ? "example" : "examples"}`, {
        anchor: "start",
        size: 13,
        class: "quiet",
      });
      rows().forEach((one, k) => {
        const thick = Math.min(12, 100 / rows().length - 2);
        const at = floor + 34 + (thick + 2) * k;
        svg
          .append("rect")
          .attr("x", x(one - lookback))
          .attr("width", Math.max(1, x(one) - x(one - lookback)))
          .attr("y", at)
          .attr("height", thick)
          .attr("rx", 2)
          .style("fill", "var(--input)")
          .attr("opacity", k ? 0.55 : 1);
        svg
          .append("rect")
          .attr("x", x(one + delay) - 2.5)
          .attr("width", 5)
          .attr("y", at)
          .attr("height", thick)
          .style("fill", "var(--output)")
          .attr("opacity", k ? 0.7 : 1);
      });
      // wide invisible handles, for fingers
      const handle = (at) =>
        svg
          .append("rect")
          .attr("class", "drag")
          .attr("x", x(at) - 14)
          .attr("width", 28)
          .attr("y", 20)
          .attr("height", floor - 10)
          .attr("fill", "transparent");
      let grip = 0;
      const drag = (set) =>
        d3
          .drag()
          .container(svg.node().ownerSVGElement)
          .on("start", (event) => (grip = event.x - x(value.row)))
          .on("drag", (event) => set(event));
      const at = (event) => x.invert(event.x);
      window.call(
        drag((event) => sliders.row.set(clamp(x.invert(event.x - grip), value.lookback, hours - 1 - value.delay))),
      );
      handle(row - lookback).call(
        drag((event) => sliders.lookback.set(clamp(value.row - at(event), 12, Math.min(240, value.row)))),
      );
      const far = handle(target).call(
        drag((event) => sliders.delay.set(clamp(at(event) - value.row, 0, Math.min(72, hours - 1 - value.row)))),
      );
      mark.attr("pointer-events", "none");
      edge.attr("pointer-events", "none");
      far.raise();
    },
  );

  function update() {
    const row = clamp(value.row, value.lookback, hours - 1 - value.delay);
    if (row !== value.row) return sliders.row.set(row);
    const { lookback, step, delay } = value;
    const count = indices(row).length;
    const batch = rows();
    const lines = [
      [`rows = [${batch.slice(0, 6).join(", ")}${batch.length > 6 ? ", …" : ""}]`, `batch of ${batch.length}`],
      [`samples[0] = data[${row - lookback} : ${row} : ${step}]`, `shape (${count}, 14)`],
      [`targets[0] = data[${row} + ${delay}, temperature]`, `${fmt(temperature[row + delay], 1)} °C`],
    ];
    code.replaceChildren(
      ...lines.map(([text, told]) => {
        const item = document.createElement("li");
        item.append(
          Object.assign(document.createElement("code"), { textContent: text }),
          Object.assign(document.createElement("b"), { textContent: told }),
        );
        return item;
      }),
    );
    const last = temperature[row - 1];
    say.textContent = `Common sense says: as warm as at the end of the window, ${fmt(last, 1)} °C. The target is ${fmt(temperature[row + delay], 1)} °C, so it is wrong by ${fmt(Math.abs(last - temperature[row + delay]), 1)} °C.`;
    section.dataset.indices = JSON.stringify(indices(row));
    section.dataset.rows = JSON.stringify(batch);
    return draw();
  }
  const words = {
    row: (v) => String(v),
    lookback: (v) => (v % 24 ? `${v} h` : `${v / 24} days`),
    step: (v) => `every ${v} h`,
    delay: (v) => `${v} h`,
    batch: (v) => String(v),
    shuffle: () => undefined,
  };
  for (const name of Object.keys(words))
    sliders[name] = control(section, name, (number) => {
      value[name] = number;
      if (ready) update();
      return words[name](number);
    });
  ready = true;
  update();
};
