/* <ui-theme>: three buttons, value "", "light" or "dark". The choice is a cookie so that the server paints it at once. */
const YEAR = 31536000;

function keep(theme) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const age = theme ? YEAR : 0;
  document.cookie = `theme=${theme}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
}

function paint(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  for (const button of document.querySelectorAll("ui-theme button")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}

class UiTheme extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this);
  }

  handleEvent(event) {
    const button = event.target.closest("button");
    if (!button) return;
    keep(button.value);
    paint(button.value);
  }
}

customElements.define("ui-theme", UiTheme);
