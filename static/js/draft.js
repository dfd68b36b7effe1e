// Keeps a half-filled form as a draft while somebody types, so that a call or a lost signal loses nothing.
// What is typed goes to the server's sealed drafts only and is never stored on the device.
"use strict";
(() => {
  const note = document.querySelector("[data-autosave]");
  const form = note && note.closest("form");
  if (!form) return;
  let timer = null;
  let isChanged = false;
  let saving = null;

  const tell = (words) => {
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    note.textContent = words.replace("{time}", time);
  };

  const save = async () => {
    isChanged = false;
    const body = new FormData(form);
    body.set("act", "draft");
    try {
      const answer = await fetch(form.action, { method: "POST", body, keepalive: true });
      // A kept draft answers with its own page; anything else, such as the sign-in page, kept nothing.
      if (!answer.ok || !answer.redirected || !answer.url.startsWith(new URL(note.dataset.autosave, location.href).href)) throw new Error();
      form.action = answer.url;
      history.replaceState(null, "", answer.url);
      tell(note.dataset.saved);
    } catch {
      isChanged = true;
      tell(note.dataset.failed);
    }
  };

  const saveSoon = (delay) => {
    isChanged = true;
    clearTimeout(timer);
    timer = setTimeout(saveNow, delay);
  };
  const saveNow = () => {
    clearTimeout(timer);
    if (!isChanged || saving) return;
    saving = save().finally(() => { saving = null; });
  };

  form.addEventListener("input", () => saveSoon(4000));
  form.addEventListener("change", () => saveSoon(800));
  document.addEventListener("visibilitychange", () => { if (document.hidden) saveNow(); });
  // What the button sends must not be kept once more by the page that is left, nor an older state arrive after it.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    isChanged = false;
    if (!saving) return;
    event.preventDefault();
    const button = event.submitter;
    saving.finally(() => { isChanged = false; form.requestSubmit(button); });
  });
})();
