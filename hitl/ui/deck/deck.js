// The component: keys, and the function that Streamlit calls at every draw.

const TYPED_INTO = "input, textarea, select, [contenteditable], [role=slider], [role=tab], [role=option], [role=menuitem], [role=radio], [role=checkbox], [role=combobox]";
const PRESSED = "a, button, summary"; // these take Enter and Space, and no other key

function pressKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !belongsToDeck(view, event)) return;
  view.desk.touch();
  if (event.repeat && !["ArrowUp", "ArrowDown", "ArrowLeft"].includes(event.key)) return;
  const act = meaningOf(view, event);
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

// Typing in a text box, an open dialog and the page's other controls are none of our business.
function belongsToDeck(view, event) {
  const path = event.composedPath();
  if (view.$(".help").open || document.querySelector("[role=dialog]")) return false;
  if (path.some((element) => element.matches?.(TYPED_INTO))) return false;
  return !(["Enter", " "].includes(event.key) && path.some((element) => element.matches?.(PRESSED)));
}

function meaningOf(view, event) {
  const { key: pressed, shiftKey: shift } = event;
  if (pressed === "Escape" && view.pictures.isOpen) return () => view.pictures.close();
  const offered = shift ? undefined : view.offeredBy(pressed.toLowerCase());
  if (offered) return () => view.choose(offered.id);
  if (/^[0-9]$/.test(pressed)) return () => {}; // no class has that key
  const fixed = { Enter: () => view.confirm(), ArrowUp: () => view.scrollItem(-1), ArrowDown: () => view.scrollItem(1), " ": () => view.scrollItem(shift ? -2 : 2) };
  if (fixed[pressed]) return view.desk.current ? fixed[pressed] : null;
  for (const [name, action] of Object.entries(ACTIONS)) {
    const letter = action.letter === pressed.toLowerCase() && (!view.finderMode || shift);
    if (letter || [action.arrow, action.also, action.mark].includes(pressed)) return () => view.act(name);
  }
  const finds = view.finderMode && view.desk.current && view.desk.looking === null;
  if (finds && pressed === "/") return () => view.finder.start("");
  if (finds && !shift && /^\p{L}$/u.test(pressed)) return () => view.finder.start(pressed);
  return null;
}

const VIEWS = new WeakMap();

export default function drawDeck({ data, parentElement }) {
  webRoot = data.root;
  const place = { project: data.project, mark: data.mark, actor: data.actor };
  const view = VIEWS.get(parentElement) ?? new View(parentElement);
  VIEWS.set(parentElement, view);
  view.attach(openDesk(place), data);
  sendLeftovers(place);
  return () => {
    VIEWS.delete(parentElement);
    view.detach();
  };
}
