/* The files of a draft: chosen, pasted or dropped; shown while they go up; each can be removed. */
import { upload } from "./uploads.js";

const icon = (name) => {
  const shell = document.createElement("template");
  shell.innerHTML = `<svg class="i i--sm" aria-hidden="true"><use href="${document.documentElement.dataset.icons}#${name}"/></svg>`;
  return shell.content.firstElementChild;
};

export class Attachments {
  constructor(composer, changed) {
    this.composer = composer;
    this.changed = changed;
    this.tray = composer.querySelector(".atts");
    this.going = new Set();
    this.restore(composer.draft.files);
    this.#listen();
  }

  get busy() {
    return this.going.size > 0;
  }

  /* In the order they were chosen, whichever came up first. */
  get ready() {
    return [...this.tray.children].flatMap((chip) => chip.file ?? []);
  }

  clear() {
    this.tray.replaceChildren();
    this.tray.hidden = true;
  }

  restore(files) {
    this.clear();
    for (const file of files) {
      const chip = this.#chip(file.name, () => this.#forget());
      chip.file = file;
      this.#remark(chip, file.remark);
    }
  }

  #listen() {
    const input = this.composer.querySelector("input[type=file]");
    if (!input) return;
    input.addEventListener("change", () => {
      for (const file of input.files) this.#add(file);
      input.value = "";
    });
    this.composer.addEventListener("paste", (event) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      for (const file of event.clipboardData.files) this.#add(file);
    });
    this.#acceptDrops(this.composer.closest(".thread"));
  }

  #acceptDrops(area) {
    const files = (event) => event.dataTransfer?.types.includes("Files");
    area.ondragover = (event) => files(event) && event.preventDefault();
    area.ondrop = (event) => {
      if (!files(event)) return;
      event.preventDefault();
      for (const file of event.dataTransfer.files) this.#add(file);
    };
  }

  #add(file) {
    const chip = this.#chip(file.name, () => request.abort());
    const bar = document.createElement("progress");
    bar.setAttribute("aria-label", this.composer.dataset.wordsUploading.replace("{name}", file.name));
    bar.max = 1;
    bar.value = 0;
    chip.insertBefore(bar, chip.lastChild);
    const end = () => {
      this.going.delete(request);
      bar.remove();
    };
    const request = upload(this.composer.dataset.uploads, file, {
      onProgress: (part) => (bar.value = part),
      onDone: (stored) => (end(), this.#stored(chip, stored)),
      onFailed: (words) => (end(), this.#failed(chip, words)),
    });
    request.addEventListener("abort", () => (end(), chip.remove(), this.#tidy()));
    this.going.add(request);
  }

  #stored(chip, { id, name, remark = "" }) {
    chip.file = { id, name, remark };
    this.#remark(chip, remark);
    chip.querySelector("button").onclick = () => (chip.remove(), this.#forget());
    this.changed();
  }

  /* What the platform makes of it, and what to do about that. */
  #remark(chip, words) {
    if (!words) return;
    chip.classList.add("has-remark");
    chip.lastChild.before(Object.assign(document.createElement("small"), { className: "remark", textContent: words }));
  }

  #failed(chip, words) {
    chip.classList.add("is-failed");
    this.#remark(chip, words || this.composer.dataset.wordsFailed);
    chip.querySelector("button").onclick = () => (chip.remove(), this.#tidy());
  }

  #forget() {
    this.#tidy();
    this.changed();
  }

  #tidy() {
    this.tray.hidden = !this.tray.children.length;
  }

  #chip(name, remove) {
    const chip = document.createElement("span");
    chip.className = "att";
    const label = document.createElement("span");
    label.textContent = name;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "ib ib--sm";
    button.setAttribute("aria-label", this.composer.dataset.wordsRemove.replace("{name}", name));
    button.append(icon("x"));
    button.onclick = () => (chip.remove(), remove());
    chip.append(icon("clip"), label, button);
    this.tray.append(chip);
    this.tray.hidden = false;
    return chip;
  }
}
