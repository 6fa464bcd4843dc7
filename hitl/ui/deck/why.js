// Why the model says so: words and fields that weighed, marked where they stand, and items decided like this before.

const SIDES = { 1: "for", "-1": "against" };

// A text with the words that weighed in elements of their own; places that do not fit the text are left out.
function markedText(text, marks) {
  const parts = [];
  let done = 0;
  for (const [, start, end, sign] of [...marks].sort((one, other) => one[1] - other[1])) {
    if (start < done || end <= start || end > text.length) continue;
    parts.push(text.slice(done, start), make("mark", SIDES[sign], text.slice(start, end)));
    done = end;
  }
  return [...parts, text.slice(done)];
}

function marksOf(card, field) {
  const place = card.fields.indexOf(field);
  return (card.why?.marks ?? []).filter((mark) => mark[0] === place);
}

function sideOf(card, field) {
  const place = card.fields.indexOf(field);
  return SIDES[card.why?.fields.find((weighed) => weighed[0] === place)?.[1]] ?? "";
}

class Why {
  constructor(element, button, pictures) {
    this.element = element;
    this.button = button;
    this.pictures = pictures;
    this.isOpen = false;
    element.append(button);
    this.$ = (selector) => element.querySelector(selector);
    button.setAttribute("aria-controls", "alike");
  }

  draw(card, nameOf) {
    const { why, prediction } = card;
    this.element.hidden = !prediction && !card.blind; // of a blind card nothing but the room, so that nothing moves
    this.element.classList.toggle("blank", !prediction);
    this.$(".reasons").replaceChildren(...(why || prediction?.by_words ? reasonsOf(card, nameOf) : []));
    this.$(".before").replaceChildren(...(why ? beforeOf(why, nameOf) : []));
    this.$(".alike").replaceChildren(...(why?.precedents ?? []).map((one) => this.#precedent(one, nameOf)));
    this.button.disabled = !why?.precedents.length;
    this.#show();
  }

  toggle() {
    this.isOpen = !this.isOpen;
    this.#show();
  }

  #show() {
    const isShown = this.isOpen && !this.button.disabled;
    this.$(".alike").hidden = !isShown;
    this.button.setAttribute("aria-expanded", String(isShown));
    this.button.setAttribute("aria-pressed", String(isShown));
  }

  #precedent(one, nameOf) {
    const excerpt = make("bdi", "excerpt", one.excerpt);
    excerpt.title = one.external_id;
    const image = one.image ? fetchImage(`${this.pictures.urlOf(one.image)}?size=small`) : null;
    if (image) image.alt = say("image_of_decided", { item: one.external_id });
    const decided = make("span", "decided", make("b", "", nameOf(one.class_id)), ` ${say(`decided_by_${one.by}`)}`);
    return make("li", "", image, excerpt, decided);
  }
}

// "Speaks for NAME: words · against it: words", each word as it stands in the item; before it, of a class that the
// model had no label of, that it goes by the words.
function reasonsOf(card, nameOf) {
  const sides = [1, -1].map((sign) => (card.why ? weighedOf(card, sign) : []));
  const name = make("bdi", "", nameOf(card.prediction.class_id));
  const told = [["speaks_for", sides[0]], ["speaks_against", sides[1]]].filter(([, words]) => words.length);
  const spans = told.map(([message, words]) => make("span", message, ...sayAround(message, { name, words: listed(words) })));
  if (card.prediction.by_words) spans.unshift(make("span", "by_words", ...sayAround("by_words", { name: name.cloneNode(true) })));
  return spans.flatMap((span, index) => (index ? [" · ", span] : [span]));
}

function weighedOf(card, sign) {
  const words = card.why.marks.filter((mark) => mark[3] === sign).map(([field, start, end]) => String(card.fields[field].value).slice(start, end));
  const fields = card.why.fields.filter((weighed) => weighed[1] === sign).map(([field]) => card.fields[field].name);
  return [...words, ...fields].reduce((told, word) => (told.some((one) => holds(one, word)) ? told : [...told.filter((one) => !holds(word, one)), word]), []);
}

// Whether a word is told with another one: "my" with "my profile".
function holds(phrase, word) {
  return ` ${phrase.toLowerCase()} `.includes(` ${word.toLowerCase()} `);
}

function listed(words) {
  return words.flatMap((word, index) => [...(index ? [", "] : []), make("bdi", "weighed", word)]);
}

// "Decided like this before: NAME ×2, NAME".
function beforeOf(why, nameOf) {
  if (!why.precedents.length) return [];
  const counts = new Map();
  for (const { class_id: id } of why.precedents) counts.set(id, (counts.get(id) ?? 0) + 1);
  const classes = [...counts].map(([id, times]) => (times > 1 ? say("class_times", { name: nameOf(id), count: count(times) }) : nameOf(id)));
  return sayAround("decided_before", { classes: listed(classes) });
}
