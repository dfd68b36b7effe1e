// A slip's QR code opens /family#CODE: the code fills the field and leaves the address bar. It is not sent by itself.
"use strict";
(() => {
  const field = document.querySelector("[data-family-code]");
  const fill = () => {
    const code = decodeURIComponent(location.hash.slice(1));
    if (!field || !/^[0-9A-Za-z -]{17,40}$/.test(code)) return;
    field.value = code;
    history.replaceState(null, "", location.pathname);
    field.form.querySelector("button[type=submit]").focus();
  };
  addEventListener("hashchange", fill);
  fill();
})();
