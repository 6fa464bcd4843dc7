// The words of the deck and how numbers are written, both from the server: see words.py. No word of a language in here.

let spoken = { words: {}, counted: {}, percent: "{number}%" };
let webRoot = ""; // the path under which a proxy serves Tandem
let numbers = new Intl.NumberFormat("en");
let plurals = new Intl.PluralRules("en");

function learnWords(given) {
  spoken = given;
  numbers = known(Intl.NumberFormat, `${given.locale}-u-nu-latn`);
  plurals = known(Intl.PluralRules, given.language);
}

// A locale that this browser does not know is read as English.
function known(Kind, tag) {
  try {
    return new Kind(tag);
  } catch {
    return new Kind("en");
  }
}

function filled(message, places) {
  return message.replace(/\{(\w+)\}/g, (_, place) => places[place] ?? "");
}

function say(name, places = {}) {
  return filled(spoken.words[name] ?? "", places);
}

// A message in parts, with elements in its places.
function sayAround(name, places) {
  return (spoken.words[name] ?? "").split(/(\{\w+\})/).flatMap((part) => (/^\{\w+\}$/.test(part) ? (places[part.slice(1, -1)] ?? []) : part ? [part] : []));
}

function sayCount(name, number) {
  const forms = spoken.counted[name] ?? {};
  return filled(forms[plurals.select(number)] ?? forms.other ?? "", { count: count(number) });
}

function count(number) {
  return numbers.format(number);
}

// A share as text; 100 % or 0 % only when that is exact.
function percent(share) {
  const whole = Math.round(share * 100);
  if (whole >= 100 && share < 1) return `> ${percentage(99)}`;
  if (whole <= 0 && share > 0) return `< ${percentage(1)}`;
  return percentage(whole);
}

function percentage(whole) {
  return filled(spoken.percent, { number: String(whole) }).replace(" ", "\u202f");
}

// Elements of deck.html name their words: data-say is their text, data-say-label what a screen reader says.
function sayAll(root) {
  for (const element of root.querySelectorAll("[data-say]")) element.textContent = say(element.dataset.say);
  for (const element of root.querySelectorAll("[data-say-label]")) element.setAttribute("aria-label", say(element.dataset.sayLabel));
}
