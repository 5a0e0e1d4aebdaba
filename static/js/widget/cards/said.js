/* What the visitor answered, as their own words in the conversation. */
import { make, piece } from "../pieces.js";
import { word } from "../words.js";
import { filled, pairs } from "./form.js";
import { mapOf } from "./places.js";
import { timeWords } from "./times.js";

/** What `message` answered to `asked`, the message with the card (undefined when it is too long ago). */
export function answered({ answer, place }, asked) {
  if (place) return { place };
  const { selected = [], slot, values = {} } = answer;
  if (slot) return { text: timeWords(slot) };
  if (asked?.card?.kind === "form") return { filled: pairs(asked.card.fields, values) };
  return { text: [...selected.map((option) => option.title), ...Object.values(values).flat()].join(", ") };
}

/** The bubble of a form's answers or of a place; null when there are only words. */
export function bubble(shown) {
  if (shown.filled) return make("div", "bubble wg-filled", filled(shown.filled));
  if (!shown.place) return null;
  const anchor = make("a", "bubble wg-where", piece("i-pin"), shown.place.title || word("place_shared"));
  return Object.assign(anchor, { href: mapOf(shown.place), target: "_blank", rel: "noopener noreferrer" });
}
