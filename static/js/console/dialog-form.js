/* A form in a dialog that says something to the customer: sent without leaving the page, and never twice. */
import { place, post } from "./post.js";

export class DialogForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.form.addEventListener("submit", (event) => this.#submit(event));
  }

  /* One line of words where the form's trouble is told; "" takes them away. */
  say(words) {
    const line = this.querySelector(".trouble");
    line.textContent = words;
    line.hidden = !words;
  }

  async #submit(event) {
    event.preventDefault();
    if (this.busy || this.holdsBack?.()) return;
    this.busy = true;
    const answer = await post(this.form.action, new FormData(this.form));
    this.busy = false;
    if (!answer.ok) return this.#trouble(answer);
    this.say("");
    place(answer.id, answer.html);
    this.form.reset();
    this.form.elements.client_id.value = crypto.randomUUID();
    this.sent?.();
    this.closest("dialog")?.close();
  }

  #trouble(answer) {
    const beside = answer.field && this.refused?.(answer);
    this.say(beside ? "" : answer.words || document.getElementById("composer").dataset.wordsLost);
    if (answer.field && !beside) this.form.elements[answer.field.replace("template.values.", "value.")]?.focus?.();
    if (answer.code === "client_id_reused") this.form.elements.client_id.value = crypto.randomUUID();
  }
}
