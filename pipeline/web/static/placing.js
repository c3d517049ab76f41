// A page that a person places: it is turned, and each corner dragged, clicked or moved by the arrow keys. The form
// works without this, by parts of the page.
const stage = document.querySelector("[data-page]");
const image = stage.querySelector("img");
const form = document.querySelector("[data-placing]");
const said = document.querySelector("[data-said]");
const fields = form.elements;
const parts = JSON.parse(document.getElementById("parts").textContent);
const names = ["Top left", "Top right", "Bottom right", "Bottom left"];
const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
// Of the turned page, in its own pixels.
let size = { width: Number(stage.dataset.width), height: Number(stage.dataset.height) };
let corners = read();
let held = null; // the corner that a click on the page moves

const svg = stage.appendChild(drawn("svg", { "aria-hidden": "true", preserveAspectRatio: "none" }));
const shade = svg.appendChild(drawn("path", { class: "placing-shade" }));
const outline = svg.appendChild(drawn("polygon", { class: "placing-outline" }));
const handles = names.map(handle);
document.getElementById("how").hidden = false;
document.querySelector("[data-parts]").open = false;
show();

function drawn(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

// Corners as the form came with them, or those of the part that is chosen.
function read() {
  const pairs = fields.corners.value.split(" ").map((pair) => pair.split(",").map(Number));
  return pairs.length === 4 ? pairs : around(parts[fields.part.value]);
}

function around([left, top, right, bottom]) {
  const [w, h] = [size.width - 1, size.height - 1];
  return [[left * w, top * h], [right * w, top * h], [right * w, bottom * h], [left * w, bottom * h]];
}

function handle(name, at) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "placing-corner";
  button.setAttribute("aria-label", `${name} corner of the card`);
  button.setAttribute("aria-describedby", "how");
  button.setAttribute("aria-pressed", "false");
  // A corner is large under a finger: a second click on it moves it by less than its own size.
  let again = false;
  let dragged = false;
  button.addEventListener("pointerdown", (event) => {
    [again, dragged] = [held === at, false];
    button.setPointerCapture(event.pointerId);
    hold(at);
  });
  button.addEventListener("click", (event) => {
    if (again && !dragged && event.detail) move(at, under(event));
  });
  button.addEventListener("pointermove", (event) => {
    if (!button.hasPointerCapture(event.pointerId)) return;
    dragged = true;
    move(at, under(event));
  });
  button.addEventListener("focus", () => hold(at));
  button.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const far = Math.max(1, size.width / 400) * (event.shiftKey ? 10 : 1);
    move(at, [corners[at][0] + step[0] * far, corners[at][1] + step[1] * far]);
    const [x, y] = corners[at];
    said.textContent = `${name} corner: ${share(x, size.width)} % from the left, ${share(y, size.height)} % from the top`;
  });
  return stage.appendChild(button);
}

const share = (value, whole) => Math.round((100 * value) / whole);

function hold(at) {
  held = at;
  handles.forEach((button, n) => button.setAttribute("aria-pressed", String(n === at)));
}

function under(event) {
  const box = stage.getBoundingClientRect();
  return [((event.clientX - box.left) / box.width) * size.width, ((event.clientY - box.top) / box.height) * size.height];
}

function move(at, [x, y]) {
  corners[at] = [Math.min(Math.max(x, 0), size.width - 1), Math.min(Math.max(y, 0), size.height - 1)];
  show();
}

function show() {
  const text = corners.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
  fields.corners.value = text;
  svg.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
  outline.setAttribute("points", text);
  shade.setAttribute("d", `M0 0H${size.width}V${size.height}H0ZM${text.replaceAll(" ", "L")}Z`);
  handles.forEach((button, n) => {
    button.style.left = `${(100 * corners[n][0]) / size.width}%`;
    button.style.top = `${(100 * corners[n][1]) / size.height}%`;
  });
}

// A click on the page moves the corner that was chosen, so that nobody has to drag.
image.addEventListener("click", (event) => {
  if (held !== null) move(held, under(event));
});
image.draggable = false;

form.addEventListener("change", (event) => {
  if (event.target.name !== "part") return;
  corners = around(parts[event.target.value]);
  show();
});

document.addEventListener("click", (event) => {
  const number = event.target.closest("[data-number]");
  if (!number) return;
  fields.number.value = number.dataset.number;
  fields.number.dispatchEvent(new Event("input", { bubbles: true }));
  fields.number.focus();
});

// Turned by a quarter, every point goes along, and what was the bottom left corner becomes the top left one.
for (const button of document.querySelectorAll("[data-turn]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const right = button.dataset.turn === "90";
    const turned = corners.map(([x, y]) => (right ? [size.height - 1 - y, x] : [y, size.width - 1 - x]));
    corners = right ? [turned[3], ...turned.slice(0, 3)] : [...turned.slice(1), turned[0]];
    size = { width: size.height, height: size.width };
    fields.turn.value = (Number(fields.turn.value) + Number(button.dataset.turn)) % 360;
    image.width = size.width;
    image.height = size.height;
    image.src = stage.dataset.page.replace(/0\/$/, `${fields.turn.value}/`);
    said.textContent = `Turned by ${fields.turn.value} degrees`;
    show();
  });
}

// The printed number is looked for once the page is there; most often it is found.
const printed = document.querySelector("[data-printed]");
const number = new Image();
number.alt = "The printed number, enlarged";
number.addEventListener("load", () => {
  printed.append(number);
  printed.hidden = false;
});
number.src = printed.dataset.printed;
