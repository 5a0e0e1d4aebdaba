/* A form in a dialog that says something to the customer: sent without leaving the page, and never twice. */
import { place, post } from "./post.js";

export class DialogForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.form.addEventListener("submit", (event) => this.#submit(event));
  }

  async #submit(event) {
    event.preventDefault();
    if (this.busy) return;
    this.busy = true;
    const answer = await post(this.form.action, new FormData(this.form));
    this.busy = false;
    if (!answer.ok) return this.#trouble(answer);
    this.#trouble({});
    place(answer.id, answer.html);
    this.form.reset();
    this.form.elements.client_id.value = crypto.randomUUID();
    this.sent?.();
    this.closest("dialog")?.close();
  }

  #trouble(answer) {
    const words = answer.ok === false ? answer.words || document.getElementById("composer").dataset.wordsLost : "";
    const line = this.querySelector(".trouble");
    line.textContent = words;
    line.hidden = !words;
    if (answer.field) this.form.elements[answer.field.replace("template.values.", "value.")]?.focus?.();
  }
}
