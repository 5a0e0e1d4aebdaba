/* <ui-copy for="id" data-done="Copied"><button type="button">…</button></ui-copy>: copies the text or value of #id. */
const SHOWN = 2000;

class UiCopy extends HTMLElement {
  connectedCallback() {
    this.said = document.createElement("span");
    this.said.className = "said";
    this.said.setAttribute("role", "status");
    this.append(this.said);
    this.querySelector("button").addEventListener("click", () => this.#copy());
  }

  async #copy() {
    const source = document.getElementById(this.getAttribute("for"));
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    this.said.textContent = this.dataset.done;
    setTimeout(() => (this.said.textContent = ""), SHOWN);
  }
}

customElements.define("ui-copy", UiCopy);
