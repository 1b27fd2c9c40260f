// The browser's side of PacketExplorer: a list of packets, and of one packet the tree of fields,
// the bytes and a header's picture.  One node of the tree is marked; all views show that one.

const COLUMNS = ["No.", "Time (s)", "Source", "Destination", "Protocol", "Length", "What it says"];

// The list of packets.

function packetList(model, choose) {
  const list = make("div", "list");
  const rows = model.get("_rows");
  list.hidden = rows.length < 2;
  list.setAttribute("role", "grid");
  list.setAttribute("aria-label", "packets");
  const head = make("div", "packet-row head");
  head.setAttribute("role", "row");
  for (const title of COLUMNS) {
    const cell = make("span", "", title);
    cell.setAttribute("role", "columnheader");
    head.append(cell);
  }
  list.append(head);
  const lines = rows.map((row, index) => {
    const line = make("div", "packet-row");
    line.setAttribute("role", "row");
    const problem = row[8] ? "⚠ " : "";
    row.slice(0, 7).forEach((value, column) => {
      const cell = make("span", [0, 1, 5].includes(column) ? "number" : "", column === 6 ? problem + value : `${value}`);
      cell.setAttribute("role", "gridcell");
      if (column === 6) cell.title = value;
      line.append(cell);
    });
    paint(line, row[7]);
    line.addEventListener("click", () => choose(index, true));
    line.addEventListener("keydown", (event) => {
      const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -rows.length, End: rows.length }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      choose(lines.indexOf(step(lines, line, by)), true);
    });
    list.append(line);
    return line;
  });
  const show = (index, focus) => {
    lines.forEach((line, place) => line.setAttribute("aria-selected", place === index));
    rove(lines, lines[index], focus);
    const line = lines[index];
    if (line.offsetTop < list.scrollTop + head.offsetHeight) list.scrollTop = line.offsetTop - head.offsetHeight;
    if (line.offsetTop + line.offsetHeight > list.scrollTop + list.clientHeight)
      list.scrollTop = line.offsetTop + line.offsetHeight - list.clientHeight;
  };
  return { element: list, show };
}

// One packet: its nodes in the order of the tree, each knowing its layer, parent and bits.

function flatten(spans) {
  const nodes = [];
  const walk = (span, parent, layer, key) => {
    const node = { ...span, parent, layer, key, children: [] };
    nodes.push(node);
    (span.children || []).forEach((child, place) => {
      node.children.push(walk(child, node, layer, key === null ? `${place}` : `${key}.${place}`));
    });
    return node;
  };
  for (const span of spans) walk(span, null, span.layer, null);
  return nodes;
}

const top = (node) => (node.parent ? top(node.parent) : node);
const covers = (node, byte) => node.start < byte * 8 + 8 && node.start + node.bits > byte * 8;

// The nodes that a byte belongs to: its fields, or the smallest node around it (a space between
// two words of a request line belongs to the line alone).
function fieldsAt(nodes, byte) {
  const here = nodes.filter((node) => covers(node, byte));
  const fields = here.filter((node) => node.children.length === 0);
  return fields.length ? fields : here.slice(-1);
}

function treeView(nodes, mark) {
  const tree = make("div", "tree");
  const items = new Map();
  const build = (node) => {
    const item = make("li", node.parent ? "" : "top");
    item.setAttribute("role", "treeitem");
    const line = make("div", "line");
    const twist = make("span", "twist", "");
    twist.setAttribute("aria-hidden", "true");
    line.append(twist, make("span", "name", node.name), make("span", "text", node.text || ""));
    if (node.meaning) line.append(make("span", "meaning", node.meaning));
    if (!node.parent) paint(line, node.layer);
    item.append(line);
    item.setAttribute("aria-label", [node.name, node.text, node.meaning].filter(Boolean).join(", "));
    items.set(node, item);
    line.addEventListener("click", (event) => {
      if (event.target === twist) toggle(node);
      mark(node, "tree");
    });
    line.addEventListener("pointerenter", () => mark.near(node));
    line.addEventListener("pointerleave", () => mark.near(null));
    if (node.children.length) {
      const group = make("ul");
      group.setAttribute("role", "group");
      group.append(...node.children.map(build));
      item.append(group);
      open(node, node.parent === null);
    }
    return item;
  };
  const open = (node, is) => {
    items.get(node).setAttribute("aria-expanded", is);
    items.get(node).querySelector(".twist").textContent = is ? "▾" : "▸";
  };
  const isOpen = (node) => items.get(node).getAttribute("aria-expanded") === "true";
  const toggle = (node) => node.children.length && open(node, !isOpen(node));
  const seen = (node) => node.parent === null || (isOpen(node.parent) && seen(node.parent));
  const list = make("ul");
  list.setAttribute("role", "tree");
  list.setAttribute("aria-label", "layers and fields");
  list.append(...nodes.filter((node) => !node.parent).map(build));
  tree.append(list);
  tree.addEventListener("keydown", (event) => {
    const node = nodes.find((one) => items.get(one) === event.target);
    if (!node) return;
    const shown = nodes.filter(seen);
    const moves = {
      ArrowDown: () => mark(step(shown, node, 1), "tree"),
      ArrowUp: () => mark(step(shown, node, -1), "tree"),
      Home: () => mark(shown[0], "tree"),
      End: () => mark(shown.at(-1), "tree"),
      ArrowRight: () => (node.children.length && !isOpen(node) ? open(node, true) : node.children.length && mark(node.children[0], "tree")),
      ArrowLeft: () => (node.children.length && isOpen(node) ? open(node, false) : node.parent && mark(node.parent, "tree")),
      Enter: () => toggle(node),
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    moves[event.key]();
  });
  const show = (node, focus) => {
    for (const [one, item] of items) {
      item.setAttribute("aria-selected", one === node);
      item.firstChild.classList.toggle("on", one === node);
    }
    for (let one = node?.parent; one; one = one.parent) open(one, true);
    rove(items.values(), items.get(node ?? nodes[0]), focus);
    const line = node && items.get(node).firstChild;
    if (line) scrollInside(tree, line);
  };
  const near = (node) => {
    for (const [one, item] of items) item.firstChild.classList.toggle("near", one === node);
  };
  return { element: tree, show, near };
}

function bytesView(hex, nodes, mark) {
  const pane = make("div", "bytes");
  const grid = make("div");
  grid.setAttribute("role", "grid");
  grid.setAttribute("aria-label", "bytes in hexadecimal");
  pane.append(grid);
  const count = hex.length / 2;
  const found = Array.from({ length: count }, (_, byte) => fieldsAt(nodes, byte));
  const at = (byte) => found[byte];
  const cells = [];
  const letters = [];
  for (let first = 0; first < count; first += 16) {
    const row = make("div", "byte-row");
    row.setAttribute("role", "row");
    const offset = make("span", "offset", first.toString(16).padStart(4, "0"));
    offset.setAttribute("role", "rowheader");
    row.append(offset);
    const text = make("span", "text");
    text.setAttribute("aria-hidden", "true");
    for (let byte = first; byte < Math.min(first + 16, count); byte++) {
      const digits = hex.slice(2 * byte, 2 * byte + 2);
      const cell = make("span", byte % 16 === 8 ? "byte middle" : "byte", digits);
      cell.setAttribute("role", "gridcell");
      const code = parseInt(digits, 16);
      const letter = make("span", "", code >= 32 && code < 127 ? String.fromCharCode(code) : "·");
      const here = at(byte);
      const names = here.map((node) => node.path).join(" and ") || "not understood";
      cell.setAttribute("aria-label", `byte ${byte}: ${digits}, ${names}`);
      cell.title = names;
      const layer = here.length ? here[0].layer : "payload";
      paint(cell, layer);
      paint(letter, layer);
      cell.addEventListener("focus", () => (current = byte));
      cells.push(cell);
      letters.push(letter);
      row.append(cell);
      text.append(letter);
      for (const element of [cell, letter]) {
        element.addEventListener("click", () => choose(byte, true));
        element.addEventListener("pointerenter", () => mark.near(at(byte)[0] ?? null));
        element.addEventListener("pointerleave", () => mark.near(null));
      }
    }
    for (let missing = Math.min(first + 16, count); missing < first + 16; missing++) {
      const gap = make("span", missing % 16 === 8 ? "byte middle" : "byte");
      gap.setAttribute("role", "gridcell");
      gap.setAttribute("aria-hidden", "true");
      row.append(gap);
    }
    row.append(text);
    grid.append(row);
  }
  let current = 0;
  let marked = null;
  // A second click on a byte that several fields share goes on to the next of them.
  const choose = (byte, again) => {
    const here = at(byte);
    const place = again ? here.indexOf(marked) : -1;
    current = byte;
    if (here.length) mark(here[(place + 1) % here.length], "bytes");
    rove(cells, cells[byte], true);
  };
  grid.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 16, ArrowUp: -16, Home: -(current % 16), End: 15 - (current % 16) }[event.key];
    if (by === undefined && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    if (by === undefined) return choose(current, true);
    const next = current + by;
    if (next >= 0 && next < count) choose(next, false);
    else if (event.key === "End") choose(count - 1, false);
  });
  const outline = (node, className) => {
    cells.forEach((cell, byte) => {
      const inside = node && covers(node, byte);
      cell.classList.toggle(className, !!inside);
      letters[byte].classList.toggle(className, !!inside);
      if (className !== "on") return;
      const first = inside ? Math.max(0, node.start - byte * 8) : 0;
      const last = inside ? Math.min(8, node.start + node.bits - byte * 8) : 8;
      cell.classList.toggle("part", !!inside && last - first < 8);
      const width = last - first;
      cell.style.setProperty("--part-width", `${(width / 8) * 100}%`);
      cell.style.setProperty("--part-place", `${width < 8 ? (first / (8 - width)) * 100 : 0}%`);
    });
  };
  const show = (node) => {
    marked = node;
    outline(node, "on");
    if (node && !covers(node, current)) current = Math.floor(node.start / 8);
    rove(cells, cells[current], false);
    if (node && cells[current]) scrollInside(pane, cells[current]);
  };
  return { element: pane, show, near: (node) => outline(node, "near") };
}

function pictureView(mark) {
  const pane = make("div", "picture");
  let shown = null;
  let boxes = new Map();
  const show = (node, focus, nodes) => {
    const owner = node ? top(node) : nodes.find((one) => one.picture);
    if (owner !== shown) draw(owner, nodes);
    let box = null;
    for (let one = node; one && !box; one = one.parent) box = boxes.get(one);
    // A line with parts of its own, such as the options, has several boxes.
    const inside = (one) => one === node || !!node?.parent && one.path.startsWith(`${node.path}.`);
    for (const [one, element] of boxes) element.classList.toggle("on", element === box || inside(one));
    rove(boxes.values(), box ?? boxes.values().next().value, focus && !!box);
  };
  const draw = (owner, nodes) => {
    shown = owner;
    boxes = new Map();
    pane.replaceChildren();
    if (!owner?.picture) return;
    pane.append(make("h4", "", `${owner.name} header, 32 bits in a row`));
    const holder = make("div");
    holder.innerHTML = owner.picture;
    pane.append(holder);
    const svg = holder.querySelector("svg");
    svg.setAttribute("role", "group");
    const own = nodes.filter((node) => top(node) === owner);
    for (const element of svg.querySelectorAll(".field")) {
      const node = own.find((one) => one.key === element.dataset.key);
      if (!node) continue;
      boxes.set(node, element);
      element.setAttribute("role", "button");
      element.setAttribute("aria-label", [node.name, node.text].filter(Boolean).join(", "));
      element.addEventListener("click", () => mark(node, "picture"));
      element.addEventListener("pointerenter", () => mark.near(node));
      element.addEventListener("pointerleave", () => mark.near(null));
    }
  };
  pane.addEventListener("keydown", (event) => {
    const all = [...boxes.keys()];
    const node = all.find((one) => boxes.get(one) === event.target);
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -all.length, End: all.length, Enter: 0, " ": 0 }[event.key];
    if (!node || by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    mark(step(all, node, by), "picture");
  });
  const near = (node) => {
    for (const [one, element] of boxes) element.classList.toggle("near", one === node);
  };
  return { element: pane, show, near };
}

// What is known of the marked field, in words.

function detailView() {
  const pane = make("div", "detail");
  pane.setAttribute("role", "group");
  pane.setAttribute("aria-label", "the marked field");
  pane.setAttribute("aria-live", "polite");
  const show = (node, hex) => {
    pane.replaceChildren();
    if (!node) {
      pane.append(make("div", "where", "Click a byte, a field or a box: all three show the same field."));
      return;
    }
    const head = make("div");
    head.append(make("span", "what", node.path.replaceAll(".", " · ")), " ", make("span", "where", place(node)));
    pane.append(head);
    const value = make("div");
    if (node.bits <= 64 && node.children.length === 0) value.append(binary(node, hex), " ");
    if (node.text) value.append("= ", make("code", "", node.text));
    if (node.meaning) value.append(` (${node.meaning})`);
    pane.append(value);
    const about = make("div", "", node.about ? `${node.about[0].toUpperCase()}${node.about.slice(1).replace(/\.$/, "")}. ` : "");
    if (node.link) {
      const link = make("a", "", node.source);
      link.href = node.link;
      link.target = "_blank";
      link.rel = "noopener";
      about.append(link);
    } else if (node.source) about.append(node.source);
    pane.append(about);
  };
  return { element: pane, show };
}

function place(node) {
  const first = Math.floor(node.start / 8);
  const last = Math.floor((node.start + node.bits - 1) / 8);
  if (node.start % 8 || node.bits % 8) {
    const from = node.start - first * 8;
    const to = from + node.bits - 1;
    const which = from === to ? `bit ${from}` : `bits ${from} to ${to}`;
    return first === last ? `${which} of byte ${first}` : `${which} from byte ${first} on`;
  }
  return first === last ? `byte ${first}` : `bytes ${first} to ${last}, ${last - first + 1} bytes`;
}

function binary(node, hex) {
  const code = make("code", "bits");
  const first = Math.floor(node.start / 8);
  const last = Math.floor((node.start + node.bits - 1) / 8);
  let bits = "";
  for (let byte = first; byte <= last; byte++) bits += parseInt(hex.slice(2 * byte, 2 * byte + 2), 16).toString(2).padStart(8, "0");
  const from = node.start - first * 8;
  const spaced = (text, start) => [...text].map((bit, i) => ((start + i) % 8 === 0 && start + i > 0 ? " " : "") + bit).join("");
  code.append(
    spaced(bits.slice(0, from), 0),
    make("b", "", spaced(bits.slice(from, from + node.bits), from)),
    spaced(bits.slice(from + node.bits), from + node.bits),
  );
  return code;
}

function render({ model, el }) {
  const root = frame("netlab-explorer");
  const body = make("div");
  let update = () => {};

  const choose = (index, focus) => {
    list.show(index, focus);
    if (index === model.get("packet")) return;
    model.set("packet", index);
    model.save_changes();
  };
  let list = packetList(model, choose);

  const showPacket = () => {
    const detail = model.get("_detail");
    const nodes = flatten(detail.spans);
    let marked = null;
    const mark = (node, view) => {
      marked = node;
      tree.show(node, view === "tree");
      bytes.show(node);
      picture.show(node, view === "picture", nodes);
      words.show(node, detail.hex);
      const path = node ? node.path : "";
      if (view && path !== model.get("field")) {
        model.set("field", path);
        model.save_changes();
      }
    };
    mark.near = (node) => [tree, bytes, picture].forEach((view) => view.near(node));
    const tree = treeView(nodes, mark);
    const bytes = bytesView(detail.hex, nodes, mark);
    const picture = pictureView(mark);
    const words = detailView();
    const panes = make("div", "panes");
    panes.append(tree.element, bytes.element);
    body.replaceChildren(panes, words.element);
    if (detail.problems.length) body.append(problems(detail, nodes, mark));
    body.append(picture.element);
    list.show(detail.index, false);
    update = () => {
      const node = nodes.find((one) => one.path === model.get("field")) ?? null;
      if (node !== marked) mark(node, "");
    };
    mark(nodes.find((node) => node.path === model.get("field")) ?? null, "");
  };

  const problems = (detail, nodes, mark) => {
    const box = make("div", "problems");
    box.append(make("div", "what", "⚠ malformed:"));
    for (const [sentence, offset] of detail.problems) {
      const button = make("button", "", sentence);
      button.addEventListener("click", () => mark(fieldsAt(nodes, offset)[0] ?? null, "problems"));
      const line = make("div");
      line.append(button);
      box.append(line);
    }
    return box;
  };

  root.append(list.element);
  if (model.get("_note")) root.append(make("div", "note", model.get("_note")));
  root.append(body, make("div", "keys", "Tab goes from view to view, arrow keys move inside one."));
  el.append(root);
  showPacket();
  const onField = () => update();
  const onRows = () => {
    const longer = packetList(model, choose);
    list.element.replaceWith(longer.element);
    list = longer;
    list.show(model.get("packet"), false);
  };
  model.on("change:_rows", onRows);
  model.on("change:_detail", showPacket);
  model.on("change:field", onField);
  return () => {
    model.off("change:_detail", showPacket);
    model.off("change:field", onField);
    model.off("change:_rows", onRows);
  };
}

export default { render };
