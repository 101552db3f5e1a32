"use strict";

/** An element with properties, attributes (by `attributes`) and children. */
function make(tag, { attributes = {}, ...properties } = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A select with its label; `changed` is called with the index of what was chosen. */
function select(label, options, changed) {
  const box = make("select", { onchange: () => changed(box.selectedIndex) });
  box.append(...options.map((option) => make("option", {}, option)));
  return make("label", { className: "control" }, make("span", {}, label), box);
}

/** A checkbox with its label. */
function checkbox(label, checked, changed) {
  const box = make("input", { type: "checkbox", checked, onchange: () => changed(box.checked) });
  return make("label", { className: "control" }, box, label);
}

/** Text as markup that shows it. */
const escaped = (text) => make("span", { textContent: text }).innerHTML;
