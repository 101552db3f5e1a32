figures.lstm = (section, data) => {
  const inputs = data.inputs.map((x) => [...x]);
  const say = section.querySelector("[data-say]");
  const list = section.querySelector("[data-steps]");
  let kind = "lstm";
  let now = 1; // the timestep, from 0
  let lit = 4; // how many of the four steps have lit up
  let steps = [];

  const before = () => (now ? steps[now - 1] : cells.zeros(kind, data.weights[kind]));
  const answer = (step) => step.h.reduce((sum, h, k) => sum + h * data.weights[kind].answer[k], 0);
  const wanted = () => {
    let last = 0;
    return inputs.map(([number, store, recall]) => {
      if (store) last = number;
      return recall ? last : 0;
    });
  };
  const titles = { lstm: ["4-1", "4-2", "4-3", "4-4"], coupled_lstm: ["1", "2", "3", "4"], gru: ["1", "2", "3", "4"] };

  const drawCell = stage(
    section,
    "cell",
    (w, big) => Math.min(big ? 255 : 360, w * 0.72),
    () => `The ${kind === "gru" ? "GRU" : "LSTM"} cell at timestep ${now + 1} with its numbers`,
    (svg, w, h) => {
      const scale = Math.min(w / 460, h / 330);
      const g = svg.append("g").attr("transform", `translate(${(w - 460 * scale) / 2},0) scale(${scale})`);
      (kind === "gru" ? gruDiagram : lstmDiagram)(g, steps[now], before(), inputs[now], lit, kind === "coupled_lstm");
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
      svg
        .append("rect")
        .attr("x", x(now) - 3)
        .attr("y", 2)
        .attr("width", x.bandwidth() + 6)
        .attr("height", bottom + 18)
        .attr("rx", 5)
        .style("fill", "var(--faint)");
      const tops = [];
      let top = 6;
      for (const [name, colour, values, most, height] of rows()) {
        tops.push(top);
        const y = d3.scaleLinear([most < 0 ? most : 0, Math.abs(most)], [top + height - 5, top + 1]).clamp(true);
        write(svg, left - 8, top + height / 2 + 3, w < 500 ? name.split(" ")[0] : name, {
          anchor: "end",
          size: 13,
          fill: `var(--${colour})`,
        });
        svg
          .append("line")
          .attr("x1", left)
          .attr("x2", w)
          .attr("y1", y(0))
          .attr("y2", y(0))
          .style("stroke", "var(--rule)");
        inputs.forEach((_, t) => {
          const value = values(t);
          const column = svg.append("g").attr("opacity", t > now ? 0.25 : 1);
          column
            .append("rect")
            .attr("x", x(t))
            .attr("width", x.bandwidth())
            .attr("y", Math.min(y(0), y(value)))
            .attr("height", Math.max(1, Math.abs(y(value) - y(0))))
            .style("fill", `var(--${colour})`);
          if (name === "answer")
            column
              .append("line")
              .attr("x1", x(t) - 1)
              .attr("x2", x(t) + x.bandwidth() + 1)
              .attr("y1", y(target[t]))
              .attr("y2", y(target[t]))
              .style("stroke", "var(--text)")
              .attr("stroke-width", 2.5);
        });
        top += height;
      }
      inputs.forEach((_, t) => write(svg, x(t) + x.bandwidth() / 2, bottom + 14, t + 1, { size: 12, class: "quiet" }));
      write(svg, (left + w) / 2, bottom + 32, "timestep; black lines are the right answers", {
        size: 12,
        class: "quiet",
      });
      // a press chooses a timestep; in the first rows it changes the input
      const surface = svg
        .append("rect")
        .attr("x", left)
        .attr("width", w - left)
        .attr("height", bottom)
        .attr("fill", "transparent")
        .attr("class", "drag");
      let row = null;
      const at = (event) => Math.max(0, Math.min(inputs.length - 1, Math.floor((event.x - left) / x.step())));
      surface.call(
        d3
          .drag()
          .container(svg.node().ownerSVGElement)
          .on("start", (event) => {
            row = d3.bisect(tops, event.y) - 1;
            go(at(event), 4);
            if (row === 1 || row === 2) change(row, 1 - inputs[now][row]);
          })
          .on("drag", (event) => {
            if (row === 0) change(0, Math.max(-1, Math.min(1, Math.round(((2 * (6 + 16 - event.y)) / 30) * 20) / 20)));
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
    const found = STEPS[kind](steps[now], before());
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
    say.textContent =
      `Timestep ${now + 1}: the number ${fmt(number)}, ${flags}. ` +
      (lit === 4
        ? `Answer ${fmt(answer(steps[now]))}, right is ${fmt(wanted()[now])}.`
        : found[Math.max(0, lit - 1)][4]);
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
