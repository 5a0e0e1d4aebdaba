/* Who else is here: colleagues looking at the conversation, who is typing, and the counts of the rail. */
const watched = document.body.dataset.watch;
let looking = [];

class ViewerFaces extends HTMLElement {
  connectedCallback() {
    this.show();
  }

  show() {
    const faces = looking.map((person) => face(person));
    const names = looking.map((person) => person.name).join(", ");
    const words = document.createElement("span");
    words.className = "vh";
    words.textContent = this.dataset.words.replace("{names}", names);
    this.replaceChildren(...(faces.length ? [...faces, words] : []));
    this.title = names && words.textContent;
  }
}

function face({ initials, tone }) {
  const circle = document.createElement("span");
  circle.className = `av av--sm t${tone}`;
  circle.setAttribute("aria-hidden", "true");
  circle.textContent = initials;
  return circle;
}

customElements.define("viewer-faces", ViewerFaces);

document.addEventListener("live:viewers", ({ detail }) => {
  if (detail.conversation !== watched) return;
  looking = detail.people.filter((person) => person.id !== document.body.dataset.me);
  document.getElementById("viewers")?.show?.();
});

const ends = new Map();

document.addEventListener("live:typing", ({ detail }) => {
  clearTimeout(ends.get(detail.conversation));
  showTyping(detail);
  if (detail.on) ends.set(detail.conversation, setTimeout(() => showTyping({ ...detail, on: false }), 8000));
});

function showTyping({ conversation, on, who }) {
  if (who === "customer") {
    const mark = document.querySelector(`#conv-${CSS.escape(conversation)} .live`);
    if (mark) mark.hidden = !on;
  }
  const row = document.getElementById("typing");
  if (!row || conversation !== watched) return;
  const name = who === "customer" ? document.querySelector("#thread-head b").textContent : who;
  const words = row.querySelector("[data-words]");
  words.textContent = words.dataset.words.replace("{name}", name);
  row.hidden = !on;
}

document.addEventListener("live:counts", ({ detail }) => {
  for (const badge of document.querySelectorAll("[data-count]")) {
    const count = (detail.counts ?? detail)[badge.dataset.count] ?? 0;
    badge.textContent = count;
    badge.hidden = !count;
  }
});

document.addEventListener("live:frames", ({ detail }) => {
  if (detail.frames.some((frame) => frame.c === watched && frame.t.startsWith("m-"))) showTyping({ conversation: watched, on: false, who: "customer" });
});
