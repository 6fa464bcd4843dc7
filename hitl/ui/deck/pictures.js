// Images of items: from our own route alone, whole in the card, larger on a click or a key.

const TINY = 96; // below this width an enlarged image keeps its pixels sharp
const MOST_ENLARGED = 2.5;
const FEWEST_PIXELS = 320;
const FETCHED_AHEAD = 4;

class Pictures {
  constructor(overlay, button, project) {
    this.overlay = overlay;
    this.button = button;
    this.project = project;
    this.images = [];
    this.fetched = [];
    overlay.onclick = (event) => this.#enlarge(event);
  }

  urlOf(sha256) {
    return `${webRoot}/api/v1/image/${encodeURIComponent(this.project())}/${encodeURIComponent(sha256)}`;
  }

  drawRow(fields, card) {
    this.close();
    this.images = [];
    const named = fields.length > 1;
    const figures = fields.map((field) => this.#draw(field, card, named));
    return make("div", "pictures", ...figures, this.images.length ? this.button : null);
  }

  // The next cards' images, so that they are there when the card comes up.
  fetchAhead(cards) {
    const wanted = cards.slice(0, FETCHED_AHEAD).flatMap((card) => card.fields.filter((field) => field.image).map((field) => this.urlOf(field.image)));
    this.fetched = wanted.map((url) => this.fetched.find((image) => image.dataset.url === url) ?? fetchImage(url));
  }

  // Closed, whole on the screen, one pixel a pixel where that is larger; then closed again.
  toggle(image = this.images[0]) {
    if (!image) return;
    if (!this.isOpen) this.#open(image);
    else if (!this.overlay.classList.contains("actual") && this.#isLarger()) this.overlay.classList.add("actual");
    else this.close();
  }

  close() {
    if (this.isOpen) this.overlay.hidePopover();
    this.overlay.classList.remove("actual");
    this.overlay.replaceChildren();
  }

  get isOpen() {
    return this.overlay.matches(":popover-open");
  }

  #draw(field, card, named) {
    const heading = named ? make("h4", "", field.name) : null;
    if (!field.image) return make("figure", "", heading, make("p", "text missing", say("no_image")));
    const image = document.createElement("img");
    image.alt = say("image_of", { field: field.name, item: card.external_id });
    image.title = field.value ?? "";
    image.draggable = false;
    image.onload = () => fitSmall(image);
    image.onerror = () => image.replaceWith(make("p", "text missing", say("image_broken")));
    image.onclick = () => this.toggle(image);
    image.src = this.urlOf(field.image);
    this.images.push(image);
    return make("figure", "", heading, image);
  }

  #open(image) {
    const large = document.createElement("img");
    large.src = image.src;
    large.alt = image.alt;
    large.className = image.className;
    this.overlay.replaceChildren(large);
    this.overlay.showPopover();
  }

  #isLarger() {
    const [image] = this.overlay.children;
    return image.naturalWidth > image.clientWidth * 1.1;
  }

  #enlarge(event) {
    const [image] = this.overlay.children;
    const [x, y] = [event.offsetX / image.clientWidth, event.offsetY / image.clientHeight];
    this.toggle(image);
    if (!this.isOpen || event.target !== image) return;
    this.overlay.scrollTo(x * image.clientWidth - this.overlay.clientWidth / 2, y * image.clientHeight - this.overlay.clientHeight / 2);
  }
}

// A small image is enlarged, but not without end; a tiny one shows its pixels.
function fitSmall(image) {
  const side = Math.max(image.naturalWidth, image.naturalHeight);
  image.classList.toggle("tiny", side < TINY);
  image.style.maxHeight = image.style.maxWidth = `${Math.max(FEWEST_PIXELS, MOST_ENLARGED * side)}px`;
}

function fetchImage(url) {
  const image = new Image();
  image.dataset.url = url;
  image.src = url;
  return image;
}
