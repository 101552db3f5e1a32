// The cells as the slides draw them.

/** A path that lights up with its step. */
const wire = (g, lit, colour, points) =>
  g
    .append("path")
    .attr("class", "moves")
    .attr("d", d3.line()(points))
    .attr("fill", "none")
    .attr("stroke-width", 2.5)
    .attr("stroke-linejoin", "round")
    .style("stroke", `var(--${colour})`)
    .attr("opacity", lit ? 1 : 0.2);

/** A gate or an operation: a box with a letter, a circle without `wide`. */
function node(g, lit, colour, x, y, text, wide = 0) {
  const place = g
    .append("g")
    .attr("class", "moves")
    .attr("opacity", lit ? 1 : 0.3)
    .attr("transform", `translate(${x},${y})`);
  if (wide)
    place
      .append("rect")
      .attr("x", -wide / 2)
      .attr("y", -15)
      .attr("width", wide)
      .attr("height", 30)
      .attr("rx", 6)
      .style("fill", `var(--${colour})`);
  else
    place
      .append("circle")
      .attr("r", 14)
      .style("fill", "var(--raised)")
      .style("stroke", `var(--${colour})`)
      .attr("stroke-width", 2.5);
  write(place, 0, 5, text, { size: wide ? 15 : 18, weight: 600, fill: wide ? "var(--ground)" : `var(--${colour})` });
}

/** The LSTM's cell as the slides draw it, 460 by 330, with the numbers of this timestep. */
function lstmDiagram(g, s, p, x, lit, coupled) {
  const on = (step) => lit >= step;
  const value = (step, x, y, text, colour, anchor = "middle") =>
    on(step) && write(g, x, y, text, { size: 15, weight: 600, fill: `var(--${colour})`, anchor });
  wire(g, true, "state", [
    [10, 60],
    [81, 60],
  ]);
  wire(g, on(3), "state", [
    [109, 60],
    [201, 60],
  ]);
  wire(g, on(3), "state", [
    [229, 60],
    [450, 60],
  ]);
  wire(g, true, "input", [
    [45, 318],
    [45, 270],
  ]);
  wire(g, true, "output", [
    [10, 270],
    [45, 270],
  ]);
  wire(g, true, "baseline", [
    [45, 270],
    [330, 270],
    [330, 220],
  ]);
  for (const gate of coupled ? [95, 255] : [95, 175, 255])
    wire(g, true, "baseline", [
      [gate, 270],
      [gate, 220],
    ]);
  wire(g, on(1), "forget", [
    [95, 190],
    [95, 74],
  ]);
  if (coupled) {
    wire(g, on(2), "forget", [
      [95, 135],
      [141, 135],
    ]);
    wire(g, on(2), "store", [
      [179, 135],
      [201, 135],
    ]);
    node(g, on(2), "store", 160, 135, "1 − f", 46);
  } else
    wire(g, on(2), "store", [
      [175, 190],
      [175, 135],
      [201, 135],
    ]);
  wire(g, on(2), "store", [
    [255, 190],
    [255, 135],
    [229, 135],
  ]);
  wire(g, on(3), "store", [
    [215, 121],
    [215, 74],
  ]);
  wire(g, on(4), "state", [
    [395, 60],
    [395, 92],
  ]);
  wire(g, on(4), "output", [
    [395, 122],
    [395, 156],
  ]);
  wire(g, on(4), "output", [
    [330, 190],
    [330, 170],
    [381, 170],
  ]);
  wire(g, on(4), "output", [
    [395, 184],
    [395, 270],
    [450, 270],
  ]);
  node(g, on(1), "forget", 95, 205, "σ", 44);
  if (!coupled) node(g, on(2), "store", 175, 205, "σ", 44);
  node(g, on(2), "store", 255, 205, "tanh", 52);
  node(g, on(4), "output", 330, 205, "σ", 44);
  node(g, on(3), "forget", 95, 60, "×");
  node(g, on(2), "store", 215, 135, "×");
  node(g, on(3), "state", 215, 60, "+");
  node(g, on(4), "output", 395, 107, "tanh", 52);
  node(g, on(4), "output", 395, 170, "×");
  value(0, 10, 42, `C before ${many(p.C)}`, "state", "start");
  value(1, 88, 165, `f ${many(s.f)}`, "forget", "end");
  if (!coupled) value(2, 168, 165, `i ${many(s.i)}`, "store", "end");
  value(2, 262, 165, `C̃ ${many(s.C_tilde)}`, "store", "start");
  value(3, 450, 42, `C ${many(s.C)}`, "state", "end");
  value(4, 376, 160, `o ${many(s.o)}`, "output", "end");
  value(4, 450, 292, `h ${many(s.h)}`, "output", "end");
  value(0, 8, 256, `h ${many(p.h)}`, "output", "start");
  value(0, 56, 312, `x = ${many(x.slice(0, 1))}${x[1] ? ", store" : ""}${x[2] ? ", recall" : ""}`, "input", "start");
}

/** The GRU's cell, likewise. */
function gruDiagram(g, s, p, x, lit) {
  const on = (step) => lit >= step;
  const value = (step, x, y, text, colour, anchor = "middle") =>
    on(step) && write(g, x, y, text, { size: 15, weight: 600, fill: `var(--${colour})`, anchor });
  wire(g, true, "state", [
    [10, 60],
    [256, 60],
  ]);
  wire(g, on(4), "state", [
    [284, 60],
    [346, 60],
  ]);
  wire(g, on(4), "state", [
    [374, 60],
    [450, 60],
  ]);
  wire(g, true, "state", [
    [45, 60],
    [45, 270],
  ]);
  wire(g, true, "input", [
    [45, 318],
    [45, 270],
  ]);
  wire(g, true, "baseline", [
    [45, 270],
    [360, 270],
    [360, 220],
  ]);
  for (const gate of [110, 270])
    wire(g, true, "baseline", [
      [gate, 270],
      [gate, 220],
    ]);
  wire(g, true, "state", [
    [110, 60],
    [110, 111],
  ]);
  wire(g, on(1), "forget", [
    [110, 190],
    [110, 139],
  ]);
  wire(g, on(2), "forget", [
    [124, 125],
    [200, 125],
    [200, 250],
    [340, 250],
    [340, 220],
  ]);
  wire(g, on(4), "forget", [
    [270, 190],
    [270, 74],
  ]);
  wire(g, on(4), "forget", [
    [270, 135],
    [292, 135],
  ]);
  wire(g, on(4), "store", [
    [338, 135],
    [346, 135],
  ]);
  wire(g, on(4), "store", [
    [360, 190],
    [360, 74],
  ]);
  node(g, on(1), "forget", 110, 205, "σ", 44);
  node(g, on(2), "forget", 110, 125, "×");
  node(g, on(3), "forget", 270, 205, "σ", 44);
  node(g, on(4), "forget", 270, 60, "×");
  node(g, on(4), "store", 315, 135, "1 − z", 46);
  node(g, on(4), "store", 360, 135, "×");
  node(g, on(2), "store", 360, 205, "tanh", 52);
  node(g, on(4), "state", 360, 60, "+");
  value(0, 10, 42, `h before ${many(p.h)}`, "state", "start");
  const column = (step, x, y, name, values, colour, anchor) =>
    [name, ...values.map((v) => fmt(v))].forEach((text, k) => value(step, x, y + 16 * k, text, colour, anchor));
  column(1, 138, 190, "r", s.r, "forget", "start");
  column(3, 240, 172, "z", s.z, "forget", "end");
  column(2, 394, 190, "h̃", s.h_tilde, "store", "start");
  value(4, 450, 42, `h ${many(s.h)}`, "state", "end");
  value(0, 56, 312, `x = ${many(x.slice(0, 1))}${x[1] ? ", store" : ""}${x[2] ? ", recall" : ""}`, "input", "start");
}
