/* A pad to draw a signature on: strokes of whole-number points, sent as JSON. Never needed, and hidden without script. */
(() => {
  "use strict";
  const pad = document.querySelector("[data-pad]");
  const sent = document.querySelector("input[name=drawing]");
  if (!pad || !sent || !window.PointerEvent) return;
  const field = pad.querySelector("[data-pad-field]");
  const path = field.querySelector("path");
  const { width, height } = field.viewBox.baseVal;
  const mostPoints = 3900;
  let strokes = [];
  let stroke = null;
  pad.hidden = false;

  const point = (event) => {
    const box = field.getBoundingClientRect();
    const inside = (value, most) => Math.min(most, Math.max(0, Math.round(value)));
    return [
      inside(((event.clientX - box.left) / box.width) * width, width),
      inside(((event.clientY - box.top) / box.height) * height, height),
    ];
  };
  const show = () => {
    path.setAttribute("d", strokes.map((one) => `M${[...one, one[one.length - 1]].map((at) => at.join(" ")).join("L")}`).join(" "));
    sent.value = strokes.length ? JSON.stringify(strokes) : "";
  };
  const points = () => strokes.reduce((sum, one) => sum + one.length, 0);

  field.addEventListener("pointerdown", (event) => {
    if (points() >= mostPoints || strokes.length >= 80) return;
    event.preventDefault();
    field.setPointerCapture(event.pointerId);
    stroke = [point(event)];
    strokes.push(stroke);
    show();
  });
  field.addEventListener("pointermove", (event) => {
    if (!stroke || points() >= mostPoints) return;
    const [x, y] = point(event);
    const [lastX, lastY] = stroke[stroke.length - 1];
    if (Math.abs(x - lastX) + Math.abs(y - lastY) < 3) return;
    stroke.push([x, y]);
    show();
  });
  const lift = () => {
    stroke = null;
  };
  field.addEventListener("pointerup", lift);
  field.addEventListener("pointercancel", lift);
  pad.querySelector("[data-pad-clear]").addEventListener("click", () => {
    strokes = [];
    show();
  });
  try {
    const before = JSON.parse(sent.value || "[]");
    if (Array.isArray(before) && before.length) {
      strokes = before;
      show();
    }
  } catch {
    sent.value = "";
  }
})();
