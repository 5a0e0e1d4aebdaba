/* <ui-reveal data-show="Show" data-hide="Hide"><input type="password"></ui-reveal>: a button that shows what is typed. */
class UiReveal extends HTMLElement {
  connectedCallback() {
    if (this.button) return;
    this.input = this.querySelector("input");
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "btn btn--link";
    this.button.setAttribute("aria-controls", this.input.id);
    this.button.addEventListener("click", () => this.#set(this.input.type === "password"));
    this.input.form?.addEventListener("submit", () => this.#set(false));
    this.append(this.button);
    this.#set(false);
  }

  #set(shown) {
    this.input.type = shown ? "text" : "password";
    this.button.textContent = shown ? this.dataset.hide : this.dataset.show;
    this.button.setAttribute("aria-pressed", String(shown));
  }
}

customElements.define("ui-reveal", UiReveal);
