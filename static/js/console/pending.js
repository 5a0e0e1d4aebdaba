/* A turn that the server has not confirmed: at once on the screen, replaced by the server's own by its client id. */
export function pendingTurn(draft, words, { retry } = {}) {
  const timeline = document.getElementById("timeline");
  timeline.querySelector(`.is-pending[data-client-id="${draft.clientId}"]`)?.remove();
  const turn = document.createElement("li");
  turn.className = draft.kind === "note" ? "note is-pending" : "turn turn--out is-pending";
  turn.dataset.clientId = draft.clientId;
  turn.dataset.at = new Date().toISOString();
  turn.append(bubble(draft), status(words, retry));
  timeline.append(turn);
  return turn;
}

function bubble(draft) {
  const box = document.createElement("div");
  box.className = draft.kind === "note" ? "note-body" : "bubble is-queued";
  box.dir = "auto";
  box.textContent = [draft.text, ...draft.files.map((file) => file.name)].filter(Boolean).join("\n");
  return box;
}

function status(words, retry) {
  const line = document.createElement("p");
  line.className = retry ? "status status--warn" : "status";
  line.textContent = retry ? words.wordsLost : words.wordsSending;
  if (retry) line.append(" ", again(words, retry));
  return line;
}

function again(words, retry) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn--link";
  button.textContent = words.wordsRetry;
  button.addEventListener("click", retry, { once: true });
  return button;
}
