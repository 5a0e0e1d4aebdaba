/* <template-form>: one of the platform's approved messages; what is filled in shows in its preview at once, and is
   kept on this device until the server has it. */
import { DialogForm } from "./dialog-form.js";
import { draftOf, dropDraft, keepDraft } from "./drafts.js";

class TemplateForm extends DialogForm {
  connectedCallback() {
    if (!this.closest("dialog")) return; // the page for those without script: its form works by itself
    super.connectedCallback();
    this.#restore();
    this.form.addEventListener("input", () => this.#typed());
    this.form.addEventListener("keydown", (event) => this.#onKey(event));
    const first = this.form.querySelector("[autofocus]");
    first?.focus();
    first?.removeAttribute("autofocus"); // htmx would go back to it a moment later, from where one writes by then
  }

  sent() {
    dropDraft(this.dataset.slot);
  }

  get #fields() {
    return [...this.form.elements].filter((field) => field.name.startsWith("value."));
  }

  /* As wherever one writes to a customer: Enter leads on, Ctrl Enter sends. */
  #onKey(event) {
    if (event.key !== "Enter" || event.isComposing) return;
    const send = event.ctrlKey || event.metaKey;
    const next = this.#fields[this.#fields.indexOf(event.target) + 1] ?? this.querySelector(".btn--primary");
    if (!send && !this.#fields.includes(event.target)) return;
    event.preventDefault();
    if (send) this.form.requestSubmit();
    else next.focus();
  }

  #typed() {
    const written = this.#fields.map((field) => [field.name, field.value]);
    keepDraft(this.dataset.slot, { written, clientId: this.form.elements.client_id.value });
    this.#show();
  }

  #restore() {
    const { written, clientId } = draftOf(this.dataset.slot);
    if (!written) return;
    const said = new Map(written);
    for (const field of this.#fields) field.value = said.get(field.name) ?? "";
    this.form.elements.client_id.value = clientId; // what was sent already and lost its answer is not sent twice
    this.#show();
  }

  #show() {
    for (const mark of this.querySelectorAll("[data-value]")) {
      mark.dataset.place ??= mark.textContent;
      mark.textContent = this.form.elements[`value.${mark.dataset.value}`]?.value || mark.dataset.place;
    }
  }
}

customElements.define("template-form", TemplateForm);

/* In the list of templates: down from the search to the first, and from one to the next. */
document.addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const stops = by ? [...document.querySelectorAll("#templates-pane :is([type=search], .templates a)")] : [];
  const at = stops.indexOf(event.target);
  if (at < 0 || !stops[at + by]) return;
  event.preventDefault();
  stops[at + by].focus();
});
