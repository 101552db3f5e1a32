// The recurrent cells of recurrence/ and the attention of layers/. Weights have the same names and shapes as there.
const cells = (() => {
  const sigmoid = (x) => 0.5 * (1 + Math.tanh(0.5 * x));
  const times = (matrix, vector) => matrix.map((row) => row.reduce((sum, w, j) => sum + w * vector[j], 0));
  const each = (f, ...vectors) => vectors[0].map((_, k) => f(...vectors.map((vector) => vector[k])));
  const plus = (...vectors) => each((...values) => values.reduce((a, b) => a + b, 0), ...vectors);
  /** The gate f(W v + b). */
  const gate = (f, W, v, b) => plus(times(W, v), b).map(f);
  /** W^T d, added up over pairs of a matrix and a vector. */
  const back = (...pairs) =>
    pairs[0][0][0].map((_, j) => pairs.reduce((sum, [W, d]) => sum + d.reduce((s, dk, k) => s + dk * W[k][j], 0), 0));

  // `step` computes one timestep from the state before it.
  // `stepBack` takes the loss's gradient with respect to h_t and C_t, and returns it for h_{t-1} and C_{t-1}.
  const kinds = {
    simple_rnn: {
      step: (w, x, { h }) => ({ h: plus(times(w.W, x), times(w.U, h), w.b).map(Math.tanh) }),
      stepBack: (w, now, before, { h: d }) => ({ h: back([w.U, each((d, h) => d * (1 - h * h), d, now.h)]) }),
    },
    lstm: {
      step(w, x, { h, C }) {
        const hx = [...h, ...x];
        const f = gate(sigmoid, w.W_f, hx, w.b_f);
        const i = gate(sigmoid, w.W_i, hx, w.b_i);
        const C_tilde = gate(Math.tanh, w.W_C, hx, w.b_C);
        const next = each((f, C, i, n) => f * C + i * n, f, C, i, C_tilde);
        const o = gate(sigmoid, w.W_o, hx, w.b_o);
        return { f, i, C_tilde, C: next, o, h: each((o, C) => o * Math.tanh(C), o, next) };
      },
      stepBack(w, { f, i, C_tilde, o, C }, before, d) {
        const tanh = C.map(Math.tanh);
        const dC = each((dC, dh, o, t) => dC + dh * o * (1 - t * t), d.C, d.h, o, tanh);
        const s_f = each((dC, C, f) => dC * C * f * (1 - f), dC, before.C, f);
        const s_i = each((dC, n, i) => dC * n * i * (1 - i), dC, C_tilde, i);
        const s_C = each((dC, i, n) => dC * i * (1 - n * n), dC, i, C_tilde);
        const s_o = each((dh, t, o) => dh * t * o * (1 - o), d.h, tanh, o);
        const hx = back([w.W_f, s_f], [w.W_i, s_i], [w.W_C, s_C], [w.W_o, s_o]);
        return { h: hx.slice(0, f.length), C: each((dC, f) => dC * f, dC, f) };
      },
    },
    coupled_lstm: {
      step(w, x, { h, C }) {
        const hx = [...h, ...x];
        const f = gate(sigmoid, w.W_f, hx, w.b_f);
        const C_tilde = gate(Math.tanh, w.W_C, hx, w.b_C);
        const next = each((f, C, n) => f * C + (1 - f) * n, f, C, C_tilde);
        const o = gate(sigmoid, w.W_o, hx, w.b_o);
        return { f, C_tilde, C: next, o, h: each((o, C) => o * Math.tanh(C), o, next) };
      },
      stepBack(w, { f, C_tilde, o, C }, before, d) {
        const tanh = C.map(Math.tanh);
        const dC = each((dC, dh, o, t) => dC + dh * o * (1 - t * t), d.C, d.h, o, tanh);
        const s_f = each((dC, C, n, f) => dC * (C - n) * f * (1 - f), dC, before.C, C_tilde, f);
        const s_C = each((dC, f, n) => dC * (1 - f) * (1 - n * n), dC, f, C_tilde);
        const s_o = each((dh, t, o) => dh * t * o * (1 - o), d.h, tanh, o);
        const hx = back([w.W_f, s_f], [w.W_C, s_C], [w.W_o, s_o]);
        return { h: hx.slice(0, f.length), C: each((dC, f) => dC * f, dC, f) };
      },
    },
    gru: {
      step(w, x, { h }) {
        const z = plus(times(w.W_z, x), times(w.U_z, h), w.b_z).map(sigmoid);
        const r = plus(times(w.W_r, x), times(w.U_r, h), w.b_r).map(sigmoid);
        const past = w.b_U
          ? each((r, u) => r * u, r, plus(times(w.U_h, h), w.b_U))
          : times(
              w.U_h,
              each((r, h) => r * h, r, h),
            );
        const h_tilde = plus(times(w.W_h, x), w.b_h, past).map(Math.tanh);
        return { z, r, h_tilde, h: each((z, h, n) => z * h + (1 - z) * n, z, h, h_tilde) };
      },
      stepBack(w, { z, r, h_tilde }, { h }, { h: d }) {
        const s_z = each((d, h, n, z) => d * (h - n) * z * (1 - z), d, h, h_tilde, z);
        const s_h = each((d, z, n) => d * (1 - z) * (1 - n * n), d, z, h_tilde);
        const kept = each((d, z) => d * z, d, z);
        let d_r, past;
        if (w.b_U) {
          d_r = each((s, u) => s * u, s_h, plus(times(w.U_h, h), w.b_U));
          past = back([w.U_h, each((s, r) => s * r, s_h, r)]);
        } else {
          const d_rh = back([w.U_h, s_h]);
          d_r = each((d, h) => d * h, d_rh, h);
          past = each((d, r) => d * r, d_rh, r);
        }
        const s_r = each((d, r) => d * r * (1 - r), d_r, r);
        return { h: plus(kept, past, back([w.U_z, s_z], [w.U_r, s_r])) };
      },
    },
  };

  const zeros = (kind, w) => {
    const size = (w.b || w.b_f || w.b_z).length;
    const h = Array(size).fill(0);
    return kind.endsWith("lstm") ? { h, C: [...h] } : { h };
  };

  /** Every timestep's values, from a zero state. */
  function run(kind, w, inputs) {
    let state = zeros(kind, w);
    return inputs.map((x) => (state = kinds[kind].step(w, x, state)));
  }

  /** The norm of d(loss)/d(state at t) for each t, where `head` is the loss's gradient with respect to the last output. */
  function norms(kind, w, inputs, head) {
    const steps = run(kind, w, inputs);
    let d = { ...zeros(kind, w), h: head };
    const found = [];
    for (let t = steps.length - 1; t >= 0; t--) {
      found.unshift(Math.hypot(...d.h, ...(d.C || [])));
      d = kinds[kind].stepBack(w, steps[t], t ? steps[t - 1] : zeros(kind, w), d);
    }
    return found;
  }

  /** Softmax over the scores where `kept` is true; zero elsewhere. */
  function softmax(scores, kept = scores.map(() => true)) {
    const most = Math.max(...scores.filter((_, t) => kept[t]));
    const raised = scores.map((score, t) => (kept[t] ? Math.exp(score - most) : 0));
    const total = raised.reduce((a, b) => a + b, 0);
    return raised.map((value) => value / (total || 1));
  }

  /** Vectors to their weighted mean: `project` (units, features), `bias` and `context` (units,). */
  function attention(w, vectors, kept) {
    const scores = vectors.map((h) =>
      plus(times(w.project, h), w.bias).reduce((s, u, k) => s + Math.tanh(u) * w.context[k], 0),
    );
    const weights = softmax(scores, kept);
    const mean = vectors[0].map((_, j) => vectors.reduce((sum, h, t) => sum + weights[t] * h[j], 0));
    return { mean, weights };
  }

  /** Both directions' outputs side by side. */
  function bothWays(forwards, backwards, inputs) {
    const there = run("gru", forwards, inputs);
    const again = run("gru", backwards, [...inputs].reverse()).reverse();
    return there.map((step, t) => [...step.h, ...again[t].h]);
  }

  /** Sentences of word numbers to the probability of a positive review, and all weights. */
  function readReview(w, sentences) {
    const read = sentences.map((codes) =>
      attention(
        w.word_attention,
        bothWays(
          w.words_forwards,
          w.words_backwards,
          codes.map((code) => w.embed[code]),
        ),
      ),
    );
    const rows = bothWays(
      w.sentences_forwards,
      w.sentences_backwards,
      read.map(({ mean }) => mean),
    );
    const { mean, weights } = attention(w.sentence_attention, rows);
    const score = mean.reduce((sum, value, k) => sum + value * w.answer.weights[k], w.answer.bias);
    return { positive: sigmoid(score), words: read.map((sentence) => sentence.weights), sentences: weights };
  }

  /** A window, (timesteps, features), to its forecast and each timestep's share of it; blocks must fill the window. */
  function readWeather(w, window) {
    let vectors = window;
    let shares = window.map(() => 1);
    const alphas = [];
    for (const level of w.levels) {
      const sums = [];
      const alpha = [];
      const missing = (w.block - (vectors.length % w.block)) % w.block;
      for (let start = -missing; start < vectors.length; start += w.block) {
        const places = d3.range(w.block).filter((p) => start + p >= 0);
        const block = places.map((p) =>
          plus(times(level.dense, vectors[start + p]), level.bias, level.places[p]).map((v) => Math.max(0, v)),
        );
        const { mean, weights } = attention(level.attention, block);
        sums.push(mean);
        alpha.push(...weights);
      }
      alphas.push(alpha);
      vectors = sums;
    }
    const span = (level) => w.block ** level;
    shares = shares.map((_, t) =>
      alphas.reduce((share, alpha, level) => share * alpha[Math.floor(t / span(level))], 1),
    );
    const forecast = vectors[0].reduce((sum, value, k) => sum + value * w.answer.weights[k], w.answer.bias);
    return { forecast, shares };
  }

  return { kinds, run, norms, zeros, softmax, attention, readReview, readWeather };
})();
