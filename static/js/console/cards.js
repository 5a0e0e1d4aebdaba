/* <card-builder>: the forms of quick replies and list pickers; adds rows. */
import { DialogForm } from "./dialog-form.js";

class CardBuilder extends DialogForm {
  connectedCallback() {
    super.connectedCallback();
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
}

customElements.define("card-builder", CardBuilder);
