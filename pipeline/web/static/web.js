// What every page needs: the NHS components, and words for what takes its time.
import { initAll } from "./nhsuk/nhsuk-frontend.min.js";

document.body.classList.add("js-enabled", "nhsuk-frontend-supported");
initAll();

// A form that takes seconds says so, and is sent once.
document.addEventListener("submit", (event) => {
  const words = event.submitter?.dataset.busy;
  if (!words) return;
  if (event.target.ariaBusy) event.preventDefault();
  else busy(event.target, words);
});

// Whoever goes back to a page finds it as it was before.
addEventListener("pageshow", () => document.querySelectorAll("form[aria-busy]").forEach((form) => busy(form, "")));

function busy(form, words) {
  form.ariaBusy = words ? "true" : null;
  form.querySelector("[data-busy-words]").textContent = words;
  form.querySelector("[data-busy-bar]").hidden = !words;
}
