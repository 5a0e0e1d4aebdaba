/* <chat-thread>: the open conversation. Days and neighbours, older turns, what is read, what arrived below. */
import { post } from "./post.js";
import { dayOf, sayDay } from "./times.js";

const SAME_BREATH = 5 * 60000;
const NEAR = 80; // px from the end
const READ_AFTER = 400; // ms

class ChatThread extends HTMLElement {
  connectedCallback() {
    this.timeline = this.querySelector("#timeline");
    this.jump = document.getElementById("jump");
    this.missed = 0;
    this.seen = this.#lastSeq();
    this.watcher = new MutationObserver((changes) => this.#onChange(changes));
    this.addEventListener("scroll", this.#onScroll, { passive: true });
    this.addEventListener("click", this.#onClick);
    this.jump.addEventListener("click", () => this.scrollTo({ top: 0, behavior: "smooth" }));
    document.addEventListener("visibilitychange", this.#onScroll);
    this.#arrange();
    this.#read();
  }

  disconnectedCallback() {
    this.watcher.disconnect();
    document.removeEventListener("visibilitychange", this.#onScroll);
  }

  /* In a column-reverse scroller 0 is the end. */
  get #atEnd() {
    return this.scrollTop > -NEAR;
  }

  #lastSeq() {
    return Math.max(0, ...[...this.timeline.querySelectorAll(".turn[data-seq]")].map((turn) => Number(turn.dataset.seq)));
  }

  #onChange(changes) {
    const added = changes.flatMap((change) => [...change.addedNodes]).filter((node) => node.matches?.("[data-client-id]:not(.is-pending)"));
    for (const { dataset } of added) this.timeline.querySelector(`.is-pending[data-client-id="${dataset.clientId}"]`)?.remove();
    this.#arrange();
    const last = this.#lastSeq();
    if (last > this.seen) this.#arrived(last);
  }

  #arrived(last) {
    const fresh = [...this.timeline.querySelectorAll(".turn--in[data-seq]")].filter((turn) => Number(turn.dataset.seq) > this.seen);
    this.seen = last;
    if (this.#atEnd) return this.#read();
    this.missed += fresh.length;
    this.jump.hidden = !this.missed;
    const words = this.jump.querySelector("[data-words]");
    words.textContent = words.dataset.words.replace("{count}", this.missed);
  }

  #onScroll = () => {
    if (!this.#atEnd) return;
    this.missed = 0;
    this.jump.hidden = true;
    this.#read();
  };

  #read() {
    if (document.visibilityState !== "visible" || this.told === this.seen) return;
    clearTimeout(this.reading);
    this.reading = setTimeout(() => this.#tell(this.seen), READ_AFTER);
  }

  async #tell(seq) {
    this.told = seq;
    const body = new FormData();
    body.set("seq", seq);
    const answer = await post(this.dataset.read, body);
    if (!answer.ok) this.told = undefined;
    else document.dispatchEvent(new CustomEvent("console:read", { detail: { conversation: document.body.dataset.watch } }));
  }

  #onClick = async (event) => {
    const link = event.target.closest("a[data-before]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    link.setAttribute("aria-busy", "true");
    const response = await fetch(link.href, { headers: { "X-Partial": "turns" } }).catch(() => null);
    if (!response?.ok) return link.removeAttribute("aria-busy");
    const shell = document.createElement("template");
    shell.innerHTML = await response.text();
    const first = shell.content.querySelector(".turn");
    link.closest("li").replaceWith(shell.content);
    first?.setAttribute("tabindex", "-1");
    first?.focus({ preventScroll: true });
  };

  /* Days in the reader's own time, and turns that continue their neighbour. */
  #arrange() {
    this.watcher.disconnect();
    for (const day of this.timeline.querySelectorAll(".day")) day.remove();
    let before = null;
    for (const entry of this.timeline.querySelectorAll(":scope > [data-at]")) {
      const at = new Date(entry.dataset.at);
      if (!before || dayOf(before.at) !== dayOf(at)) entry.before(this.#day(at));
      const follows = before?.entry.dataset.author && before.entry.dataset.author === entry.dataset.author;
      entry.classList.toggle("is-next", Boolean(follows) && at - before.at < SAME_BREATH && dayOf(before.at) === dayOf(at));
      before = { entry, at };
    }
    this.watcher.observe(this.timeline, { childList: true });
  }

  #day(at) {
    const line = document.createElement("li");
    line.className = "day";
    line.textContent = sayDay(at);
    return line;
  }
}

customElements.define("chat-thread", ChatThread);

/* Resend, leave as it is: without loading the page anew, when the socket brings what changed. */
document.addEventListener("click", async (event) => {
  const button = event.target.closest(".status button[formaction]");
  if (!button || document.documentElement.dataset.live !== "live") return;
  event.preventDefault();
  button.setAttribute("aria-busy", "true");
  const answer = await post(button.formAction, new FormData(document.getElementById("act")));
  if (!answer.ok) location.reload();
});
