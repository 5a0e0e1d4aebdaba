/* <ui-toast>: says what just happened. Good news leaves after eight seconds, never while someone reads it;
   errors and offers to undo stay until dismissed. */
const STAY = 8000;

class UiToast extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-dismiss]")) this.remove();
    });
    for (const button of this.querySelectorAll("[data-dismiss]")) button.hidden = false;
    if (!this.#stays) this.#wait();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  get #stays() {
    return this.matches(".toast--error, .toast--warning") || this.querySelector("form, a[href]");
  }

  #wait() {
    this.timer = setTimeout(() => {
      if (this.matches(":hover, :focus-within")) this.#wait();
      else this.remove();
    }, STAY);
  }
}

customElements.define("ui-toast", UiToast);
