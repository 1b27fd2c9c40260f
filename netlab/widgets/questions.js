// Questions with choices: choose one, commit to it, and read of each why it is right or tempts.

function render({ model, el }) {
  const root = frame("netlab-questions");
  model.get("_questions").forEach((question, place) => root.append(ask(model, question, place)));
  el.append(root);
}

function ask(model, question, place) {
  const group = make("fieldset");
  const name = `netlab-${Math.random().toString(36).slice(2)}`; // one group of radio buttons
  const choices = question.choices.map((choice) => {
    const line = make("div", "choice");
    const label = make("label");
    const input = make("input");
    input.type = "radio";
    input.name = name;
    input.addEventListener("change", () => (button.disabled = false));
    const mark = make("b", "mark");
    label.append(input, choice.say, mark);
    const why = make("div", "why", choice.why);
    why.hidden = true;
    line.append(label, why);
    return { ...choice, line, input, mark, why };
  });
  const button = make("button", "", model.get("_button"));
  button.type = "button";
  button.disabled = true;
  const verdict = make("p", "verdict");
  verdict.setAttribute("role", "status");

  const show = (chosen) => {
    if (chosen < 0) return;
    const picked = choices[chosen];
    for (const { line, input, mark, why, right } of choices) {
      input.checked = input === picked.input;
      input.disabled = true;
      mark.textContent = right ? " ✔ right" : input.checked ? " ✘ your choice" : "";
      why.hidden = false;
      line.classList.toggle("right", Boolean(right));
      line.classList.toggle("wrong", input.checked && !right);
    }
    button.hidden = true;
    verdict.textContent = picked.right
      ? "✔ Right."
      : `✘ Not so. Right is: ${choices.find((choice) => choice.right).say}`;
  };
  button.addEventListener("click", () => {
    const chosen = [...model.get("chosen")];
    chosen[place] = choices.findIndex(({ input }) => input.checked);
    model.set("chosen", chosen);
    model.save_changes();
  });
  model.on("change:chosen", () => show(model.get("chosen")[place]));

  group.append(make("legend", "", question.ask), ...choices.map(({ line }) => line));
  group.append(button, verdict);
  show(model.get("chosen")[place]);
  return group;
}

export default { render };
