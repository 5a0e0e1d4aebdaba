/* Cards: every kind that a business can send, as real controls, and how each looks once it is answered. */
import { replies, list } from "./cards/choices.js";
import { form } from "./cards/form.js";
import { place, request } from "./cards/places.js";
import { contact, group, link } from "./cards/shown.js";
import { times } from "./cards/times.js";

const BUILD = {
  quick_replies: replies,
  list_picker: list,
  time_slots: times,
  form,
  link,
  location_request: request,
  location: place,
  contact,
  media_group: group,
};

/** The elements of `message`'s card, null for a kind that is not known here. `item` is its answer on the way,
    if any; `acts`: answer(message, facts, shown), refresh(file). */
export function card(message, item, acts) {
  const build = Object.hasOwn(BUILD, message.card.kind) && BUILD[message.card.kind];
  return build ? build(message, new State(message, item), acts) : null;
}

/** The places of the files that the card shows itself. */
export function filesIn({ image, images = [], options = [], sections = [] }) {
  const offered = [...options, ...sections.flatMap((section) => section.options)];
  return new Set([...images, image, ...offered.map((option) => option.image)].filter((each) => each != null));
}

/** Where a card stands: open, on its way, answered, or refused with what is wrong. */
class State {
  constructor({ answer }, item) {
    const { selected = [], slot = "", values = {}, place } = item?.facts ?? {};
    const refused = ["bad_answer", "bad_field"].includes(item?.problem);
    this.answered = Boolean(answer);
    this.shut = this.answered || Boolean(item && !refused);
    this.fault = refused && !answer ? { where: item.field ?? "", kind: item.fault ?? "malformed" } : null;
    this.selected = new Set(answer ? answer.selected.map((option) => option.id) : selected);
    this.slot = answer ? (answer.slot?.id ?? "") : slot;
    this.values = answer ? (answer.values ?? {}) : values;
    this.address = answer ? (this.values.address?.[0] ?? "") : (place?.address ?? "");
  }
}
