// The browser's side of Dashboard: Python says what is to be read, here it is put in place.

const CONNECTIONS = ["Protocol", "Client", "Server", "State", "Packets", "Bytes", "Round trip", "Resent"];
const PACKETS = ["No.", "Time (s)", "Source", "Destination", "Protocol", "Length", "What it says"];

// A list whose rows are [key, layer, ...cells]: rows that stay are kept, so that focus stays too.
function rowList(title, columns, kind, numbers, act) {
  const list = make("div", `rows ${kind}`);
  list.setAttribute("role", "grid");
  list.setAttribute("aria-label", title);
  const head = make("div", "line head");
  head.setAttribute("role", "row");
  columns.forEach((name, place) => {
    const cell = make("span", numbers.includes(place) ? "number" : "", name);
    cell.setAttribute("role", "columnheader");
    head.append(cell);
  });
  list.append(head);
  const known = new Map();
  let chosen = null;
  const lines = () => [...known.values()];
  const choose = (line) => {
    chosen = line.dataset.key;
    for (const other of lines()) other.setAttribute("aria-selected", other === line);
    act(chosen);
  };
  const line = (key, layer) => {
    const made = make("div", "line");
    made.dataset.key = key;
    made.setAttribute("role", "row");
    made.setAttribute("aria-selected", key === chosen);
    made.tabIndex = -1;
    paint(made, layer);
    columns.forEach((_, place) => {
      const cell = make("span", numbers.includes(place) ? "number" : "");
      cell.setAttribute("role", "gridcell");
      made.append(cell);
    });
    made.addEventListener("click", () => {
      choose(made);
      rove(lines(), made, false);
    });
    return made;
  };
  list.addEventListener("keydown", (event) => {
    const all = lines();
    const here = all.indexOf(event.target);
    if (here < 0) return;
    if (event.key === "Enter" || event.key === " ") choose(all[here]);
    else {
      const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -all.length, End: all.length }[event.key];
      if (by === undefined) return;
      rove(all, step(all, all[here], by), true);
    }
    event.preventDefault();
  });
  const show = (rows) => {
    const keys = new Set(rows.map(([key]) => key));
    for (const [key, old] of known) {
      if (keys.has(key)) continue;
      old.remove();
      known.delete(key);
    }
    const before = new Map(known);
    known.clear();
    let place = head;
    for (const [key, layer, ...cells] of rows) {
      const made = before.get(key) ?? line(key, layer);
      known.set(key, made);
      cells.forEach((text, column) => {
        const cell = made.children[column];
        if (cell.textContent !== text) cell.textContent = cell.title = text;
      });
      if (place.nextElementSibling !== made) place.after(made);
      place = made;
    }
    const all = lines();
    if (all.length && !all.some((one) => one.tabIndex === 0)) all[0].tabIndex = 0;
  };
  return { element: list, show };
}

function plainTable(title, columns) {
  const table = make("table");
  table.setAttribute("aria-label", title);
  const head = make("tr");
  for (const name of columns) {
    const cell = make("th", "", name);
    cell.scope = "col";
    head.append(cell);
  }
  const body = make("tbody");
  const top = make("thead");
  top.append(head);
  table.append(top, body);
  return { element: table, body };
}

const titled = (name, ...elements) => {
  const section = make("section");
  section.append(make("h4", "", name), ...elements);
  return section;
};

function render({ model, el }) {
  const root = frame("netlab-dashboard");
  const name = Math.random().toString(36).slice(2);
  const ask = (what, which = "") => model.send({ [what]: which });

  const bar = make("div", "bar");
  const source = make("b", "source");
  const says = make("span", "says");
  says.setAttribute("role", "status");
  const pause = button("Pause", "pause", () => set(model, "paused", !model.get("paused")));
  const stop = button("Stop", "stop", () => ask("stop"));
  pause.classList.add("tool");
  stop.classList.add("tool");
  const label = make("label", "filter");
  const filter = make("input");
  filter.type = "search";
  filter.placeholder = "address, port, protocol, word";
  let typing = null;
  filter.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => set(model, "filter", filter.value.trim()), 200);
  });
  label.append("Filter ", filter);
  bar.append(source, says, pause, stop, label);

  const problem = make("div", "problem");
  problem.setAttribute("role", "alert");
  const numbers = make("ul", "numbers");
  const notes = make("p", "notes");
  const chart = make("div", "chart");
  const shares = plainTable("protocols, by their share of the bytes", ["Protocol", "Packets", "Bytes", "Share"]);
  const talkers = plainTable("top talkers", ["Address", "Sent", "Received"]);
  const connections = rowList("connections", CONNECTIONS, "connections", [4, 5, 6, 7], (key) => ask("connection", key));
  const packets = rowList("last packets", PACKETS, "packets", [0, 1, 5], (key) => ask("packet", key));
  const tables = make("div", "tables");
  tables.append(titled("Protocols", shares.element), titled("Top talkers", talkers.element));

  const opened = make("div", "opened");
  const words = make("span", "words");
  words.setAttribute("role", "status");
  const close = button("Close", "close what is open below", () => ask("close"));
  close.classList.add("tool");
  opened.append(words, close);

  root.append(
    bar, problem, numbers, notes,
    titled("Bytes a second", chart), tables,
    titled("Connections", connections.element), titled("Last packets", packets.element),
    make("div", "keys", "Click a connection or a packet to open it; Tab goes from list to list, arrow keys move inside one, Enter opens. A list holds still while you are in it."),
    opened,
  );
  el.append(root);

  // Rows do not slip away under the pointer, nor from a row that the keyboard has reached.
  const lists = [connections.element, packets.element];
  const hold = () => {
    const held = lists.some((list) => list.matches(":hover") || list.querySelector(".line:focus-visible"));
    set(model, "_hold", held);
  };
  for (const list of lists)
    for (const kind of ["pointerenter", "pointerleave", "focusin", "focusout"]) list.addEventListener(kind, () => setTimeout(hold));

  const bars = (rows) => {
    shares.body.replaceChildren(
      ...rows.map(([text, layer, count, length, share]) => {
        const row = make("tr");
        const cell = make("td", "share");
        const strip = make("span", "strip");
        strip.style.width = `${Math.max(1, 100 * share)}%`;
        strip.style.backgroundColor = `var(--netlab-${layer}-base)`;
        const track = make("span", "track");
        track.append(strip);
        cell.append(track, make("span", "percent", share > 0 && share < 0.01 ? "<1%" : `${Math.round(100 * share)}%`));
        row.append(make("td", "", text), make("td", "number", count.toLocaleString("en")), make("td", "number", length), cell);
        return row;
      }),
    );
  };

  const show = () => {
    const view = model.get("_view");
    if (!view.state) return;
    source.textContent = view.source;
    says.textContent = view.says;
    problem.textContent = view.problem;
    problem.hidden = !view.problem;
    stop.disabled = view.state !== "running";
    pause.disabled = view.state !== "running" && !model.get("paused");
    numbers.replaceChildren(...view.numbers.map((text) => make("li", "", text)));
    notes.textContent = view.notes.length ? `⚠ ${view.notes.join("; ")}` : "";
    notes.hidden = view.notes.length === 0;
    chart.innerHTML = view.chart;
    bars(view.shares);
    talkers.body.replaceChildren(
      ...view.talkers.map(([address, sent, received]) => {
        const row = make("tr");
        row.append(make("td", "", address), make("td", "number", sent), make("td", "number", received));
        return row;
      }),
    );
    connections.show(view.connections);
    packets.show([...view.packets].reverse());
    ask("seen");
  };
  const showOpened = () => {
    const [text, open] = model.get("_opened");
    opened.hidden = !text;
    words.textContent = text ?? "";
    close.hidden = !open;
  };
  const showControls = () => {
    const paused = model.get("paused");
    pause.textContent = paused ? "Go on" : "Pause";
    pause.setAttribute("aria-label", paused ? "go on" : "pause");
    pause.title = paused ? "go on" : "pause";
    if (document.activeElement !== filter) filter.value = model.get("filter");
  };
  const changes = { "change:_view": show, "change:_opened": showOpened, "change:paused": showControls, "change:filter": showControls };
  for (const [what, act] of Object.entries(changes)) model.on(what, act);
  show();
  showOpened();
  showControls();
  ask("view", name);
  return () => {
    for (const [what, act] of Object.entries(changes)) model.off(what, act);
    ask("gone", name);
  };
}

export default { render };
