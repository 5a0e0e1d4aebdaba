/* Pictures inside a card: each goes up when it is chosen, and its id waits in the field beside it. */
import { showPicture } from "./card-rows.js";
import { upload } from "./uploads.js";

const NOBODY = "00000000-0000-0000-0000-000000000000";

export class Pictures {
  constructor(builder, changed) {
    this.builder = builder;
    this.changed = changed;
    this.going = new Set();
    builder.addEventListener("change", (event) => {
      if (event.target.matches(".card-picture [type=file]") && event.target.files.length) this.#add(event.target);
    });
    builder.addEventListener("click", (event) => {
      const button = event.target.closest("[data-drop-picture]");
      if (button) this.#drop(button.closest(".card-picture"));
    });
  }

  get busy() {
    return this.going.size > 0;
  }

  /* As the fields beside them say. */
  showAll() {
    for (const slot of this.builder.querySelectorAll(".card-picture")) showPicture(slot, this.#address(slot));
  }

  #address(slot) {
    const id = slot.querySelector("[type=hidden]").value;
    return id && `${this.builder.dataset.preview.replace(NOBODY, id)}?preview=1`;
  }

  #add(input) {
    const slot = input.closest(".card-picture");
    slot.classList.add("is-going");
    const end = (words = "") => {
      this.going.delete(request);
      slot.classList.remove("is-going");
      this.builder.say(words);
      this.changed();
    };
    const request = upload(this.builder.dataset.uploads, input.files[0], {
      onProgress: () => {},
      onDone: (stored) => end(this.#take(slot, stored)),
      onFailed: (words) => end(words || this.builder.dataset.wordsPicture),
    });
    this.going.add(request);
    input.value = "";
  }

  /* Words when it is no picture. */
  #take(slot, { id, preview }) {
    if (!preview) return this.builder.dataset.wordsPicture;
    slot.querySelector("[type=hidden]").value = id;
    showPicture(slot, this.#address(slot));
    slot.querySelector("button").focus();
    return "";
  }

  #drop(slot) {
    slot.querySelector("[type=hidden]").value = "";
    showPicture(slot);
    slot.querySelector("[type=file]").focus();
    this.changed();
  }
}
