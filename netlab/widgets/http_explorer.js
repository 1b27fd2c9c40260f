// The browser's side of HttpExplorer: one part of the message is marked, in the list and the bytes.

function render({ model, el }) {
  const root = frame("netlab-http");
  const label = make("label", "which", "Message ");
  const select = make("select");
  model.get("_titles").forEach((title, place) => {
    const option = make("option", "", `${place + 1}: ${title}`);
    option.value = place;
    select.append(option);
  });
  select.addEventListener("change", () => set(model, "message", Number(select.value)));
  label.append(select);
  label.hidden = model.get("_titles").length < 2;

  const problems = make("div", "problems");
  const list = make("div", "parts");
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "parts of the message");
  const bytes = make("div", "bytes");
  bytes.tabIndex = 0;
  bytes.setAttribute("role", "group");
  bytes.setAttribute("aria-label", "bytes");
  const panes = make("div", "panes");
  panes.append(list, bytes);
  const says = make("p", "says");
  says.setAttribute("role", "status");
  const framing = make("p", "framing");
  const body = make("div", "body");
  root.append(label, problems, panes, says, framing, body, make("div", "keys", "Click a part or a byte: both show the same. Tab goes from view to view, arrow keys move inside one."));

  let rows = [];
  let cells = [];
  const choose = (place) => set(model, "part", within(place, rows.length));
  const at = (offset) => {
    const found = model.get("_detail").parts.findIndex((part) => part.start <= offset && offset < part.end);
    return found < 0 ? rows.length - 1 : found;
  };
  list.addEventListener("keydown", (event) => {
    const far = rows.length;
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -far, End: far }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    choose(model.get("part") + by);
    rove(rows, rows[model.get("part")], true);
  });
  bytes.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    choose(model.get("part") + by);
  });

  const mark = () => {
    const chosen = model.get("part");
    const part = model.get("_detail").parts[chosen];
    rows.forEach((row, place) => row.setAttribute("aria-selected", place === chosen));
    const focused = rows.includes(document.activeElement);
    rove(rows, rows[chosen], focused);
    if (!part) return;
    cells.forEach((pair, place) => pair.forEach((cell) => cell.classList.toggle("on", part.start <= place && place < part.end)));
    if (rows[chosen]) scrollInside(list, rows[chosen]);
    if (cells[part.start]) scrollInside(bytes, cells[part.start][0]);
    const place = part.end - part.start === 1 ? `byte ${part.start}` : `bytes ${part.start} to ${part.end - 1}`;
    says.textContent = `${part.kind}, ${place}${part.says ? `: ${part.says}` : ""}`;
  };

  const drawBytes = (detail) => {
    const layers = [];
    for (const part of detail.parts) for (let place = part.start; place < part.end && place * 2 < detail.hex.length; place++) layers[place] = part.layer;
    cells = [];
    bytes.replaceChildren();
    for (let first = 0; first * 2 < detail.hex.length; first += 16) {
      const line = make("div", "byte-row");
      line.append(make("span", "offset", first.toString(16).padStart(4, "0")));
      const text = make("span", "text");
      for (let place = first; place < first + 16; place++) {
        const octet = detail.hex.slice(2 * place, 2 * place + 2);
        const cell = make("span", place % 16 === 8 ? "byte middle" : "byte", octet);
        line.append(cell);
        if (!octet) continue;
        const code = parseInt(octet, 16);
        const letter = make("span", "", code >= 32 && code < 127 ? String.fromCharCode(code) : "·");
        for (const one of [cell, letter]) {
          paint(one, layers[place] ?? "link");
          one.addEventListener("click", () => choose(at(place)));
        }
        cells[place] = [cell, letter];
        text.append(letter);
      }
      line.append(text);
      bytes.append(line);
    }
    const rest = detail.bytes - detail.hex.length / 2;
    if (rest > 0) bytes.append(make("div", "offset", `and ${rest} more byte${rest === 1 ? "" : "s"}`));
  };

  const drawBody = ({ kind, says: words, text, url, rows: pairs }) => {
    body.replaceChildren(make("h4", "", `The body: ${words}`));
    if (kind === "image") {
      const shown = make("img");
      shown.src = url;
      shown.alt = "the image that the body is";
      body.append(shown);
    } else if (kind === "form") {
      const table = make("table");
      for (const [name, value] of pairs) {
        const row = make("tr");
        const head = make("th", "", name);
        head.scope = "row";
        row.append(head, make("td", "", value));
        table.append(row);
      }
      body.append(table);
    } else if (kind === "text") {
      const shown = make("pre", "", text);
      shown.tabIndex = 0;
      shown.setAttribute("role", "region");
      shown.setAttribute("aria-label", "the body");
      body.append(shown);
    }
  };

  const show = () => {
    const detail = model.get("_detail");
    select.value = model.get("message");
    problems.hidden = detail.problems.length === 0;
    problems.replaceChildren();
    for (const [what, enables, rfc, refused, offset] of detail.problems) {
      const line = make("div");
      const go = make("button", "", `${refused ? "✘ must be refused:" : "⚠"} ${what}`);
      go.type = "button";
      go.addEventListener("click", () => choose(at(offset)));
      line.append(go, make("span", "", ` ${enables}. `), make("span", "faint", rfc));
      problems.append(line);
    }
    rows = detail.parts.map((part, place) => {
      const row = make("div", "part");
      row.setAttribute("role", "option");
      const kind = make("span", "kind", part.kind);
      paint(kind, part.layer);
      row.append(kind, make("code", "", part.text), make("span", "faint", part.says));
      row.addEventListener("click", () => {
        choose(place);
        rove(rows, row, true);
      });
      return row;
    });
    list.replaceChildren(...rows);
    framing.textContent = `${detail.framing[0].toUpperCase()}${detail.framing.slice(1)}.`;
    drawBytes(detail);
    drawBody(detail.body);
    mark();
  };
  el.append(root);
  show();
  model.on("change:_detail", show);
  model.on("change:part", mark);
  return () => {
    model.off("change:_detail", show);
    model.off("change:part", mark);
  };
}

export default { render };
