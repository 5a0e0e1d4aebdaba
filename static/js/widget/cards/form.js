/* A form: its questions, what is wrong with an answer beside the question, and what was filled in. */
import { make } from "../pieces.js";
import { date, word } from "../words.js";
import { asking, heading } from "./asking.js";
import { faultWords, question } from "./fields.js";

export function form(message, state, acts) {
  const { title, fields, submit } = message.card;
  if (state.answered) return [asking(title, state, { parts: [heading(title), filled(pairs(fields, state.values))] })];
  const asked = fields.map((field, at) => question(field, `${message.id}.${at}`, state.values[field.id] ?? []));
  const parts = [heading(title), make("div", "body wg-fields", ...asked.map((each) => each.element))];
  const send = (complain) => {
    const wrong = asked.filter((each) => each.check());
    if (wrong.length) {
      complain(word("look_over"));
      return wrong[0].focus();
    }
    const values = Object.fromEntries(asked.map((each) => [each.field.id, each.value]).filter(([, said]) => said.length));
    acts.answer(message, { values }, { filled: pairs(fields, values) });
  };
  if (state.fault) {
    const wrong = asked.find((each) => each.field.id === state.fault.where);
    wrong?.complain(faultWords(wrong.field, state.fault.kind));
  }
  return [asking(title, state, { parts, submit: submit || word("send_answer"), send })];
}

/** Questions and answers in words; what was left out is left out. */
export function pairs(fields, values) {
  const said = ({ id, type, options }) =>
    (values[id] ?? []).map((value) => (type === "date" ? date(value) : titleOf(options, value))).join(", ");
  return fields.map((field) => [field.label, said(field)]).filter(([, words]) => words);
}

const titleOf = (options, value) => options.find((option) => option.id === value)?.title ?? value;

export function filled(rows) {
  const list = make("dl", "filled body");
  for (const [label, words] of rows) {
    const [term, said] = [make("dt", "", label), make("dd", "", words)];
    term.dir = said.dir = "auto";
    list.append(make("div", "", term, said));
  }
  return list;
}
