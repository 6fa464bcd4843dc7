// Choosing a class: a button and a key each up to ten, above that three suggestions and type-to-find.

const MOST_BUTTONS = 10;
const SHORT_NAME = 5;
const SUGGESTIONS = 3;

function usesFinder(classes) {
  return classes.length > MOST_BUTTONS;
}

// The classes that have a button now, with why and the key that presses it: all of them, or predicted, runner-up,
// recently used and those that somebody gave a key of their own.
function offeredClasses(classes, card, recent) {
  const { class_id: predicted, runner_up_id: runnerUp } = card.prediction ?? {};
  const why = (id) => (id === predicted ? "predicted" : id === runnerUp ? "runner" : "");
  if (!usesFinder(classes)) return classes.map((entry) => ({ ...entry, why: why(entry.id), press: entry.shortcut }));
  const ids = [predicted, runnerUp, ...recent].filter((id, index, all) => id !== undefined && id !== null && all.indexOf(id) === index);
  const known = ids.map((id) => classes.find((entry) => entry.id === id)).filter(Boolean);
  const suggested = known.slice(0, SUGGESTIONS);
  const keyed = classes.filter((entry) => entry.is_chosen);
  const digits = [..."123456789"].filter((digit) => !keyed.some((entry) => entry.shortcut === digit));
  const pressed = (entry) => (entry.is_chosen ? entry.shortcut : digits.shift());
  return [
    ...suggested.map((entry) => ({ ...entry, why: why(entry.id) || "recent", press: pressed(entry) })),
    ...keyed.filter((entry) => !suggested.includes(entry)).map((entry) => ({ ...entry, why: "", press: entry.shortcut })),
  ];
}

function classMark(entry) {
  const mark = make("span", "mark", entry.mark);
  mark.style.color = entry.colour;
  mark.setAttribute("aria-hidden", "true");
  return mark;
}

function classButton(entry, card) {
  const { prediction } = card;
  const share = entry.why === "predicted" ? prediction.confidence : entry.why === "runner" ? prediction.runner_up_confidence : null;
  const note = entry.why === "recent" ? say("used_before") : share === null || share === undefined ? "" : percent(share);
  const button = make("button", `class ${entry.why}`, key(entry.press.toUpperCase()), classMark(entry), make("span", "label", ...wrapped(entry.name)));
  if (entry.why === "predicted") button.append(icon("machine"));
  if (note) button.append(make("span", "share", note));
  if (entry.why === "predicted") button.append(key("↵"));
  button.type = "button";
  button.dataset.classId = entry.id;
  button.setAttribute("aria-keyshortcuts", entry.why === "predicted" ? `${entry.press} Enter` : entry.press);
  const { name } = entry;
  const spokenNames = { predicted: say("models_answer", { name }), runner: say("models_second_answer", { name }) };
  button.setAttribute("aria-label", spokenNames[entry.why] ?? name);
  return button;
}

// The keys of all classes in a few signs: "1 – 4" where they are in a row.
function keysOf(classes) {
  const keys = classes.map((entry) => entry.shortcut.toUpperCase());
  const inRow = keys.length > 1 && ["1234567890", "0123456789"].some((row) => row.includes(keys.join("")));
  return inRow ? `${keys[0]} – ${keys.at(-1)}` : keys.join(" ");
}

function keyRow(entry) {
  return [entry.shortcut.toUpperCase(), entry.name];
}

function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[_\-/.]+/g, " ").trim();
}

// Names that match what was typed: beginnings first, then beginnings of words, then anywhere.
function findClasses(classes, typed) {
  const wanted = folded(typed);
  const rank = (entry) => {
    const name = folded(entry.name);
    if (!wanted || name.startsWith(wanted)) return 0;
    if (` ${name}`.includes(` ${wanted}`)) return 1;
    if (name.includes(wanted)) return 2;
    return wanted.split(/\s+/).every((word) => name.includes(word)) ? 3 : -1;
  };
  const ranked = classes.map((entry) => ({ entry, rank: rank(entry) })).filter((match) => match.rank >= 0);
  return ranked.sort((one, other) => one.rank - other.rank).map((match) => match.entry);
}

// The combobox: filter, arrows, Enter, Escape.
class Finder {
  constructor(element, choose, leave) {
    this.element = element;
    this.input = element.querySelector("input");
    this.list = element.querySelector("ul");
    this.choose = choose;
    this.leave = leave;
    this.classes = [];
    this.matches = [];
    this.active = 0;
    this.input.onfocus = () => this.open();
    this.input.onblur = () => this.close();
    this.input.oninput = () => this.filter();
    this.input.onkeydown = (event) => this.#press(event);
    this.list.onpointerdown = (event) => event.preventDefault(); // keep the focus in the input
    this.list.onclick = (event) => this.#pick(event.target.closest("li"));
  }

  get isOpen() {
    return !this.list.hidden;
  }

  setClasses(classes) {
    this.classes = classes;
    this.input.placeholder = say("type_to_find", { count: count(classes.length) });
  }

  start(text) {
    this.input.value = text;
    this.input.focus();
    this.filter();
  }

  open() {
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.filter();
  }

  close() {
    this.list.hidden = true;
    this.input.value = "";
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  filter() {
    this.matches = findClasses(this.classes, this.input.value);
    this.active = 0;
    const options = this.matches.map((entry, index) => this.#option(entry, index));
    this.list.replaceChildren(...(options.length ? options : [make("p", "hint", say("no_such_class"))]));
    this.#mark();
  }

  #option(entry, index) {
    const option = make("li", "", make("span", "label", entry.name), entry.guideline ? make("span", "guideline", entry.guideline) : null);
    option.id = `option-${index}`;
    option.dataset.index = index;
    option.setAttribute("role", "option");
    return option;
  }

  #mark() {
    [...this.list.querySelectorAll("li")].forEach((option, index) => option.setAttribute("aria-selected", String(index === this.active)));
    const option = this.list.children[this.active];
    if (!option?.id) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", option.id);
    if (this.isOpen) this.list.scrollTop = Math.min(option.offsetTop, Math.max(this.list.scrollTop, option.offsetTop + option.offsetHeight - this.list.clientHeight));
    return undefined;
  }

  #press(event) {
    if (event.isComposing) return;
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    if (event.key in steps) {
      this.active = Math.max(0, Math.min(this.matches.length - 1, this.active + steps[event.key]));
      this.#mark();
    } else if (event.key === "Enter" && !event.repeat) {
      this.#pick(this.list.children[this.active]);
    } else if (event.key === "Escape") {
      this.leave();
    } else {
      return;
    }
    event.preventDefault();
  }

  #pick(option) {
    const entry = option?.dataset.index === undefined ? null : this.matches[Number(option.dataset.index)];
    if (!entry) return;
    this.leave();
    this.choose(entry.id);
  }
}
