"use strict";
// Everything works without this file. It reads a draft while one types, and counts the seconds a letter can be called back.
const draft = document.getElementById("draft");
const verdict = document.getElementById("verdict");

function list(title, name, found) {
  if (found.length === 0) return [];
  const head = document.createElement("p");
  head.textContent = title;
  const items = document.createElement("ul");
  items.className = name;
  for (const one of found) {
    const item = document.createElement("li");
    const rule = document.createElement("strong");
    rule.textContent = one.rule;
    item.append(rule, `: ${one.why}`);
    items.append(item);
  }
  return [head, items];
}

let newest = 0;
async function read() {
  const mine = ++newest;
  const answer = await fetch(draft.dataset.check, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams(new FormData(draft)),
  }).catch(() => null);
  // An older answer must not write over a newer one; a lost session shows when one saves.
  if (answer === null || !answer.ok || answer.redirected || mine !== newest) return;
  const said = await answer.json();
  const parts = [...list("It cannot leave like this.", "stops", said.faults), ...list("Look at this once more:", "warns", said.warnings)];
  if (parts.length === 0) {
    const well = document.createElement("p");
    well.textContent = "Nothing to mend.";
    parts.push(well);
  }
  verdict.replaceChildren(...parts);
  const subject = document.getElementById("sheet-subject");
  if (subject !== null) subject.textContent = said.subject;
  document.getElementById("sheet-body").textContent = said.body;
}

if (draft !== null && verdict !== null) {
  let waits = 0;
  draft.addEventListener("input", () => { clearTimeout(waits); waits = setTimeout(read, 600); });
}

const leaving = document.getElementById("leaving");
if (leaving !== null) {
  // By the server's clock: this one's may be wrong.
  const ends = performance.now() + (Date.parse(leaving.dataset.due) - Date.parse(leaving.dataset.now));
  const told = document.getElementById("countdown");
  const over = ends <= performance.now();
  const tick = setInterval(() => {
    const left = Math.ceil((ends - performance.now()) / 1000);
    told.textContent = left > 0 ? `${left} seconds left.` : "It leaves as soon as the worker looks.";
    if (over || left <= -5) clearInterval(tick);
    if (!over && left <= -5) location.replace(location.pathname);
  }, 500);
}

const print = document.getElementById("print");
if (print !== null) { print.hidden = false; print.addEventListener("click", () => window.print()); }
