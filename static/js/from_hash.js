// A picture code opens a page at an address that ends in #CODE: the code fills its field and leaves the address bar.
// It is not sent by itself. What may stand there is told by the field.
"use strict";
(() => {
  const field = document.querySelector("[data-from-hash]");
  if (!field) return;
  const wanted = new RegExp(`^(?:${field.dataset.fromHash})$`, "i");
  const fill = () => {
    const code = decodeURIComponent(location.hash.slice(1));
    if (!wanted.test(code)) return;
    field.value = code;
    history.replaceState(null, "", location.pathname);
    field.form.querySelector("button[type=submit]").focus();
  };
  addEventListener("hashchange", fill);
  fill();
})();
