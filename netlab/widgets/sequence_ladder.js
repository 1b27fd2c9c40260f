// The browser's side of SequenceLadder: Python draws the ladder, here its arrows become choices.

function render({ model, el }) {
  const root = frame("netlab-ladder-box");
  const relative = checkbox("count sequence numbers from 0", (on) => set(model, "relative", on));
  const note = make("span", "note");
  const list = make("div", "arrows");
  list.tabIndex = 0;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "packets between the two hosts");
  root.append(relative.element, note, list);

  const name = `netlab-${Math.random().toString(36).slice(2)}`;
  const arrows = () => [...list.querySelectorAll(".arrow")];
  const choose = (place) => set(model, "chosen", within(place, arrows().length));
  const mark = () => {
    const chosen = model.get("chosen");
    arrows().forEach((arrow, place) => arrow.setAttribute("aria-selected", place === chosen));
    const arrow = arrows()[chosen];
    if (!arrow) return;
    list.setAttribute("aria-activedescendant", arrow.id);
    scrollInside(list, arrow, 8 + list.firstElementChild.clientHeight); // not below the names
  };
  const draw = () => {
    list.innerHTML = model.get("_head") + model.get("_svg");
    list.lastElementChild.setAttribute("role", "presentation");
    list.lastElementChild.removeAttribute("aria-label");
    arrows().forEach((arrow, place) => {
      arrow.id = `${name}-${place}`;
      const reach = arrow.querySelector(".band").cloneNode(); // a click between words and line counts
      reach.setAttribute("class", "reach");
      arrow.prepend(reach);
      arrow.setAttribute("role", "option");
      arrow.setAttribute("aria-label", model.get("_labels")[place]);
      arrow.addEventListener("click", () => choose(place));
    });
    note.textContent = model.get("_note");
    relative.input.checked = model.get("relative");
    mark();
  };
  list.addEventListener("keydown", (event) => {
    const far = arrows().length;
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -far, End: far }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    choose(model.get("chosen") + by);
  });
  model.on("change:_svg", draw);
  model.on("change:chosen", mark);
  el.append(root);
  draw();
}

export default { render };
