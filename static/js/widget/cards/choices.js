/* Quick replies and list pickers. */
import { make } from "../pieces.js";
import { word } from "../words.js";
import { asking, choice, heading, picked, thumb } from "./asking.js";

export function replies(message, state, acts) {
  const { prompt, options } = message.card;
  const row = make("div", "qr-row");
  Object.assign(row, { role: "group", ariaLabel: prompt, tabIndex: -1 });
  row.append(...options.map((option) => reply(message, option, state, acts)));
  const question = make("p", "bubble", prompt);
  question.dir = "auto";
  return [question, row];
}

function reply(message, option, state, acts) {
  const on = state.selected.has(option.id);
  const button = make("button", on ? "q is-on" : "q", ...thumb(message, option.image), option.title);
  Object.assign(button, { type: "button", dir: "auto", disabled: state.shut, ariaPressed: String(on) });
  if (option.subtitle) button.append(make("small", "", option.subtitle));
  button.addEventListener("click", () =>
    acts.answer(message, { selected: [option.id] }, { text: option.title })
  );
  return button;
}

export function list(message, state, acts) {
  const { title, subtitle, sections, image } = message.card;
  const parts = sections.map((each, at) => section(message, each, `${message.id}.${at}`, state));
  const options = sections.flatMap((each) => each.options);
  const send = (complain) => {
    const ids = new Set(picked(form));
    const chosen = options.filter((option) => ids.has(option.id));
    if (!chosen.length) return complain(word("fault_choose"));
    const words = chosen.map((option) => option.title).join(", ");
    acts.answer(message, { selected: chosen.map((option) => option.id) }, { text: words });
  };
  const head = [...thumb(message, image, "rich-pic"), heading(title, subtitle)];
  const form = asking(title, state, { parts: [...head, ...parts], submit: word("confirm"), send });
  return [form];
}

function section(message, { title, options, multiple }, name, state) {
  const rows = options.map((option) =>
    choice(option, {
      multiple,
      name,
      checked: state.selected.has(option.id),
      picture: thumb(message, option.image),
    })
  );
  const legend = make("legend", title ? "label" : "vh", title || word(multiple ? "choose_some" : "choose_one"));
  legend.dir = "auto";
  return make("fieldset", "wg-choices", legend, make("ul", "pick", ...rows));
}
