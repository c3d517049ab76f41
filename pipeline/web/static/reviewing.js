// Review by keyboard: the next field comes without a new page, its picture loaded beforehand. Without this the forms
// work as they are, a page for each field.
const place = document.getElementById("review");
const announced = document.getElementById("announced");
const pictures = new Map();
const plainKeys = "review-plain-keys";
let busy = false;
let touched = false;
let asking = new AbortController();
let kept = Date.now();

const form = () => place.querySelector("form.review");
const inputs = () => [...place.querySelectorAll("[name=value]")];
const text = () => inputs().find((input) => input.matches("textarea, [type=text]"));
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

function load(url) {
  if (!pictures.has(url)) {
    const picture = new Image();
    picture.src = url;
    pictures.set(url, picture);
    picture.decode().catch(() => pictures.delete(url));
  }
  return pictures.get(url);
}

// --- from one field to the next ---------------------------------------------------------------------------------

async function go(url, options = {}) {
  if (busy) return;
  busy = true;
  asking.abort(); // Nothing is to stand in the way of what is being kept.
  const begun = performance.now();
  form()?.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { ...options, headers: { "X-Review": "field" } });
    if (answer.headers.get("X-Review") !== "field") {
      tell("Not kept: you were signed out, or the page is too old. Sign in in another tab, load this page anew, and go on.");
      return;
    }
    await show(await answer.text(), answer.ok);
    if (answer.ok) performance.measure("review: next picture", { start: begun });
    prepare();
  } catch {
    tell("Not kept: the connection was lost. What you entered is still here; try again.");
  } finally {
    busy = false;
    form()?.removeAttribute("aria-busy");
  }
}

async function show(html, fresh) {
  const parsed = new DOMParser().parseFromString(html, "text/html").body;
  const shown = parsed.querySelector("[data-crop]");
  let picture;
  if (shown) {
    picture = load(new URL(shown.getAttribute("src"), location).href);
    picture.alt = shown.alt;
    picture.dataset.crop = "";
  }
  const following = [...parsed.querySelectorAll("[data-following]")].map((link) => new URL(link.getAttribute("href"), location).href);
  for (const url of pictures.keys()) if (pictures.get(url) !== picture && !following.includes(url)) pictures.delete(url);
  if (picture) await picture.decode().catch(() => {});
  if (shown) shown.replaceWith(picture);
  place.replaceChildren(...parsed.childNodes);
  begin(fresh);
  await painted();
}

function begin(fresh) {
  touched = false;
  asking.abort();
  const review = form();
  if (!review) {
    document.title = document.title.replace(/^[^–]*/, "Nothing waits ");
    place.querySelector("a")?.focus();
    return;
  }
  document.title = document.title.replace(/^[^–]*/, `${review.dataset.title} `);
  const plain = review.querySelector("[data-plain-keys]");
  plain.checked = localStorage.getItem(plainKeys) !== "off";
  const input = text();
  const focused = input ?? inputs().find((one) => one.checked) ?? inputs()[0];
  focused.focus({ preventScroll: true });
  // What is typed replaces a line as a whole; a story is put right word by word.
  if (input && fresh) input.matches("textarea") ? input.setSelectionRange(0, 0) : input.select();
  mark();
  announced.textContent = review.querySelector(".review__left").textContent;
}

// What may come next is loaded once this is seen, so that it takes nothing from it.
function prepare() {
  const review = form();
  if (!review) return;
  for (const link of review.querySelectorAll("[data-following]")) load(link.href);
  if (review.dataset.content === "date") suggest();
}

// Beside the field, where whoever types sees it.
function tell(message) {
  asking.abort(); // What was asked for while typing must not write over it.
  const words = place.querySelector("[data-words]");
  if (words) words.textContent = message;
}

place.addEventListener("submit", (event) => {
  const submitted = event.target;
  if (!submitted.matches("form.review")) return;
  event.preventDefault();
  const body = new FormData(submitted, event.submitter);
  go(submitted.action, { method: "POST", body });
});

place.addEventListener("click", (event) => {
  const shows = event.target.closest("[data-shows]");
  const away = event.target.closest("[data-back], [data-on]");
  const alternative = event.target.closest("[data-alternative]");
  const suggestion = event.target.closest("[data-suggestion]");
  if (shows) toggle(shows);
  else if (away) go(away.href);
  else if (alternative) take(alternative.dataset.alternative);
  else if (suggestion) take(suggestion.dataset.suggestion);
  else return;
  event.preventDefault();
});

function toggle(link) {
  const here = place.querySelector("[data-shown]");
  const before = here.querySelector("img");
  here.replaceChildren();
  if (before?.getAttribute("src") === link.getAttribute("href")) return;
  const picture = new Image();
  picture.alt = link.dataset.shows;
  picture.src = link.getAttribute("href");
  here.append(picture);
}

// --- readings and suggestions -----------------------------------------------------------------------------------

function take(value) {
  const input = text();
  if (input) {
    input.value = value;
    input.focus();
    input.setSelectionRange(value.length, value.length);
    touched = true;
  } else {
    const chosen = value.split("; ");
    for (const one of inputs()) one.checked = chosen.includes(one.value);
    (inputs().find((one) => one.checked) ?? inputs()[0]).focus();
  }
  place.querySelector("[data-suggestions]").replaceChildren();
  mark();
  if (form().dataset.content === "date") suggest();
}

// Which of the readings stands in the field.
function mark() {
  const input = text();
  const now = input ? input.value : inputs().filter((one) => one.checked).map((one) => one.value).join("; ");
  for (const one of place.querySelectorAll("[data-alternative]")) {
    one.setAttribute("aria-pressed", String(one.dataset.alternative === now));
  }
}

// While somebody types fast, only what they end with is asked for.
async function suggest() {
  const review = form();
  const input = text();
  if (!review?.dataset.suggest || !input) return;
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  await pause(100);
  if (signal.aborted) return;
  const url = `${review.dataset.suggest}?typed=${encodeURIComponent(input.value)}`;
  const said = await fetch(url, { signal }).then((answer) => answer.ok && answer.text()).catch(() => "");
  if (!said || signal.aborted) return;
  const parsed = new DOMParser().parseFromString(said, "text/html");
  const found = parsed.querySelector("ul");
  const words = parsed.querySelector("[data-words]")?.textContent ?? "";
  place.querySelector("[data-words]").textContent = words || (found ? `${found.children.length} on the list` : "");
  place.querySelector("[data-suggestions]").replaceChildren(...(found ? [found] : []));
}

place.addEventListener("input", (event) => {
  if (!event.target.matches("[name=value]")) return;
  touched = true;
  mark();
  suggest();
  // Whoever types keeps the field; once a minute will do.
  if (Date.now() - kept > 60_000) {
    kept = Date.now();
    fetch(place.dataset.keep, { method: "POST", body: new FormData(form()) }).catch(() => {});
  }
});

// --- keys -------------------------------------------------------------------------------------------------------

place.addEventListener("change", (event) => {
  if (event.target.matches("[data-plain-keys]")) localStorage.setItem(plainKeys, event.target.checked ? "on" : "off");
});

document.addEventListener("keydown", (event) => {
  const review = form();
  if (!review || event.ctrlKey || event.metaKey) return;
  if (event.altKey) {
    const digit = /^(?:Digit|Numpad)([1-5])$/.exec(event.code);
    const target = digit ? review.querySelectorAll("[data-alternative]")[digit[1] - 1] : review.querySelector(`[data-key="${event.code}"]`);
    if (target) {
      event.preventDefault();
      if (!event.repeat) target.click();
    }
    return;
  }
  if (event.target.matches("[name=value]")) inField(event, review);
  else if (event.target.matches("[data-suggestion]")) inList(event);
});

function inField(event, review) {
  const { key, target } = event;
  if (key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    if (!event.repeat) review.requestSubmit(review.querySelector("[data-accept]"));
  } else if (key === "ArrowDown" && target === text() && !target.matches("textarea")) {
    const first = review.querySelector("[data-suggestion]");
    if (first) event.preventDefault();
    first?.focus();
  } else if (/^[1-5]$/.test(key) && !touched && review.querySelector("[data-plain-keys]").checked) {
    // Figures are typed in dates, contacts and stories.
    const taken = ["name", "place", "tick"].includes(review.dataset.content);
    const alternative = review.querySelectorAll("[data-alternative]")[key - 1];
    if (!taken || !alternative) return;
    event.preventDefault();
    alternative.click();
    touched = false;
  }
}

function inList(event) {
  const all = [...place.querySelectorAll("[data-suggestion]")];
  const at = all.indexOf(event.target);
  const to = { ArrowDown: all[at + 1], ArrowUp: at ? all[at - 1] : text(), Escape: text() }[event.key];
  if (!to) return;
  event.preventDefault();
  to.focus();
}

// Whoever leaves gives back what they held, so that others needn't wait.
addEventListener("pagehide", () => {
  if (form()) navigator.sendBeacon(place.dataset.leave, new FormData(form()));
});

const first = place.querySelector("[data-crop]");
if (first) pictures.set(first.src, first);
begin(true);
prepare();
