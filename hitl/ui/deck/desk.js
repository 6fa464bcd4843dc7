// The desk: the cards a reviewer holds, what was decided, and the conversation with the server. No DOM in here.

const FEWEST_HELD = 12; // cards held at once; the next ones are there before they are needed
const MOST_HELD = 48; // for those who answer several a second
const BATCH_MS = 120;
const RENEW_MS = 45_000;
const EMPTY_POLL_MS = 15_000;
const IDLE_MS = 600_000; // after this long without a sign of life leases are left to expire
const TIMEOUT_MS = 15_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 15_000;
const BLOCKED_RETRY_MS = 60_000;
const RELEASE_MS = 2_000;
const BATCH_SIZE = 50;
const HISTORY_SIZE = 50;
const GUARD_MS = 300; // a card that changed by itself can't be hit by a key meant for the one before
const WIRE_FIELDS = ["request_id", "kind", "item_id", "assignment_id", "class_id", "target", "comment", "shown"];

class Fault extends Error {
  constructor(kind, message, status = 0) {
    super(message);
    Object.assign(this, { kind, status });
  }
}

class Desk {
  constructor(place) {
    this.place = place;
    this.url = `${webRoot}/api/v1/review/${encodeURIComponent(place.project)}`;
    this.outbox = new Shelf(shelfPrefix(OUTBOX_ROOT, place));
    this.notices = new Shelf(shelfPrefix(NOTICE_ROOT, place));
    this.cards = [];
    this.history = []; // {card, request_id, kind, class_id, comment}
    this.looking = null; // index in history while looking back
    this.recent = []; // class ids, latest first
    this.closed = new Set(this.outbox.values().map((op) => op.assignment_id));
    this.progress = null;
    this.rest = null; // what to read when there is no card
    this.coldStart = null; // how far it is to a first model
    this.fault = null;
    this.view = null;
    this.batch = BATCH_SIZE;
    this.delay = FIRST_RETRY_MS;
    this.lastActive = Date.now();
    this.lastSync = 0;
    this.guardUntil = 0;
    this.due = Infinity; // when the next exchange is planned
  }

  get current() {
    return this.looking === null ? (this.cards[0] ?? null) : this.history[this.looking].card;
  }

  get guarded() {
    return performance.now() < this.guardUntil;
  }

  // ---- what the reviewer does: first the screen, then the server

  label(classId, comment) {
    this.recent = [classId, ...this.recent.filter((id) => id !== classId)].slice(0, 9);
    return this.#close("label", { class_id: classId, comment });
  }

  cannotTell(comment) {
    return this.#close("cannot_tell", { comment });
  }

  skip() {
    return this.#close("skip", {});
  }

  undo() {
    const index = this.looking ?? this.history.length - 1;
    const entry = this.history[index];
    if (!entry) return null;
    this.history.splice(index, 1);
    this.looking = null;
    this.cards = this.cards.filter((card) => card.group_id !== entry.card.group_id);
    this.cards.unshift({ ...entry.card, returned: true, earlier: entry });
    this.#push({ kind: "undo", item_id: entry.card.item_id, target: entry.request_id, undone: entry.kind }, entry.card);
    return entry;
  }

  back() {
    const index = (this.looking ?? this.history.length) - 1;
    if (index >= 0) this.looking = index;
    this.#changed();
  }

  forward() {
    if (this.looking !== null) this.looking = this.looking + 1 < this.history.length ? this.looking + 1 : null;
    this.#changed();
  }

  returnSkipped() {
    this.#push({ kind: "return_skipped" }, null);
  }

  dismiss(requestId) {
    this.notices.remove(requestId);
    this.#changed();
  }

  // ---- numbers for the progress line, with what is not answered yet counted in

  counts() {
    if (!this.progress) return null;
    const pending = this.outbox.values();
    const kinds = (...names) => pending.filter((op) => names.includes(op.kind)).length;
    const answered = kinds("label", "cannot_tell"); // a skipped item goes on waiting
    const undone = pending.filter((op) => op.kind === "undo" && op.undone !== "skip").length;
    return {
      decided: Math.max(0, this.progress.reviewed_by_me_today + answered - undone),
      waiting: Math.max(0, this.progress.waiting - answered + undone),
      skipped: this.progress.skipped_by_me,
    };
  }

  // ---- life

  attach(view) {
    this.view = view;
    this.lastActive = Date.now();
    clearTimeout(this.releaseTimer);
    this.#plan(0);
  }

  detach() {
    this.view = null;
    this.releaseTimer = setTimeout(() => this.#release(), RELEASE_MS);
    if (this.outbox.size) this.#plan(0);
  }

  touch() {
    const slept = Date.now() - this.lastSync > RENEW_MS;
    this.lastActive = Date.now();
    if (slept && !this.busy && !this.fault) this.#plan(0);
  }

  retry() {
    this.delay = FIRST_RETRY_MS;
    this.#plan(0);
  }

  // Another tab wrote to localStorage.
  hear(event) {
    this.notices.absorb(event);
    const op = this.outbox.absorb(event);
    if (op?.assignment_id) {
      this.closed.add(op.assignment_id);
      this.#drop((card) => card.assignment_id === op.assignment_id);
    }
    this.#changed();
  }

  // The tab is going away: one last try and the cards handed back. No answer is awaited; localStorage keeps everything.
  flushOnLeave() {
    const ops = this.outbox.values().slice(0, this.batch);
    const release = this.cards.filter((card) => !card.returned).map((card) => card.assignment_id);
    if (ops.length + release.length) fetch(this.url, { ...this.#request(ops, 0, [], release), keepalive: true }).catch(() => undefined);
  }

  #close(kind, answer) {
    const card = this.cards[0];
    if (!card || this.looking !== null || this.guarded) return null;
    this.cards.shift();
    if (!card.returned) this.closed.add(card.assignment_id);
    const { version_id, class_id, confidence } = card.prediction ?? {};
    const shown = card.prediction ? { version_id, class_id, confidence } : null;
    const op = { kind, item_id: card.item_id, assignment_id: card.assignment_id, shown, ...answer };
    const requestId = this.#push(op, card);
    this.history.push({ card, request_id: requestId, kind, class_id: answer.class_id, comment: answer.comment ?? "" });
    this.history.splice(0, this.history.length - HISTORY_SIZE);
    return requestId;
  }

  #push(op, card) {
    const record = { ...op, request_id: newRequestId(), order: nextOrder(), group_id: card?.group_id, external_id: card?.external_id ?? "" };
    this.#changed(); // paint before localStorage and JSON
    this.outbox.put(record);
    this.#changed();
    if (!this.fault) this.#plan(BATCH_MS);
    return record.request_id;
  }

  #drop(matches) {
    const [first] = this.cards;
    this.cards = this.cards.filter((card) => !matches(card));
    if (first && this.cards[0] !== first) this.guardUntil = performance.now() + GUARD_MS;
    return first && this.cards[0] !== first ? first : null;
  }

  // ---- talking to the server

  // The soonest of the plans holds, so that quick answers don't put the sending off.
  #plan(ms) {
    const due = performance.now() + ms;
    if (this.due <= due) return;
    clearTimeout(this.timer);
    this.due = due;
    this.timer = setTimeout(() => this.#sync(), ms);
  }

  #planNext() {
    if (this.fault?.kind === "blocked") return this.#plan(BLOCKED_RETRY_MS);
    if (this.fault) {
      this.#plan(this.delay);
      this.delay = Math.min(this.delay * 1.8, LONGEST_RETRY_MS);
      return undefined;
    }
    if (this.outbox.size) return this.#plan(this.batch === 1 ? 0 : BATCH_MS);
    if (!this.view || Date.now() - this.lastActive > IDLE_MS) return undefined;
    return this.#plan(this.cards.length ? RENEW_MS : EMPTY_POLL_MS);
  }

  async #sync() {
    this.due = Infinity;
    if (this.busy || (!this.view && !this.outbox.size)) return;
    this.busy = true;
    const ops = this.outbox.values().slice(0, this.batch);
    try {
      this.#take(await this.#post(ops), ops);
      this.fault = null;
      this.delay = FIRST_RETRY_MS;
    } catch (error) {
      this.#suffer(error, ops);
    }
    this.busy = false;
    this.lastSync = Date.now();
    this.#planNext();
    this.#changed();
  }

  #request(ops, want, holding, release = []) {
    const wire = ops.map((op) => Object.fromEntries(WIRE_FIELDS.filter((name) => op[name] !== undefined).map((name) => [name, op[name]])));
    const unexplained = this.cards.filter((card) => card.prediction && !card.why).map((card) => card.assignment_id);
    const body = JSON.stringify({ ops: wire, want, holding, release, unexplained, mark: this.place.mark });
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? ""; // for what "today" means
    return { method: "POST", credentials: "same-origin", headers: { "content-type": "application/json", "time-zone": zone }, body };
  }

  async #post(ops) {
    const holding = this.cards.filter((card) => !card.returned).map((card) => card.assignment_id);
    const want = Math.min(FEWEST_HELD + 4 * ops.length, MOST_HELD);
    const request = this.#request(ops, this.view ? want : 0, holding);
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
    try {
      const response = await fetch(this.url, { ...request, signal: abort.signal });
      const reply = await response.json();
      if (response.ok) return { ...reply, asked: holding };
      const kind = response.status >= 500 || response.status === 429 ? "unreachable" : "blocked";
      throw new Fault(kind, reply.error ?? "", response.status);
    } catch (error) {
      throw error instanceof Fault ? error : new Fault("unreachable", String(error));
    } finally {
      clearTimeout(timer);
    }
  }

  #suffer(error, ops) {
    const fault = error instanceof Fault ? error : new Fault("unreachable", String(error));
    if (fault.status !== 400 || !ops.length) {
      this.fault = fault;
      return;
    }
    if (ops.length > 1) this.batch = 1; // one of them can't be read: find it, and let the others through
    else this.#settle({ request_id: ops[0].request_id, outcome: "refused", message: fault.message });
  }

  #take(reply, ops) {
    for (const answer of reply.answers) this.#settle(answer);
    if (!this.outbox.size) this.batch = BATCH_SIZE;
    this.progress = reply.progress;
    this.rest = reply.rest ?? this.rest;
    this.coldStart = reply.cold_start;
    this.#dropLost(reply);
    this.#dropOutdated(reply.version_id);
    this.#explain(reply.whys);
    if (!this.view) return;
    const wasEmpty = !this.cards.length && ops.length > 0;
    this.#merge(reply.deck);
    if (wasEmpty && this.cards.length) this.guardUntil = performance.now() + GUARD_MS;
  }

  // Leases that ended: one that was leased to us again stays where it is.
  #dropLost({ stale, deck }) {
    const lost = new Set(stale);
    const again = new Set(deck.map((card) => card.group_id));
    const gone = this.#drop((card) => !card.returned && lost.has(card.assignment_id) && !again.has(card.group_id));
    if (gone) this.#notice("released", gone.external_id, say("released"));
  }

  #settle(answer) {
    const op = this.outbox.records.get(answer.request_id);
    this.outbox.remove(answer.request_id);
    if (!op || answer.outcome === "committed") return;
    if (answer.outcome === "refused") {
      this.history = this.history.filter((entry) => entry.request_id !== answer.request_id);
      this.looking = null;
      this.closed.delete(op.assignment_id);
      if (op.kind === "undo") this.#drop((card) => card.returned && card.item_id === op.item_id);
    }
    this.#notice(answer.outcome, op.external_id, answer.message, op);
  }

  #notice(outcome, externalId, message, op = null) {
    const request_id = op?.request_id ?? newRequestId();
    this.notices.put({ request_id, order: nextOrder(), outcome, external_id: externalId, message, kind: op?.kind ?? "", class_id: op?.class_id ?? null });
  }

  // What was explained since its card was dealt, by the version whose answer the card shows.
  #explain(whys) {
    for (const card of this.cards) {
      const why = whys[card.assignment_id];
      if (why && why.version_id === card.prediction?.version_id) card.why = why;
    }
  }

  // A new champion: prefetched cards are handed back and come again with its prediction; the one on screen stays.
  #dropOutdated(versionId) {
    this.cards = this.cards.filter((card, index) => index === 0 || !card.prediction || card.prediction.version_id === versionId);
  }

  #merge(cards) {
    const answered = this.#answeredGroups();
    for (const card of cards) {
      if (this.closed.has(card.assignment_id) || answered.has(card.group_id)) continue;
      const held = this.cards.find((other) => other.group_id === card.group_id);
      if (!held) this.cards.push(card);
      else Object.assign(held, { assignment_id: card.assignment_id, returned: false });
    }
  }

  // Groups whose answer is still on its way: the server dealt its cards without knowing.
  #answeredGroups() {
    const groups = new Set();
    for (const op of this.outbox.values()) {
      if (op.kind === "undo") groups.delete(op.group_id);
      else groups.add(op.group_id);
    }
    return groups;
  }

  #release() {
    const release = this.cards.map((card) => card.assignment_id);
    if (this.view || !release.length) return;
    this.cards = [];
    fetch(this.url, this.#request([], 0, [], release)).catch(() => undefined); // else they expire
  }

  #changed() {
    this.view?.render();
  }
}

// Desks outlive the component: a page that is drawn again finds its cards and its unsent decisions.
function openDesk(place) {
  const desks = (window[Symbol.for("tandem.desks")] ??= new Map());
  const key = shelfPrefix(OUTBOX_ROOT, place);
  if (!desks.has(key)) desks.set(key, new Desk(place));
  return desks.get(key);
}

// Decisions left behind in other projects are sent from here too.
function sendLeftovers(place) {
  for (const other of placesWithDecisions(place.actor)) {
    const desk = openDesk(other);
    if (!desk.view) desk.retry();
  }
}
