/* What is being written, per conversation, kept on this device until the server has it. Each draft carries the id
   that makes every repetition of it the same message: it changes only when the draft was taken. */
const read = (key, fallback) => JSON.parse(sessionStorage.getItem(key) ?? "null") ?? fallback;

const fresh = () => ({ text: "", kind: "reply", replyTo: "", quote: "", files: [], clientId: crypto.randomUUID() });

export const draftOf = (conversation) => ({ ...fresh(), ...read(`draft:${conversation}`, {}) });

export function keepDraft(conversation, draft) {
  sessionStorage.setItem(`draft:${conversation}`, JSON.stringify(draft));
}

export function dropDraft(conversation, { kind = "reply" } = {}) {
  const next = { ...fresh(), kind };
  keepDraft(conversation, next);
  return next;
}

/* Handed to the server and not answered yet: shown as pending, sent again after a reload or a lost answer. */
export const waiting = (conversation) => read(`sent:${conversation}`, []);

export function expect(conversation, draft) {
  const others = waiting(conversation).filter((other) => other.clientId !== draft.clientId);
  sessionStorage.setItem(`sent:${conversation}`, JSON.stringify([...others, draft]));
}

export function settled(conversation, clientId) {
  const others = waiting(conversation).filter((other) => other.clientId !== clientId);
  sessionStorage.setItem(`sent:${conversation}`, JSON.stringify(others));
}

/* Whoever signs in next on this device finds nobody's words. */
document.addEventListener("submit", (event) => event.target.action?.endsWith?.("/logout/") && sessionStorage.clear());
