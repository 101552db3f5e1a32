figures.loop = (section, data) => {
  const { W, U, b } = data.weights;
  const inputs = data.inputs.map((x) => [...x]);
  const last = inputs.length;
  const code = section.querySelector("[data-code]");
  const say = section.querySelector("[data-say]");
  let t = last - 1;
  let phase = 3; // 1: the input is read, 2: the output is computed, 3: it becomes the state
  let spread = 1; // 0: rolled up, 1: unrolled
  let states = [];
  const both = (h) => `[${h.map((v) => fmt(v)).join(", ")}]`;
  const earlier = (k) => (k ? states[k - 1].h : [0, 0]);

  const draw = stage(
    section,
    "chain",
    () => 262,
    () => (spread < 0.5 ? "One recurrent cell with a loop" : "The recurrent cell unrolled over four timesteps"),
    (svg, w, h) => {
      const room = w / (last + 0.6);
      const size = Math.min(room * 0.62, 150);
      const place = (k) => w / 2 + spread * (room * (k + 0.8) - w / 2);
      const middle = 130;
      const narrow = room < 165;
      const font = narrow ? 13 : 15;
      const reached = (k, p) => k < t || (k === t && phase >= p);
      const arrow = (into, x1, y1, x2, y2, colour, on) => {
        const line = into.append("g").attr("opacity", on ? 1 : 0.2);
        const angle = Math.atan2(y2 - y1, x2 - x1);
        line
          .append("line")
          .attr("x1", x1)
          .attr("y1", y1)
          .attr("x2", x2 - 6 * Math.cos(angle))
          .attr("y2", y2 - 6 * Math.sin(angle))
          .attr("stroke-width", 2.5)
          .style("stroke", `var(--${colour})`);
        line
          .append("path")
          .attr("d", "M0,0L-10,-5.5L-10,5.5Z")
          .attr("transform", `translate(${x2},${y2}) rotate(${(angle * 180) / Math.PI})`)
          .style("fill", `var(--${colour})`);
      };
      for (let k = last - 1; k >= 0; k--) {
        const shown = k === t ? 1 : spread;
        if (shown < 0.02) continue;
        const x = place(k);
        const group = svg.append("g").attr("opacity", shown);
        const start = k ? place(k - 1) + size / 2 : x - size / 2 - room * 0.22;
        if (spread > 0.98 || k === 0)
          arrow(
            group,
            Math.min(start, x - size / 2 - 14),
            middle,
            x - size / 2,
            middle,
            "state",
            k === 0 ? spread > 0.5 : reached(k - 1, 3),
          );
        arrow(group, x, 222, x, middle + 32, "input", reached(k, 1));
        arrow(group, x, middle - 32, x, 60, "output", reached(k, 2));
        group
          .append("rect")
          .attr("x", x - size / 2)
          .attr("y", middle - 30)
          .attr("width", size)
          .attr("height", 60)
          .attr("rx", 9)
          .style("fill", k === t ? "var(--faint)" : "var(--raised)")
          .style("stroke", k === t ? "var(--text)" : "var(--quiet)")
          .attr("stroke-width", k === t ? 3 : 1.5);
        write(group, x, size > 100 ? middle - 4 : middle + 5, size > 100 ? "tanh(W x + U h + b)" : "tanh", {
          size: size > 100 ? 12 : font,
          weight: 600,
        });
        write(group, x, middle + 17, size > 100 ? `${fmt(sum(k)[0])}, ${fmt(sum(k)[1])}` : "", {
          size: 12,
          class: "quiet",
        });
        write(group, x, 246, `x${"₁₂₃₄"[k]} = ${fmt(inputs[k][0])}`, { size: font, weight: 600, fill: "var(--input)" });
        if (reached(k, 2)) {
          write(group, x, narrow ? 32 : 46, narrow ? fmt(states[k].h[0]) : `h${"₁₂₃₄"[k]} = ${both(states[k].h)}`, {
            size: font,
            weight: 600,
            fill: "var(--state)",
          });
          if (narrow) write(group, x, 48, fmt(states[k].h[1]), { size: font, weight: 600, fill: "var(--state)" });
        }
      }
      if (spread < 0.98) {
        // the loop: from the output back into the cell
        const x = place(t);
        const r = 62;
        const loop = svg.append("g").attr("opacity", 1 - spread);
        loop
          .append("path")
          .attr("d", `M${x},${middle - 44}H${x + r + size / 2}V${middle}H${x + size / 2 + 8}`)
          .attr("fill", "none")
          .attr("stroke-width", 2.5)
          .style("stroke", "var(--state)")
          .attr("stroke-linejoin", "round");
        loop
          .append("path")
          .attr("d", `M${x + size / 2},${middle}l12,-6v12Z`)
          .style("fill", "var(--state)");
        write(loop, x + r + size / 2 + 8, middle - 16, `state ${both(phase === 3 ? states[t].h : earlier(t))}`, {
          anchor: "start",
          size: font,
          fill: "var(--state)",
        });
      }
      if (spread > 0.98)
        write(svg, Math.max(2, place(0) - size / 2 - room * 0.22), middle - 12, narrow ? "0" : "h₀ = 0", {
          anchor: "start",
          size: font,
          fill: "var(--state)",
        });
    },
  );

  const sum = (k) =>
    W.map((row, j) => row[0] * inputs[k][0] + U[j][0] * earlier(k)[0] + U[j][1] * earlier(k)[1] + b[j]);

  function update() {
    states = cells.run("simple_rnn", data.weights, inputs);
    const h = states[t].h;
    const lines = [
      ["state_t = 0", t === 0 && phase === 0],
      [`for input_t in input_sequence:`, phase === 1, `input_${t + 1} = ${fmt(inputs[t][0])}`],
      ["    output_t = tanh(W·input_t + U·state_t + b)", phase === 2, phase >= 2 ? `output_${t + 1} = ${both(h)}` : ""],
      ["    state_t = output_t", phase === 3, phase >= 3 ? `state_${t + 1} = ${both(h)}` : ""],
    ];
    code.replaceChildren(
      ...lines.map(([text, current, value]) => {
        const item = document.createElement("li");
        item.toggleAttribute("data-current", current);
        item.append(Object.assign(document.createElement("code"), { textContent: text }));
        if (value) item.append(Object.assign(document.createElement("b"), { textContent: value }));
        return item;
      }),
    );
    say.textContent = [
      "",
      `Step ${t + 1}: the cell reads x${"₁₂₃₄"[t]} = ${fmt(inputs[t][0])} and the state ${both(earlier(t))}.`,
      `Step ${t + 1}: it computes its output, ${both(h)}.`,
      `Step ${t + 1}: the output ${both(h)} is the state that the next step starts from.`,
    ][phase];
    draw();
  }
  function next() {
    if (phase < 3) phase += 1;
    else if (t < last - 1) [t, phase] = [t + 1, 1];
    else return false;
    update();
    return undefined;
  }
  states = cells.run("simple_rnn", data.weights, inputs);
  inputs.forEach((x, k) => {
    let ready = false; // the control reports its first value while it is made
    const slider = control(section, `x${k + 1}`, (value) => {
      if (ready) {
        x[0] = value;
        update();
      }
      return fmt(value);
    });
    slider.set(x[0]);
    ready = true;
  });
  let timer = null;
  control(section, "shape", (shape) => {
    const to = shape === "rolled" ? 0 : 1;
    timer?.stop();
    if (still.matches || to === spread) {
      spread = to;
      draw();
      return;
    }
    const from = spread;
    timer = d3.timer((elapsed) => {
      const share = Math.min(1, elapsed / 700);
      spread = from + (to - from) * d3.easeCubicInOut(share);
      draw();
      if (share === 1) timer.stop();
    });
  });
  button(section, "next", () => {
    if (next() === false) {
      [t, phase] = [0, 1];
      update();
    }
  });
  button(section, "back", () => {
    if (phase > 1) phase -= 1;
    else if (t) [t, phase] = [t - 1, 3];
    update();
  });
  player(section, next, 700);
  update();
};
