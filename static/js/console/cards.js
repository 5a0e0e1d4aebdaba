/* <card-builder>: the form of one kind of card; shows while one writes how the card will look, what keeps it from
   being shown, and beside which field. What is written is kept on this device until the server has it. */
import { Rows } from "./card-rows.js";
import { Pictures } from "./card-pictures.js";
import { DialogForm } from "./dialog-form.js";
import { draftOf, dropDraft, keepDraft } from "./drafts.js";
import { post } from "./post.js";

const PAUSE = 300;
const WHOLE = ".with-picture, .field-pair, .card-gallery"; // what holds fields side by side
const PART = ".option-row, .section-head, .field, .check";
const OURS = ["csrfmiddlewaretoken", "view", "card", "client_id"];

class CardBuilder extends DialogForm {
  connectedCallback() {
    super.connectedCallback();
    this.rows = new Rows(this, () => this.#changed());
    this.pictures = new Pictures(this, () => this.#changed());
    this.form.addEventListener("input", () => this.#changed());
    this.form.addEventListener("keydown", (event) => this.#onKey(event));
    this.#nameZones();
    this.#restore();
  }

  /* DialogForm asks before it sends. */
  holdsBack() {
    clearTimeout(this.waiting);
    this.asked = null; // what is being looked at would take away what the server says now
    this.sendWhenReady = this.pictures.busy;
    if (this.sendWhenReady) this.say(this.dataset.wordsUploading);
    return this.sendWhenReady;
  }

  refused({ field, place = 0, words }) {
    const input = this.rows.filled(field)[place] ?? [...this.form.elements].find((each) => each.name === field);
    if (!input || input.type === "hidden") return false;
    this.#clear();
    this.#beside(input, words);
    input.focus();
    return true;
  }

  sent() {
    clearTimeout(this.waiting);
    dropDraft(this.dataset.slot);
    this.rows.reset();
    this.pictures.showAll();
    this.#mark(false);
    this.#show({ remarks: [], html: "" });
  }

  #changed() {
    if (this.sendWhenReady && !this.pictures.busy) return this.form.requestSubmit();
    const written = [...new FormData(this.form)].filter(([name, value]) => typeof value === "string" && !OURS.includes(name));
    keepDraft(this.dataset.slot, { written, clientId: this.form.elements.client_id.value });
    this.#mark(true);
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.#look(), PAUSE);
  }

  #restore() {
    const { written, clientId } = draftOf(this.dataset.slot);
    if (!written?.length) return;
    this.form.elements.client_id.value = clientId; // what was sent already and lost its answer is not sent twice
    this.pictures.restore(written);
    this.rows.restore(written);
    this.pictures.showAll();
    this.#mark(true);
    this.#look();
  }

  /* The list of all cards says which of them wait half written. */
  #mark(on) {
    const button = document.querySelector(`#cards [data-opens="${this.closest("ui-dialog").id}"]`);
    button?.querySelector(".pill")?.remove();
    if (!on || !button) return;
    button.append(Object.assign(document.createElement("span"), { className: "pill", textContent: this.dataset.wordsDraft }));
  }

  /* A customer must not get half a card because somebody pressed Enter: that takes Ctrl. */
  #onKey(event) {
    if (event.key !== "Enter" || event.isComposing) return;
    const send = event.ctrlKey || event.metaKey;
    if (!send && !event.target.matches("input:not([type=checkbox], [type=file])")) return;
    event.preventDefault();
    if (send) this.form.requestSubmit();
    else this.rows.next(event.target);
  }

  #nameZones() {
    const zone = this.form.elements.timezone;
    if (!zone) return;
    zone.defaultValue = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const known = Intl.supportedValuesOf?.("timeZone") ?? [];
    zone.list?.replaceChildren(...known.map((name) => new Option(name, name)));
  }

  async #look() {
    const asked = (this.asked = Symbol("look"));
    const answer = await post(this.dataset.look, new FormData(this.form));
    if (asked === this.asked && answer.remarks) this.#show(answer);
  }

  #show({ remarks, as_text: asText = "", html }) {
    this.#clear();
    for (const remark of remarks) this.#remark(remark);
    this.#tellApart();
    const preview = this.querySelector(".card-preview");
    preview.hidden = !html;
    const note = preview.querySelector(".as-text");
    note.hidden = !asText;
    note.querySelector("span").textContent = asText;
    preview.querySelector(".turn").innerHTML = html; // our own server's
  }

  #clear() {
    for (const old of this.querySelectorAll(".remark")) old.remove();
    for (const field of this.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    for (const field of this.querySelectorAll("[aria-describedby]")) field.removeAttribute("aria-describedby");
  }

  #remark({ words, field, place }) {
    const input = this.rows.filled(field)[place];
    if (input) return this.#beside(input, words);
    const line = Object.assign(document.createElement("li"), { className: "remark", textContent: words });
    this.querySelector(".remarks").append(line);
  }

  /* Under all that stands beside the field; what holds for several pictures of a gallery is said once. */
  #beside(input, words) {
    const place = input.closest(WHOLE) ?? input.closest(PART) ?? input;
    const below = remarksBelow(place);
    const line = below.find((each) => each.textContent === words) ?? remark(words, input.ariaLabel);
    if (!line.isConnected) (below.at(-1) ?? place).after(line);
    input.setAttribute("aria-invalid", "true");
    const shown = input.type === "hidden" ? input.closest(".card-picture").querySelector("button") : input;
    shown.setAttribute("aria-describedby", line.id);
  }

  /* Where several fields of one row are meant, each remark begins with its field's name. */
  #tellApart() {
    for (const row of this.querySelectorAll(".option-row:has(+ .remark + .remark)")) {
      for (const line of remarksBelow(row)) {
        if (line.dataset.of) line.prepend(Object.assign(document.createElement("b"), { textContent: line.dataset.of }), " ");
      }
    }
  }
}

function remark(words, name) {
  const line = Object.assign(document.createElement("p"), { className: "remark", textContent: words });
  line.id = `remark-${crypto.randomUUID()}`;
  if (name) line.dataset.of = name;
  return line;
}

function remarksBelow(place) {
  const found = [];
  for (let at = place.nextElementSibling; at?.matches(".remark"); at = at.nextElementSibling) found.push(at);
  return found;
}

customElements.define("card-builder", CardBuilder);
