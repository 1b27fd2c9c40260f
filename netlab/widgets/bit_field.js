// The browser's side of BitField: bits that are flipped, fields that are read from them.

const spaced = (bits) => bits.replace(/(?<=.)(?=(.{4})+$)/g, " ");

function render({ model, el }) {
  const root = frame("netlab-bits");
  const layer = model.get("_layer");
  const first = model.get("_first");
  const bits = () => model.get("bits");
  const owner = (bit) => model.get("_fields").find((one) => one.start <= bit && bit < one.start + one.bits);

  const mark = (name) => set(model, "field", name);
  const flip = (bit) => {
    const text = bits();
    set(model, "bits", text.slice(0, bit) + (text[bit] === "1" ? "0" : "1") + text.slice(bit + 1));
  };

  // Byte order, and the way back.
  const bar = make("div", "bar");
  const group = `netlab-${Math.random().toString(36).slice(2)}`;
  const order = make("fieldset", "order");
  order.append(make("legend", "", "byte order"));
  const radios = [["big", "big-endian, as on the network"], ["little", "little-endian, as in most processors"]].map(([value, says]) => {
    const label = make("label", "check");
    const input = make("input");
    input.type = "radio";
    input.name = group;
    input.value = value;
    input.addEventListener("change", () => set(model, "order", value));
    label.append(input, says);
    order.append(label);
    return input;
  });
  const reset = button("Reset", "reset the bits", () => set(model, "bits", model.get("_start")));
  reset.classList.add("tool");
  bar.append(order, reset);

  // The bits, byte by byte.
  const cells = [];
  const grid = make("div", "bytes");
  const bytes = [];
  for (let byte = 0; byte < bits().length / 8; byte++) {
    const box = make("div", "byte");
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", `byte ${first + byte}`);
    const head = make("div", "head");
    head.append(make("span", "", `byte ${first + byte}`));
    const value = make("code");
    head.append(value);
    const names = make("div", "names");
    const row = make("div", "eight");
    for (let bit = byte * 8; bit < byte * 8 + 8; bit++) {
      const field = owner(bit);
      const odd = model.get("_fields").indexOf(field) % 2;
      if (field && (bit === field.start || bit % 8 === 0)) {
        const length = Math.min(field.start + field.bits, byte * 8 + 8) - bit;
        const label = make("span", odd ? `label ${layer} odd` : `label ${layer}`, bit === field.start ? field.name : "…");
        label.style.gridColumn = `span ${length}`;
        label.title = field.name;
        label.setAttribute("aria-hidden", "true");
        names.append(label);
      }
      const cell = make("button", odd ? `bit ${layer} odd` : `bit ${layer}`);
      cell.type = "button";
      cell.addEventListener("click", () => {
        current = bit;
        flip(bit);
        if (field) mark(field.name);
        rove(cells, cell, true);
      });
      cell.addEventListener("focus", () => (current = bit));
      cells.push(cell);
      row.append(cell);
    }
    box.append(head, names, row);
    grid.append(box);
    bytes.push(value);
  }
  let current = 0;
  rove(cells, cells[0], false);
  grid.addEventListener("keydown", (event) => {
    const wide = 8 * getComputedStyle(grid).gridTemplateColumns.split(" ").length;
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: wide, ArrowUp: -wide, Home: -current, End: cells.length - 1 - current }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    if (current + by < 0 || current + by >= cells.length) return;
    current += by;
    rove(cells, cells[current], true);
    const field = owner(current);
    if (field) mark(field.name);
  });

  // The fields in a table, and the marked one step by step.
  const whole = make("p", "whole");
  const table = make("table");
  const head = make("tr");
  for (const title of ["field", "binary", "hex", "decimal", "reads as", "in Python, from data"]) {
    const cell = make("th", "", title);
    cell.scope = "col";
    head.append(cell);
  }
  const thead = make("thead");
  thead.append(head);
  const body = make("tbody");
  table.append(thead, body);
  const scroll = make("div", "scroll");
  scroll.append(table);
  const detail = make("div", "detail");
  detail.setAttribute("role", "group");
  detail.setAttribute("aria-label", "the marked field, step by step");
  detail.setAttribute("aria-live", "polite");

  const lines = model.get("_fields").map((field) => {
    const row = make("tr");
    const name = make("th");
    name.scope = "row";
    const choose = button(field.name, field.name, () => mark(field.name));
    choose.classList.add("name");
    choose.title = field.about;
    name.append(choose);
    const columns = Array.from({ length: 5 }, () => make("td"));
    row.append(name, ...columns);
    row.addEventListener("click", () => mark(field.name));
    body.append(row);
    return { row, choose, columns };
  });
  body.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1, Home: -lines.length, End: lines.length }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const buttons = lines.map((line) => line.choose);
    const next = step(buttons, event.target, by);
    next.focus();
    mark(next.textContent);
  });

  const code = (text) => make("code", "", text);

  const showDetail = (field) => {
    detail.replaceChildren();
    const title = make("div", "title", field.name);
    if (field.about) title.append(make("span", "faint", `: ${field.about}`));
    detail.append(title);
    const list = make("div", "steps");
    if (field.bits <= 64)
      for (const [does, result] of field.steps) list.append(code(does), code(spaced(result)));
    list.append(code("="), code(field.decimal || field.hex));
    if (field.text && field.text !== field.decimal) list.lastChild.append(`, ${field.text}`);
    if (field.meaning) list.lastChild.append(` (${field.meaning})`);
    detail.append(list);
    if (field.right) detail.append(make("p", "wrong", `✘ In the wrong order: the network's order gives ${field.right}.`));
  };

  const show = () => {
    const text = bits();
    const fields = model.get("_fields");
    const marked = model.get("field");
    cells.forEach((cell, bit) => {
      const field = owner(bit);
      cell.textContent = text[bit];
      cell.setAttribute("aria-pressed", text[bit] === "1");
      cell.classList.toggle("on", field?.name === marked);
      const worth = field ? `${field.name}, bit ${bit - field.start} of ${field.bits}` : `bit ${bit}`;
      cell.setAttribute("aria-label", `${worth}: ${text[bit]}`);
      cell.title = field && field.bits <= 32 ? `${worth}, worth ${2 ** (field.start + field.bits - 1 - bit)}` : worth;
    });
    bytes.forEach((value, byte) => (value.textContent = `0x${parseInt(text.slice(byte * 8, byte * 8 + 8), 2).toString(16).padStart(2, "0")}`));
    fields.forEach((field, place) => {
      const { row, choose, columns } = lines[place];
      const reads = [[field.decimal, field.hex].includes(field.text) ? "" : field.text, field.meaning].filter(Boolean).join(", ");
      const cells = [field.bits > 16 ? `${field.bits} bits` : spaced(field.binary), field.hex, field.decimal, reads, field.expression];
      cells.forEach((said, column) => {
        const holder = column === 3 ? columns[column] : document.createElement("code");
        holder.textContent = said;
        if (column !== 3) columns[column].replaceChildren(holder);
      });
      columns[2].classList.toggle("wrong", field.right !== "");
      if (field.right) columns[3].append(make("span", "wrong", ` ✘ not ${field.right}`));
      row.classList.toggle("on", field.name === marked);
      choose.setAttribute("aria-pressed", field.name === marked);
    });
    rove(lines.map((line) => line.choose), lines[fields.findIndex((field) => field.name === marked)]?.choose, false);
    for (const radio of radios) radio.checked = radio.value === model.get("order");
    whole.replaceChildren();
    whole.hidden = text.length > 64;
    if (!whole.hidden) {
      const octets = text.match(/.{8}/g);
      if (model.get("order") === "little") octets.reverse();
      const number = BigInt(`0b${octets.join("")}`);
      whole.append("all bits as one number: ", code(`0x${number.toString(16).padStart(text.length / 4, "0")}`), " = ", code(number.toString()));
    }
    reset.disabled = text === model.get("_start");
    showDetail(fields.find((field) => field.name === marked) ?? fields[0]);
  };

  root.append(bar, grid, whole, scroll, detail, make("div", "keys", "Arrow keys move from bit to bit, Space flips one."));
  el.append(root);
  show();
  for (const name of ["change:bits", "change:_fields", "change:field"]) model.on(name, show);
  return () => {
    for (const name of ["change:bits", "change:_fields", "change:field"]) model.off(name, show);
  };
}

export default { render };
