// Niceties only: every page works without this file.
"use strict";
document.documentElement.classList.add("js");

// A button with data-copy="#id" copies that element's text and says so.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  if (!source || !navigator.clipboard) return;
  await navigator.clipboard.writeText(source.textContent.trim());
  const label = button.textContent;
  button.textContent = button.dataset.done;
  setTimeout(() => { button.textContent = label; }, 2500);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// A button with data-read="#id" reads that element aloud in the page's language; a second press stops.
for (const button of document.querySelectorAll("[data-read]")) {
  if (!("speechSynthesis" in window)) { button.hidden = true; continue; }
  const label = button.querySelector("span");
  const start = label.textContent;
  const reset = () => { label.textContent = start; };
  button.addEventListener("click", () => {
    if (speechSynthesis.speaking) { speechSynthesis.cancel(); reset(); return; }
    const spoken = new SpeechSynthesisUtterance(document.querySelector(button.dataset.read).innerText);
    spoken.lang = document.documentElement.lang.startsWith("zh") ? "zh-CN" : "en";
    spoken.rate = 0.9;
    spoken.onend = spoken.onerror = reset;
    speechSynthesis.speak(spoken);
    label.textContent = button.dataset.stop;
  });
  // Some browsers go on speaking after the page is left.
  addEventListener("pagehide", () => speechSynthesis.cancel());
}

// After a refused form the list of errors takes the focus, so that it is read first.
const errors = document.querySelector("[data-focus]");
if (errors) errors.focus();

// Tables: one box ticks all rows, and the bar says how many are ticked.
for (const form of document.querySelectorAll("form")) {
  const rows = form.querySelectorAll("[data-row-check]");
  if (!rows.length) continue;
  const all = form.querySelector("[data-select-all]");
  const count = form.querySelector("[data-bulk-count]");
  const tell = () => {
    const ticked = [...rows].filter((row) => row.checked).length;
    if (count) count.textContent = ticked;
    if (all) { all.checked = ticked === rows.length; all.indeterminate = ticked > 0 && !all.checked; }
  };
  if (all) all.addEventListener("change", () => { rows.forEach((row) => { row.checked = all.checked; }); tell(); });
  form.addEventListener("change", tell);
  tell();
}

// On a narrow screen the chosen category may lie beyond the edge of its rail.
const chosen = document.querySelector(".category-rail [aria-current]");
if (chosen) chosen.closest(".category-rail").scrollLeft = chosen.offsetLeft - 24;
