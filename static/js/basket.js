// Keeps ticked wishes from one list page to the next, on this device only. Only public numbers are kept.
"use strict";
(() => {
  const KEY = "basket";
  const read = () => { try { return JSON.parse(localStorage.getItem(KEY)) || {}; } catch { return {}; } };
  const write = (basket) => { try { localStorage.setItem(KEY, JSON.stringify(basket)); } catch { /* a full or closed store only loses the convenience */ } };

  // A page that took wishes names them here, and they leave the basket.
  for (const done of document.querySelectorAll("[data-basket-remove]")) {
    const basket = read();
    done.dataset.basketRemove.split(/\s+/).forEach((number) => delete basket[number]);
    write(basket);
  }

  const form = document.querySelector("form[data-basket]");
  if (!form) return;
  const boxes = [...form.querySelectorAll("input[name=wish][type=checkbox]")];
  const words = form.querySelector("[data-basket-words]");
  const clear = form.querySelector("[data-basket-clear]");
  const start = words.textContent;

  const show = () => {
    const count = Object.keys(read()).length;
    words.textContent = count ? words.dataset.basketWords.replace("{num}", count) : start;
    clear.hidden = count === 0;
  };
  const remember = () => {
    const basket = read();
    boxes.forEach((box) => { if (box.checked) basket[box.value] = box.dataset.item; else delete basket[box.value]; });
    write(basket);
    show();
  };

  const kept = read();
  boxes.forEach((box) => { if (kept[box.value]) box.checked = true; });
  words.setAttribute("aria-live", "polite");
  form.addEventListener("change", remember);
  clear.addEventListener("click", () => { write({}); boxes.forEach((box) => { box.checked = false; }); show(); });
  form.addEventListener("submit", () => {
    form.querySelectorAll("input[type=hidden][name=wish]").forEach((old) => old.remove());
    const here = new Set(boxes.map((box) => box.value));
    for (const number of Object.keys(read())) {
      if (here.has(number)) continue;
      const field = document.createElement("input");
      field.type = "hidden"; field.name = "wish"; field.value = number;
      form.append(field);
    }
  });
  show();
})();
