// The browser's side of StateExplorer: Python keeps both ends, here their buttons are pressed.

function render({ model, el }) {
  const root = frame("netlab-state-explorer");
  const send = (what, more = {}) => model.send({ what, ...more });
  const bar = make("div", "bar");
  const asks = checkbox("ask me first", (on) => set(model, "ask", on));
  const undo = button("↶ undo", "take the last step back", () => send("undo"));
  const reset = button("⟲ start again", "both ends CLOSED again", () => send("reset"));
  const wait = button("⏱", "wait", () => send("wait"));
  for (const tool of [undo, reset, wait]) tool.classList.add("tool");
  bar.append(asks.element, undo, reset, wait);
  const ends = [make("section", "end left"), make("section", "end right")];
  const wire = make("section", "wire");
  wire.setAttribute("aria-label", "segments in flight");
  const stage = make("div", "stage");
  stage.append(ends[0], wire, ends[1]);
  const said = make("div", "said");
  said.setAttribute("role", "status");
  const question = make("div", "question");
  const diagram = make("div", "diagram");
  const history = make("details", "history");
  root.append(bar, stage, said, question, diagram, history);

  const showEnd = (side) => {
    const end = model.get("_ends")[side];
    const section = ends[side];
    section.setAttribute("aria-label", `the ${end.name} end`);
    const calls = make("div", "calls");
    for (const call of end.calls) {
      const name = `${end.name}: ${call.text}${call.possible ? "" : ", which its state does not permit"}`;
      const made = button(call.text, name, () => send("call", { side, name: call.name }));
      made.className = call.possible ? "tool" : "tool impossible";
      calls.append(made);
    }
    const table = make("table");
    for (const [name, value] of end.variables) {
      const row = make("tr");
      row.append(make("th", "", name), make("td", "", `${value}`));
      table.append(row);
    }
    const state = make("div", "state");
    state.append(make("span", "who", end.name), make("b", "", end.state));
    section.replaceChildren(state, calls, table);
    if (end.waiting) section.append(make("div", "note", end.waiting));
    if (end.error) section.append(make("div", "error", `told its user: ${end.error}`));
  };

  const showWire = () => {
    const flights = model.get("_flights").map((flight) => {
      const line = make("div", "flight");
      line.setAttribute("role", "group");
      line.setAttribute("aria-label", flight.text);
      line.append(make("span", "text", flight.leftward ? `◀ ${flight.text}` : `${flight.text} ▶`));
      const tools = make("span", "tools");
      for (const what of ["deliver", "drop", "duplicate", "delay"]) {
        const made = button(what, `${what} ${flight.text}`, () => send(what, { number: flight.number }));
        made.className = "tool";
        tools.append(made);
      }
      line.append(tools);
      return line;
    });
    const none = make("div", "note", "nothing is in flight");
    wire.replaceChildren(make("div", "head", "in flight"), ...(flights.length ? flights : [none]));
  };

  const showSaid = () => {
    const { title, lines, refused } = model.get("_said");
    said.classList.toggle("refused", Boolean(refused));
    const list = make("ul");
    list.append(...lines.map((line) => make("li", "", line)));
    said.replaceChildren(make("b", "", title), list);
  };

  const showQuestion = () => {
    const { ask, choices = [] } = model.get("_question");
    question.hidden = !ask;
    stage.inert = Boolean(ask);
    wait.disabled = Boolean(ask) || !model.get("_wait");
    if (!ask) return question.replaceChildren();
    const answers = choices.map((choice) => {
      const made = button(choice, choice, () => send("answer", { choice }));
      made.className = "tool";
      return made;
    });
    question.replaceChildren(make("p", "", ask), ...answers);
    answers[0].focus({ preventScroll: true });
  };

  const show = () => {
    showEnd(0);
    showEnd(1);
    showWire();
    showSaid();
    wait.textContent = `⏱ ${model.get("_wait") || "no timer runs"}`;
    showQuestion();
    diagram.innerHTML = model.get("_diagram");
    const lines = model.get("_history");
    const list = make("div");
    list.append(...lines.map((line) => make("div", "", line)));
    history.replaceChildren(make("summary", "", `what has happened: ${lines.length} steps`), list);
    history.hidden = lines.length === 0;
    undo.disabled = lines.length === 0 && model.get("_flights").length === 0;
    asks.input.checked = model.get("ask");
  };
  const showLater = () => requestAnimationFrame(show);
  for (const name of ["_ends", "_flights", "_said", "_question", "ask"]) model.on(`change:${name}`, showLater);
  el.append(root);
  show();
}

export default { render };
