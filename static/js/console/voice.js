/* <voice-note><audio controls>: one button, a position that keys can move, the time. Native controls without script. */
const minutes = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

class VoiceNote extends HTMLElement {
  connectedCallback() {
    if (this.button) return;
    this.audio = this.querySelector("audio");
    this.audio.controls = false;
    this.button = this.#button();
    this.range = this.#range();
    this.clock = Object.assign(document.createElement("span"), { className: "tiny mute num" });
    this.prepend(this.button, this.range, this.clock);
    for (const name of ["play", "pause", "ended", "timeupdate", "loadedmetadata"]) this.audio.addEventListener(name, () => this.#show());
    this.#show();
  }

  #button() {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "go" });
    button.addEventListener("click", () => (this.audio.paused ? this.#play() : this.audio.pause()));
    return button;
  }

  #range() {
    const range = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 1, step: 0.01, value: 0 });
    range.setAttribute("aria-label", this.dataset.seek);
    range.addEventListener("input", () => (this.audio.currentTime = range.value * (this.audio.duration || 0)));
    return range;
  }

  #play() {
    for (const other of document.querySelectorAll("voice-note audio")) if (other !== this.audio) other.pause();
    this.audio.play();
  }

  #show() {
    const length = Number.isFinite(this.audio.duration) ? this.audio.duration : 0;
    const words = this.audio.paused ? this.dataset.play : this.dataset.pause;
    this.button.setAttribute("aria-label", words);
    this.button.innerHTML = `<svg class="i i--sm" aria-hidden="true"><use href="${document.documentElement.dataset.icons}#${this.audio.paused ? "play" : "pause"}"/></svg>`;
    this.range.value = length ? this.audio.currentTime / length : 0;
    this.range.setAttribute("aria-valuetext", minutes(this.audio.currentTime));
    this.clock.textContent = minutes(this.audio.paused && !this.audio.currentTime ? length : this.audio.currentTime);
  }
}

customElements.define("voice-note", VoiceNote);
