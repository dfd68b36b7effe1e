// A clerk may scan a code instead of typing it, where the browser can read codes by itself.
//   <button type="button" class="btn btn-secondary needs-js" data-scan="#code" data-stop="停止扫码" hidden>…</button>
// The text found is put into the field; a QR code that holds an address gives its last part. Pictures never leave the device.
"use strict";
(() => {
  const buttons = document.querySelectorAll("[data-scan]");
  if (!buttons.length || !("BarcodeDetector" in window) || !navigator.mediaDevices) return;

  const codeIn = (text) => text.trim().replace(/[?#].*$/, "").replace(/\/$/, "").split("/").pop();

  const watch = async (button) => {
    const field = document.querySelector(button.dataset.scan);
    const detector = new BarcodeDetector({ formats: ["qr_code", "code_128"] });
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    const video = document.createElement("video");
    video.className = "scan-view";
    video.playsInline = true;
    video.srcObject = stream;
    button.after(video);
    await video.play();
    const label = button.textContent;
    button.textContent = button.dataset.stop;

    return new Promise((resolve) => {
      let on = true;
      const stop = () => {
        on = false;
        stream.getTracks().forEach((track) => track.stop());
        video.remove();
        button.textContent = label;
        resolve();
      };
      button.addEventListener("click", stop, { once: true });
      const look = async () => {
        if (!on) return;
        const [found] = await detector.detect(video).catch(() => []);
        if (found && on) { field.value = codeIn(found.rawValue); field.focus(); button.removeEventListener("click", stop); stop(); return; }
        setTimeout(look, 200);
      };
      look();
    });
  };

  buttons.forEach((button) => {
    let busy = false;
    button.hidden = false;
    button.addEventListener("click", async () => {
      if (busy) return;
      busy = true;
      try { await watch(button); } catch { button.hidden = true; } finally { busy = false; }
    });
  });
})();
