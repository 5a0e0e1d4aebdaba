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
    const choice = form.querySelector("input:checked");
    const slot = slots.find((each) => each.id === choice?.value);
    if (!slot) return complain(word("fault_choose"));
    if (isOver(slot)) return complain(pass(form, slots) ? word("fault_past") : "");
    acts.answer(message, { slot: slot.id }, { text: timeWords(slot) });
  };
  const form = asking(title, state, { parts: [head, ...parts], submit: word("confirm"), send });
  if (!state.shut) follow(form, slots, state);
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
  const zone = soft(word("your_zone", PLACE), same ? ` · ${lasting(slots[0].minutes)}` : "");
  const over = soft(word("times_gone"));
  over.hidden = true;
  over.dataset.over = "";
  const sets = [...days.values()].map((some) => oneDay(some, message.id, state, same));
  return [make("div", "body wg-times", zone, over, ...sets)];
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
  Object.assign(row.querySelector("input"), { name, value: slot.id, checked: state.slot === slot.id });
  row.querySelector("time").textContent = own(CLOCK).format(begins(slot));
  row.querySelector("time").dateTime = slot.start;
  if (!same) row.querySelector("small").textContent = lasting(slot.minutes);
  return row;
}

/* Time goes on while a card stands there. The server has the last word: a device's clock may be slow. */

const isOver = (slot) => begins(slot) <= new Date();
const MOST_MS = 2 ** 31 - 1; // of a timer

function follow(form, slots, { fault, slot }) {
  const refused = fault?.kind === "past" ? slot : "";
  if (!pass(form, slots, refused)) return;
  const next = Math.min(...slots.filter((each) => !isOver(each)).map((each) => begins(each) - Date.now()));
  const later = () => document.contains(form) && follow(form, slots, {});
  if (next < Infinity) setTimeout(later, Math.min(next + 1, MOST_MS));
}

/** Shut what is over, also `refused`, the id of a time that the server calls so. Returns whether any is left. */
function pass(form, slots, refused = "") {
  for (const slot of slots) if (slot.id === refused || isOver(slot)) shut(form, slot);
  const left = form.querySelector(".slots input:enabled") !== null;
  form.querySelector("[data-over]").hidden = left;
  form.querySelector(".btn").hidden = !left;
  if (!left) form.querySelector("[role=alert]").hidden = true; // "choose another" would be no help
  return left;
}

function shut(form, { id }) {
  const input = [...form.querySelectorAll(".slots input")].find((each) => each.value === id);
  if (input.disabled) return;
  if (input === document.activeElement) form.focus();
  Object.assign(input, { checked: false, disabled: true });
  input.closest("li").classList.add("is-gone");
  input.closest("li").querySelector("small").textContent = word("time_gone");
}
