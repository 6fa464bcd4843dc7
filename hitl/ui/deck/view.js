// The screen of a desk: draws its state and turns presses into what the reviewer means.

const ACTIONS = {
  undo: { icon: "undo", label: "Undo", letter: "u", also: "Backspace" },
  back: { icon: "back", label: "Back", arrow: "ArrowLeft" },
  skip: { icon: "skip", label: "Skip", letter: "s", arrow: "ArrowRight" },
  cannotTell: { icon: "unsure", label: "Can't tell", letter: "x" },
  comment: { icon: "comment", label: "Comment", letter: "c" },
  guidelines: { icon: "book", label: "Guidelines", letter: "g" },
  help: { icon: "keys", label: "Keys", mark: "?" },
};
const KINDS = { label: "decision", skip: "skip", cannot_tell: "“Can't tell”", undo: "undo" };
const HEADINGS = {
  surplus: "Somebody had answered already",
  refused: "Not saved",
  released: "Back in the queue",
};

class View {
  constructor(root) {
    this.root = root;
    this.$ = (selector) => root.querySelector(selector);
    this.finder = new Finder(this.$(".finder"), (id) => this.choose(id), () => this.focusCard());
    this.buttons = Object.fromEntries(Object.entries(ACTIONS).map(([name, action]) => [name, this.#actionButton(name, action)]));
    this.$(".second").append(this.buttons.cannotTell, this.buttons.skip);
    const gap = make("span", "gap");
    this.$("footer").append(this.buttons.undo, this.buttons.back, gap, this.buttons.comment, this.buttons.guidelines, this.buttons.help);
    this.comment = this.$("textarea");
    this.comment.onkeydown = (event) => this.#pressInComment(event);
    this.$(".help .close").onclick = () => this.$(".help").close();
    this.$(".guidelines").ontoggle = (event) => this.buttons.guidelines.setAttribute("aria-pressed", String(event.target.open));
    this.$(".retry").onclick = () => this.desk.retry();
    this.listeners = [
      ["keydown", (event) => pressKey(this, event), { capture: true }],
      ["storage", (event) => this.desk.hear(event)],
      ["online", () => this.desk.retry()],
      ["pagehide", () => this.desk.flushOnLeave()],
      ["beforeunload", (event) => this.desk.fault && this.desk.outbox.size && event.preventDefault()],
      ...["pointerdown", "pointermove", "wheel", "focus"].map((name) => [name, () => this.desk.touch(), { passive: true }]),
    ];
  }

  attach(desk, data) {
    this.data = data;
    this.names = new Map(data.classes.map((entry) => [entry.id, entry.name]));
    this.finderMode = usesFinder(data.classes);
    this.drawn = null;
    this.finder.setClasses(data.classes);
    this.#drawGuidelines();
    this.#drawHelp();
    if (this.desk === desk) return this.render();
    this.desk?.detach();
    if (!this.desk) for (const [name, listener, options] of this.listeners) window.addEventListener(name, listener, options);
    this.desk = desk;
    desk.attach(this);
    return this.render();
  }

  detach() {
    for (const [name, listener, options] of this.listeners) window.removeEventListener(name, listener, options);
    this.desk?.detach();
    this.desk = null;
  }

  nameOf(classId) {
    return this.names.get(classId) ?? "a retired class";
  }

  // ---- meanings

  choose(classId) {
    if (this.desk.label(classId, this.comment.value.trim())) this.#next();
  }

  chooseOffered(index) {
    const entry = this.offered?.[index];
    if (entry && this.desk.looking === null) this.choose(entry.id);
  }

  confirm() {
    const predicted = this.desk.current?.prediction?.class_id;
    if (predicted !== undefined && this.names.has(predicted) && this.desk.looking === null) this.choose(predicted);
  }

  act(name) {
    const acts = {
      undo: () => this.#undo(),
      back: () => this.desk.back(),
      skip: () => (this.desk.looking === null ? this.desk.skip() && this.#next() : this.desk.forward()),
      cannotTell: () => this.desk.cannotTell(this.comment.value.trim()) && this.#next(),
      comment: () => this.#openComment(),
      guidelines: () => this.#toggleGuidelines(),
      help: () => this.$(".help").showModal(),
    };
    if (!this.buttons[name].disabled) acts[name]();
  }

  focusCard() {
    this.$(".card").focus({ preventScroll: true });
  }

  scrollItem(step) {
    const body = this.$(".body");
    body.scrollBy({ top: step * (Math.abs(step) > 1 ? body.clientHeight * 0.45 : 60) });
  }

  // ---- drawing

  render() {
    const { desk } = this;
    const card = desk.current;
    this.$(".card").hidden = !card;
    this.$(".empty").hidden = Boolean(card) || (!desk.progress && !desk.fault);
    this.$(".loading").hidden = Boolean(card || desk.progress || desk.fault);
    if (card) this.#drawCard(card);
    else this.#drawEmpty();
    this.#drawLine();
    this.#drawNotices();
    this.buttons.undo.disabled = !desk.history.length;
    this.buttons.back.disabled = !desk.history.length || desk.looking === 0;
  }

  #drawCard(card) {
    const looking = this.desk.looking !== null;
    const state = `${card.assignment_id}/${card.item_id}/${this.desk.looking}/${this.desk.looking === null ? this.desk.recent : ""}`;
    if (this.drawn === state) return;
    this.drawn = state;
    this.$(".card").dataset.itemId = card.item_id;
    this.$(".name").textContent = card.external_id;
    drawBadges(this.$(".badges"), card);
    drawFields(this.$(".body"), card);
    drawPrediction(this.$(".said"), card, (id) => this.nameOf(id));
    this.#drawClasses(card, looking);
    this.#drawLookbar(looking);
    this.#hideTip();
    this.announce(spokenSummary(card, (id) => this.nameOf(id)));
  }

  #drawClasses(card, looking) {
    this.offered = offeredClasses(this.data.classes, card, this.desk.recent);
    const buttons = this.offered.map((entry, index) => classButton(entry, index, card));
    buttons.forEach((button, index) => this.#wireClass(button, this.offered[index], looking));
    this.$(".classes").replaceChildren(...buttons);
    this.$(".classes").classList.toggle("suggestions", this.finderMode);
    this.$(".finder").hidden = !this.finderMode || looking;
    this.buttons.cannotTell.disabled = looking;
    this.buttons.comment.disabled = looking;
  }

  #wireClass(button, entry, looking) {
    const chosen = looking && this.desk.history[this.desk.looking].class_id === entry.id;
    button.disabled = looking;
    button.classList.toggle("chosen", chosen);
    button.onclick = () => this.choose(entry.id);
    button.onpointerenter = (event) => event.pointerType === "mouse" && this.#showTip(button, entry);
    button.onfocus = () => this.#showTip(button, entry);
    button.onpointerleave = button.onblur = () => this.#hideTip();
  }

  #drawLookbar(looking) {
    const bar = this.$(".lookbar");
    bar.hidden = !looking;
    if (!looking) return;
    const entry = this.desk.history[this.desk.looking];
    const said = { label: `You answered ${this.nameOf(entry.class_id)}.`, skip: "You skipped this item.", cannot_tell: "You answered “Can't tell”." };
    bar.firstElementChild.textContent = said[entry.kind];
    bar.lastElementChild.textContent = "Undo changes it, → goes on.";
  }

  #drawLine() {
    const { desk } = this;
    const counts = desk.counts();
    this.$(".counts").textContent = counts ? `${count(counts.decided)} decided today · ${count(counts.waiting)} waiting` : "";
    const [state, text] = savedText(desk);
    const saved = this.$(".saved");
    if (saved.dataset.state === state && saved.querySelector("span").textContent === text) return;
    saved.querySelector("use").setAttribute("href", { saved: "#i-saved", saving: "#i-saving" }[state] ?? "#i-alert");
    saved.querySelector("span").textContent = text;
    this.$(".retry").hidden = state !== "trouble";
    if (state === "trouble" || saved.dataset.state === "trouble") this.announce(text);
    saved.dataset.state = state;
  }

  #drawNotices() {
    const notices = this.desk.notices.values();
    const element = this.$(".notices");
    element.hidden = !notices.length;
    const shown = notices.map((notice) => notice.request_id).join();
    if (element.dataset.shown === shown) return;
    const added = notices.filter((notice) => !(element.dataset.shown ?? "").includes(notice.request_id));
    element.dataset.shown = shown;
    element.replaceChildren(...notices.slice(-4).map((notice) => this.#noticeElement(notice)));
    for (const notice of added) this.announce(`${HEADINGS[notice.outcome]}. ${notice.message}`);
  }

  #noticeElement(notice) {
    const what = notice.kind === "label" ? `${this.nameOf(notice.class_id)} · ` : notice.kind ? `${KINDS[notice.kind] ?? ""} · ` : "";
    const close = make("button", "icon", icon("close"));
    close.type = "button";
    close.setAttribute("aria-label", "Dismiss");
    close.onclick = () => this.desk.dismiss(notice.request_id);
    const heading = make("b", "", `${HEADINGS[notice.outcome]}: `);
    return make("div", `notice ${notice.outcome}`, icon("alert"), make("p", "", heading, make("span", "about", `${what}${notice.external_id}`), make("br"), notice.message), close);
  }

  #drawEmpty() {
    const { desk } = this;
    const counts = desk.counts();
    const element = this.$(".empty");
    const [title, text] = emptyTexts(desk, counts, this.data.empty);
    element.classList.toggle("trouble", Boolean(desk.fault));
    element.querySelector("use").setAttribute("href", desk.fault ? "#i-alert" : "#i-done");
    element.querySelector("h3").textContent = title;
    element.querySelector("p").textContent = text;
    const actions = [];
    if (counts?.skipped && !desk.fault) actions.push(this.#textButton("Show them again", "primary", () => desk.returnSkipped()));
    if (desk.history.length) actions.push(this.#textButton("Undo the last one", "", () => this.#undo()));
    element.querySelector(".actions").replaceChildren(...actions);
  }

  #textButton(text, className, act) {
    const button = make("button", `action ${className}`, text);
    button.type = "button";
    button.onclick = act;
    return button;
  }

  #actionButton(name, action) {
    const button = make("button", `action do-${name}`, icon(action.icon), make("span", "label", action.label), key(""));
    button.type = "button";
    button.onclick = () => {
      this.act(name);
      if (name !== "comment" && name !== "help") this.focusCard();
    };
    return button;
  }

  #drawHelp() {
    const shift = this.finderMode ? "Shift " : "";
    for (const [name, action] of Object.entries(ACTIONS)) {
      const text = action.arrow ? { ArrowLeft: "←", ArrowRight: "→" }[action.arrow] : (action.mark ?? (this.finderMode ? `⇧${action.letter.toUpperCase()}` : action.letter.toUpperCase()));
      this.buttons[name].querySelector("kbd").textContent = text;
    }
    const rows = [
      this.finderMode ? ["1 – 3", "Answer with a suggestion"] : [`1 – ${this.data.classes.length}`, "Answer with a class"],
      ...(this.finderMode ? [["any letter or /", "Find a class by its name"]] : []),
      ["Enter", "Confirm the model's answer"],
      [`${shift}X`, "Can't tell"],
      [this.finderMode ? "→" : "S or →", "Skip; it comes back when you ask for it"],
      [this.finderMode ? "Backspace or Shift U" : "U or Backspace", "Undo, several times"],
      ["←", "Look back at earlier items"],
      [`${shift}C`, "Write a comment"],
      [`${shift}G`, "Show or hide the guidelines"],
      ["↑ ↓ Space", "Scroll a long item"],
      ["?", "These keys"],
    ];
    this.$(".help dl").replaceChildren(...rows.map(([keys, text]) => make("div", "", make("dt", "", make("kbd", "", keys)), make("dd", "", text))));
  }

  #drawGuidelines() {
    const rows = this.data.classes.map((entry) => make("div", "", make("dt", "", entry.name), make("dd", entry.guideline ? "" : "missing", entry.guideline || "No guideline yet.")));
    this.$(".guidelines dl").replaceChildren(...rows);
    this.$(".guide").textContent = this.data.guide;
    this.$(".guide").hidden = !this.data.guide;
  }

  #toggleGuidelines() {
    const panel = this.$(".guidelines");
    panel.open = !panel.open;
    if (panel.open) panel.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  }

  #showTip(button, entry) {
    if (!entry.guideline) return;
    const tip = this.$(".tip");
    tip.textContent = entry.guideline;
    tip.hidden = false;
    button.setAttribute("aria-describedby", "tip");
    const card = this.$(".card").getBoundingClientRect();
    const box = button.getBoundingClientRect();
    const left = Math.min(Math.max(8, box.left - card.left), card.width - tip.offsetWidth - 8);
    tip.style.left = `${left}px`;
    tip.style.top = `${box.top - card.top - tip.offsetHeight - 8}px`;
  }

  #hideTip() {
    this.$(".tip").hidden = true;
  }

  #openComment() {
    const note = this.$(".note");
    note.hidden = !note.hidden && this.root.activeElement === this.comment && !this.comment.value;
    if (!note.hidden) this.comment.focus();
  }

  #pressInComment(event) {
    if (event.key !== "Escape") return;
    this.$(".note").hidden = !this.comment.value;
    this.focusCard();
  }

  #undo() {
    const entry = this.desk.undo();
    if (!entry) return;
    this.comment.value = entry.comment ?? "";
    this.$(".note").hidden = !this.comment.value;
    this.render();
    this.focusCard();
  }

  #next() {
    this.comment.value = "";
    this.$(".note").hidden = true;
    this.focusCard();
    return true;
  }

  announce(text) {
    this.$(".live").textContent = text;
  }
}

function savedText(desk) {
  const unsaved = desk.outbox.values().filter((op) => op.kind !== "return_skipped").length;
  const kept = desk.outbox.durable ? "kept in this browser and will be sent" : "not saved: keep this tab open";
  const decisions = `${plural(unsaved, "decision")} ${unsaved === 1 ? "is" : "are"} ${kept}.`;
  if (desk.fault?.kind === "blocked") return ["trouble", `${desk.fault.message || "The server refused."} ${unsaved ? decisions : ""}`];
  if (desk.fault) return ["trouble", `Can't reach the server. ${unsaved ? decisions : "Trying again."}`];
  if (unsaved) return ["saving", unsaved === 1 ? "Saving…" : `Saving ${unsaved}…`];
  return ["saved", "All saved"];
}

function emptyTexts(desk, counts, empty) {
  if (desk.fault) return ["No more items here", savedText(desk)[1]];
  if (desk.outbox.size) return ["Saving…", ""];
  if (counts?.skipped) return [`You skipped ${plural(counts.skipped, "item")}`, counts.waiting > counts.skipped ? "The other waiting items are with other people just now." : "Nothing else is waiting for you."];
  if (counts?.waiting) return ["Others are at work on the rest", `${plural(counts.waiting, "waiting item")} ${counts.waiting === 1 ? "is" : "are"} with other people. What they leave comes here by itself.`];
  return [empty.title, empty.text];
}
