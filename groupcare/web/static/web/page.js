/* Comfort on top of pages that work without it: cover screen, leave quickly, one submit a form, toasts, focus. */
(() => {
  "use strict";
  const root = document.documentElement;
  root.dataset.js = "";

  /* ---- leave quickly: the link replaces the page; three presses of Escape do the same ---- */
  const leaveLink = document.querySelector("[data-leave]");
  const leave = () => {
    document.body.hidden = true;
    document.title = "…";
    sessionStorage.clear();
    location.replace(leaveLink.href);
  };
  if (leaveLink) {
    let presses = [];
    leaveLink.addEventListener("click", (event) => {
      event.preventDefault();
      leave();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      presses = presses.filter((at) => event.timeStamp - at < 1500).concat(event.timeStamp);
      if (presses.length >= 3) leave();
    });
  }

  /* ---- what a page kept in this window goes with the session ---- */
  const waits = () => Object.keys(sessionStorage).some((name) => name.startsWith("gc-console-"));
  document.querySelectorAll('form[action$="/logout/"]').forEach((form) => {
    form.addEventListener("submit", (event) => {
      /* Taps of the console that are not saved yet would go too: ask first. */
      if (waits() && form.dataset.unsaved && !confirm(form.dataset.unsaved)) event.preventDefault();
      else sessionStorage.clear();
    });
  });

  /* ---- cover screen: hides all; uncovering after five minutes asks who is there ---- */
  const FIVE_MINUTES = 5 * 60 * 1000;
  const veil = document.querySelector("[data-cover-sheet]");
  if (veil) {
    const show = veil.querySelector("[data-uncover]");
    const buttons = document.querySelectorAll("[data-cover]");
    let since = 0;
    let byHand = false;
    let before = null;
    let title = "";
    const cover = (hand) => {
      if (root.hasAttribute("data-veil")) return;
      since = Date.now();
      byHand = hand;
      before = document.activeElement;
      title = document.title;
      document.title = "…";
      root.setAttribute("data-veil", "");
      if (hand) show.focus();
    };
    const uncover = () => {
      if (Date.now() - since > FIVE_MINUTES && veil.dataset.again) {
        location.assign(`${veil.dataset.again}?next=${encodeURIComponent(location.pathname)}`);
        return;
      }
      root.removeAttribute("data-veil");
      document.title = title;
      if (before && before.focus) before.focus();
    };
    buttons.forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", () => cover(true));
    });
    show.addEventListener("click", uncover);
    /* Who asked for it finds the page covered as soon as the window is left, until they press the button. */
    const stays = veil.dataset.away !== undefined;
    if (stays) {
      addEventListener("blur", () => cover(true));
      addEventListener("pageshow", (event) => {
        if (event.persisted) cover(true);
      });
    }
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) cover(stays);
      else if (!byHand && Date.now() - since < FIVE_MINUTES) uncover();
    });
  }

  /* ---- what takes a while says so ---- */
  const working = document.querySelector("[data-working]");
  let timer = 0;
  const rest = () => {
    clearTimeout(timer);
    if (working) working.textContent = "";
    root.removeAttribute("aria-busy");
  };
  const begin = () => {
    rest();
    timer = setTimeout(() => {
      if (working) working.textContent = working.dataset.working;
      root.setAttribute("aria-busy", "true");
    }, 400);
  };

  /* ---- a form is sent once ---- */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented) return;
    if (form.dataset.sent !== undefined) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "";
    const button = event.submitter;
    if (button && !button.hasAttribute("aria-disabled")) {
      button.setAttribute("aria-disabled", "true");
      button.dataset.waits = "";
    }
    begin();
    // A download leaves the page where it is: let the form be used again.
    setTimeout(() => ready(form), 8000);
  });
  const ready = (form) => {
    rest();
    delete form.dataset.sent;
    form.querySelectorAll("[data-waits]").forEach((button) => {
      button.removeAttribute("aria-disabled");
      delete button.dataset.waits;
    });
  };
  addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(ready);
  });
  document.addEventListener("htmx:beforeRequest", begin);
  document.addEventListener("htmx:afterRequest", (event) => {
    rest();
    const form = event.target.closest("form");
    if (form) ready(form);
  });

  /* ---- toasts stay until they are closed ---- */
  document.querySelectorAll("[data-close]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      button.closest(".toast").remove();
      document.getElementById("main").focus();
    });
  });

  /* ---- what needs a look is read first ---- */
  const summary = document.getElementById("form-errors");
  if (summary) summary.focus();
})();
