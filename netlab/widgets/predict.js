// A question with choices: choosing one tells whether it is right, and why it tempts.

let count = 0;

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "netlab-predict";
  const group = document.createElement("fieldset");
  const legend = document.createElement("legend");
  legend.textContent = model.get("question");
  group.append(legend);
  const answer = document.createElement("p");
  answer.className = "answer";
  answer.setAttribute("aria-live", "polite");
  const name = `netlab-predict-${count++}`;
  const show = (choice) => {
    const [, why] = model.get("_choices").find(([text]) => text === choice) ?? [];
    const verdict = document.createElement("b");
    verdict.textContent = choice === model.get("_right") ? "✔ Right." : "✘ Not so.";
    answer.replaceChildren();
    if (why !== undefined) answer.append(verdict, why);
  };
  for (const [text] of model.get("_choices")) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    input.type = "radio";
    input.name = name;
    input.checked = text === model.get("choice");
    input.addEventListener("change", () => {
      show(text);
      model.set("choice", text);
      model.save_changes();
    });
    label.append(input, text);
    group.append(label);
  }
  // JupyterLab would take arrow keys for itself.
  root.addEventListener("keydown", (event) => event.key !== "Tab" && event.key !== "Escape" && event.stopPropagation());
  root.append(group, answer);
  el.append(root);
  show(model.get("choice"));
}

export default { render };
