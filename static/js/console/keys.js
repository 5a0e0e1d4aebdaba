/* The keyboard. Single letters are off while typing, with a modifier, in a dialog, and when the person switched
   them off; every one of them presses something that is also on the page. */
import { panes, toggleFacts } from "./panes.js";

const single = document.body.dataset.singleKeys !== "off";
const typing = (target) => target.closest("input:not([type=radio], [type=checkbox], [type=range]), textarea, select, [contenteditable]");
const links = () => document.querySelector("inbox-list").links.filter((link) => link.checkVisibility());
const press = (selector) => {
  const button = document.querySelector(selector);
  button?.click();
  return button;
};
const composer = () => document.querySelector("chat-composer");

const letters = {
  j: () => step(1),
  k: () => step(-1),
  arrowdown: () => step(1),
  arrowup: () => step(-1),
  r: () => press('#composer [data-key="r"]') ?? composer()?.choose?.("reply"),
  i: () => composer()?.choose?.("note"),
  n: () => press('[data-key="n"]'),
  g: () => press('#thread-head [data-key="g"]') ?? press('[data-key="g"]'),
  t: () => press('[data-key="t"]'),
  a: () => press('[data-key="a"]'),
  e: () => press('[data-key="e"]'),
  f: toggleFacts,
  "/": () => document.getElementById("search").focus(),
  "?": () => document.getElementById("keys").open(),
};

function step(by) {
  const all = links();
  const here = all.findIndex((link) => link === document.activeElement);
  const at = here >= 0 ? here : all.findIndex((link) => link.hasAttribute("aria-current"));
  all[Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
}

function nextPane(back) {
  const all = panes();
  const at = all.findIndex((pane) => pane.contains(document.activeElement));
  const pane = all[(at + (back ? -1 : 1) + all.length) % all.length];
  const seen = (selector) => [...pane.querySelectorAll(selector)].find((part) => part.checkVisibility());
  (seen("[aria-current], textarea") ?? seen("a[href], button, [tabindex]") ?? pane).focus();
}

/* Out of the composer, then back to the list. Menus and dialogs close by themselves before this hears of it. */
function leave(event) {
  if (typing(event.target)) return event.target.blur();
  const open = document.querySelector("inbox-list [aria-current]") ?? links()[0];
  if (document.getElementById("console").dataset.pane === "facts") return toggleFacts();
  open?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.key === "F6") return event.preventDefault(), nextPane(event.shiftKey);
  if (event.key === "Escape") return leave(event);
  if (!single || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const arrow = event.key.startsWith("Arrow");
  if (arrow && !event.target.closest("inbox-list")) return;
  const act = letters[event.key.toLowerCase()] ?? view(event.key);
  if (!act) return;
  event.preventDefault();
  act();
});

function view(key) {
  if (!/^[1-9]$/.test(key)) return null;
  const link = document.querySelectorAll(".rail .view[data-view]")[key - 1];
  return link && (() => link.click());
}
