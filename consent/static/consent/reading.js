/* Notes that the end of the text came into view; without it the record says "not recorded". */
(() => {
  "use strict";
  const end = document.querySelector("[data-end]");
  const sent = document.querySelector("[data-end-seen]");
  if (!end || !sent || !window.IntersectionObserver) return;
  let seen = 0;
  const watch = new IntersectionObserver((entries) => {
    if (!entries.some((one) => one.isIntersecting)) return;
    seen = Date.now();
    watch.disconnect();
  });
  watch.observe(end);
  sent.form.addEventListener("submit", () => {
    if (seen) sent.value = String(Math.round((Date.now() - seen) / 1000));
  });
})();
