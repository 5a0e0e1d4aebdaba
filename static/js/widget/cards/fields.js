/* The questions of a form, each a real control with its label, what is wrong with it beside it. */
import { make, piece } from "../pieces.js";
import { word } from "../words.js";
import { choice } from "./asking.js";

const MANY = 6; // choices that still stand open; more fold into a menu
const LINE = 500; // characters, as the server takes them
const LONG = 4000;
const INPUTS = {
  text: { type: "text", maxLength: LINE },
  email: { type: "email", maxLength: 254, autocomplete: "email", autocapitalize: "none", spellcheck: false },
  phone: { type: "tel", maxLength: 40, autocomplete: "tel" },
  number: { type: "text", maxLength: 40, inputMode: "decimal", autocomplete: "off" },
  date: { type: "date" },
};
const FITS = {
  email: (said) => /^[^@\s<>"(),;:\\]+@[^@\s.<>"(),;:\\]+(\.[^@\s.<>"(),;:\\]+)+$/.test(said),
  phone: (said) => /^\+?[\d .()/\u00a0\u202f-]+$/.test(said) && /^\d{3,15}$/.test(said.replace(/\D/g, "")),
  number: (said) => /^[+-]?\d{1,30}(\.\d{1,30})?$/.test(said.replace(/\s/g, "").replace(",", ".").replace("\u2212", "-")),
};

export function question(field, name, given) {
  return new (kindOf(field))(field, name, given);
}

function kindOf({ type, options }) {
  if (type === "choice" && options.length > MANY) return Menu;
  return { choice: Ticks, choices: Ticks, long_text: LongText }[type] ?? Line;
}

/** What `kind` of fault means for this question, in words. */
export function faultWords({ type }, kind) {
  if (kind === "too_long") return word("fault_too_long");
  if (kind === "unknown") return word("fault_unknown");
  if (["choice", "choices"].includes(type)) return word("fault_choose");
  return kind === "required" ? word("fault_required") : word(`fault_${FAULTS.has(type) ? type : "required"}`);
}

const FAULTS = new Set(["email", "phone", "number", "date"]);

class Question {
  constructor(field, name, given) {
    Object.assign(this, { field, name, trouble: piece("t-trouble") });
    this.trouble.id = `${name}.trouble`;
    this.trouble.removeAttribute("role"); // the card says once that something is wrong
    this.element = this.build(given);
    this.element.addEventListener("input", () => this.complain(""));
  }

  /** Show what is wrong; true when something is. */
  check() {
    const kind = this.fault();
    this.complain(kind ? faultWords(this.field, kind) : "");
    return Boolean(kind);
  }

  fault() {
    if (!this.value.length) return this.field.required ? "required" : "";
    const fits = FITS[this.field.type];
    return fits && !fits(this.value[0]) ? "malformed" : "";
  }

  complain(words) {
    this.trouble.hidden = !words;
    this.trouble.lastElementChild.textContent = words;
    this.element.classList.toggle("is-bad", Boolean(words));
    for (const each of this.inputs) {
      each.setAttribute("aria-invalid", String(Boolean(words)));
      if (words) each.setAttribute("aria-describedby", this.trouble.id);
      else each.removeAttribute("aria-describedby");
    }
  }

  focus() {
    this.inputs[0].focus();
  }

  label(tag) {
    const label = make(tag, "label", this.field.label);
    label.dir = "auto";
    if (!this.field.required) label.append(" ", make("span", "opt", word("optional")));
    return label;
  }
}

class Line extends Question {
  build([said = ""]) {
    this.control = this.input();
    Object.assign(this.control, { id: this.name, value: said, dir: "auto", required: this.field.required });
    const label = this.label("label");
    label.htmlFor = this.name;
    return make("div", "field", label, this.control, this.trouble);
  }

  input() {
    return Object.assign(make("input", "input input--lg"), INPUTS[this.field.type] ?? INPUTS.text);
  }

  get inputs() {
    return [this.control];
  }

  get value() {
    const said = this.control.value.trim();
    return said ? [said] : [];
  }

  fault() {
    return this.control.validity.badInput ? "malformed" : super.fault(); // a day that is half filled in
  }
}

class LongText extends Line {
  input() {
    return Object.assign(make("textarea", "textarea"), { rows: 3, maxLength: LONG });
  }
}

class Menu extends Line {
  input() {
    const menu = make("select", "select", new Option(word("choose_one"), ""));
    menu.append(...this.field.options.map(({ id, title }) => new Option(title, id)));
    return menu;
  }
}

class Ticks extends Question {
  build(given) {
    const chosen = new Set(given);
    const multiple = this.field.type === "choices";
    const rows = this.field.options.map((option) =>
      choice(option, { multiple, name: this.name, checked: chosen.has(option.id) })
    );
    this.rows = make("ul", "pick", ...rows);
    return make("fieldset", "field wg-choices", this.label("legend"), this.rows, this.trouble);
  }

  get inputs() {
    return [...this.rows.querySelectorAll("input")];
  }

  get value() {
    return this.inputs.filter((input) => input.checked).map((input) => input.value);
  }
}
