/* <card-builder>: the forms of quick replies and list pickers; adds rows, sends without leaving the page. */
import { place, post } from "./post.js";

class CardBuilder extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.querySelector("[data-add]").addEventListener("click", () => this.#add());
  }

  #add() {
    const rows = this.querySelectorAll(".option-row");
    if (rows.length >= Number(this.querySelector(".options").dataset.most)) return;
    const row = rows[rows.length - 1].cloneNode(true);
    for (const input of row.querySelectorAll("input")) Object.assign(input, { value: "", required: false });
    rows[rows.length - 1].after(row);
    row.querySelector("input").focus();
  }

  async #submit(event) {
    event.preventDefault();
    if (this.busy) return;
    this.busy = true;
    const answer = await post(this.form.action, new FormData(this.form));
    this.busy = false;
    if (!answer.ok) return this.#trouble(answer.words || document.getElementById("composer").dataset.wordsLost);
    this.#trouble("");
    place(answer.id, answer.html);
    this.form.reset();
    this.form.elements.client_id.value = crypto.randomUUID();
    this.closest("dialog").close();
  }

  #trouble(words) {
    const line = this.querySelector(".trouble");
    line.textContent = words;
    line.hidden = !words;
  }
}

customElements.define("card-builder", CardBuilder);
