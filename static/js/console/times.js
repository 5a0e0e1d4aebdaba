/* <time datetime data-time="clock|day-clock|day">: the reader's own hours and days instead of UTC. */
const language = document.documentElement.lang || undefined;
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dayAndClock = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
const units = ["minute", "hour", "day"].map((unit) => new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }));
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

export const dayOf = (moment) => moment.toLocaleDateString("sv");
const isToday = (moment) => dayOf(moment) === dayOf(new Date());

export function sayDay(moment) {
  const words = isToday(moment) ? relative.format(0, "day") : day.format(moment);
  return words[0].toUpperCase() + words.slice(1);
}

/* How long since, in the largest unit that says something; "" under a minute. */
export function since(moment) {
  const minutes = Math.floor((Date.now() - moment) / 60000);
  if (minutes < 1) return "";
  if (minutes < 60) return units[0].format(minutes);
  return minutes < 1440 ? units[1].format(Math.floor(minutes / 60)) : units[2].format(Math.floor(minutes / 1440));
}

const sayings = {
  clock: (moment) => clock.format(moment),
  "day-clock": (moment) => (isToday(moment) ? clock : dayAndClock).format(moment),
  day: sayDay,
};

function say(time) {
  const moment = new Date(time.dateTime);
  if (Number.isNaN(moment.valueOf()) || !sayings[time.dataset.time]) return;
  const words = sayings[time.dataset.time](moment);
  if (time.textContent !== words) time.textContent = words;
}

function sayAll(root) {
  for (const time of root.querySelectorAll("time[data-time]")) say(time);
}

sayAll(document);
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) if (node.nodeType === 1) node.matches("time[data-time]") ? say(node) : sayAll(node);
  }
}).observe(document.body, { childList: true, subtree: true });
