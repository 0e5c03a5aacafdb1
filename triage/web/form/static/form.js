// The browser's half of the proof of work that stands in for a CAPTCHA. Nothing depends on it: a form sent without a
// proof is read by a person all the same. It starts at the first touch of the form, and WebCrypto counts off this
// thread, so that typing never stutters.
"use strict";
const form = document.getElementById("form");
const RENEW_MS = 50 * 60 * 1000; // before the challenge's hour is over
const QUIET_MS = 1000; // no word about sending before this
const PATIENCE_MS = 6000; // then it goes as it is
const MOST_BYTES = 60000; // the server takes a little more; beyond that it could not show the words again
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
const rest = (ms) => new Promise((done) => setTimeout(done, ms));
let proof = null;

async function solve(challenge) {
  const { nonce, salt, cost, keyLength, keyPrefix } = challenge.parameters;
  const password = new Uint8Array([...unhex(nonce), 0, 0, 0, 0]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: unhex(salt), iterations: cost };
  for (let counter = 0; ; counter++) {
    new DataView(password.buffer).setUint32(password.length - 4, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const derivedKey = hex(new Uint8Array(await crypto.subtle.deriveBits(how, key, keyLength * 8)));
    if (derivedKey.startsWith(keyPrefix)) return { challenge, solution: { counter, derivedKey } };
    if (counter % 16 === 15) await rest(0);
  }
}
async function prove() {
  try {
    const answer = await fetch(`${form.action}/challenge`, { cache: "no-store", credentials: "omit" });
    form.elements.proof.value = btoa(JSON.stringify(await solve(await answer.json())));
    setTimeout(() => { proof = prove(); }, RENEW_MS);
  } catch { /* no secure context, no network: the form goes without */ }
}
const start = () => (proof ??= prove());
for (const touch of ["focusin", "input", "pointerdown"]) form.addEventListener(touch, start, { once: true });

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (form.dataset.sending) return;
  const said = document.getElementById("sending");
  said.textContent = "";
  if (new Blob([...new FormData(form).values()]).size > MOST_BYTES) {
    said.textContent = said.dataset.tooLong;
    return;
  }
  form.dataset.sending = "yes";
  const word = setTimeout(() => { said.textContent = said.dataset.wait; }, QUIET_MS);
  await Promise.race([start(), rest(PATIENCE_MS)]);
  clearTimeout(word);
  form.submit();
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return; // back from the next page: that proof is used up
  delete form.dataset.sending;
  document.getElementById("sending").textContent = "";
  form.elements.proof.value = "";
  proof = prove();
});
document.getElementById("summary")?.focus();
