// What all widgets share; it stands before each widget's own module.

const make = (tag, className = "", text = "") => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== "") element.textContent = text;
  return element;
};

const paint = (element, layer) => {
  element.style.backgroundColor = `var(--netlab-${layer}-fill)`;
  element.style.color = `var(--netlab-${layer}-ink)`;
};

// The widget's frame.  JupyterLab would take keys for itself.
const frame = (className) => {
  const root = make("div", `netlab-widget ${className}`);
  root.dataset.lmSuppressShortcuts = "true";
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" && event.key !== "Tab" && !(event.key === "Enter" && event.shiftKey)) event.stopPropagation();
  });
  return root;
};

const set = (model, name, value) => {
  if (model.get(name) === value) return;
  model.set(name, value);
  model.save_changes();
};

const within = (number, count) => Math.max(0, Math.min(count - 1, number));

const step = (items, current, by) => items[within(items.indexOf(current) + by, items.length)];

// Only one element of a group is reached by Tab; arrow keys move within the group.
const rove = (group, element, focus) => {
  for (const other of group) other.tabIndex = -1;
  if (!element) return;
  element.tabIndex = 0;
  if (focus) element.focus({ preventScroll: false });
};

// Scroll the pane, never the notebook.
const scrollInside = (pane, line, margin = 4) => {
  const above = line.getBoundingClientRect().top - pane.getBoundingClientRect().top - margin;
  const below = line.getBoundingClientRect().bottom - pane.getBoundingClientRect().bottom + margin;
  if (above < 0) pane.scrollTop += above;
  else if (below > 0) pane.scrollTop += below;
};

const button = (text, name, act) => {
  const made = make("button", "", text);
  made.type = "button";
  made.setAttribute("aria-label", name);
  made.title = name;
  made.addEventListener("click", act);
  return made;
};

const checkbox = (text, act) => {
  const label = make("label", "check");
  const input = make("input");
  input.type = "checkbox";
  input.addEventListener("change", () => act(input.checked));
  label.append(input, text);
  return { element: label, input };
};

// Buttons and a slider that lead through steps 0 to last: the trait `name` says which is shown.
const stepper = (model, name, last, spoken, milliseconds = 900) => {
  const bar = make("div", "stepper");
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "steps");
  let timer = null;
  const go = (to) => set(model, name, within(to, last() + 1));
  const stop = () => {
    clearInterval(timer);
    timer = null;
    show();
  };
  const by = (count) => () => {
    stop();
    go(model.get(name) + count);
  };
  const to = (where) => () => {
    stop();
    go(where());
  };
  const play = button("Play", "play", () => {
    if (timer) return stop();
    if (model.get(name) >= last()) go(0);
    timer = setInterval(() => (model.get(name) < last() ? go(model.get(name) + 1) : stop()), milliseconds);
    show();
  });
  const first = button("First", "first step", to(() => 0));
  const back = button("Back", "back one step", by(-1));
  const forward = button("Next", "next step", by(1));
  const end = button("Last", "last step", to(last));
  const slider = make("input");
  slider.type = "range";
  slider.min = 0;
  slider.setAttribute("aria-label", "step");
  slider.addEventListener("input", () => {
    const to = Number(slider.value);
    stop();
    go(to);
  });
  const words = make("span", "where");
  const show = () => {
    const at = model.get(name);
    slider.max = last();
    slider.value = at;
    slider.setAttribute("aria-valuetext", spoken(at));
    words.textContent = spoken(at);
    first.disabled = back.disabled = at === 0;
    forward.disabled = end.disabled = at === last();
    play.textContent = timer ? "Pause" : "Play";
    play.setAttribute("aria-label", timer ? "pause" : "play");
    play.title = timer ? "pause" : "play";
  };
  bar.append(first, back, play, forward, end, slider, words);
  show();
  return { element: bar, show, stop, playing: () => timer !== null };
};
