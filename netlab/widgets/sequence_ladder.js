// The browser's side of SequenceLadder: Python draws the ladder, here its arrows become choices.

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "netlab-ladder-box";
  const bar = document.createElement("label");
  bar.className = "bar";
  const relative = document.createElement("input");
  relative.type = "checkbox";
  bar.append(relative, "count sequence numbers from 0");
  const note = document.createElement("span");
  note.className = "note";
  const list = document.createElement("div");
  list.className = "arrows";
  list.tabIndex = 0;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "packets between the two hosts");
  root.append(bar, note, list);

  const arrows = () => [...list.querySelectorAll(".arrow")];
  const choose = (place) => {
    const count = arrows().length;
    model.set("chosen", Math.max(0, Math.min(count - 1, place)));
    model.save_changes();
  };
  const mark = () => {
    const chosen = model.get("chosen");
    arrows().forEach((arrow, place) => arrow.setAttribute("aria-selected", place === chosen));
    const arrow = arrows()[chosen];
    if (!arrow) return;
    list.setAttribute("aria-activedescendant", arrow.id);
    const box = arrow.getBoundingClientRect();
    const frame = list.getBoundingClientRect();
    if (box.top < frame.top) list.scrollTop += box.top - frame.top - 8;
    if (box.bottom > frame.bottom) list.scrollTop += box.bottom - frame.bottom + 8;
  };
  const name = `netlab-${Math.random().toString(36).slice(2)}`;
  const draw = () => {
    list.innerHTML = model.get("_svg");
    list.firstElementChild.setAttribute("role", "presentation");
    list.firstElementChild.removeAttribute("aria-label");
    arrows().forEach((arrow, place) => {
      arrow.id = `${name}-${place}`;
      arrow.setAttribute("role", "option");
      arrow.setAttribute("aria-label", model.get("_labels")[place]);
      arrow.addEventListener("click", () => choose(place));
    });
    note.textContent = model.get("_note");
    relative.checked = model.get("relative");
    mark();
  };
  relative.addEventListener("change", () => {
    model.set("relative", relative.checked);
    model.save_changes();
  });
  list.addEventListener("keydown", (event) => {
    const far = arrows().length;
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -far, End: far }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    choose(model.get("chosen") + by);
  });
  model.on("change:_svg", draw);
  model.on("change:chosen", mark);
  el.append(root);
  draw();
}

export default { render };
