// What each step of a cell does, in formulas and in words.

/** Numbers side by side. */
const many = (values) => values.map((value) => fmt(value)).join(", ");

const openness = (value) => (value > 0.9 ? "open" : value < 0.1 ? "closed" : "partly open");

/** Each network's four steps, from the values now and before: a name, a formula, numbers, a colour and a sentence. */
const STEPS = {
  lstm: (s, p) => [
    [
      "Forget",
      "f = σ(W_f · [h, x] + b_f)",
      many(s.f),
      "forget",
      s.f[0] > 0.9
        ? "The gate is open: the old number stays."
        : s.f[0] < 0.1
          ? "The gate is closed: the old number is thrown away."
          : "A part of the old number stays.",
    ],
    [
      "Let in",
      "i = σ(W_i · [h, x] + b_i),  C̃ = tanh(W_C · [h, x] + b_C)",
      `i = ${many(s.i)},  C̃ = ${many(s.C_tilde)}`,
      "store",
      s.i[0] > 0.5
        ? "The gate is open: the candidate comes in."
        : s.i[0] < 0.1
          ? "The gate is closed: the candidate stays out."
          : "A part of the candidate comes in.",
    ],
    [
      "Update the cell state",
      "C = f · C_before + i · C̃",
      `${many(s.f)} · ${many(p.C)} + ${many(s.i)} · ${many(s.C_tilde)} = ${many(s.C)}`,
      "state",
      Math.abs(s.C[0] - p.C[0]) < 0.02 ? "The cell state has not changed." : "The cell state has changed.",
    ],
    [
      "Output",
      "o = σ(W_o · [h, x] + b_o),  h = o · tanh(C)",
      `o = ${many(s.o)},  h = ${many(s.h)}`,
      "output",
      `The gate is ${openness(s.o[0])}. ${s.o[0] > 0.5 ? "The number goes out." : "The cell state stays hidden."}`,
    ],
  ],
  coupled_lstm: (s, p) => [
    [
      "Forget",
      "f = σ(W_f · [h, x] + b_f)",
      many(s.f),
      "forget",
      s.f[0] > 0.9
        ? "The gate is open: the old number stays."
        : s.f[0] < 0.1
          ? "The gate is closed: the old number is thrown away."
          : "A part of the old number stays.",
    ],
    [
      "Let in what replaces it",
      "1 − f,  C̃ = tanh(W_C · [h, x] + b_C)",
      `1 − f = ${many(s.f.map((f) => 1 - f))},  C̃ = ${many(s.C_tilde)}`,
      "store",
      "There is no input gate. What is forgotten makes room for exactly as much.",
    ],
    [
      "Update the cell state",
      "C = f · C_before + (1 − f) · C̃",
      `${many(s.f)} · ${many(p.C)} + ${many(s.f.map((f) => 1 - f))} · ${many(s.C_tilde)} = ${many(s.C)}`,
      "state",
      Math.abs(s.C[0] - p.C[0]) < 0.02 ? "The cell state has not changed." : "The cell state has changed.",
    ],
    [
      "Output",
      "o = σ(W_o · [h, x] + b_o),  h = o · tanh(C)",
      `o = ${many(s.o)},  h = ${many(s.h)}`,
      "output",
      `The gate is ${openness(s.o[0])}. ${s.o[0] > 0.5 ? "The number goes out." : "The cell state stays hidden."}`,
    ],
  ],
  gru: (s, p) => [
    ["Reset", "r = σ(W_r x + U_r h + b_r)", many(s.r), "forget", "How much of the old state the candidate may see."],
    [
      "Candidate",
      "h̃ = tanh(W_h x + b_h + r · (U_h h + b_U))",
      many(s.h_tilde),
      "store",
      "What could come in, for each of the three units.",
    ],
    [
      "Update gate",
      "z = σ(W_z x + U_z h + b_z)",
      many(s.z),
      "forget",
      "One gate forgets and lets in: z keeps the old, 1 − z takes the new.",
    ],
    [
      "New state",
      "h = z · h_before + (1 − z) · h̃",
      many(s.h),
      "state",
      "A GRU has no output gate. Its state is its output, so it uses more units for this task.",
    ],
  ],
};
