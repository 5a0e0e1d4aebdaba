/* <inbox-list>: decides which rows belong to the open view, in which group and order, and what is unread. Rows come
   from the server, the same for everybody; what depends on the reader is worked out here from their data-*. */
import { since } from "./times.js";

const TICK = 20000;
const SOON = 8 * 60000;
const LATE = 10 * 60000;
const me = document.body.dataset.me;
const watched = document.body.dataset.watch;

class InboxList extends HTMLElement {
  connectedCallback() {
    this.rows = this.querySelector("#conversation-list");
    this.mine = new Set(this.dataset.myTeams.split(" "));
    for (const row of this.#all()) this.#learn(row);
    document.addEventListener("live:frames", this.#onFrames);
    document.addEventListener("console:read", this.#onRead);
    this.addEventListener("pointerleave", this.#arrange);
    this.timer = setInterval(() => this.#all().forEach((row) => this.#wait(row)), TICK);
    this.#all().forEach((row) => this.#wait(row));
    this.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    document.removeEventListener("live:frames", this.#onFrames);
    document.removeEventListener("console:read", this.#onRead);
  }

  /* Links in the order in which they stand. */
  get links() {
    return [...this.rows.querySelectorAll(".conv")];
  }

  #all() {
    return [...this.rows.querySelectorAll(":scope > li[data-sort]")];
  }

  #onFrames = (event) => {
    const touched = event.detail.frames.filter((frame) => frame.t.startsWith("conv-"));
    for (const { t } of touched) {
      const row = document.getElementById(t);
      if (row?.parentElement === this.rows) this.#take(row);
    }
    if (touched.length && !this.matches(":hover")) this.#arrange();
    else this.#count();
  };

  #onRead = (event) => {
    const row = document.getElementById(`conv-${event.detail.conversation}`);
    if (!row) return;
    row.dataset.unread = 0;
    this.#learn(row);
    this.#unread(row);
  };

  #take(row) {
    if (!this.#belongs(row)) return row.remove();
    const link = row.querySelector(".conv");
    link.href = link.getAttribute("href").replace("/inbox/all/", `/inbox/${this.dataset.view}/`);
    const id = row.id.slice("conv-".length);
    if (id === watched) link.setAttribute("aria-current", "true");
    row.dataset.unread = Math.max(0, row.dataset.inbound - (sessionStorage.getItem(`read:${id}`) ?? 0));
    this.#unread(row);
    this.#wait(row);
  }

  #belongs({ dataset: row }) {
    if (this.hasAttribute("data-frozen")) return row.kept === "yes";
    if (this.dataset.team && row.team !== this.dataset.team) return false;
    if ((row.status === "closed") !== (this.dataset.base === "closed")) return false;
    const views = { mine: row.assignee === me, unassigned: !row.assignee, teams: this.mine.has(row.team) };
    return views[this.dataset.base] ?? true;
  }

  /* How many of the customer's words the reader has seen, kept for when the row comes back without knowing it. */
  #learn(row) {
    if (row.dataset.unread === undefined) return;
    sessionStorage.setItem(`read:${row.id.slice("conv-".length)}`, row.dataset.inbound - row.dataset.unread);
  }

  #unread(row) {
    const count = Number(row.dataset.unread ?? 0);
    row.querySelector(".conv").classList.toggle("is-unread", count > 0);
    const badge = row.querySelector(".n");
    badge.classList.toggle("count", count > 0);
    badge.replaceChildren(...(count ? [this.#hidden(`${this.dataset.wordsUnread} `), String(count)] : []));
  }

  #hidden(words) {
    const label = document.createElement("span");
    label.className = "vh";
    label.textContent = words;
    return label;
  }

  #wait(row) {
    row.querySelector(".ago").textContent = since(new Date(row.dataset.since)) || this.dataset.wordsNow;
    const waited = row.dataset.needsAnswer === "yes" ? Date.now() - new Date(row.dataset.waitingSince) : 0;
    const link = row.querySelector(".conv");
    link.classList.toggle("is-late", waited >= LATE);
    link.classList.toggle("is-soon", waited >= SOON && waited < LATE);
  }

  #arrange = () => {
    const held = document.activeElement;
    const order = this.#all().sort((a, b) => a.dataset.sort - b.dataset.sort);
    const needing = order.filter((row) => row.dataset.needsAnswer === "yes");
    const waiting = order.filter((row) => row.dataset.needsAnswer !== "yes");
    const wanted = [this.#head("needing", needing), ...needing, this.#head("waiting", waiting), ...waiting];
    wanted.forEach((row, place) => this.rows.children[place] !== row && this.rows.insertBefore(row, this.rows.children[place]));
    if (this.rows.contains(held)) held.focus({ preventScroll: true });
    this.#count();
  };

  #head(group, rows) {
    const head = this.rows.querySelector(`[data-group="${group}"]`);
    head.hidden = !rows.length;
    return head;
  }

  #count() {
    const rows = this.#all();
    const needing = rows.filter((row) => row.dataset.needsAnswer === "yes").length;
    this.querySelector(".list-empty").hidden = rows.length > 0;
    const total = document.getElementById("list-total");
    if (this.hasAttribute("data-frozen") || this.dataset.base === "closed") return;
    const words = [total.dataset.wordsOpen.replace("{open}", rows.length)];
    if (needing) words.push(total.dataset.wordsNeeding.replace("{needing}", needing));
    total.textContent = words.join(", ");
  }
}

customElements.define("inbox-list", InboxList);
