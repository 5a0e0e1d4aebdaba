/* The panel: which of its four faces is shown, and who tells whom. */
import { Attaching } from "./attaching.js";
import { Client, Refusal } from "./client.js";
import { Composer } from "./composer.js";
import { Host } from "./host.js";
import { Live } from "./live.js";
import { Sending } from "./sending.js";
import { Store } from "./store.js";
import { Turns } from "./turns.js";
import { settings, word } from "./words.js";

const TYPING_MS = 6000; // an agent who goes on typing is told of every three seconds
const FACES = ["welcome", "talk", "bye", "trouble"];
const at = (id) => document.getElementById(id);

const store = new Store(settings.key);
const client = new Client(store, settings);
const live = new Live(client);
const sending = new Sending(client);
const host = new Host();
const attaching = new Attaching(at("files"), client);
const turns = new Turns(at("turns"), sending, {
  answer: (message, facts, shown) => answer(message, facts, shown),
  refresh: async (file) => (await client.get(`files/${file.id}/addresses/`)).file,
  retry: (id) => sending.retry(id),
  remove: (id) => sending.remove(id),
});
const composer = new Composer(at("say"), attaching, { say, typing: (on) => live.typing(on), announce });

let face = "";
let proof;
let open = !host.there;
let unread = 0;
let marked = "";
let typingTimer = 0;

// Faces -------------------------------------------------------------------------------------------------

function show(name, { focus = true } = {}) {
  face = name;
  for (const each of FACES) at(each).hidden = each !== name;
  for (const button of document.querySelectorAll('.menu [data-do="ask-leave"]')) button.hidden = name !== "talk";
  if (!focus || !open) return;
  if (name === "talk") composer.focus();
  else at(name).querySelector("h2")?.focus({ preventScroll: true });
}

async function begin() {
  try {
    const state = await client.start(proof);
    whole(state);
    show(state.left ? "bye" : "talk");
    live.start(state.cursor);
    sending.flush();
  } catch (error) {
    if (error instanceof Refusal && error.code.startsWith("identity_") && proof) {
      console.warn(`Comptoir: ${error.code}`); // for whoever builds the site
      proof = undefined;
      return store.token ? begin() : show("welcome");
    }
    show("trouble");
  }
}

function whole(state) {
  turns.reset();
  if (turns.empty && !state.messages.length && !composer.text.value) composer.text.value = state.prefilled_text;
  hear(turns.take(state), { quietly: true });
  follow();
}

// What comes ---------------------------------------------------------------------------------------------

live.addEventListener("state", ({ detail }) => {
  whole(detail);
  if (detail.left && face === "talk") show("bye");
});
live.addEventListener("changes", ({ detail }) => {
  hear(turns.take(detail));
  follow();
});
live.addEventListener("typing", ({ detail: on }) => {
  clearTimeout(typingTimer);
  const stuck = atBottom();
  turns.typing = on;
  if (stuck) toBottom();
  if (on) typingTimer = setTimeout(() => (turns.typing = false), TYPING_MS);
});
live.addEventListener("connection", ({ detail: connected }) => {
  at("connection").hidden = connected;
  at("connection").textContent = connected ? "" : word("reconnecting");
  if (connected) sending.flush();
});
live.addEventListener("over", over);
client.onOver = over;

/** The session is gone: nobody can be told apart from a stranger any more. */
function over() {
  live.stop();
  store.token = "";
  turns.reset();
  turns.draw();
  if (proof) begin();
  else show("welcome");
}

function hear(fresh, { quietly = false } = {}) {
  if (fresh.length) turns.typing = false;
  if (!quietly && !open) unread += fresh.length;
  host.tell("unread", { count: unread });
  mark();
}

function follow() {
  const { with: name, code = "" } = turns.state;
  at("code").textContent = code;
  at("you").hidden = !code;
  at("with").textContent = name ? word("someone_answers", name) : "";
}

/** Tell honestly: delivered when this device has it, read when the visitor can see it. */
function mark() {
  const last = turns.lastHeard;
  if (!last || face === "bye") return;
  const state = open && document.visibilityState === "visible" && face === "talk" ? "read" : "delivered";
  const key = `${last.id}.${state}`;
  if (marked === key || marked === `${last.id}.read`) return;
  marked = key;
  client.post("marks/", { message: last.id, state }).catch(() => marked === key && (marked = ""));
}
document.addEventListener("visibilitychange", mark);

// What goes ----------------------------------------------------------------------------------------------

function say(text, files, names) {
  sending.add("messages/", { text, files }, { text, files: names });
  toBottom();
}

function answer(message, facts, shown) {
  sending.answer(message.id, facts, shown);
  toBottom();
}

sending.addEventListener("change", () => turns.draw());
sending.addEventListener("sent", ({ detail }) => turns.take({ messages: [detail] }));

async function leave() {
  try {
    await client.post("leave/");
    turns.typing = false;
    show("bye");
  } catch {
    announce(word("reason_other"), { visibly: true });
  }
}

// The page's own buttons ---------------------------------------------------------------------------------

const acts = {
  retry: begin,
  minimise: () => host.tell("close"),
  "ask-leave": () => at("leave").showModal(),
  "start-again": () => show("talk"),
};
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  if (button.dataset.do === "language") button.hash = location.hash;
  acts[button.dataset.do]?.();
});
at("leave").addEventListener("close", () => at("leave").returnValue === "leave" && leave());
at("welcome").addEventListener("submit", (event) => {
  event.preventDefault();
  begin();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) host.tell("close");
});

// The page around ----------------------------------------------------------------------------------------

host.addEventListener("open", () => {
  open = true;
  unread = 0;
  host.tell("unread", { count: 0 });
  show(face);
  mark();
});
host.addEventListener("shut", () => (open = false));
host.addEventListener("identify", ({ detail }) => {
  proof = detail;
  if (face !== "welcome" || store.token) begin();
});
host.addEventListener("forget", async () => {
  proof = undefined;
  await client.post("session/end/").catch(() => {});
  over();
});

function announce(text, { visibly = false } = {}) {
  at("news").textContent = text;
  at("news").classList.toggle("vh", !visibly);
}

// The log is drawn from its bottom up, so "at the bottom" is zero.
const atBottom = () => Math.abs(at("log").scrollTop) < 40;
const toBottom = () => (at("log").scrollTop = 0);

document.querySelector('[data-do="minimise"]').hidden = !host.there;
if (store.token) begin();
else show("welcome", { focus: false });
host.tell("ready");
