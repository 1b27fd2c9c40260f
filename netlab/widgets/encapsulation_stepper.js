// The browser's side of EncapsulationStepper: the packet as a bar of its parts, its bytes, and what
// a receiver reads in the header that was put on or taken off last.

function render({ model, el }) {
  const root = frame("netlab-encapsulation");
  const parts = model.get("_parts");
  const stages = model.get("_stages");
  const wire = parts.length - 1;
  const steps = stepper(model, "step", () => stages.length - 1, (at) => stages[at].says, 1500);

  const bar = make("div", "parts");
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "the packet's parts");
  const buttons = parts.map((part, place) => {
    const made = make("button", `part ${part.layer}`);
    made.type = "button";
    made.style.flexGrow = part.size;
    made.append(make("b", "", part.name), make("span", "", `${part.size}`));
    made.addEventListener("click", () => {
      steps.stop();
      const up = model.get("step") > wire;
      const gone = stages.findIndex((stage, at) => at > wire && !stage.there.includes(place));
      set(model, "step", up && gone >= 0 ? gone : place);
    });
    return made;
  });
  // On the bar they stand as in the packet.
  const order = [...parts.keys()].sort((one, other) => parts[one].offset - parts[other].offset || one - other);
  const row = order.map((place) => buttons[place]);
  bar.append(...row);
  bar.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1, Home: -row.length, End: row.length }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    rove(row, step(row, event.target.closest("button"), by), true);
  });

  const size = make("p", "size");
  const dump = make("div", "dump");
  dump.tabIndex = 0;
  dump.setAttribute("role", "group");
  dump.setAttribute("aria-label", "bytes in hexadecimal");
  const words = make("div", "words");
  words.setAttribute("role", "group");
  words.setAttribute("aria-label", "this step");
  const panes = make("div", "panes");
  panes.append(words, dump);

  const hex = model.get("_hex");
  const titles = model.get("_titles");
  const layerOf = (byte) => parts.find((part) => part.offset <= byte && byte < part.offset + part.size)?.layer ?? "payload";

  const showBytes = ({ first, last: end, part, there }) => {
    const { offset, size } = parts[part];
    const fresh = (byte) => there.includes(part) && part > 0 && offset <= byte && byte < offset + size;
    dump.replaceChildren();
    const until = Math.min(end, hex.length / 2);
    for (let start = first; start < until; start += 16) {
      const line = make("div", "line");
      line.append(make("span", "offset", (start - first).toString(16).padStart(4, "0")));
      for (let byte = start; byte < Math.min(start + 16, until); byte++) {
        const cell = make("span", byte - start === 8 ? "byte middle" : "byte", hex.slice(2 * byte, 2 * byte + 2));
        cell.title = titles[byte];
        paint(cell, layerOf(byte));
        cell.classList.toggle("fresh", fresh(byte));
        line.append(cell);
      }
      dump.append(line);
    }
    if (end === first) dump.append(make("p", "faint", "no bytes: an empty message"));
    if (until < end) dump.append(make("p", "faint", `and ${end - until} more byte${end - until === 1 ? "" : "s"}`));
  };

  const showWords = (stage, up) => {
    const part = parts[stage.part];
    words.replaceChildren();
    words.append(make("h4", "", stage.title), make("p", "", `${part.about[0].toUpperCase()}${part.about.slice(1)}`));
    if (part.facts.length) {
      words.append(make("p", "faint", up ? "What the receiver reads in it:" : "So that the receiver can tell:"));
      const list = make("dl");
      for (const [question, field, value, about] of part.facts) {
        const answer = make("dd");
        if (field) answer.append(make("code", "", `${field} ${value}`), `: ${about}`);
        else answer.append(`${value}: ${about}`);
        list.append(make("dt", "", question), answer);
      }
      words.append(list);
    }
  };

  const show = () => {
    const at = model.get("step");
    const stage = stages[at];
    parts.forEach((part, place) => {
      const there = stage.there.includes(place);
      buttons[place].classList.toggle("gone", !there);
      buttons[place].classList.toggle("on", place === stage.part);
      buttons[place].setAttribute("aria-label", `${part.name} ${part.size} byte${part.size === 1 ? "" : "s"}, ${there ? "there" : at > wire ? "taken off" : "not there yet"}`);
    });
    rove(buttons, buttons[stage.part], false);
    size.textContent = stage.size;
    words.setAttribute("aria-live", steps.playing() ? "off" : "polite");
    showWords(stage, at > wire);
    showBytes(stage);
    steps.show();
  };

  root.append(steps.element, bar, size, panes, make("div", "keys", "Tab goes from control to control, arrow keys from part to part; a click on a part goes to its step."));
  el.append(root);
  show();
  model.on("change:step", show);
  return () => {
    steps.stop();
    model.off("change:step", show);
  };
}

export default { render };
