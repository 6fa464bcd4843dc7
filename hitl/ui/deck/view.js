// The screen of a desk: draws its state and turns presses into what the reviewer means.

const ACTIONS = {
  undo: { icon: "undo", letter: "u", also: "Backspace" },
  back: { icon: "back", arrow: "ArrowLeft" },
  skip: { icon: "skip", letter: "s", arrow: "ArrowRight" },
  cannotTell: { icon: "unsure", letter: "x" },
  zoom: { icon: "search", letter: "z" },
  why: { icon: "why", mark: "." },
  comment: { icon: "comment", letter: "c" },
  guidelines: { icon: "book", letter: "g" },
  help: { icon: "keys", mark: "?" },
};

class View {
  constructor(root) {
    this.root = root;
    this.$ = (selector) => root.querySelector(selector);
    this.finder = new Finder(this.$(".finder"), (id) => this.choose(id), () => this.focusCard());
    this.buttons = Object.fromEntries(Object.entries(ACTIONS).map(([name, action]) => [name, this.#actionButton(name, action)]));
    this.pictures = new Pictures(this.$(".zoom"), this.buttons.zoom, () => this.desk.place.project);
    this.why = new Why(this.$(".why"), this.buttons.why, this.pictures);
    this.$(".second").append(this.buttons.cannotTell, this.buttons.skip);
    this.keysHint = make("span", "gap hint");
    this.$("footer").append(this.buttons.undo, this.buttons.back, this.keysHint, this.buttons.comment, this.buttons.guidelines, this.buttons.help);
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
      ["beforeunload", (event) => !this.desk.outbox.durable && this.desk.outbox.size && event.preventDefault()],
      ...["focus", "blur", "focusin", "focusout"].map((name) => [name, () => setTimeout(() => this.#drawKeysHint())]),
      ...["pointerdown", "pointermove", "wheel", "focus"].map((name) => [name, () => this.desk.touch(), { passive: true }]),
    ];
  }

  attach(desk, data) {
    this.data = data;
    learnWords(data.spoken);
    sayAll(this.root);
    for (const [name, button] of Object.entries(this.buttons)) button.querySelector(".label").textContent = say(name);
    this.names = new Map(data.classes.map((entry) => [entry.id, entry.name]));
    this.finderMode = usesFinder(data.classes);
    this.drawn = null;
    this.finder.setClasses(data.classes);
    this.#drawGuidelines();
    this.#drawHelp();
    if (this.desk === desk) return this.render();
    this.wantsFocus = true;
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
    return this.names.get(classId) ?? say("retired_class");
  }

  // ---- meanings

  choose(classId) {
    if (this.desk.label(classId, this.comment.value.trim())) this.#next();
  }

  offeredBy(pressed) {
    return this.desk.current && this.desk.looking === null ? this.offered?.find((entry) => entry.press === pressed) : undefined;
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
      zoom: () => this.pictures.toggle(),
      why: () => this.why.toggle(),
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
    if (!card) this.pictures.close();
    this.#drawLine();
    this.#drawNotices();
    this.buttons.undo.disabled = !desk.history.length;
    this.buttons.back.disabled = !desk.history.length || desk.looking === 0;
    if (card && this.wantsFocus) this.#takeFocus();
  }

  // The first card takes the focus from the page or the link that led here, never from a control in use.
  #takeFocus() {
    this.wantsFocus = false;
    const active = document.activeElement;
    if (!active || active === document.body || active.matches(PRESSED)) this.focusCard();
    this.#drawKeysHint();
  }

  #drawKeysHint() {
    if (!this.desk) return;
    const reach = document.hasFocus() && !document.activeElement?.matches(TYPED_INTO);
    const text = reach ? "" : say("keys_off");
    if (this.keysHint.textContent !== text) this.keysHint.textContent = text;
  }

  #drawCard(card) {
    const looking = this.desk.looking !== null;
    const state = [card.item_id, card.prediction?.version_id, Boolean(card.why), this.desk.looking, looking || this.desk.recent, Boolean(card.earlier)].join("/");
    if (this.drawn === state) return;
    this.drawn = state;
    this.$(".card").dataset.itemId = card.item_id;
    this.$(".name").textContent = card.external_id;
    drawBadges(this.$(".badges"), card);
    drawNote(this.$(".sentback"), card);
    drawFields(this.$(".body"), card, this.pictures);
    this.pictures.fetchAhead(this.desk.cards.slice(1));
    drawPrediction(this.$(".said"), card, (id) => this.nameOf(id), this.desk.coldStart);
    this.why.draw(card, (id) => this.nameOf(id));
    this.#drawClasses(card, looking);
    this.#drawLookbar(card, looking);
    this.#hideTip();
    this.announce(spokenSummary(card, (id) => this.nameOf(id)));
  }

  #drawClasses(card, looking) {
    this.offered = offeredClasses(this.data.classes, card, this.desk.recent);
    const buttons = this.offered.map((entry) => classButton(entry, card));
    buttons.forEach((button, index) => this.#wireClass(button, this.offered[index], looking));
    this.$(".classes").replaceChildren(...buttons);
    this.$(".classes").classList.toggle("suggestions", this.finderMode);
    this.$(".classes").classList.toggle("short", this.offered.every(({ name }) => name.length <= SHORT_NAME));
    this.$(".finder").hidden = !this.finderMode || looking;
    this.buttons.cannotTell.disabled = looking;
    this.buttons.comment.disabled = looking;
    this.buttons.skip.querySelector(".label").textContent = say(looking ? "next" : "skip");
  }

  #wireClass(button, entry, looking) {
    const chosen = looking && this.desk.history[this.desk.looking].class_id === entry.id;
    button.disabled = looking;
    button.classList.toggle("chosen", chosen);
    button.onclick = () => this.choose(entry.id);
    button.onpointermove = (event) => this.#showTipUnder(event, button, entry);
    button.onfocus = () => this.#showTip(button, entry);
    button.onpointerleave = button.onblur = () => this.#hideTip();
  }

  #drawLookbar(card, looking) {
    const bar = this.$(".lookbar");
    const entry = looking ? this.desk.history[this.desk.looking] : card.earlier;
    bar.hidden = !entry;
    if (!entry) return;
    const said = { label: say("you_answered", { name: this.nameOf(entry.class_id) }), skip: say("you_skipped"), cannot_tell: say("you_could_not_tell") };
    bar.firstElementChild.textContent = said[entry.kind];
    bar.lastElementChild.textContent = say(looking ? "looking" : "taken_back");
  }

  #drawLine() {
    const { desk } = this;
    const counts = desk.counts();
    this.$(".counts").textContent = counts ? say("counts", { decided: count(counts.decided), waiting: count(counts.waiting) }) : "";
    this.$(".track i").style.width = counts ? `${(100 * counts.decided) / Math.max(1, counts.decided + counts.waiting)}%` : "0";
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
    for (const notice of added) this.announce(`${say(`heading_${notice.outcome}`)}. ${notice.message}`);
  }

  #noticeElement(notice) {
    const what = notice.kind === "label" ? `${this.nameOf(notice.class_id)} · ` : notice.kind ? `${say(`kind_${notice.kind}`)} · ` : "";
    const close = make("button", "icon", icon("close"));
    close.type = "button";
    close.setAttribute("aria-label", say("dismiss"));
    close.onclick = () => this.desk.dismiss(notice.request_id);
    const heading = make("b", "", `${say(`heading_${notice.outcome}`)}: `);
    return make("div", `notice ${notice.outcome}`, icon("alert"), make("p", "", heading, make("span", "about", `${what}${notice.external_id}`), make("br"), notice.message), close);
  }

  #drawEmpty() {
    const { desk } = this;
    const counts = desk.counts();
    const element = this.$(".empty");
    const { title, text, links } = restOf(desk);
    element.classList.toggle("trouble", Boolean(desk.fault));
    element.querySelector("use").setAttribute("href", desk.fault ? "#i-alert" : desk.outbox.size ? "#i-saving" : "#i-done");
    element.querySelector("h3").textContent = title;
    element.querySelector("p").textContent = text;
    const actions = [];
    if (counts?.skipped && !desk.fault) actions.push(this.#textButton(say("show_again"), "primary", () => desk.returnSkipped()));
    for (const link of links) actions.push(this.#pageLink(link, actions.length ? "" : "primary"));
    if (desk.history.length) actions.push(this.#textButton(say("undo_last"), "", () => this.#undo()));
    const drawn = [title, text, ...actions.map((action) => action.textContent)].join("/");
    if (element.dataset.drawn === drawn) return;
    element.dataset.drawn = drawn;
    element.querySelector(".actions").replaceChildren(...actions);
  }

  #pageLink({ page, text }, className) {
    const link = make("a", `action ${className}`, text);
    link.href = `${page}?project=${encodeURIComponent(this.desk.place.project)}`;
    link.target = "_self";
    return link;
  }

  #textButton(text, className, act) {
    const button = make("button", `action ${className}`, text);
    button.type = "button";
    button.onclick = act;
    return button;
  }

  #actionButton(name, action) {
    const button = make("button", `action do-${name}`, icon(action.icon), make("span", "label"), key(""));
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
      ...(this.finderMode ? [["1 – 3", say("key_suggestion")]] : []),
      ...(this.finderMode ? this.data.classes.filter((entry) => entry.is_chosen).map(keyRow) : [[keysOf(this.data.classes), say("key_class")]]),
      ...(this.finderMode ? [[say("key_any_letter"), say("key_find")]] : []),
      ["Enter", say("key_confirm")],
      [`${shift}X`, say("cannotTell")],
      [this.finderMode ? "→" : say("key_s_or"), say("key_skip")],
      [say(this.finderMode ? "key_shift_u_or" : "key_u_or"), say("key_undo")],
      ["←", say("key_back")],
      [`${shift}C`, say("key_comment")],
      [`${shift}G`, say("key_guidelines")],
      [say("key_scroll_names"), say("key_scroll")],
      [`${shift}Z`, say("key_zoom")],
      [".", say("key_why")],
      ["?", say("key_help")],
    ];
    this.$(".help dl").replaceChildren(...rows.map(([keys, text]) => make("div", "", make("dt", "", make("kbd", "", keys)), make("dd", "", text))));
  }

  #drawGuidelines() {
    const rows = this.data.classes.map((entry) => make("div", "", make("dt", "", entry.name), make("dd", entry.guideline ? "" : "missing", entry.guideline || say("no_guideline"))));
    this.$(".guidelines dl").replaceChildren(...rows);
    this.$(".guide").textContent = this.data.guide;
    this.$(".guide").hidden = !this.data.guide;
  }

  #toggleGuidelines() {
    const panel = this.$(".guidelines");
    panel.open = !panel.open;
    panel.scrollTop = 0;
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

  // Only a mouse that moves asks for a guideline: one at rest would cover every next item that comes up under it.
  #showTipUnder(event, button, entry) {
    const moves = event.pointerType === "mouse" && (event.movementX || event.movementY);
    if (moves && this.$(".tip").hidden) this.#showTip(button, entry);
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
  const decisions = unsaved ? sayCount(desk.outbox.durable ? "kept" : "not_kept", unsaved) : "";
  if (desk.fault?.kind === "blocked") return ["trouble", `${desk.fault.message || say("refused_by_server")} ${decisions}`];
  if (desk.fault) return ["trouble", `${say("unreachable")} ${decisions || say("trying_again")}`];
  if (unsaved) return ["saving", unsaved === 1 ? say("saving_one") : say("saving", { count: count(unsaved) })];
  return ["saved", say("saved")];
}

function restOf(desk) {
  if (desk.fault) return { title: say("no_more_here"), text: savedText(desk)[1], links: [] };
  if (desk.outbox.size || !desk.rest) return { title: say("saving_one"), text: "", links: [] };
  return desk.rest;
}
