// Reads a code with the camera where the browser can. Where it cannot, the button stays hidden: the phone's own camera
// opens the page with the code, or the code is typed.
"use strict";
(() => {
  const button = document.querySelector("[data-scan]");
  if (!button || !("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  const field = document.querySelector(button.dataset.scan);
  const start = button.textContent;
  let stream = null;
  let view = null;
  button.hidden = false;

  const stop = () => {
    if (stream) stream.getTracks().forEach((track) => track.stop());
    if (view) view.remove();
    stream = view = null;
    button.textContent = start;
  };

  // Only what looks like a code of the counter is taken; anything else in sight is passed over.
  const codeIn = (text) => (/(?:^|[^0-9A-Z])([SQ][0-9A-Z]{3}-?[0-9A-Z]{4})$/i.exec(text.trim()) || [])[1];

  const look = async (detector) => {
    if (!view) return;
    // A picture that is not there yet, or cannot be read, is one without a code.
    const seen = await detector.detect(view).catch(() => []);
    if (!view) return;
    const found = seen.map((each) => codeIn(each.rawValue)).find(Boolean);
    if (!found) { requestAnimationFrame(() => look(detector)); return; }
    stop();
    field.value = found;
    if (!button.dataset.stay) field.form.requestSubmit();
  };

  button.addEventListener("click", async () => {
    if (stream) { stop(); return; }
    button.disabled = true;
    try {
      // Where the system brings no reader this fails, and the camera stays off.
      const detector = new BarcodeDetector({ formats: ["qr_code", "code_128"] });
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      view = document.createElement("video");
      view.className = "w-100";
      view.playsInline = true;
      view.muted = true;
      view.srcObject = stream;
      button.after(view);
      await view.play();
      button.textContent = button.dataset.stop;
      look(detector);
    } catch {
      stop();
      button.textContent = button.dataset.failed;
    }
    button.disabled = false;
  });
})();
