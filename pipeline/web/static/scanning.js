// The upload page: files may be dropped, and one sees how much was sent. Without this the form works as it is.
const form = document.querySelector("[data-upload]");
const part = (name) => form.querySelector(`[data-${name}]`);
const zone = part("drop");
const inputs = [...form.querySelectorAll("input[type=file]")];
const dropped = [];
const megabytes = (bytes) => `${Math.max(0.1, bytes / 1e6).toFixed(1)} MB`;

zone.querySelector(".drop-zone__invitation").hidden = false;
inputs.forEach((input) => input.addEventListener("change", tell));
for (const event of ["dragenter", "dragover"]) {
  zone.addEventListener(event, (drag) => {
    drag.preventDefault();
    zone.classList.add("drop-zone--over");
  });
}
for (const event of ["dragleave", "drop"]) {
  zone.addEventListener(event, () => zone.classList.remove("drop-zone--over"));
}
zone.addEventListener("drop", async (drop) => {
  drop.preventDefault();
  const items = [...drop.dataTransfer.items].filter((item) => item.kind === "file");
  // All at once: after the first wait the browser has forgotten what was dropped.
  for (const entry of items.map((item) => item.webkitGetAsEntry() || item.getAsFile())) await take(entry);
  tell();
});

// What was dropped: a file, or a folder with all that is in it.
async function take(entry) {
  if (entry instanceof File) {
    dropped.push({ file: entry, path: entry.name });
    return;
  }
  if (entry.isFile) {
    const file = await new Promise((done, fail) => entry.file(done, fail));
    dropped.push({ file, path: entry.fullPath.replace(/^\//, "") });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!some.length) return;
    for (const inside of some) await take(inside);
  }
}

function chosen() {
  const picked = inputs.flatMap((input) => [...input.files]);
  return [...dropped, ...picked.map((file) => ({ file, path: file.webkitRelativePath || file.name }))];
}

function tell() {
  const files = chosen();
  const size = files.reduce((sum, { file }) => sum + file.size, 0);
  part("chosen").textContent = files.length ? `${files.length} chosen, ${megabytes(size)}.` : "";
  part("fault").textContent = "";
}

// Said here too, so that nobody waits for a gigabyte to be sent in vain.
function fault(files) {
  const { fileBytes, uploadBytes, files: most } = form.dataset;
  const large = files.find(({ file }) => file.size > Number(fileBytes));
  if (!files.length) return "Choose files to upload.";
  if (files.length > Number(most)) return `More than ${most} files at once can't be taken. Upload them in portions.`;
  if (large) return `${large.path} is larger than ${Number(fileBytes) / 1e6} MB. Scan in smaller portions.`;
  if (files.reduce((sum, { file }) => sum + file.size, 0) > Number(uploadBytes))
    return `More than ${Number(uploadBytes) / 1e9} GB at once can't be taken. Upload the scans in portions.`;
  return "";
}

form.addEventListener("submit", (submit) => {
  submit.preventDefault();
  const files = chosen();
  const wrong = fault(files);
  part("fault").textContent = wrong;
  if (wrong) {
    inputs[0].focus();
    return;
  }
  const body = new FormData(form);
  body.delete("files");
  for (const { file, path } of files) {
    body.append("paths", path);
    body.append("files", file, file.name);
  }
  send(body);
});

function send(body) {
  const request = new XMLHttpRequest();
  const bar = form.querySelector("progress");
  const sending = (on) => {
    part("sending").hidden = !on;
    part("submit").hidden = on;
  };
  const stopped = (why) => {
    sending(false);
    part("fault").textContent = why;
    part("submit").focus();
  };
  let told = -1;
  request.upload.addEventListener("progress", (sent) => {
    bar.value = (100 * sent.loaded) / sent.total;
    const tenth = Math.floor(bar.value / 10);
    if (tenth !== told) part("sent").textContent = `${tenth * 10} % sent.`;
    told = tenth;
  });
  request.addEventListener("load", () => {
    const answer = new DOMParser().parseFromString(request.responseText, "text/html");
    if (request.status < 300) location.assign(request.responseURL);
    else stopped(problem(answer) || "The server can't take it. Try again, or upload less at once.");
  });
  request.addEventListener("error", () => stopped("The connection was lost. Nothing was kept; upload it again."));
  request.addEventListener("abort", () => stopped("Stopped. Nothing was kept."));
  part("stop").onclick = () => request.abort();
  request.open("POST", form.action);
  sending(true);
  part("stop").focus();
  request.send(body);
}

// What the server's own page says is wrong.
function problem(answer) {
  const said = answer.querySelector(".nhsuk-error-summary__body, .message");
  return said ? said.textContent.replace(/\s+/g, " ").trim() : "";
}
