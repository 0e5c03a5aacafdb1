"use strict";
// Everything works without this file. It adds keys, and the quiet line that says what is new.
const rows = [...document.querySelectorAll(".queue > li")];
const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;

function go(step) {
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))];
  next?.querySelector("a.open")?.focus();
}

function take() {
  const row = rows.find((one) => one.contains(document.activeElement));
  const button = document.querySelector("#rows button[value=take]");
  if (row === undefined || button === null) return;
  document.querySelectorAll("#rows input[name=row]").forEach((box) => { box.checked = row.contains(box); });
  button.click();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else if (event.key === "a") take();
  else if (event.key === "x") { const box = rows.find((row) => row.contains(document.activeElement))?.querySelector("input[name=row]"); if (box) box.checked = !box.checked; }
  else if (event.key === "/") { document.getElementById("find")?.focus(); event.preventDefault(); }
  else if (event.key === "?") {
    const keys = document.querySelector(".keys");
    if (keys) { keys.open = true; keys.querySelector("summary").focus(); keys.scrollIntoView({ block: "nearest" }); }
  }
});

const news = document.getElementById("news");
async function look() {
  const answer = await fetch("/news").catch(() => null);
  if (answer === null || !answer.ok || answer.redirected) return;
  const more = (await answer.json())[news.dataset.lane] - Number(news.dataset.count);
  if (more > 0) { news.firstElementChild.textContent = `${more} new: look again`; news.hidden = false; }
}
if (news !== null) setInterval(() => { if (!document.hidden) look(); }, 60_000);

// What is too long to be taken stays in the form, and the page says so without a journey there and back.
document.querySelectorAll("textarea[data-most]").forEach((field) => {
  field.addEventListener("input", () => field.setCustomValidity(""));
  field.form.querySelectorAll("button").forEach((button) => button.addEventListener("click", () => {
    const most = Number(field.dataset.most);
    const told = `${field.value.length.toLocaleString("en-GB")} characters are too many: ${most.toLocaleString("en-GB")} fit. Shorten it, or send a part.`;
    field.setCustomValidity(field.value.length > most ? told : "");
  }));
});

// Back at a form that could not be sent: what was typed is there again, so its part of the page is opened.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("main details :is(textarea, input:not([type=hidden], [type=checkbox], [type=radio]))").forEach((field) => {
    if (field.value !== field.defaultValue) field.closest("details").open = true;
  });
});

// On paper nothing can be unfolded: what is folded away is open while it is printed, for browsers without ::details-content.
const paper = matchMedia("print");
paper.addEventListener("change", () => {
  if (paper.matches) {
    for (const one of document.querySelectorAll("details:not([open])")) {
      one.open = true;
      one.dataset.paper = "";
    }
  } else {
    for (const one of document.querySelectorAll("details[data-paper]")) {
      one.open = false;
      delete one.dataset.paper;
    }
  }
});
