/* <card-builder>: the form of one kind of card; adds rows, and shows while one writes how the card will look, what
   keeps it from being shown, and beside which field. */
import { DialogForm } from "./dialog-form.js";
import { post } from "./post.js";

const PAUSE = 300;

class CardBuilder extends DialogForm {
  connectedCallback() {
    super.connectedCallback();
    this.querySelector("[data-add]")?.addEventListener("click", () => this.#add());
    this.form.addEventListener("input", () => this.#soon());
    const zone = this.form.elements.timezone;
    if (zone) zone.defaultValue = Intl.DateTimeFormat().resolvedOptions().timeZone;
  }

  sent() {
    clearTimeout(this.waiting);
    this.#show({ remarks: [], html: "" });
  }

  #add() {
    const rows = this.querySelectorAll(".options .option-row");
    if (rows.length >= Number(this.querySelector(".options").dataset.most)) return;
    const row = rows[rows.length - 1].cloneNode(true);
    for (const input of row.querySelectorAll("input")) Object.assign(input, { value: "", required: false });
    rows[rows.length - 1].after(row);
    row.querySelector("input").focus();
  }

  #soon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.#look(), PAUSE);
  }

  async #look() {
    const body = new FormData(this.form);
    body.set("count", String([...this.form.elements.namedItem("files")?.files ?? []].length));
    body.delete("files"); // only how many there are matters, and they may be large
    const asked = (this.asked = Symbol("look"));
    const answer = await post(this.dataset.look, body);
    if (asked === this.asked && answer.remarks) this.#show(answer);
  }

  #show({ remarks, as_text: asText = "", html }) {
    for (const old of this.querySelectorAll(".remark")) old.remove();
    for (const field of this.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    for (const remark of remarks) this.#remark(remark);
    const preview = this.querySelector(".card-preview");
    preview.hidden = !html;
    const note = preview.querySelector(".as-text");
    note.hidden = !asText;
    note.querySelector("span").textContent = asText;
    preview.querySelector(".turn").innerHTML = html; // our own server's
  }

  #remark({ words, field, place }) {
    const named = [...this.form.elements].filter((each) => each.name === field && each.value?.trim());
    const input = named[place];
    const line = document.createElement(input ? "p" : "li");
    line.className = "remark";
    line.textContent = words;
    if (!input) return this.querySelector(".remarks").append(line);
    input.setAttribute("aria-invalid", "true");
    (input.closest(".option-row, .field") ?? input).after(line);
  }
}

customElements.define("card-builder", CardBuilder);
