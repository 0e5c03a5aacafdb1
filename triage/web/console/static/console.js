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
