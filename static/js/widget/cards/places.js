/* Where the business is, and where the visitor is: told by the device, or in words when it is not. */
import { make, piece } from "../pieces.js";
import { word } from "../words.js";
import { asking, heading } from "./asking.js";
import { outward } from "./shown.js";

const LINE = 500; // characters
const LOOKING = { enableHighAccuracy: true, timeout: 20000, maximumAge: 60000 };

export const mapOf = ({ latitude, longitude }) =>
  `https://www.openstreetmap.org/?mlat=${latitude.toFixed(6)}&mlon=${longitude.toFixed(6)}`;

export function place(message) {
  const { latitude, longitude, title, address } = message.card;
  const name = title || address || `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  const head = heading(name, address !== name && address);
  head.prepend(make("span", "wg-pin", piece("i-pin")));
  return [make("div", "rich wg-card wg-place", head, make("div", "body", outward(mapOf(message.card), word("map"))))];
}

export function request(message, state, acts) {
  const { prompt } = message.card;
  if (state.answered) {
    return [asking(prompt, state, { parts: [heading(prompt, state.address || word("place_shared"))] })];
  }
  const field = written(message.id, state);
  const send = (complain) => {
    const address = field.querySelector("input").value.trim();
    if (!address) return complain(word("fault_required"));
    acts.answer(message, { place: { address } }, { text: address });
  };
  const parts = [heading(prompt)];
  if (navigator.geolocation) parts.push(make("div", "body", finder(message, field, acts)));
  const form = asking(prompt, state, { parts: [...parts, field], submit: word("send_answer"), send });
  return [form];
}

function written(id, state) {
  const input = make("input", "input input--lg");
  Object.assign(input, { id: `${id}.address`, value: state.address, maxLength: LINE, autocomplete: "street-address" });
  input.dir = "auto";
  const label = make("label", "label", word(navigator.geolocation ? "or_write_place" : "write_place"));
  label.htmlFor = input.id;
  return make("div", "body field", label, input);
}

/** The button that asks the device, which asks the visitor. */
function finder(message, field, acts) {
  const button = make("button", "btn btn--block", piece("i-pin"), word("share_place"));
  button.type = "button";
  const looking = (on) => {
    button.ariaBusy = String(on);
    button.lastChild.textContent = word(on ? "locating" : "share_place");
  };
  const found = ({ coords: { latitude, longitude } }) =>
    acts.answer(message, { place: { latitude, longitude } }, { text: word("place_shared") });
  const refused = () => {
    looking(false);
    field.querySelector("label").textContent = word("no_place");
    field.querySelector("input").focus();
  };
  button.addEventListener("click", () => {
    if (button.ariaBusy === "true") return;
    looking(true);
    navigator.geolocation.getCurrentPosition(found, refused, LOOKING);
  });
  return button;
}
