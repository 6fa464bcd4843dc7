// Decisions the server has not answered yet. One localStorage key each, so two tabs never overwrite each other.

const OUTBOX_ROOT = "tandem.outbox";
const NOTICE_ROOT = "tandem.notice";
let lastOrder = 0;

function newRequestId() {
  if (crypto.randomUUID) return crypto.randomUUID(); // missing on plain http addresses other than localhost
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function nextOrder() {
  lastOrder = Math.max(lastOrder + 1, Date.now() * 1000);
  return lastOrder;
}

function shelfPrefix(root, place) {
  return [root, place.project, place.mark, place.actor].map(encodeURIComponent).join("/") + "/";
}

// Places (project, mark, actor) of this person that still have decisions in this browser.
function placesWithDecisions(actor) {
  const places = new Map();
  for (const key of storedKeys(encodeURIComponent(OUTBOX_ROOT) + "/")) {
    const [, project, mark, owner] = key.split("/").map(decodeURIComponent);
    if (owner === String(actor)) places.set(key.slice(0, key.lastIndexOf("/")), { project, mark, actor });
  }
  return [...places.values()];
}

function storedKeys(prefix) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}

// Records by id, in memory and in localStorage, in the order they were made.
class Shelf {
  constructor(prefix) {
    this.prefix = prefix;
    this.records = new Map();
    this.durable = true;
    for (const key of storedKeys(prefix)) this.#read(key, localStorage.getItem(key));
  }

  get size() {
    return this.records.size;
  }

  values() {
    return [...this.records.values()].sort((one, other) => one.order - other.order);
  }

  put(record) {
    this.records.set(record.request_id, record);
    try {
      localStorage.setItem(this.prefix + record.request_id, JSON.stringify(record));
    } catch {
      this.durable = false; // full or forbidden: memory keeps it as long as the tab lives
    }
  }

  remove(requestId) {
    this.records.delete(requestId);
    try {
      localStorage.removeItem(this.prefix + requestId);
    } catch {
      this.durable = false;
    }
  }

  // What another tab did; the record it added, or null.
  absorb(event) {
    if (!event.key || !event.key.startsWith(this.prefix)) return null;
    if (event.newValue !== null) return this.#read(event.key, event.newValue);
    this.records.delete(event.key.slice(this.prefix.length));
    return null;
  }

  #read(key, text) {
    try {
      const record = JSON.parse(text);
      if (this.prefix + record.request_id !== key) return null;
      this.records.set(record.request_id, record);
      return record;
    } catch {
      return null; // not ours, or cut short: leave it where it is
    }
  }
}
