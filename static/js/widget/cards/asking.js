/* What every card that asks something shares: a form that can be sent once, told wrong, and shut. */
import { make, piece } from "../pieces.js";
import { word } from "../words.js";

/** A card of `parts` below its title. `submit`, when given, is the button's words and `send` is called with
    `complain(words)` when it is used. */
export function asking(title, state, { parts, submit = "", send = () => {} }) {
  const form = make("form", "rich wg-card");
  const fields = make("div", "wg-ask", ...parts);
  const trouble = piece("t-trouble");
  const complain = (words) => {
    trouble.hidden = !words;
    trouble.lastElementChild.textContent = words;
  };
  Object.assign(form, { noValidate: true, tabIndex: -1, ariaLabel: title });
  form.append(fields, trouble);
  if (state.answered) form.append(badge());
  else if (submit) form.append(make("div", "body", button(submit, state.shut)));
  if (state.shut) for (const input of form.elements) input.disabled = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    complain("");
    if (!state.shut) send(complain);
  });
  if (state.fault) complain(word(FAULTS[state.fault.kind] ?? "look_over"));
  return form;
}

const FAULTS = { unknown: "fault_unknown", too_long: "fault_too_long", past: "fault_past" };

/** The words that stand over what a card asks. */
export function heading(title, ...more) {
  const head = make("div", "body", make("h3", "", title));
  head.firstChild.dir = "auto";
  head.append(...more.filter(Boolean).map((words) => soft(words)));
  return head;
}

export function soft(...words) {
  const line = make("p", "small soft", ...words);
  line.dir = "auto";
  return line;
}

/** A picture of the message, small; nothing while there is none. */
export function thumb(message, place, kind = "thumb") {
  const file = place == null ? null : message.files[place];
  if (!file?.preview_url) return [];
  const image = make("img", kind);
  Object.assign(image, { src: file.preview_url, alt: "" });
  return [image];
}

/** A radio or checkbox as a row with a mark. */
export function choice(option, { multiple, name, checked, picture = [] }) {
  const row = piece("t-option");
  const input = row.querySelector("input");
  Object.assign(input, { type: multiple ? "checkbox" : "radio", name, value: option.id, checked });
  row.querySelector("b").textContent = option.title;
  row.querySelector("small").textContent = option.subtitle ?? "";
  row.querySelector("label").prepend(...picture);
  return row;
}

export const picked = (form) => [...form.querySelectorAll("input:checked")].map((input) => input.value);

function button(words, shut) {
  const element = make("button", "btn btn--primary btn--block", words);
  element.disabled = shut;
  element.dir = "auto";
  return element;
}

function badge() {
  return make("footer", "wg-done", piece("i-sent"), word("answered"));
}
