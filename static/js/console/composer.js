/* <chat-composer>: reply or note, files, quotes; drafts kept; every send may be repeated without doubling. */
import { draftOf, dropDraft, expect, keepDraft, settled, waiting } from "./drafts.js";
import { Attachments } from "./attachments.js";
import { pendingTurn } from "./pending.js";
import { authorise, place, post } from "./post.js";

const TYPING_EVERY = 3000;
const TYPING_ENDS = 4000;
let refocus = false;

class ChatComposer extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.conversation = this.dataset.conversation;
    if (!this.form) return;
    authorise(this.form);
    this.text = this.form.elements.text;
    this.noteOnly = !this.form.elements.kind;
    this.slot = this.noteOnly ? `${this.conversation}/note` : this.conversation; // a reply must not become a note
    this.draft = draftOf(this.slot);
    this.attachments = new Attachments(this, () => this.#onFiles());
    this.#fill();
    this.#listen();
    this.#resume();
    if (refocus) this.text.focus();
    refocus = false;
  }

  disconnectedCallback() {
    refocus ||= this.typing;
    document.removeEventListener("click", this.#onQuote);
    this.live?.disconnect();
  }

  get isNote() {
    return this.noteOnly || this.form.elements.kind.value === "note";
  }

  choose(kind) {
    if (!this.form || (this.noteOnly && kind === "reply")) return;
    this.closest(".thread").querySelector(".note-only")?.setAttribute("open", "");
    if (!this.noteOnly) this.form.elements.kind.value = kind;
    this.#show();
    this.text.focus();
  }

  #listen() {
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.form.addEventListener("input", () => this.#typed());
    this.form.addEventListener("change", () => this.#show());
    this.text.addEventListener("focus", () => (this.typing = true));
    this.text.addEventListener("blur", () => (this.typing = this.isConnected ? false : this.typing));
    this.text.addEventListener("keydown", (event) => this.#onKey(event));
    this.querySelector("[data-cancel-reply]").addEventListener("click", () => this.#quote("", ""));
    document.addEventListener("click", this.#onQuote);
    this.live = new MutationObserver(() => this.#permit());
    this.live.observe(document.documentElement, { attributeFilter: ["data-live"] });
    this.#permit();
  }

  #fill() {
    if (this.draft.text && !this.text.value) this.text.value = this.draft.text;
    if (!this.noteOnly) this.form.elements.kind.value = this.draft.kind;
    if (this.noteOnly && this.draft.text) this.querySelector("details")?.setAttribute("open", "");
    this.#quote(this.draft.replyTo, this.draft.quote);
    this.#show();
  }

  #show() {
    this.form.classList.toggle("is-note", this.isNote);
    this.text.placeholder = this.isNote ? this.text.dataset.note : this.text.dataset.reply;
    this.#keep();
  }

  #keep() {
    const kind = this.isNote ? "note" : "reply";
    this.draft = { ...this.draft, kind, text: this.text.value, files: this.attachments.ready };
    keepDraft(this.slot, this.draft);
  }

  #onFiles() {
    this.#keep();
    if (this.sendWhenReady && !this.attachments.busy) this.form.requestSubmit();
  }

  #typed() {
    this.#keep();
    this.#trouble("");
    if (this.isNote || !this.text.value) return;
    if (Date.now() - (this.told ?? 0) > TYPING_EVERY) this.#tellTyping(true);
    clearTimeout(this.ending);
    this.ending = setTimeout(() => this.#tellTyping(false), TYPING_ENDS);
  }

  #tellTyping(on) {
    this.told = on ? Date.now() : 0;
    document.dispatchEvent(new CustomEvent("console:typing", { detail: { on } }));
  }

  #onKey(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  /* While the console has not caught up, a colleague may have answered: reading and drafting go on, sending waits. */
  #permit() {
    const state = document.documentElement.dataset.live;
    this.waits = state !== undefined && state !== "live";
    for (const button of this.form.querySelectorAll(".send button")) button.setAttribute("aria-disabled", String(this.waits));
    if (this.waits) this.#trouble(this.dataset.wordsOffline);
    else if (this.querySelector(".trouble").textContent === this.dataset.wordsOffline) this.#trouble("");
  }

  #submit(event) {
    event.preventDefault();
    if (this.waits) return this.#trouble(this.dataset.wordsOffline);
    this.sendWhenReady = this.attachments.busy;
    if (this.sendWhenReady) return;
    this.#keep();
    if (!this.draft.text.trim() && !this.draft.files.length) return this.text.focus();
    const draft = this.draft;
    draft.url = this.isNote ? this.querySelector(".send-note").formAction : this.form.action;
    expect(this.conversation, draft);
    this.draft = dropDraft(this.slot, draft);
    this.text.value = "";
    this.attachments.clear();
    this.#quote("", "");
    clearTimeout(this.ending);
    this.#tellTyping(false);
    this.#deliver(draft);
  }

  #resume() {
    for (const draft of waiting(this.conversation)) {
      if (document.querySelector(`#timeline [data-client-id="${draft.clientId}"]:not(.is-pending)`)) settled(this.conversation, draft.clientId);
      else if (!document.querySelector(`#timeline [data-client-id="${draft.clientId}"]`)) this.#lost(draft);
    }
  }

  async #deliver(draft) {
    const turn = pendingTurn(draft, this.dataset);
    const body = new FormData();
    body.set("text", draft.text);
    body.set("client_id", draft.clientId);
    if (draft.replyTo) body.set("reply_to", draft.replyTo);
    for (const file of draft.files) body.append("attachment", file.id);
    const answer = await post(draft.url, body);
    if (answer.lost) return this.#lost(draft);
    settled(this.conversation, draft.clientId);
    turn.remove();
    if (answer.ok) place(answer.id, answer.html);
    else this.#giveBack(draft, answer);
  }

  #lost(draft, why = this.dataset.wordsLost) {
    pendingTurn(draft, { ...this.dataset, wordsLost: why }, { retry: () => this.#deliver(draft) });
  }

  /* Refused: the words come back with the reason, or wait in the thread while others are being typed. The id stays,
     so that the same words are never sent twice, except where the server has other words under it already. */
  #giveBack(draft, { code, words }) {
    const again = code === "client_id_reused" ? { ...draft, clientId: crypto.randomUUID() } : draft;
    if (this.text.value) {
      expect(this.conversation, again);
      return this.#lost(again, words);
    }
    this.draft = again;
    this.text.value = again.text;
    this.attachments.restore(again.files);
    this.#keep();
    this.#trouble(words || this.dataset.wordsFailed);
  }

  #trouble(words) {
    const line = this.querySelector(".trouble");
    line.textContent = words;
    line.hidden = !words;
  }

  #onQuote = (event) => {
    const button = event.target.closest("[data-reply-to]");
    if (!button || this.noteOnly) return;
    this.#quote(button.dataset.replyTo, button.closest(".turn").querySelector(".bubble")?.innerText.slice(0, 120) ?? "");
    this.choose("reply");
  };

  #quote(id, words) {
    this.draft = { ...this.draft, replyTo: id, quote: words };
    this.form.elements.reply_to.value = id;
    const line = this.querySelector(".replying");
    line.hidden = !id;
    line.querySelector("span").textContent = words;
    keepDraft(this.slot, this.draft);
  }
}

customElements.define("chat-composer", ChatComposer);
