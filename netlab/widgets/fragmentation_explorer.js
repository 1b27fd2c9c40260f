// The browser's side of FragmentationExplorer: an MTU to set, fragments to lose, double and move.

function render({ model, el }) {
  const root = frame("netlab-fragments");
  const info = model.get("_packet_info");
  const payload = info.bytes - info.header;
  let arrivals = [];

  // What the link takes.
  const bar = make("div", "bar");
  const label = make("label", "mtu");
  const slider = make("input");
  slider.type = "range";
  slider.min = info.least;
  slider.max = Math.max(info.bytes, info.least);
  slider.addEventListener("input", () => set(model, "mtu", Number(slider.value)));
  const number = make("output");
  label.append("MTU", slider, number);
  const presets = make("div", "presets");
  presets.setAttribute("role", "group");
  presets.setAttribute("aria-label", "usual MTUs");
  for (const [mtu, why] of info.presets) {
    const made = button(`${mtu}`, `${mtu}: ${why}`, () => set(model, "mtu", mtu));
    made.classList.add("tool");
    presets.append(made);
  }
  const df = checkbox("DF: do not fragment", (is) => set(model, "df", is));
  df.element.hidden = !info.df;
  const all = button("All arrive in order", "all arrive in order", () => arrive(fragments().map((_, place) => place)));
  all.classList.add("tool");
  bar.append(label, presets, df.element, all);

  const fragments = () => model.get("_cut").fragments;
  const arrive = (next) => {
    model.set("arrivals", next);
    model.save_changes();
  };

  const sent = make("p", "sent");
  sent.setAttribute("role", "status");
  const whole = make("div", "whole transport", `${info.name}: ${payload} bytes of payload`);
  const list = make("ol", "rows");
  list.setAttribute("aria-label", "fragments in the order in which they arrive");
  const lost = make("div", "lost");
  lost.setAttribute("role", "group");
  lost.setAttribute("aria-label", "lost fragments");
  const verdict = make("div", "verdict");
  verdict.setAttribute("role", "status");

  const strip = (line) => {
    const track = make("span", "track");
    const piece = make("span", "piece internet");
    piece.style.left = `${(100 * line.start) / payload}%`;
    piece.style.width = `${(100 * (line.end - line.start)) / payload}%`;
    track.append(piece);
    track.setAttribute("aria-hidden", "true");
    return track;
  };

  // Only one button of all rows is reached by Tab; arrow keys go from one to the next.
  let focus = { row: 0, column: 0 };
  const buttons = () => [...list.children].map((row) => [...row.querySelectorAll("button")]);
  const land = (row, column, really) => {
    const grid = buttons();
    focus = { row: within(row, grid.length), column };
    rove(grid.flat(), grid[focus.row]?.[column], really);
  };
  list.addEventListener("keydown", (event) => {
    const move = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[event.key];
    if (!move) return;
    event.preventDefault();
    land(focus.row + move[0], within(focus.column + move[1], 4), true);
  });

  const changes = {
    earlier: (place, next) => place > 0 && next.splice(place - 1, 0, ...next.splice(place, 1)),
    later: (place, next) => place < next.length - 1 && next.splice(place + 1, 0, ...next.splice(place, 1)),
    twice: (place, next) => next.splice(place, 0, next[place]),
    lose: (place, next) => next.splice(place, 1),
  };

  const row = (index, place) => {
    const line = fragments()[index];
    const { notes, done } = model.get("_report");
    const item = make("li", place === done ? "done" : "");
    const head = make("div", "head");
    head.append(make("b", "", `fragment ${index}`), make("span", "", `${line.bytes} byte${line.bytes === 1 ? "" : "s"}, ${line.says}`));
    const tools = make("span", "tools");
    Object.entries(changes).forEach(([name, change], column) => {
      const made = button(name, `${name}: fragment ${index}, arrival ${place + 1}`, () => {
        const next = [...arrivals];
        change(place, next);
        const to = { earlier: place - 1, later: place + 1 }[name] ?? place;
        focus = { row: to, column };
        keep = true;
        arrive(next);
      });
      made.addEventListener("focus", () => (focus = { row: place, column }));
      made.classList.add("tool");
      tools.append(made);
    });
    head.append(tools);
    item.append(head, strip(line));
    for (const note of notes[place] ?? []) item.append(make("div", "note", note));
    if (place === done && arrivals.length > 1) item.append(make("div", "note good", "✔ with this one the packet is whole"));
    return item;
  };

  let keep = false;
  const show = () => {
    const cut = model.get("_cut");
    arrivals = model.get("arrivals");
    slider.value = model.get("mtu");
    number.textContent = `${model.get("mtu")} bytes`;
    df.input.checked = model.get("df");
    sent.textContent = cut.problem || `Sent: ${cut.sent}`;
    sent.classList.toggle("wrong", cut.problem !== "");
    list.replaceChildren(...arrivals.filter((index) => index < cut.fragments.length).map(row));
    list.hidden = arrivals.length === 0;
    const gone = cut.fragments.map((_, index) => index).filter((index) => !arrivals.includes(index));
    lost.replaceChildren();
    lost.hidden = gone.length === 0;
    if (gone.length) lost.append("lost: ");
    for (const index of gone) {
      const made = button(`deliver ${index}`, `deliver ${index}: let fragment ${index} arrive last`, () => arrive([...arrivals, index]));
      made.classList.add("tool");
      lost.append(made);
    }
    verdict.replaceChildren();
    verdict.hidden = cut.problem !== "";
    const said = model.get("_report").verdict;
    for (const sentence of said) verdict.append(make("p", "", sentence));
    verdict.classList.toggle("wrong", said[0].startsWith("✘"));
    land(focus.row, focus.column, keep);
    keep = false;
  };

  root.append(bar, sent, whole, list, lost, verdict, make("div", "keys", "Tab goes from control to control, arrow keys go from button to button among the fragments."));
  el.append(root);
  show();
  model.on("change:_report", show);
  model.on("change:_cut", show);
  return () => {
    model.off("change:_report", show);
    model.off("change:_cut", show);
  };
}

export default { render };
