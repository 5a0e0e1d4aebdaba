/* Where the visitor writes: text, files, voice. */
import { canRecord, Voice } from "./voice.js";
import { word } from "./words.js";

const TYPING_MS = 3000;

export class Composer {
  #typedAt = 0;
  #voice = new Voice();

  /** `say(text, files)` sends; `typing(on)` tells that the visitor types. */
  constructor(form, attaching, { say, typing, announce }) {
    Object.assign(this, { form, attaching, say, typing, announce });
    this.text = form.querySelector("textarea");
    this.file = form.querySelector('input[type="file"]');
    this.microphone = form.querySelector('[data-do="record"]');
    form.addEventListener("submit", (event) => (event.preventDefault(), this.send()));
    this.text.addEventListener("keydown", (event) => this.#key(event));
    this.text.addEventListener("input", () => this.#typed());
    this.text.addEventListener("paste", (event) => this.#paste(event));
    this.file.addEventListener("change", () => this.#attach());
    form.querySelector('[data-do="attach"]').addEventListener("click", () => this.file.click());
    this.microphone.addEventListener("click", () => this.#record());
    attaching.addEventListener("change", () => this.#show());
    this.#show();
  }

  focus() {
    this.text.focus({ preventScroll: true });
  }

  send() {
    const text = this.text.value.trim();
    if (this.attaching.busy || (!text && !this.attaching.ready.length)) return;
    const { ids, names } = this.attaching.take();
    this.say(text, ids, names);
    this.text.value = "";
    this.#quiet();
    this.#show();
  }

  #key(event) {
    const touch = matchMedia("(pointer: coarse)").matches; // there Enter is a new line, as in any chat
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || touch) return;
    event.preventDefault();
    this.send();
  }

  #typed() {
    this.#show();
    if (!this.text.value) return this.#quiet();
    if (Date.now() - this.#typedAt < TYPING_MS) return;
    this.#typedAt = Date.now();
    this.typing(true);
  }

  #quiet() {
    if (this.#typedAt) this.typing(false);
    this.#typedAt = 0;
  }

  #paste(event) {
    if (!event.clipboardData?.files.length) return;
    event.preventDefault();
    this.attaching.add(event.clipboardData.files);
  }

  #attach() {
    this.attaching.add(this.file.files);
    this.file.value = "";
    this.focus();
  }

  async #record() {
    if (this.#voice.on) return this.#voice.stop();
    try {
      const { done } = await this.#voice.record();
      this.microphone.ariaPressed = "true";
      this.announce(word("recording", ""));
      const file = await done;
      this.attaching.add([file], { voice: true });
    } catch {
      this.announce(word("no_microphone"), { visibly: true });
    }
    this.microphone.ariaPressed = "false";
  }

  #show() {
    const something = this.text.value.trim() !== "" || this.attaching.ready.length > 0;
    const go = this.form.querySelector(".go");
    go.ariaDisabled = String(!something || this.attaching.busy);
    this.microphone.hidden = something || !canRecord();
  }
}
