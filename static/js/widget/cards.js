/* Cards: quick replies and list pickers, as real buttons, radios and checkboxes. */
import { make, piece } from "./pieces.js";
import { word } from "./words.js";

/** The card of `message`; `choose(message, options)` is called once, with what was chosen. */
export function card(message, choose) {
  const chosen = new Set((message.answer?.selected ?? []).map((option) => option.id));
  const build = message.card.kind === "list_picker" ? list : replies;
  return build(message, chosen, choose);
}

function replies({ card: { prompt, options }, ...message }, chosen, choose) {
  const row = make("div", "qr-row");
  row.role = "group";
  row.ariaLabel = prompt;
  for (const option of options) {
    const button = make("button", chosen.has(option.id) ? "q is-on" : "q", option.title);
    button.type = "button";
    button.dir = "auto";
    button.disabled = chosen.size > 0;
    button.ariaPressed = String(chosen.has(option.id));
    button.addEventListener("click", () => {
      for (const each of row.children) each.disabled = true;
      button.classList.add("is-on");
      choose(message, [option]);
    });
    row.append(button);
  }
  const question = make("p", "bubble", prompt);
  question.dir = "auto";
  return [question, row];
}

function list({ card: { id, title, subtitle, sections }, ...message }, chosen, choose) {
  const form = make("form", "rich wg-list");
  const head = make("div", "body", make("h3", "", title));
  if (subtitle) head.append(make("p", "small soft", subtitle));
  form.append(head, ...sections.map((each, at) => section(each, `${message.id}.${at}`, chosen)));
  const options = sections.flatMap((each) => each.options);
  if (chosen.size) {
    for (const input of form.elements) input.disabled = true;
    return [form];
  }
  const confirm = make("button", "btn btn--primary btn--block", word("confirm"));
  confirm.disabled = true;
  form.append(make("div", "body", confirm));
  const picked = () => [...form.querySelectorAll("input:checked")].map((input) => input.value);
  form.addEventListener("change", () => (confirm.disabled = !picked().length));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const ids = picked();
    for (const input of form.elements) input.disabled = true;
    choose(message, options.filter((option) => ids.includes(option.id)));
  });
  return [form];
}

function section({ title, options, multiple }, name, chosen) {
  const rows = options.map((option) => {
    const row = piece("t-option");
    const input = row.querySelector("input");
    input.type = multiple ? "checkbox" : "radio";
    Object.assign(input, { name, value: option.id, checked: chosen.has(option.id) });
    row.querySelector("b").textContent = option.title;
    row.querySelector("small").textContent = option.subtitle;
    return row;
  });
  const set = make("fieldset", "", make("legend", title ? "label" : "vh", title || name), make("ul", "pick", ...rows));
  return set;
}
