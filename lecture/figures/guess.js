figures.guess = (section, data) => {
  const { temperature, pressure, humidity, forecasts, start, lookback, delay } = data;
  const rounds = 10;
  const begin = +new Date(`${start.replace(" ", "T")}Z`);
  const models = {
    common_sense: ["common sense", "baseline", d3.symbolCircle],
    ridge: ["ridge", "baseline", d3.symbolSquare],
    gru: ["GRU", "gru", d3.symbolTriangle],
    best: ["best", "best", d3.symbolStar],
  };
  const [say, head, score] = ["say", "round", "score"].map((name) => section.querySelector(`[data-${name}]`));
  const first = lookback + delay;
  let game = 0;
  let round = 0;
  let shown = false; // whether this round's truth is shown
  let errors = []; // of each round played, by player

  // ten rounds spread over the weeks, at different hours of the day; another game has others
  const target = () => first + ((round * 53 + game * 17) % (temperature.length - first));
  const day = d3.utcFormat("%A %-d %B, %H:%M");

  const draw = stage(
    section,
    "days",
    (w) => (w < 600 ? 400 : 390),
    () => `Five days of temperature, pressure and humidity before ${day(begin + target() * 36e5)}`,
    (svg, w, h) => {
      const at = target();
      const now = at - delay;
      const right = w < 600 ? 112 : 172;
      const x = d3.scaleUtc([begin + (now - lookback) * 36e5, begin + at * 36e5], [36, w - right]);
      const seen = d3.range(now - lookback, now);
      const place = (t) => x(begin + t * 36e5);
      const warm = d3.extent(seen, (t) => temperature[t]);
      const floor = h - 170;
      const y = d3.scaleLinear([warm[0] - 6, warm[1] + 6], [floor, 30]);
      y.clamp(true);
      const curve = (values, scale, colour, width) =>
        svg
          .append("path")
          .datum(seen)
          .attr(
            "d",
            d3.line(
              (t) => place(t),
              (t) => scale(values[t]),
            ),
          )
          .attr("fill", "none")
          .attr("stroke-width", width)
          .style("stroke", `var(--${colour})`);
      beside(svg, y, 36, w - right - 36, "temperature (°C)", 5);
      curve(temperature, y, "text", 2.2);
      for (const [values, name, top] of [
        [pressure, "pressure (hPa)", floor + 30],
        [humidity, "relative humidity (%)", floor + 86],
      ]) {
        const scale = d3
          .scaleLinear(
            d3.extent(seen, (t) => values[t]),
            [top + 36, top + 6],
          )
          .nice(3);
        beside(svg, scale, 36, w - right - 36, "", 2);
        write(svg, 40, top + 2, name, { anchor: "start", size: 12, class: "quiet" });
        curve(values, scale, "quiet", 1.6);
      }
      below(svg, x, h - 28, "", w < 600 ? 3 : 6, d3.utcFormat("%a %-d"));
      const column = place(at);
      svg
        .append("rect")
        .attr("x", place(now))
        .attr("width", column - place(now))
        .attr("y", 24)
        .attr("height", floor - 18)
        .style("fill", "var(--faint)");
      write(svg, (place(now) + column) / 2, 20, w < 600 ? "?" : "a day later", { size: 13, class: "quiet" });
      svg
        .append("line")
        .attr("x1", column)
        .attr("x2", column)
        .attr("y1", 24)
        .attr("y2", floor + 6)
        .style("stroke", "var(--quiet)")
        .attr("stroke-dasharray", "3 3");
      const marks = [["you", guess.value, "you", d3.symbolCross]];
      if (shown) {
        for (const [name, [label, colour, shape]] of Object.entries(models))
          marks.push([label, forecasts[name][at - first], colour, shape]);
        marks.push(["truth", temperature[at], "text", d3.symbolDiamond]);
        const hidden = d3.range(now - 1, at + 1);
        svg
          .append("path")
          .datum(hidden)
          .attr(
            "d",
            d3.line(
              (t) => place(t),
              (t) => y(temperature[t]),
            ),
          )
          .attr("fill", "none")
          .attr("stroke-width", 1.8)
          .attr("stroke-dasharray", "2 3")
          .style("stroke", "var(--text)");
      }
      // labels keep their order and a distance
      marks.sort((a, b) => b[1] - a[1]);
      const heights = marks.map((mark) => y(mark[1]));
      for (let k = 1; k < marks.length; k++) heights[k] = Math.max(heights[k], heights[k - 1] + 17);
      const over = Math.max(0, heights[heights.length - 1] - (floor + 8));
      for (let k = marks.length - 1, limit = floor + 8; over && k >= 0; k--, limit -= 17)
        heights[k] = Math.min(heights[k], limit);
      marks.forEach(([label, degrees, colour, shape], k) => {
        svg
          .append("line")
          .attr("x1", column)
          .attr("x2", column + 24)
          .attr("y1", y(degrees))
          .attr("y2", heights[k])
          .style("stroke", `var(--${colour})`);
        svg
          .append("path")
          .attr("d", d3.symbol(shape, label === "truth" || label === "you" ? 150 : 90)())
          .attr("transform", `translate(${column},${y(degrees)})`)
          .style("fill", `var(--${colour})`)
          .style("stroke", "var(--raised)");
        write(
          svg,
          column + 27,
          heights[k] + 5,
          `${w < 600 && label === "common sense" ? "common" : label} ${fmt(degrees, 1)}`,
          { anchor: "start", size: w < 600 ? 12 : 14, weight: 600, fill: `var(--${colour})` },
        );
      });
      const surface = svg
        .append("rect")
        .attr("class", "drag")
        .attr("x", place(now))
        .attr("width", w - place(now))
        .attr("y", 24)
        .attr("height", floor - 18)
        .attr("fill", "transparent")
        .style("touch-action", "none");
      const move = (event) => shown || guess.set(Math.round(y.invert(event.y) * 10) / 10);
      surface.call(d3.drag().container(svg.node().ownerSVGElement).on("start", move).on("drag", move));
    },
  );

  const players = () => ({ you: ["you", "you"], ...models });
  function tell() {
    head.textContent = `Round ${Math.min(round + 1, rounds)} of ${rounds}. How warm will it be on ${day(begin + target() * 36e5)}?`;
    const all = Object.entries(players());
    const row = (title, value) =>
      `<tr><th scope="row">${title}</th>${all.map(([name]) => `<td>${errors.length ? value(name) : "–"}</td>`).join("")}</tr>`;
    score.innerHTML =
      `<thead><tr><th scope="col">error in °C</th>${all.map(([, [label, colour]]) => `<th scope="col" style="color:var(--${colour});font-weight:600">${label}</th>`).join("")}</tr></thead>` +
      `<tbody>${row("last round", (name) => fmt(errors[errors.length - 1][name], 1))}${row(
        `mean of ${errors.length}`,
        (name) =>
          `<strong>${fmt(
            d3.mean(errors, (e) => e[name]),
            2,
          )}</strong>`,
      )}</tbody>`;
    press.textContent = !shown ? "Guess" : round < rounds - 1 ? "Next round" : "Play again";
    guess.inputs[0].disabled = shown;
    draw();
  }
  function begins() {
    shown = false;
    // the marker waits in the middle of what the picture shows
    const now = target() - delay;
    guess.set(Math.round(d3.mean(d3.range(now - lookback, now), (t) => temperature[t]) * 10) / 10);
    say.textContent = "Move the marker at the right, or the slider. Then press Guess.";
    tell();
  }
  function reveal() {
    shown = true;
    const truth = temperature[target()];
    const error = { you: Math.abs(guess.value - truth) };
    for (const name in models) error[name] = Math.abs(forecasts[name][target() - first] - truth);
    errors.push(error);
    const nearest = Object.keys(error).reduce((a, b) => (error[b] < error[a] ? b : a));
    const label = players()[nearest][0];
    say.textContent = `It was ${fmt(truth, 1)} °C. You were ${fmt(error.you, 1)} °C off. Nearest: ${label}.`;
    if (round === rounds - 1) {
      const mean = (name) => d3.mean(errors, (e) => e[name]);
      const beaten = Object.keys(models)
        .filter((name) => mean("you") < mean(name))
        .map((name) => models[name][0]);
      say.textContent += ` Over ten rounds you were ${fmt(mean("you"), 2)} °C off on average. ${beaten.length ? `You beat ${beaten.join(", ")}.` : "You beat none of the models."}`;
    }
    tell();
  }
  function start_again() {
    game += 1;
    round = 0;
    errors = [];
    begins();
  }
  let ready = false;
  const guess = control(section, "guess", (degrees) => {
    if (ready) draw();
    return `${fmt(degrees, 1)} °C`;
  });
  const press = button(section, "guessed", () => {
    if (!shown) reveal();
    else if (round < rounds - 1) {
      round += 1;
      begins();
    } else start_again();
  });
  button(section, "again", start_again);
  begins();
  ready = true;
};
