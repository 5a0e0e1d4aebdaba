/* The reply box's line about the platform's time for answering: amber in its last hour. */
const TICK = 20000;
const LAST = 3600000;

function look() {
  const line = document.getElementById("window");
  const end = line?.querySelector("time");
  if (end && new Date(end.dateTime) - Date.now() < LAST) line.classList.add("is-low");
}

look();
setInterval(look, TICK);
document.addEventListener("live:frames", look);
