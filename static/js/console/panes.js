/* Which pane shows: on narrow screens one at a time, on wide ones facts or not. The choice stays on this device. */
const shell = document.getElementById("console");
const narrow = matchMedia("(max-width: 1312px)");
const phone = matchMedia("(max-width: 760px)");
const KEY = "console.facts";

export function show(pane) {
  shell.dataset.pane = pane;
}

export function toggleFacts() {
  if (!document.getElementById("facts")) return;
  if (narrow.matches) return show(shell.dataset.pane === "facts" ? "thread" : "facts");
  const hidden = shell.classList.toggle("no-facts");
  localStorage.setItem(KEY, hidden ? "off" : "on");
}

/* The panes one can step through, in reading order. */
export const panes = () =>
  [".rail", ".list", ".thread", ".facts"].map((pane) => shell.querySelector(pane)).filter((pane) => pane?.checkVisibility());

shell.classList.toggle("no-facts", !document.getElementById("facts") || localStorage.getItem(KEY) === "off");

document.addEventListener("click", (event) => {
  const mover = event.target.closest("[data-pane-to]");
  if (!mover) return;
  if (mover.dataset.paneTo === "rail" && !phone.matches) return;
  event.preventDefault();
  if (mover.dataset.action === "facts") return toggleFacts();
  show(mover.dataset.paneTo);
});

/* The conversation went out of the reader's sight (another team's now): back to what they may see. */
document.addEventListener("live:lost", () => location.assign(document.querySelector("[data-back]").href));

/* A head that was pushed is the same for everybody: it does not know from which view this reader came. */
document.addEventListener("live:frames", () => {
  const back = document.querySelector("[data-back]");
  if (back) back.href = back.getAttribute("href").replace(/[^/]+\/$/, `${document.body.dataset.view}/`);
});
