figures.attention = (section, data) => {
  const say = (panel, text) => (section.querySelector(`[data-say=${panel}]`).textContent = text);
  control(section, "panel", (shown) => {
    for (const panel of section.querySelectorAll("[data-panel]")) panel.hidden = panel.dataset.panel !== shown;
  });
  shadedReview(section, data.reviews, (text) => say("reviews", text));
  shadedWeather(section, data.weather, (text) => say("weather", text));
};

// as imdb/sentences.py and imdb/vocabulary.py split a text
const LINE = /<br\s*\/?>|\n/;
const END =
  /(?<!\bMr\.)(?<!\bMrs\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bSt\.)(?<!\bvs\.)(?<!\b[A-Z]\.)(?<=[.!?…"'”’)\]])(?<![^.!?…]["'”’)\]])\s+(?=["'“‘([]?[A-Z0-9])/;
const SEPARATORS = /[!"#$%&()*+,\-./:;<=>?@[\\\]^_`{|}~\t\n]/g;
const splitWords = (text) => text.toLowerCase().replace(SEPARATORS, " ").split(/\s+/).filter(Boolean);
const splitSentences = (text) =>
  text
    .split(LINE)
    .flatMap((line) => line.split(END))
    .map(splitWords)
    .filter((words) => words.length);

/** A review, its sentences and words shaded by their weight, beyond what an even share would give them. */
function shadedReview(section, data, say) {
  const network = unpackAll(data.network);
  const codes = new Map(data.words.map((word, k) => [word, k + 4])); // 0 padding, 1 start, 2 unknown; ranks begin at 4
  const box = section.querySelector("[name=review]");
  const list = section.querySelector("[data-sentences]");
  const choice = section.querySelector("[name=example]");
  data.examples.forEach(([name], k) => choice.append(new Option(name, k)));
  choice.append(new Option("your own", "own"));

  function update() {
    const sentences = splitSentences(box.value)
      .slice(-data.sentences)
      .map((words) => words.slice(0, data.length));
    if (!sentences.length) {
      list.replaceChildren();
      say("Write a sentence.");
      return;
    }
    const read = cells.readReview(
      network,
      sentences.map((words) => words.map((word) => codes.get(word) ?? 2)),
    );
    section.dataset.positive = read.positive;
    // a weight as a multiple of an even share; a word's times the root of its sentence's
    const shares = read.sentences.map((weight) => weight * sentences.length);
    const shades = read.words.map((weights, s) =>
      weights.map((weight) => weight * weights.length * Math.sqrt(shares[s])),
    );
    const most = Math.max(2, d3.max(shades.flat()));
    const shade = (multiple) => Math.max(0, (multiple - 0.8) / (most - 0.8));
    list.replaceChildren(
      ...sentences.map((words, s) => {
        const item = document.createElement("li");
        const share = document.createElement("b");
        share.textContent = `${Math.round(100 * read.sentences[s])} %`;
        share.style.setProperty("--shade", shade(shares[s]));
        const text = document.createElement("span");
        words.forEach((word, w) => {
          const mark = document.createElement("mark");
          mark.textContent = word;
          mark.style.setProperty("--shade", shade(shades[s][w]));
          mark.title = codes.has(word)
            ? `${Math.round(100 * read.words[s][w])} % of its sentence`
            : "a word that the network doesn't know";
          text.append(mark, " ");
        });
        item.append(share, text);
        return item;
      }),
    );
    const sure = Math.round(100 * read.positive);
    const top = shades
      .flatMap((row, s) => row.map((shade, w) => [shade, sentences[s][w]]))
      .sort((a, b) => b[0] - a[0])
      .slice(0, 3);
    say(
      `${sure >= 50 ? "Positive" : "Negative"}: the network gives this review ${sure} % for positive. It looks most at ${top.map(([, word]) => `“${word}”`).join(", ")}.`,
    );
  }
  box.addEventListener("input", () => {
    choice.value = "own";
    update();
  });
  choice.addEventListener("input", () => {
    if (choice.value !== "own") box.value = data.examples[choice.value][1];
    else box.value = "";
    if (choice.value === "own") box.focus();
    update();
  });
  box.value = data.examples[0][1];
  update();
}

/** Five days of weather, each hour with its weight. */
function shadedWeather(section, data, say) {
  const encoder = unpackAll(data.encoder);
  const columns = Object.values(data.columns);
  const temperature = data.columns["T (degC)"];
  const column = Object.keys(data.columns).indexOf("T (degC)");
  const begin = +new Date(`${data.start.replace(" ", "T")}Z`);
  const { lookback, delay } = data;
  const moment = d3.utcFormat("%-d %B, %H:%M");
  let [hour, read] = [303, null];
  const draw = stage(
    section,
    "weather",
    (w, big) => (big ? 400 : 360),
    () => `Temperature over five days before ${moment(begin + hour * 36e5)} and the weight of each hour`,
    (svg, w, h) => {
      const seen = d3.range(hour - lookback, hour);
      const x = d3.scaleUtc([begin + (hour - lookback) * 36e5, begin + (hour + delay) * 36e5], [40, w - 40]);
      const place = (t) => x(begin + t * 36e5);
      const degrees = [...seen.map((t) => temperature[t]), read.celsius, temperature[hour + delay]];
      const y = d3.scaleLinear(d3.extent(degrees), [h * 0.5, 34]).nice(4);
      beside(svg, y, 40, w - 80, "temperature (°C), larger dots weigh more", 4);
      svg
        .append("path")
        .attr(
          "d",
          d3.line(
            (t) => place(t),
            (t) => y(temperature[t]),
          )(seen),
        )
        .attr("fill", "none")
        .attr("stroke-width", 1.6)
        .style("stroke", "var(--text)");
      const most = d3.max(read.shares);
      svg
        .append("g")
        .selectAll("circle")
        .data(seen)
        .join("circle")
        .attr("cx", place)
        .attr("cy", (t) => y(temperature[t]))
        .attr("r", (t, k) => 2 + 9 * Math.sqrt(read.shares[k] / most))
        .style("fill", "var(--attend)")
        .style("stroke", "var(--text)")
        .attr("stroke-width", 0.7);
      const end = place(hour + delay);
      svg
        .append("path")
        .attr("d", d3.symbol(d3.symbolDiamond, 120)())
        .attr("transform", `translate(${end},${y(temperature[hour + delay])})`)
        .style("fill", "var(--text)");
      svg
        .append("path")
        .attr("d", d3.symbol(d3.symbolSquare, 100)())
        .attr("transform", `translate(${end},${y(read.celsius)})`)
        .style("fill", "var(--output)");
      const apart =
        Math.abs(y(read.celsius) - y(temperature[hour + delay])) < 16
          ? read.celsius > temperature[hour + delay]
            ? -9
            : 9
          : 0;
      write(svg, end - 10, y(temperature[hour + delay]) + 5 - apart, "truth", { anchor: "end", size: 13, weight: 600 });
      write(svg, end - 10, y(read.celsius) + 5 + apart, "forecast", {
        anchor: "end",
        size: 13,
        weight: 600,
        fill: "var(--output)",
      });
      const z = d3.scaleLinear([0, 100 * most], [h - 52, h * 0.5 + 52]).nice(3);
      beside(svg, z, 40, w - 80, "", 3);
      write(svg, 0, h * 0.5 + 38, "weight (%)", { anchor: "start", size: 12, class: "quiet" });
      const thick = Math.max(1.5, (place(1) - place(0)) * 0.85);
      seen.forEach((t, k) => {
        svg
          .append("rect")
          .attr("x", place(t) - thick / 2)
          .attr("width", thick)
          .attr("y", z(100 * read.shares[k]))
          .attr("height", z(0) - z(100 * read.shares[k]))
          .style("fill", "var(--attend)")
          .style("stroke", "var(--text)")
          .attr("stroke-width", 0.4);
      });
      below(svg, x, h - 44, "October and November 2014", w < 600 ? 3 : 6, d3.utcFormat("%a %-d"));
    },
  );
  function compute() {
    const window = d3
      .range(hour - lookback, hour)
      .map((t) => columns.map((values, k) => (values[t] - data.mean[k]) / data.std[k]));
    read = cells.readWeather(encoder, window);
    read.celsius = read.forecast * data.std[column] + data.mean[column];
    section.dataset.forecast = read.celsius;
    const lastDay = d3.sum(read.shares.slice(-24));
    say(
      `The last day has ${Math.round(100 * lastDay)} % of the weight. Forecast for ${moment(begin + (hour + delay) * 36e5)}: ${fmt(read.celsius, 1)} °C. It was ${fmt(temperature[hour + delay], 1)} °C.`,
    );
    draw();
  }
  const slider = control(section, "hour", (to) => {
    hour = to;
    compute();
    return moment(begin + hour * 36e5);
  });
  player(
    section,
    () => {
      slider.set(hour < temperature.length - 1 - delay ? hour + 1 : lookback);
      return true;
    },
    150,
  );
}
