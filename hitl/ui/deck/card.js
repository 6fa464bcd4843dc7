// Drawing one card. Everything that came from a file goes through textContent and can never become markup.

const SVG = "http://www.w3.org/2000/svg";
const LONG_VALUE = 120; // a shown field longer than this reads as text, not as a table cell

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

function badge(tone, iconName, text, title = "") {
  const element = make("span", `badge ${tone}`, icon(iconName), text);
  if (title) element.title = title;
  return element;
}

function key(text) {
  const element = make("kbd", "", text);
  element.setAttribute("aria-hidden", "true");
  return element;
}

// A class name that may wrap after the marks that join its words.
function wrapped(name) {
  const parts = name.split(/(?<=[_/.])/).flatMap((part) => [document.createElement("wbr"), part]);
  return parts.slice(1);
}

function reason(card) {
  if (isDoubted(card)) return say("reason_doubted");
  if (card.route === "novel" && card.prediction?.by_words) return say("reason_by_words");
  return say(`reason_${card.route}`) || card.route;
}

// Sent back by a model version, not by a person: its answer stays hidden.
function isDoubted(card) {
  return card.route === "second_look" && card.blind;
}

function drawBadges(element, card) {
  const badges = [badge("people", card.route, reason(card), noveltyText(card.prediction))];
  if (card.identical_count > 0) {
    const title = sayCount("identical_title", card.identical_count);
    badges.push(badge("plain", "group", say("identical", { count: count(card.identical_count) }), title));
  }
  element.replaceChildren(...badges);
}

function drawNote(element, card) {
  element.hidden = !card.note;
  element.textContent = card.note ?? "";
}

function noveltyText(prediction) {
  if (prediction?.novelty === null || prediction?.novelty === undefined) return "";
  return say("more_unusual", { share: percent(prediction.novelty) });
}

function drawFields(element, card, pictures) {
  const images = card.fields.filter((field) => field.role === "image");
  const texts = card.fields.filter(isText);
  const others = card.fields.filter((field) => !isText(field) && !images.includes(field));
  const blocks = texts.map((field) => textBlock(field, texts.length > 1, marksOf(card, field)));
  if (images.length) blocks.unshift(pictures.drawRow(images, card));
  if (others.length) blocks.push(valueTable(others, card));
  element.replaceChildren(...blocks);
  element.classList.toggle("tabular", !texts.length && !images.length);
  element.classList.toggle("pictured", images.length > 0);
  element.classList.toggle("alone", images.length > 0 && blocks.length === 1);
  element.scrollTop = 0;
}

function isText(field) {
  if (field.role === "text") return true;
  return field.role === "shown" && typeof field.value === "string" && (field.value.length > LONG_VALUE || field.value.includes("\n"));
}

function textBlock(field, named, marks) {
  const value = valueText(field.value);
  const text = make("p", value === null ? "text missing" : "text", ...(value === null ? [say("empty")] : markedText(value, marks)));
  text.dir = "auto";
  return make("div", "block", named ? make("h4", "", field.name) : null, text);
}

function valueTable(fields, card) {
  const table = make("dl", fields.length > 6 ? "values many" : "values");
  for (const field of fields) {
    const value = valueText(field.value);
    const cell = make("dd", value === null ? "missing" : "", linkOf(field) ?? value ?? say("empty"));
    cell.dir = "auto";
    if (field.role === "number") cell.classList.add("number");
    table.append(make("div", `pair ${sideOf(card, field)}`.trim(), make("dt", "", field.name), cell));
  }
  return table;
}

function linkOf(field) {
  const address = field.role === "link" ? field.href : null;
  if (!address) return null;
  const link = make("a", "", field.value);
  link.href = address;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

function valueText(value) {
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "number" && !Number.isInteger(value)) return String(Number(value.toPrecision(12)));
  return String(value);
}

function drawPrediction(element, card, nameOf, coldStart) {
  const { prediction } = card;
  if (!prediction) {
    const hidden = isDoubted(card) ? "answer_hidden_again" : "answer_hidden";
    const text = card.blind ? say(hidden) : (card.hint ?? coldStart ?? say("not_answered"));
    element.replaceChildren(make("p", "hint", text));
    return;
  }
  const { runner_up_id: runnerUp, runner_up_confidence: share } = prediction;
  const bar = make("div", "bar", segment("first", prediction.confidence ?? 0), segment("second", share ?? 0));
  bar.setAttribute("aria-hidden", "true");
  const runner = runnerUp === null || runnerUp === undefined ? null : runnerLine(nameOf(runnerUp), share);
  const version = badge("machine", "machine", prediction.version_name, say("version_title"));
  const guess = make("p", "guess", make("b", "", ...wrapped(nameOf(prediction.class_id))), make("span", "share", sureness(prediction.confidence)));
  element.replaceChildren(version, guess, bar, ...(runner ? [runner] : []));
}

function sureness(share) {
  return share === null || share === undefined ? say("sureness_unknown") : percent(share);
}

function segment(className, share) {
  const element = make("i", className);
  element.style.width = `${100 * share}%`;
  return element;
}

// "then NAME SHARE", in the order of the language, the name in bold.
function runnerLine(name, share) {
  const [before, after] = say("then", { name: "\u0000", share: share === null ? "" : percent(share) }).split("\u0000");
  return make("p", "runner", before, make("b", "", name), (after ?? "").trimEnd());
}

function spokenSummary(card, nameOf) {
  const item = `${say("spoken_item", { name: card.external_id, reason: reason(card) })} ${card.note ?? ""}`;
  if (!card.prediction) return `${item} ${card.hint ?? ""}`.trim();
  const { class_id: guess, confidence } = card.prediction;
  return `${item} ${say("spoken_guess", { name: nameOf(guess), share: sureness(confidence) })}`;
}
