/* Putting what the server rendered into the page, by element id. `append` replaces when the id exists; `replace`
   does nothing when it does not. The HTML is trusted because it comes from our own socket and nowhere else. */
const HOMES = { list: "conversation-list", thread: "timeline" };

export function apply(frames, watched) {
  for (const frame of frames) {
    if (frame.r === "thread" && frame.c !== watched) continue;
    const known = document.getElementById(frame.t);
    if (frame.a === "remove") known?.remove();
    else if (known) swap(known, made(frame.h));
    else if (frame.a === "append") document.getElementById(HOMES[frame.r])?.append(made(frame.h));
  }
}

function made(html) {
  const shell = document.createElement("template");
  shell.innerHTML = html.trim();
  return shell.content;
}

/* Never takes the focus away, and never touches what is being typed while the decision about sending stands. */
function swap(known, fresh) {
  const held = known.contains(document.activeElement) ? document.activeElement : null;
  const decision = known.dataset.decision;
  if (held && decision !== undefined && fresh.firstElementChild?.dataset.decision === decision) return asides(fresh);
  const parent = known.parentElement;
  known.replaceWith(fresh);
  if (held && !held.isConnected) twin(held, parent)?.focus({ preventScroll: true });
}

/* What stands beside what is being typed, and may change under it. */
function asides(fresh) {
  for (const aside of fresh.querySelectorAll("[data-aside]")) document.getElementById(aside.id)?.replaceWith(aside);
}

function twin(held, parent) {
  if (held.id) return document.getElementById(held.id);
  const mark = ["data-key", "name", "href"].find((name) => held.hasAttribute(name));
  return mark && parent.querySelector(`[${mark}="${CSS.escape(held.getAttribute(mark))}"]`);
}
