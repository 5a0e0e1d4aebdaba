/* The strip above the inbox: reconnecting, then what was missed. Its words come with "ready", in the page's language. */
const CALM = 1500; // a short gap is not worth a banner
let html = "";
let timer;

export function learn(offlineHtml) {
  html = offlineHtml;
}

export function offline(connection) {
  clearTimeout(timer);
  timer = setTimeout(() => show(html, connection), CALM);
}

export function online(missed) {
  clearTimeout(timer);
  remove();
  if (missed.html) show(missed.html);
}

function show(words, connection) {
  remove();
  const place = document.getElementById("banners");
  if (!place || !words) return;
  place.insertAdjacentHTML("beforeend", words);
  const banner = place.lastElementChild;
  banner.dataset.liveBanner = "";
  banner.querySelector("[data-live-now]")?.addEventListener("click", () => connection.retry());
  banner.querySelector("[data-live-show]")?.addEventListener("click", () => {
    remove();
    document.dispatchEvent(new CustomEvent("live:show"));
  });
  banner.querySelector("[data-live-dismiss]")?.addEventListener("click", remove);
}

function remove() {
  document.querySelector("[data-live-banner]")?.remove();
}
