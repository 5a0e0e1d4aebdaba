/* Files on their way up: each a chip with its progress, until the message that takes them is sent. */
import { Refusal } from "./client.js";
import { piece } from "./pieces.js";
import { reason } from "./turns.js";
import { settings, size, word } from "./words.js";

const MOST = 10;

export class Attaching extends EventTarget {
  #chips = [];

  constructor(list, client) {
    super();
    Object.assign(this, { list, client });
  }

  get busy() {
    return this.#chips.some((chip) => chip.state === "going");
  }

  get ready() {
    return this.#chips.filter((chip) => chip.state === "done");
  }

  add(files, { voice = false } = {}) {
    for (const file of [...files].slice(0, MOST - this.#chips.length)) this.#start(file, voice);
  }

  /** What is ready, taken out: { ids, names }. */
  take() {
    const taken = this.ready;
    taken.forEach((chip) => this.#drop(chip));
    return { ids: taken.map((chip) => chip.id), names: taken.map((chip) => chip.name) };
  }

  #start(file, voice) {
    const row = piece("t-chip");
    const chip = { row, name: file.name, state: "going", abort: new AbortController() };
    row.querySelector("b").textContent = voice ? word("voice") : file.name;
    row.querySelector("button").addEventListener("click", () => this.#drop(chip));
    this.#chips.push(chip);
    this.list.append(row);
    this.#changed();
    if (file.size > settings.most_bytes) this.#fail(chip, "too_large");
    else if (!file.size) this.#fail(chip, "empty");
    else this.#send(chip, file, voice);
  }

  async #send(chip, file, voice) {
    const bar = chip.row.querySelector("progress");
    const options = { voice, signal: chip.abort.signal, onProgress: (part) => (bar.value = part) };
    try {
      const stored = await this.client.upload(file, options);
      Object.assign(chip, { id: stored.id, name: stored.name, state: "done" });
      this.#say(chip, size(stored.size));
    } catch (error) {
      if (this.#chips.includes(chip)) this.#fail(chip, error instanceof Refusal ? error.code : "offline");
    }
    this.#changed();
  }

  #fail(chip, code) {
    chip.state = "failed";
    this.#say(chip, reason(code));
    chip.row.classList.add("is-bad");
    this.#changed();
  }

  #say(chip, text) {
    chip.row.querySelector("progress").remove();
    const words = chip.row.querySelector("small");
    words.hidden = false;
    words.textContent = text;
    words.classList.toggle("status--bad", chip.state === "failed");
  }

  #drop(chip) {
    this.#chips = this.#chips.filter((each) => each !== chip);
    chip.abort.abort();
    chip.row.remove();
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
