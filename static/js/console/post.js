/* Asking the server to do something, and putting a turn that it answers with into the thread. */
const token = () => document.querySelector("#act input[name=csrfmiddlewaretoken]").value;

/* {ok, …} as the server says; {ok: false, lost: true} when no answer came: it may or may not have happened. */
export async function post(url, body) {
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  try {
    const response = await fetch(url, { method: "POST", body, headers, redirect: "error" });
    if (response.status === 204) return { ok: true };
    if (response.status >= 500) return { ok: false, lost: true };
    return await response.json();
  } catch {
    return { ok: false, lost: true };
  }
}

export function authorise(form) {
  if (form.elements.csrfmiddlewaretoken) return;
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "csrfmiddlewaretoken", value: token() });
  form.append(field);
}

/* Put a turn at the end of the timeline; one that is there already is replaced. Only for our own server's HTML. */
export function place(id, html) {
  const shell = document.createElement("template");
  shell.innerHTML = html.trim();
  const turn = shell.content.firstElementChild;
  const known = document.getElementById(id);
  if (known) known.replaceWith(turn);
  else document.getElementById("timeline")?.append(turn);
}
