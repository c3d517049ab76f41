// A download leaves the page as it was: soon after, what was printed is shown anew.
// (htmx would take the form's own submission away if it listened to it.)
const AGAIN_MS = [3000, 10000, 30000];

document.querySelector("#print-form").addEventListener("submit", () => {
  for (const wait of AGAIN_MS) setTimeout(() => htmx.trigger("#printed", "printed"), wait);
});
