figures.lstm = (section, data) => {
  const inputs = data.inputs.map((x) => [...x]);
  const say = section.querySelector("[data-say]");
  const list = section.querySelector("[data-steps]");
  let kind = "lstm";
  let now = 1; // the timestep, from 0
  let lit = 4; // how many of the four steps have lit up
  let steps = [];

  const many = (values, digits = 2) => values.map((value) => fmt(value, digits)).join(", ");
  const before = () => (now ? steps[now - 1] : cells.zeros(kind, data.weights[kind]));
  const answer = (step) => step.h.reduce((sum, h, k) => sum + h * data.weights[kind].answer[k], 0);
  const wanted = () => {
    let last = 0;
    return inputs.map(([number, store, recall]) => {
      if (store) last = number;
      return recall ? last : 0;
    });
  };
  const share = (value) => (value > 0.9 ? "open" : value < 0.1 ? "closed" : "partly open");

  // each network's four steps: a name, a formula, its colour, and a sentence about these values
  const explained = {
    lstm: (s, p) => [
      ["Forget", "f = σ(W_f · [h, x] + b_f)", many(s.f), "forget", s.f[0] > 0.9 ? "The gate is open: the old number stays." : s.f[0] < 0.1 ? "The gate is closed: the old number is thrown away." : "A part of the old number stays."],
      ["Let in", "i = σ(W_i · [h, x] + b_i),  C̃ = tanh(W_C · [h, x] + b_C)", `i = ${many(s.i)},  C̃ = ${many(s.C_tilde)}`, "store", s.i[0] > 0.5 ? "The gate is open: the candidate comes in." : s.i[0] < 0.1 ? "The gate is closed: the candidate stays out." : "A part of the candidate comes in."],
      ["Update the cell state", "C = f · C_before + i · C̃", `${many(s.f)} · ${many(p.C)} + ${many(s.i)} · ${many(s.C_tilde)} = ${many(s.C)}`, "state", Math.abs(s.C[0] - p.C[0]) < 0.02 ? "The cell state has not changed." : "The cell state has changed."],
      ["Output", "o = σ(W_o · [h, x] + b_o),  h = o · tanh(C)", `o = ${many(s.o)},  h = ${many(s.h)}`, "output", `The gate is ${share(s.o[0])}. ${s.o[0] > 0.5 ? "The number goes out." : "The cell state stays hidden."}`],
    ],
    coupled_lstm: (s, p) => [
      ["Forget", "f = σ(W_f · [h, x] + b_f)", many(s.f), "forget", s.f[0] > 0.9 ? "The gate is open: the old number stays." : s.f[0] < 0.1 ? "The gate is closed: the old number is thrown away." : "A part of the old number stays."],
      ["Let in what replaces it", "1 − f,  C̃ = tanh(W_C · [h, x] + b_C)", `1 − f = ${many(s.f.map((f) => 1 - f))},  C̃ = ${many(s.C_tilde)}`, "store", "There is no input gate. What is forgotten makes room for exactly as much."],
      ["Update the cell state", "C = f · C_before + (1 − f) · C̃", `${many(s.f)} · ${many(p.C)} + ${many(s.f.map((f) => 1 - f))} · ${many(s.C_tilde)} = ${many(s.C)}`, "state", Math.abs(s.C[0] - p.C[0]) < 0.02 ? "The cell state has not changed." : "The cell state has changed."],
      ["Output", "o = σ(W_o · [h, x] + b_o),  h = o · tanh(C)", `o = ${many(s.o)},  h = ${many(s.h)}`, "output", `The gate is ${share(s.o[0])}. ${s.o[0] > 0.5 ? "The number goes out." : "The cell state stays hidden."}`],
    ],
    gru: (s, p) => [
      ["Reset", "r = σ(W_r x + U_r h + b_r)", many(s.r), "forget", "How much of the old state the candidate may see."],
      ["Candidate", "h̃ = tanh(W_h x + b_h + r · (U_h h + b_U))", many(s.h_tilde), "store", "What could come in, for each of the three units."],
      ["Update gate", "z = σ(W_z x + U_z h + b_z)", many(s.z), "forget", "One gate forgets and lets in: z keeps the old, 1 − z takes the new."],
      ["New state", "h = z · h_before + (1 − z) · h̃", many(s.h), "state", "A GRU has no output gate. Its state is its output, so it uses more units for this task."],
    ],
  };
  const titles = { lstm: ["4-1", "4-2", "4-3", "4-4"], coupled_lstm: ["1", "2", "3", "4"], gru: ["1", "2", "3", "4"] };

  const drawCell = stage(
    section,
    "cell",
    (w, big) => Math.min(big ? 300 : 360, w * 0.72),
    () => `The ${kind === "gru" ? "GRU" : "LSTM"} cell at timestep ${now + 1} with its numbers`,
    (svg, w, h) => {
      const scale = Math.min(w / 460, h / 330);
      const g = svg.append("g").attr("transform", `translate(${(w - 460 * scale) / 2},0) scale(${scale})`);
      (kind === "gru" ? gruDiagram : lstmDiagram)(g, steps[now], before(), inputs[now], lit, kind === "coupled_lstm", many);
    },
  );

  const drawTime = stage(
    section,
    "time",
    () => d3.sum(rows(), (row) => row[4]) + 46,
    "Inputs, gates, state and answer over all timesteps",
    (svg, w) => {
      const left = w < 500 ? 64 : 110;
      const x = d3.scaleBand(d3.range(inputs.length), [left, w]).paddingInner(0.12);
      const target = wanted();
      const bottom = 6 + d3.sum(rows(), (row) => row[4]);
      svg.append("rect").attr("x", x(now) - 3).attr("y", 2).attr("width", x.bandwidth() + 6).attr("height", bottom + 18).attr("rx", 5).style("fill", "var(--faint)");
      const tops = [];
      let top = 6;
      for (const [name, colour, values, most, height] of rows()) {
        tops.push(top);
        const y = d3.scaleLinear([most < 0 ? most : 0, Math.abs(most)], [top + height - 5, top + 1]).clamp(true);
        write(svg, left - 8, top + height / 2 + 3, w < 500 ? name.split(" ")[0] : name, { anchor: "end", size: 13, fill: `var(--${colour})` });
        svg.append("line").attr("x1", left).attr("x2", w).attr("y1", y(0)).attr("y2", y(0)).style("stroke", "var(--rule)");
        inputs.forEach((_, t) => {
          const value = values(t);
          const column = svg.append("g").attr("opacity", t > now ? 0.25 : 1);
          column.append("rect").attr("x", x(t)).attr("width", x.bandwidth()).attr("y", Math.min(y(0), y(value)))
            .attr("height", Math.max(1, Math.abs(y(value) - y(0)))).style("fill", `var(--${colour})`);
          if (name === "answer") column.append("line").attr("x1", x(t) - 1).attr("x2", x(t) + x.bandwidth() + 1).attr("y1", y(target[t])).attr("y2", y(target[t])).style("stroke", "var(--text)").attr("stroke-width", 2.5);
        });
        top += height;
      }
      inputs.forEach((_, t) => write(svg, x(t) + x.bandwidth() / 2, bottom + 14, t + 1, { size: 12, class: "quiet" }));
      write(svg, (left + w) / 2, bottom + 32, "timestep; black lines are the right answers", { size: 12, class: "quiet" });
      // a press chooses a timestep; in the first rows it changes the input
      const surface = svg.append("rect").attr("x", left).attr("width", w - left).attr("height", bottom).attr("fill", "transparent").attr("class", "drag");
      let row = null;
      const at = (event) => Math.max(0, Math.min(inputs.length - 1, Math.floor((event.x - left) / x.step())));
      surface.call(
        d3.drag().container(svg.node())
          .on("start", (event) => {
            row = d3.bisect(tops, event.y) - 1;
            go(at(event), 4);
            if (row === 1 || row === 2) change(row, 1 - inputs[now][row]);
          })
          .on("drag", (event) => {
            if (row === 0) change(0, Math.max(-1, Math.min(1, Math.round((2 * (6 + 16 - event.y)) / 30 * 20) / 20)));
            else go(at(event), 4);
          }),
      );
    },
  );

  /** The rows of the picture below: a name, a colour, the values, the largest (minus: both signs) and the height. */
  function rows() {
    const first = (name) => (t) => steps[t][name][0];
    const state = kind === "gru" ? "h" : "C";
    const most = -d3.max(steps, (step) => d3.max(step[state], Math.abs));
    const flags = [
      ["number", "input", (t) => inputs[t][0], -1, 34],
      ["store", "input", (t) => inputs[t][1], 1, 22],
      ["recall", "input", (t) => inputs[t][2], 1, 22],
    ];
    const last = ["answer", "output", (t) => answer(steps[t]), -1, 38];
    if (kind === "gru")
      return [
        ...flags,
        ...d3.range(steps[0].h.length).map((k) => [`keeps z${"₁₂₃"[k]}`, "forget", (t) => steps[t].z[k], 1, 28]),
        ...d3.range(steps[0].h.length).map((k) => [`state h${"₁₂₃"[k]}`, "state", (t) => steps[t].h[k], most, 34]),
        last,
      ];
    const into = kind === "lstm" ? [["input gate", "store", first("i"), 1, 28]] : [];
    return [
      ...flags,
      ["forget gate", "forget", first("f"), 1, 28],
      ...into,
      ["cell state", "state", first("C"), most, 38],
      ["output gate", "output", first("o"), 1, 28],
      last,
    ];
  }

  function update() {
    steps = cells.run(kind, data.weights[kind], inputs);
    const found = explained[kind](steps[now], before());
    list.replaceChildren(
      ...found.map(([title, formula, numbers, colour, words], k) => {
        const item = document.createElement("li");
        item.className = "moves";
        item.style.setProperty("--colour", `var(--${colour})`);
        item.toggleAttribute("data-lit", k < lit);
        item.toggleAttribute("data-current", k === lit - 1);
        item.innerHTML = `<strong></strong><b></b><span></span><code></code>`;
        item.children[0].textContent = `${titles[kind][k]}  ${title}`;
        item.children[1].textContent = numbers;
        item.children[2].textContent = words;
        item.children[3].textContent = formula;
        return item;
      }),
    );
    const [number, store, recall] = inputs[now];
    const flags = store && recall ? "store and recall" : store ? "store" : recall ? "recall" : "no flag";
    say.textContent = `Timestep ${now + 1}: the number ${fmt(number)}, ${flags}. ` + (lit === 4 ? `Answer ${fmt(answer(steps[now]))}, right is ${fmt(wanted()[now])}.` : found[Math.max(0, lit - 1)][4]);
    drawCell();
    drawTime();
  }

  function go(t, step) {
    now = t;
    lit = step;
    ticks.t.set(now + 1);
    ticks.number.set(inputs[now][0]);
    ticks.store.set(Boolean(inputs[now][1]));
    ticks.recall.set(Boolean(inputs[now][2]));
    update();
  }
  function change(which, value) {
    inputs[now][which] = Number(value);
    go(now, lit);
  }
  function next() {
    if (lit < 4) go(now, lit + 1);
    else if (now < inputs.length - 1) go(now + 1, 1);
    else return false;
    return undefined;
  }

  steps = cells.run(kind, data.weights[kind], inputs);
  let ready = false; // the controls report their first values while they are made
  const ticks = {
    t: control(section, "t", (t) => {
      if (ready && t - 1 !== now) go(t - 1, 4);
      return t;
    }),
    number: control(section, "number", (value) => {
      if (ready && value !== inputs[now][0]) change(0, value);
      return fmt(value);
    }),
    store: control(section, "store", (on) => ready && Number(on) !== inputs[now][1] && change(1, on)),
    recall: control(section, "recall", (on) => ready && Number(on) !== inputs[now][2] && change(2, on)),
  };
  control(section, "kind", (value) => {
    kind = value;
    if (ready) update();
  });
  button(section, "next", () => next() === false && go(0, 1));
  button(section, "back", () => (lit > 1 ? go(now, lit - 1) : now ? go(now - 1, 4) : undefined));
  button(section, "reset", () => {
    data.inputs.forEach((x, t) => (inputs[t] = [...x]));
    go(now, lit);
  });
  player(section, next);
  ready = true;
  go(1, 4);
};

/** A path that lights up with its step. */
const wire = (g, lit, colour, points) =>
  g.append("path").attr("class", "moves").attr("d", d3.line()(points)).attr("fill", "none").attr("stroke-width", 2.5)
    .attr("stroke-linejoin", "round").style("stroke", `var(--${colour})`).attr("opacity", lit ? 1 : 0.2);

/** A gate or an operation: a box with a letter, a circle without `wide`. */
function node(g, lit, colour, x, y, text, wide = 0) {
  const place = g.append("g").attr("class", "moves").attr("opacity", lit ? 1 : 0.3).attr("transform", `translate(${x},${y})`);
  if (wide) place.append("rect").attr("x", -wide / 2).attr("y", -15).attr("width", wide).attr("height", 30).attr("rx", 6).style("fill", `var(--${colour})`);
  else place.append("circle").attr("r", 14).style("fill", "var(--raised)").style("stroke", `var(--${colour})`).attr("stroke-width", 2.5);
  write(place, 0, 5, text, { size: wide ? 15 : 18, weight: 600, fill: wide ? "var(--ground)" : `var(--${colour})` });
}

/** The LSTM's cell as the slides draw it, 460 by 330, with the numbers of this timestep. */
function lstmDiagram(g, s, p, x, lit, coupled, many) {
  const on = (step) => lit >= step;
  const value = (step, x, y, text, colour, anchor = "middle") => on(step) && write(g, x, y, text, { size: 15, weight: 600, fill: `var(--${colour})`, anchor });
  wire(g, true, "state", [[10, 60], [81, 60]]);
  wire(g, on(3), "state", [[109, 60], [201, 60]]);
  wire(g, on(3), "state", [[229, 60], [450, 60]]);
  wire(g, true, "input", [[45, 318], [45, 270]]);
  wire(g, true, "output", [[10, 270], [45, 270]]);
  wire(g, true, "baseline", [[45, 270], [330, 270], [330, 220]]);
  for (const gate of coupled ? [95, 255] : [95, 175, 255]) wire(g, true, "baseline", [[gate, 270], [gate, 220]]);
  wire(g, on(1), "forget", [[95, 190], [95, 74]]);
  if (coupled) {
    wire(g, on(2), "forget", [[95, 135], [141, 135]]);
    wire(g, on(2), "store", [[179, 135], [201, 135]]);
    node(g, on(2), "store", 160, 135, "1 − f", 46);
  } else wire(g, on(2), "store", [[175, 190], [175, 135], [201, 135]]);
  wire(g, on(2), "store", [[255, 190], [255, 135], [229, 135]]);
  wire(g, on(3), "store", [[215, 121], [215, 74]]);
  wire(g, on(4), "state", [[395, 60], [395, 92]]);
  wire(g, on(4), "output", [[395, 122], [395, 156]]);
  wire(g, on(4), "output", [[330, 190], [330, 170], [381, 170]]);
  wire(g, on(4), "output", [[395, 184], [395, 270], [450, 270]]);
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
  value(4, 338, 160, `o ${many(s.o)}`, "output", "start");
  value(4, 450, 292, `h ${many(s.h)}`, "output", "end");
  value(0, 8, 256, `h ${many(p.h)}`, "output", "start");
  value(0, 56, 312, `x = ${many(x.slice(0, 1))}${x[1] ? ", store" : ""}${x[2] ? ", recall" : ""}`, "input", "start");
}

/** The GRU's cell, likewise. */
function gruDiagram(g, s, p, x, lit, coupled, many) {
  const on = (step) => lit >= step;
  const value = (step, x, y, text, colour, anchor = "middle") => on(step) && write(g, x, y, text, { size: 15, weight: 600, fill: `var(--${colour})`, anchor });
  wire(g, true, "state", [[10, 60], [256, 60]]);
  wire(g, on(4), "state", [[284, 60], [346, 60]]);
  wire(g, on(4), "state", [[374, 60], [450, 60]]);
  wire(g, true, "state", [[45, 60], [45, 270]]);
  wire(g, true, "input", [[45, 318], [45, 270]]);
  wire(g, true, "baseline", [[45, 270], [360, 270], [360, 220]]);
  for (const gate of [110, 270]) wire(g, true, "baseline", [[gate, 270], [gate, 220]]);
  wire(g, true, "state", [[110, 60], [110, 111]]);
  wire(g, on(1), "forget", [[110, 190], [110, 139]]);
  wire(g, on(2), "forget", [[124, 125], [200, 125], [200, 250], [340, 250], [340, 220]]);
  wire(g, on(4), "forget", [[270, 190], [270, 74]]);
  wire(g, on(4), "forget", [[270, 135], [302, 135]]);
  wire(g, on(4), "store", [[348, 135], [360, 135]]);
  wire(g, on(4), "store", [[360, 190], [360, 74]]);
  node(g, on(1), "forget", 110, 205, "σ", 44);
  node(g, on(2), "forget", 110, 125, "×");
  node(g, on(3), "forget", 270, 205, "σ", 44);
  node(g, on(4), "forget", 270, 60, "×");
  node(g, on(4), "store", 325, 135, "1 − z", 46);
  node(g, on(4), "store", 360, 135, "×");
  node(g, on(2), "store", 360, 205, "tanh", 52);
  node(g, on(4), "state", 360, 60, "+");
  value(0, 10, 42, `h before ${many(p.h)}`, "state", "start");
  value(1, 118, 165, `r ${many(s.r)}`, "forget", "start");
  value(3, 262, 168, `z ${many(s.z)}`, "forget", "end");
  value(2, 368, 178, `h̃ ${many(s.h_tilde, 1)}`, "store", "start");
  value(4, 450, 42, `h ${many(s.h)}`, "state", "end");
  value(0, 56, 312, `x = ${many(x.slice(0, 1))}${x[1] ? ", store" : ""}${x[2] ? ", recall" : ""}`, "input", "start");
}
