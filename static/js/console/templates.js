/* <template-form>: one of the platform's approved messages; what is filled in shows in its preview at once. */
import { DialogForm } from "./dialog-form.js";

class TemplateForm extends DialogForm {
  connectedCallback() {
    if (!this.closest("dialog")) return; // the page for those without script: its form works by itself
    super.connectedCallback();
    this.form.addEventListener("input", () => this.#show());
    this.form.querySelector("[autofocus]")?.focus();
  }

  #show() {
    for (const mark of this.querySelectorAll("[data-value]")) {
      mark.dataset.place ??= mark.textContent;
      mark.textContent = this.form.elements[`value.${mark.dataset.value}`]?.value || mark.dataset.place;
    }
  }
}

customElements.define("template-form", TemplateForm);
