/* One socket at a time to the inbox: says hello with its cursor, stays alive, comes back by itself.
   Tells "state" (offline, catching-up, live), "frame" (from the server) and "refused" (no use in coming back). */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30000;
const PING_EVERY = 25000;
const PATIENCE = 10000; // for an answer to a ping
const ACK_FRAMES = 64; // the server lets 256 frames or 1 MiB go unacknowledged
const ACK_CHARS = 128 * 1024;
const AFRESH = [4001, 4003, 4404]; // what the page shows, or who looks at it, has changed

export class Connection extends EventTarget {
  constructor({ path, cursor, watch, view }) {
    super();
    this.url = new URL(path, location.href);
    this.url.protocol = this.url.protocol === "https:" ? "wss:" : "ws:";
    Object.assign(this, { cursor, watch, view, tries: 0 });
    addEventListener("online", () => this.retry());
    addEventListener("offline", () => this.socket && this.#onClose()); // not only when silence is noticed
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.retry());
  }

  connect() {
    this.got = this.acked = this.chars = 0;
    const socket = (this.socket = new WebSocket(this.url));
    const current = (act) => (event) => this.socket === socket && act(event);
    socket.addEventListener("open", current(() => this.#greet()));
    socket.addEventListener("message", current(({ data }) => this.#take(data)));
    socket.addEventListener("close", current(({ code }) => this.#onClose(code)));
  }

  /* Now instead of later, if it is waiting to come back. */
  retry() {
    if (!this.waiting) return;
    clearTimeout(this.waiting);
    this.waiting = null;
    this.connect();
  }

  send(op, facts = {}) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ op, ...facts }));
  }

  look(conversation, cursor) {
    this.watch = conversation;
    this.send("watch", { conversation, cursor });
  }

  #greet() {
    this.#tell("state", "catching-up");
    this.send("hello", { cursor: this.cursor, watch: this.watch, view: this.view });
    this.pinging = setInterval(() => this.#ping(), PING_EVERY);
  }

  #take(data) {
    this.got += 1;
    this.chars += data.length;
    clearTimeout(this.doubt);
    const frame = JSON.parse(data);
    const number = frame.seq ?? frame.cursor;
    if (number > this.cursor) this.cursor = number;
    if (frame.op === "restart") this.pause = frame.after_ms;
    this.#tell("frame", frame);
    if (frame.op === "ready") {
      this.tries = 0;
      this.#tell("state", "live");
    }
    if (this.got - this.acked >= ACK_FRAMES || this.chars >= ACK_CHARS) this.#ping();
  }

  #ping() {
    this.send("ping", { got: this.got });
    this.acked = this.got;
    this.chars = 0;
    clearTimeout(this.doubt);
    this.doubt = setTimeout(() => this.#onClose(), PATIENCE);
  }

  #onClose(code) {
    clearInterval(this.pinging);
    clearTimeout(this.doubt);
    this.socket.close(); // a silent one is let go without waiting for its answer
    this.socket = null;
    this.#comeBack();
    this.#tell("state", "offline");
    if (AFRESH.includes(code)) this.#tell("refused", code);
  }

  /* Exponential, with jitter, so that a thousand pages do not all return in the same moment. */
  #comeBack() {
    const most = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.tries);
    const delay = this.pause ?? most / 2 + (Math.random() * most) / 2;
    this.pause = undefined;
    this.tries += 1;
    this.next = Date.now() + delay;
    this.waiting = setTimeout(() => this.retry(), delay);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
