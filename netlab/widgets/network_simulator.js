// The browser's side of NetworkSimulator: sliders, a button, and what came out.

function render({ model, el }) {
  const root = frame("netlab-simulator");
  const form = make("form", "settings");
  form.setAttribute("aria-label", "the network");
  const rounded = (value) => Number(value.toFixed(3));

  const row = (text, control, output) => {
    const label = make("label", "setting");
    label.append(make("span", "what", text), control);
    if (output) label.append(output);
    form.append(label);
  };
  const shows = [];
  for (const { name, label, unit, least, most, step, factor } of model.get("_settings")) {
    const slider = make("input");
    Object.assign(slider, { type: "range", min: least, max: most, step, name });
    const output = make("output");
    slider.addEventListener("input", () => {
      const value = Number(slider.value) * factor;
      set(model, name, name === "queue" || name === "window" ? Math.round(value) : value);
    });
    shows.push(() => {
      const value = rounded(model.get(name) / factor);
      slider.value = value;
      slider.setAttribute("aria-valuetext", `${value} ${unit}`);
      output.textContent = `${value} ${unit}`;
    });
    row(label, slider, output);
    model.on(`change:${name}`, () => refresh());
  }

  const control = make("select");
  for (const kind of model.get("_kinds")) {
    const names = { none: "none", reno: "Reno", newreno: "NewReno", cubic: "CUBIC" };
    const option = make("option", "", names[kind] ?? kind);
    option.value = kind;
    control.append(option);
  }
  control.addEventListener("change", () => set(model, "congestion", control.value));
  row("congestion control", control);
  const seed = make("input");
  Object.assign(seed, { type: "number", min: 0, step: 1 });
  seed.addEventListener("change", () => set(model, "seed", Math.max(0, Math.round(Number(seed.value)))));
  row("seed of chance", seed);
  shows.push(() => {
    control.value = model.get("congestion");
    seed.value = model.get("seed");
  });

  // A trait asks for the run, not a message: a message could overtake the settings.
  let running = false;
  const run = button("Run", "run the transfer", () => {
    running = true;
    set(model, "_asked", model.get("_asked") + 1);
    refresh();
  });
  model.on("change:_progress", () => {
    running = model.get("_progress") < 1;
    refresh();
  });
  run.classList.add("tool", "run");
  const progress = make("progress");
  progress.setAttribute("aria-label", "how far the run is");
  const changed = make("span", "changed", "Changed: press Run.");
  const bar = make("div", "bar");
  bar.append(run, progress, changed);
  form.append(bar);
  form.addEventListener("submit", (event) => event.preventDefault());

  const said = make("p", "said");
  said.setAttribute("role", "status");
  const chart = make("img", "chart");

  const ladder = make("div", "bar ladder");
  const first = make("input");
  Object.assign(first, { type: "number", min: 0, step: 1 });
  first.addEventListener("change", () => go(Number(first.value)));
  const label = make("label", "", "Ladder: the handshake, then from packet ");
  label.append(first);
  const go = (number) => set(model, "first", within(Math.round(number) || 0, model.get("_count")));
  const loss = button("Next loss", "go to the next packet that was lost", () => {
    const next = model.get("_losses").find((number) => number > model.get("first") + 6);
    if (next !== undefined) go(next - 6);
  });
  loss.classList.add("tool");
  const start = button("Start", "go to the start", () => go(0));
  start.classList.add("tool");
  const total = make("span", "note");
  ladder.append(label, start, loss, total);

  const refresh = () => {
    shows.forEach((show) => show());
    const ran = model.get("_ran");
    changed.hidden = Object.keys(ran).every((name) => ran[name] === model.get(name));
    progress.value = model.get("_progress") % 1;
    progress.hidden = !running;
    run.disabled = running;
    said.textContent = model.get("_said");
    chart.alt = model.get("_alt");
    if (chart.getAttribute("src") !== model.get("_image")) chart.src = model.get("_image");
    first.value = model.get("first");
    loss.disabled = !model.get("_losses").some((number) => number > model.get("first") + 6);
    total.textContent = `of ${model.get("_count")}, ${model.get("_losses").length} of them lost`;
  };
  for (const name of ["congestion", "seed", "first", "_ran", "_said", "_image", "_count"]) model.on(`change:${name}`, refresh);
  root.append(form, said, chart, ladder);
  el.append(root);
  refresh();
}

export default { render };
