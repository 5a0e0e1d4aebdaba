/* Files of a message: pictures and sound in place, the rest to download. Their addresses live five minutes. */
import { make, piece } from "./pieces.js";
import { size, word } from "./words.js";

const FRESH_MS = 4 * 60000;

/** The element for `file`; `refresh(file)` resolves to the same file with fresh addresses. */
export function show(file, refresh) {
  if (file.state === "failed") return make("p", "status status--bad", word("file_gone"));
  const source = new Source(file, refresh);
  if (file.preview_url) return picture(file, source);
  if (["audio", "voice", "video"].includes(file.kind) && file.url) return player(file, source);
  return download(file, source);
}

class Source {
  constructor(file, refresh) {
    Object.assign(this, { file, refresh, at: Date.now() });
  }

  async fresh() {
    if (Date.now() - this.at > FRESH_MS) {
      this.file = await this.refresh(this.file);
      this.at = Date.now();
    }
    return this.file;
  }

  /** Fetch again once when the address has died meanwhile. */
  renewOn(element, field) {
    const renew = async () => {
      this.at = 0;
      element.src = (await this.fresh())[field];
    };
    element.addEventListener("error", () => renew().catch(() => {}), { once: true });
  }
}

function picture(file, source) {
  const image = make("img", "wg-picture");
  Object.assign(image, { src: file.preview_url, alt: word("picture", file.name), width: file.width, height: file.height });
  source.renewOn(image, "preview_url");
  return linked(make("a", "wg-shot", image), source);
}

function player(file, source) {
  const element = make(file.kind === "video" ? "video" : "audio", "wg-player");
  Object.assign(element, { src: file.url, controls: true, preload: "metadata" });
  element.ariaLabel = file.kind === "voice" ? word("voice") : file.name;
  source.renewOn(element, "url");
  return element;
}

function download(file, source) {
  const anchor = piece("t-file");
  anchor.querySelector("b").textContent = file.name;
  anchor.querySelector("small").textContent = file.size ? size(file.size) : "";
  return linked(anchor, source);
}

function linked(anchor, source) {
  if (!source.file.url) return anchor;
  anchor.href = source.file.url;
  anchor.download = source.file.name;
  anchor.addEventListener("click", (event) => {
    if (Date.now() - source.at <= FRESH_MS) return;
    event.preventDefault();
    source.fresh().then((file) => {
      anchor.href = file.url;
      anchor.click();
    }, () => {});
  });
  return anchor;
}
