/* "(4) Inbox": how many conversations of mine need an answer. */
const words = document.title.replace(/^\(\d+\) /, "");

export function waiting(count) {
  document.title = count ? `(${count}) ${words}` : words;
}
