/* Pictures inside a card: each goes up when it is chosen, and its id waits in the field beside it. In a gallery there is
   always one more place, until it has as many as a message may hold. */
import { showPicture } from "./card-rows.js";
import { upload } from "./uploads.js";

const NOBODY = "00000000-0000-0000-0000-000000000000";

export class Pictures {
  constructor(builder, changed) {
    this.builder = builder;
    this.changed = changed;
    this.going = new Set();
    this.gallery = builder.querySelector(".card-gallery");
    builder.addEventListener("change", (event) => {
      if (event.target.matches(".card-picture [type=file]") && event.target.files.length) this.#chosen(event.target);
    });
    builder.addEventListener("click", (event) => {
      const button = event.target.closest("[data-drop-picture]");
      if (button) this.#drop(button.closest(".card-picture"));
    });
  }

  get busy() {
    return this.going.size > 0;
  }

  /* As many places in the gallery as `written`, a list of [name, value], has pictures for it. */
  restore(written) {
    if (!this.gallery) return;
    const ids = written.filter(([name, value]) => name === "attachment" && value).map(([, value]) => value);
    for (const id of ids) this.#held(this.#place()).value = id;
  }

  /* As the fields beside them say. */
  showAll() {
    for (const slot of this.builder.querySelectorAll(".card-picture")) showPicture(slot, this.#address(slot));
    this.#tidy();
  }

  #held(slot) {
    return slot.querySelector("[type=hidden]");
  }

  #address(slot) {
    const id = this.#held(slot).value;
    return id && `${this.builder.dataset.preview.replace(NOBODY, id)}?preview=1`;
  }

  #chosen(input) {
    const files = [...input.files];
    const slot = input.closest(".card-picture");
    input.value = "";
    this.#add(slot, files[0]);
    for (const file of files.slice(1)) {
      const next = this.#place();
      if (!next) return this.builder.say(this.builder.dataset.wordsMany);
      this.#add(next, file);
    }
  }

  get #slots() {
    return [...this.gallery.querySelectorAll(".card-picture")];
  }

  #empty(slot) {
    return !this.#held(slot).value && !slot.matches(".is-going");
  }

  /* An empty place of the gallery, made when there is none; null when it is full. */
  #place() {
    const free = this.#slots.find((slot) => this.#empty(slot));
    if (free || this.#slots.length >= Number(this.gallery.dataset.most)) return free ?? null;
    const fresh = this.#slots.at(-1).cloneNode(true);
    fresh.classList.remove("is-going");
    this.#held(fresh).value = "";
    showPicture(fresh);
    this.gallery.append(fresh);
    return fresh;
  }

  /* One empty place, at the end. */
  #tidy() {
    if (!this.gallery) return;
    const [spare, ...more] = this.#slots.filter((slot) => this.#empty(slot));
    for (const slot of more) slot.remove();
    if (spare) this.gallery.append(spare);
    else this.#place();
  }

  #add(slot, file) {
    slot.classList.add("is-going");
    const end = (words = "") => {
      this.going.delete(request);
      slot.classList.remove("is-going");
      this.builder.say(words);
      this.#tidy();
      this.changed();
    };
    const request = upload(this.builder.dataset.uploads, file, {
      onProgress: () => {},
      onDone: (stored) => end(this.#take(slot, stored)),
      onFailed: (words) => end(words || this.builder.dataset.wordsPicture),
    });
    this.going.add(request);
  }

  /* Words when it is no picture; a gallery takes films as well. */
  #take(slot, { id, preview, show }) {
    if (!preview && !(this.gallery && show === "video")) return this.builder.dataset.wordsPicture;
    this.#held(slot).value = id;
    showPicture(slot, this.#address(slot));
    slot.querySelector("button").focus();
    return "";
  }

  #drop(slot) {
    this.#held(slot).value = "";
    showPicture(slot);
    this.#tidy();
    (slot.isConnected ? slot : this.#slots.at(-1)).querySelector("[type=file]").focus();
    this.changed();
  }
}
