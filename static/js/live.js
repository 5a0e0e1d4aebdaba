/* The inbox lives: keeps the socket, applies its frames, tells the page's own elements by events on document.
   live:ready, live:offline, live:frames, live:counts, live:typing, live:viewers, live:lost, live:show; and
   live:resync, which loads the page afresh unless somebody prevents it. <html data-live> says how it stands:
   offline, catching-up (frames come, what was missed is not shown yet), live. Listens to console:typing and
   live:watch. Everything keeps working without: forms post, pages load. */
import * as banner from "./live/banner.js";
import { Connection } from "./live/connection.js";
import { apply } from "./live/frames.js";
import { waiting } from "./live/title.js";

const CALM = 2000; // ms between two loads, so that a page which is refused again and again does not spin
const { socket: path, cursor, watch, view } = document.body.dataset;
const connection = new Connection({ path, cursor: Number(cursor), watch: watch || null, view });
const missed = new Set();

const answers = {
  frames(frame) {
    if (connection.state !== "live") frame.frames.forEach(({ t, c }) => t.startsWith("conv-") && missed.add(c));
    apply(frame.frames, connection.watch);
    tell("frames", frame);
    for (const { a, c } of frame.frames) if (a === "remove" && c === connection.watch) tell("lost", { conversation: c });
    if (frame.counts) answers.counts(frame);
  },
  counts(frame) {
    waiting(frame.counts["mine:waiting"] ?? 0);
    tell("counts", frame);
  },
  ready(frame) {
    banner.learn(frame.offline);
    banner.online(frame.missed);
    tell("ready", frame);
  },
  typing: (frame) => tell("typing", frame),
  viewers: (frame) => tell("viewers", frame),
  resync: () => {},
  error: (frame) => console.warn(`live: ${frame.code} (${frame.request_id})`),
};

connection.addEventListener("frame", ({ detail }) => answers[detail.op]?.(detail));
connection.addEventListener("state", ({ detail: state }) => {
  connection.state = state;
  document.documentElement.dataset.live = state;
  if (state !== "offline") return;
  missed.clear();
  banner.offline(connection);
  tell("offline", { next: connection.next });
});
connection.addEventListener("refused", () => tell("resync") && loadAfresh());

document.addEventListener("console:typing", ({ detail }) => connection.send("typing", { on: detail.on }));
document.addEventListener("live:watch", ({ detail }) => connection.look(detail.conversation, detail.cursor ?? connection.cursor));
document.addEventListener("live:show", () => {
  const rows = [...document.querySelectorAll("#conversation-list .conv")];
  const first = rows.find((link) => missed.has(link.closest("[id]").id.slice("conv-".length)));
  (first ?? document.getElementById("conversation-list"))?.focus();
});
addEventListener("pageshow", (event) => event.persisted && location.reload());

if (path) {
  document.documentElement.dataset.live = "catching-up";
  connection.connect();
}

function tell(name, detail) {
  return document.dispatchEvent(new CustomEvent(`live:${name}`, { detail, cancelable: true }));
}

/* Signed out leads to the sign-in page, another role to other rows. Never in a loop: then the socket tries on. */
function loadAfresh() {
  const calm = Number(sessionStorage.getItem("live:afresh")) + CALM - Date.now();
  if (calm > 0) return void setTimeout(loadAfresh, calm);
  sessionStorage.setItem("live:afresh", Date.now());
  location.reload();
}
