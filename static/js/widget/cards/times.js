/* Times to choose from, by day, in the visitor's own time zone. */
import { make, piece } from "../pieces.js";
import { lasting, settings, word } from "../words.js";
import { asking, heading, soft } from "./asking.js";

const ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone;
const own = (options) => new Intl.DateTimeFormat(settings.language, options);
const DAY = { weekday: "long", day: "numeric", month: "long" };
const CLOCK = { hour: "numeric", minute: "2-digit" };
const PLACE = ZONE.split("/").at(-1).replaceAll("_", " "); // "America/New_York" is no word that people know

const ends = ({ start, minutes }) => new Date(Date.parse(start) + minutes * 60000);
const begins = ({ start }) => new Date(start);
const dayOf = (slot) => begins(slot).toLocaleDateString("sv");

/** A time in words: "Thursday 26 November, 09:30 – 10:00". */
export const timeWords = (slot) => own({ ...DAY, ...year(slot), ...CLOCK }).formatRange(begins(slot), ends(slot));

const year = (slot) => (begins(slot).getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" });

export function times(message, state, acts) {
  const { title, slots, place } = message.card;
  const head = heading(title, place && at(place));
  const parts = state.answered ? [taken(slots, state)] : open(message, state);
  const send = (complain) => {
    const slot = slots.find((each) => each.id === form.querySelector("input:checked")?.value);
    if (!slot) return complain(word("fault_choose"));
    acts.answer(message, { slot: slot.id }, { text: timeWords(slot) });
  };
  const left = slots.some((slot) => begins(slot) > new Date());
  const form = asking(title, state, { parts: [head, ...parts], submit: left ? word("confirm") : "", send });
  return [form];
}

const at = (place) => make("span", "wg-icon-line", piece("i-pin"), place);

function taken(slots, state) {
  const slot = slots.find((each) => each.id === state.slot);
  return make("p", "body wg-taken", piece("i-calendar"), slot ? timeWords(slot) : word("answered"));
}

function open(message, state) {
  const { slots } = message.card;
  const days = Map.groupBy ? Map.groupBy(slots, dayOf) : grouped(slots);
  const same = new Set(slots.map((slot) => slot.minutes)).size === 1;
  const lines = [soft(word("your_zone", PLACE), same ? ` · ${lasting(slots[0].minutes)}` : "")];
  if (!slots.some((slot) => begins(slot) > new Date())) lines.push(soft(word("times_gone")));
  const sets = [...days.values()].map((some) => oneDay(some, message.id, state, same));
  return [make("div", "body wg-times", ...lines, ...sets)];
}

function grouped(slots) {
  const days = new Map();
  for (const slot of slots) days.set(dayOf(slot), [...(days.get(dayOf(slot)) ?? []), slot]);
  return days;
}

function oneDay(slots, name, state, same) {
  const legend = make("legend", "label", own({ ...DAY, ...year(slots[0]) }).format(begins(slots[0])));
  return make("fieldset", "", legend, make("ul", "slots", ...slots.map((slot) => time(slot, name, state, same))));
}

function time(slot, name, state, same) {
  const row = piece("t-slot");
  const input = row.querySelector("input");
  const gone = begins(slot) <= new Date();
  Object.assign(input, { name, value: slot.id, checked: state.slot === slot.id, disabled: gone });
  row.classList.toggle("is-gone", gone);
  row.querySelector("time").textContent = own(CLOCK).format(begins(slot));
  row.querySelector("time").dateTime = slot.start;
  if (!same) row.querySelector("small").textContent = lasting(slot.minutes);
  return row;
}
