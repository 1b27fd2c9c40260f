// The browser's side of ChecksumStepper: the words in a list, and the addition of the chosen one.

const hex = (number) => number.toString(16).padStart(4, "0");
const binary = (number) => number.toString(2).padStart(16, "0").replace(/(.{4})(?=.)/g, "$1 ");

function render({ model, el }) {
  const root = frame("netlab-checksum");
  let options = [];
  const count = () => options.length;

  const spoken = (at) => {
    if (at === 0) return `0 of ${count()} words added`;
    if (at > count()) return model.get("verify") ? "the sum against 0xffff" : "the complement";
    return `${at} of ${count()} words added`;
  };
  const steps = stepper(model, "step", () => count() + 1, spoken);
  const without = checkbox("without the carry", (is) => set(model, "carry", !is));
  const verify = checkbox("with the checksum in its place: verify", (is) => set(model, "verify", is));
  const switches = make("div", "switches");
  switches.append(without.element, verify.element);

  const list = make("div", "words");
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "16-bit words");
  const sum = make("div", "sum");
  sum.setAttribute("role", "group");
  sum.setAttribute("aria-label", "the addition");
  const panes = make("div", "panes");
  panes.append(list, sum);

  const choose = (at) => {
    steps.stop();
    set(model, "step", within(at, count() + 2));
  };

  const fill = () => {
    options = [];
    list.replaceChildren();
    for (const section of model.get("_run").sections) {
      if (!section.words.length) continue;
      const group = make("div", "section");
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", section.title);
      const title = make("div", "title", section.title);
      title.setAttribute("aria-hidden", "true");
      group.append(title);
      for (const word of section.words) group.append(option(word, options.length + 1));
      list.append(group);
    }
    without.input.checked = !model.get("carry");
    verify.input.checked = model.get("verify");
    show();
  };

  const option = (word, at) => {
    const [number, label, layer] = word;
    const element = make("div", "word");
    element.setAttribute("role", "option");
    const digits = make("span", "digits", hex(number));
    paint(digits, layer);
    const carry = make("span", "carry");
    const after = make("span", "after");
    element.append(digits, make("span", "label", label), carry, after);
    element.addEventListener("click", () => {
      choose(at);
      element.focus({ preventScroll: true });
    });
    options.push({ element, word, carry, after });
    return element;
  };

  list.addEventListener("keydown", (event) => {
    const far = count();
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -far, End: far }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const at = within(model.get("step") - 1 + by, far);
    choose(at + 1);
    options[at].element.focus({ preventScroll: true });
  });

  const line = (name, number, className = "", bit = "") => {
    const element = make("div", `line ${className}`);
    element.append(make("span", "name", name), make("span", "bit", bit), make("span", "digits", hex(number)), make("span", "binary", binary(number)));
    return element;
  };

  const addition = ([number, label, , before, carry, after], at) => {
    const folds = model.get("carry");
    const total = before + number;
    const carried = carry ? `line carried ${folds ? "" : "lost"}` : "line";
    const last = make("div", carried);
    if (!carry) last.append(make("span", "words", "No carry: the sum fits into 16 bits."));
    else if (folds) last.append(make("span", "words", "+ 1: the carry is added back in"));
    else last.append(make("span", "words", "The carry does not fit into 16 bits and is lost."));
    sum.append(
      make("h4", "", `Word ${at}: ${label}`),
      line("sum so far", before),
      line("+ word", number),
      line("=", total & 0xffff, carry ? "total over" : "total", carry ? "1" : ""),
      last,
      line("new sum", after, "after"),
    );
  };

  const complement = () => {
    const total = count() ? options.at(-1).word[5] : 0;
    if (model.get("verify")) {
      sum.append(make("h4", "", "The sum of all words, the checksum among them"), line("sum", total), line("should be", 0xffff));
    } else {
      sum.append(make("h4", "", "The complement: every bit turned over"), line("sum", total), line("checksum", ~total & 0xffff, "after"));
    }
    const said = make("div", "verdict");
    for (const sentence of model.get("_run").verdict) said.append(make("p", "", sentence));
    said.classList.toggle("wrong", model.get("_run").verdict[0].startsWith("✘"));
    sum.append(said);
  };

  const show = () => {
    const at = model.get("step");
    options.forEach(({ element, word, carry, after }, place) => {
      const [number, label, , , over, sum] = word;
      const done = place < at;
      const kept = model.get("carry") ? "+1" : "lost";
      element.setAttribute("aria-selected", place === at - 1);
      element.classList.toggle("done", done);
      carry.textContent = done && over ? kept : "";
      carry.classList.toggle("lost", !model.get("carry"));
      after.textContent = done ? hex(sum) : "";
      const said = done ? `, sum ${hex(sum)}${over ? `, carry ${model.get("carry") ? "added" : "lost"}` : ""}` : "";
      element.setAttribute("aria-label", `word ${place + 1}: ${hex(number)}, ${label}${said}`);
    });
    const current = options[at - 1] ?? (at ? options.at(-1) : options[0]);
    rove(options.map(({ element }) => element), current?.element, false);
    if (current) scrollInside(list, current.element, 24);
    sum.setAttribute("aria-live", steps.playing() ? "off" : "polite");
    sum.replaceChildren();
    if (at === 0) sum.append(make("h4", "", "The sum begins at 0"), line("sum", 0), make("p", "", "Step forward, play, or click a word."));
    else if (at > count()) complement();
    else addition(options[at - 1].word, at);
    steps.show();
  };

  root.append(steps.element, switches, panes, make("div", "keys", "Tab goes from control to control, arrow keys move from word to word."));
  el.append(root);
  fill();
  model.on("change:step", show);
  model.on("change:_run", fill);
  return () => {
    steps.stop();
    model.off("change:step", show);
    model.off("change:_run", fill);
  };
}

export default { render };
