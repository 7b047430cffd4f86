/* The console: each tap is sent on its own and waits, encrypted, while the network is away. Without script the roster
   is one form with one Save. What is kept on the device holds ids and codes only, no name, and goes at sign-out. */
(() => {
  "use strict";
  const root = document.querySelector("[data-console]");
  if (!root || !window.fetch || !crypto.randomUUID) return;
  const word = (name) => root.getAttribute(`data-word-${name}`);
  const place = `gc-console-${root.dataset.session}`;
  const withMinutes = root.dataset.withMinutes.split(" ");
  const token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
  const sync = document.querySelector("[data-sync]");
  const POLL = 4000;
  const SLOWEST = 15000;
  let queue = [];
  let clashes = {};
  let known = {};
  let restored = false;
  let sending = false;
  let looking = false;
  let written = 0;
  let stopped = false;
  let lost = false;
  let away = false;
  let wait = 1000;
  let timer = 0;

  /* ---- what waits: in memory, and encrypted in the session storage of this window ---- */
  const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
  const subtle = crypto.subtle;
  const key = subtle ? subtle.importKey("raw", bytes(root.dataset.key), "AES-GCM", false, ["encrypt", "decrypt"]) : null;
  let writing = Promise.resolve();
  const keep = () => {
    if (!key || !restored) return;
    /* The name of a colleague stays in the page. */
    const state = JSON.stringify({ queue, clashes }, (name, value) => (name === "who" ? undefined : value));
    const empty = !queue.length && !Object.keys(clashes).length;
    writing = writing.then(async () => {
      try {
        if (empty) return sessionStorage.removeItem(place);
        const iv = crypto.getRandomValues(new Uint8Array(12));
        const sealed = await subtle.encrypt({ name: "AES-GCM", iv }, await key, new TextEncoder().encode(state));
        sessionStorage.setItem(place, `${text(iv)}.${text(sealed)}`);
      } catch {
        /* No room or no storage: what waits stays in the page. */
      }
    });
  };
  const restore = async () => {
    const kept = key && sessionStorage.getItem(place);
    if (!kept) return;
    try {
      const [iv, sealed] = kept.split(".").map(bytes);
      const plain = await subtle.decrypt({ name: "AES-GCM", iv }, await key, sealed);
      const found = JSON.parse(new TextDecoder().decode(plain));
      /* Whoever tapped while this was read saw what stands now, and has answered with it. */
      queue.forEach((one) => delete found.clashes[one.ref]);
      queue = found.queue.concat(queue);
      clashes = Object.assign(found.clashes, clashes);
    } catch {
      sessionStorage.removeItem(place);
    }
  };

  /* ---- the lines of the screen ---- */
  const rowOf = (ref) => document.querySelector(`[data-place="${ref}"], [data-check="${ref}"], [data-step="${ref}"]`);
  const nameOf = (ref) => {
    const named = rowOf(ref) && rowOf(ref).querySelector(".name-full, legend, .form-check-label");
    return named ? named.textContent.trim() : "";
  };
  const waiting = (ref) => queue.filter((one) => one.ref === ref);
  const put = (tag, where, said, css) => {
    const made = document.createElement(tag);
    made.textContent = said;
    if (css) made.className = css;
    where.append(made);
    return made;
  };
  /* Words are set only where they differ: what is set again is read out again. */
  const write = (where, words) => {
    if (where.textContent !== words) where.textContent = words;
  };
  const inWords = (ref, one) => {
    const row = rowOf(ref);
    const boxes = row ? [...row.querySelectorAll("input[type=radio], input[type=checkbox]")] : [];
    const box = boxes.find((each) => each.type === "checkbox" || each.value === one.value);
    if (box) return box.labels[0].textContent.trim();
    return `${one.value}${one.minutes ? `, ${one.minutes} ${word("minutes")}` : ""}`;
  };
  const inFull = (ref, one) => one.words || [inWords(ref, one), one.who, one.at].filter(Boolean).join(", ");
  /* The line under a row: what stands, what waits, or (loud: read out at once) why something was not saved. */
  const say = (row, words, loud) => {
    const line = row.querySelector("[data-state]") || (words && put("p", row, "", "hint"));
    if (!line) return;
    line.dataset.state = "";
    if (loud) line.setAttribute("role", "alert");
    else line.removeAttribute("role");
    line.hidden = !words;
    write(line, words);
  };
  /* The list of all codes and the minutes stand open where they say something, or where somebody opened them. */
  const fold = (row) => {
    const more = row.querySelector("[data-more]");
    const fields = row.querySelector("[data-fields]");
    const quick = [...row.querySelectorAll("[data-pick]")].some((button) => button.dataset.pick === row.dataset.code);
    const says = row.dataset.code && (!quick || withMinutes.includes(row.dataset.code));
    const open = more.dataset.open !== undefined || says || fields.querySelector(".is-invalid") !== null;
    fields.hidden = !open;
    more.setAttribute("aria-expanded", String(open));
  };
  const showMark = (row, one, state) => {
    row.dataset.code = one.value;
    row.querySelector("select").value = one.value;
    row.querySelector("input[type=number]").value = one.minutes || "";
    row.querySelectorAll("[data-pick]").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.pick === one.value));
    });
    say(row, state);
    fold(row);
  };
  const showAnswer = (row, value) => {
    const box = row.querySelector("input[type=checkbox]");
    if (box) box.checked = Boolean(value);
    row.querySelectorAll("input[type=radio]").forEach((radio) => {
      radio.checked = radio.value === value;
    });
    say(row, "");
  };
  const setSeen = (row, id) => {
    row.dataset.seen = id || "";
    const hidden = row.querySelector("input[name^=seen-]");
    if (hidden) hidden.value = id || "";
  };
  /* What stands on the server (or nothing), in a line that has nothing waiting and no question open. */
  const stands = (ref, one) => {
    const row = rowOf(ref);
    if (one) known[ref] = one;
    if (!row || waiting(ref).length || clashes[ref]) return;
    setSeen(row, one && one.id);
    if (row.dataset.place) showMark(row, one || { value: "" }, one ? inFull(ref, one) : "");
    else showAnswer(row, one && one.value);
  };
  const notSaved = (one, told) => {
    if (waiting(one.ref).length) return;
    stands(one.ref, known[one.ref]);
    const row = rowOf(one.ref);
    if (row) say(row, `${word("not-saved")} ${inWords(one.ref, one)}. ${told}`, true);
  };
  const showPending = (one) => {
    const row = rowOf(one.ref);
    if (!row) return;
    if (one.what === "mark") showMark(row, one, `${inWords(one.ref, one)}: ${word("waiting")}`);
    else showAnswer(row, one.value);
  };
  const showClash = (ref) => {
    const row = rowOf(ref);
    const box = row && row.querySelector("[data-clash]");
    if (!box) return;
    const { mine, theirs } = clashes[ref];
    say(row, "");
    box.replaceChildren();
    const inside = put("div", box, "");
    put("p", inside, `${word("now")} ${inFull(ref, theirs)}. ${word("yours")} ${inWords(ref, mine)}.`);
    const buttons = put("p", inside, "", "actions");
    [["theirs", theirs], ["mine", mine]].forEach(([which, one]) => {
      const button = put("button", buttons, `${word(which)} (${inWords(ref, one)})`, "btn btn-quiet");
      button.type = "button";
      button.addEventListener("click", () => {
        if (which === "mine") add(mine.what, ref, mine.value, mine.minutes);
        else {
          closeClash(ref);
          stands(ref, known[ref]);
          keep();
          tell();
        }
        (row.querySelector("[data-pick][aria-pressed=true], input:checked") || row.querySelector("select, input")).focus();
      });
    });
    box.hidden = false;
    box.setAttribute("role", "alert");
  };
  const closeClash = (ref) => {
    const row = rowOf(ref);
    const box = row && row.querySelector("[data-clash]");
    delete clashes[ref];
    if (box) box.hidden = true;
  };
  const tell = () => {
    if (!sync) return;
    sync.hidden = lost;
    const open = queue.length + Object.keys(clashes).length;
    write(sync, open ? `${word("waiting")} (${open}). ${away ? word("offline") : ""}`.trim() : word("saved"));
    sync.classList.toggle("is-waiting", open > 0);
    const there = document.querySelector("[data-present]");
    const present = ["P", "PL", "PE", "V", "PH", "D"];
    write(there, String([...document.querySelectorAll("[data-place]")].filter((row) => present.includes(row.dataset.code)).length));
  };
  const stop = (selector) => {
    stopped = true;
    document.querySelector(selector).hidden = false;
    document.querySelector(selector).scrollIntoView({ block: "center" });
  };
  /* The right to write here has ended: what was not saved is named once, and each line goes back to what stands. */
  const lose = () => {
    lost = true;
    const gone = [...queue, ...Object.values(clashes).map((clash) => clash.mine)];
    queue = [];
    Object.keys(clashes).forEach(closeClash);
    gone.forEach((one) => notSaved(one, word("lost")));
    const list = document.querySelector("[data-lost-list]");
    list.hidden = !gone.length;
    /* A step is its own answer: its words come once. */
    const each = gone.map((one) => [...new Set([nameOf(one.ref), inWords(one.ref, one)])].join(": "));
    list.textContent = `${word("not-saved")} ${each.join("; ")}`;
    stop("[data-lost]");
    keep();
    tell();
  };

  /* ---- sending: one after the other, again and again until it is answered ---- */
  /* What a tap has seen: what the box of an open question shows, what the tap waiting before it had seen, or the line.
     A tap on a line with an open question answers it. */
  const add = (what, ref, value, minutes) => {
    const one = { tap: crypto.randomUUID(), what, ref, value, minutes: minutes || null, seen: rowOf(ref).dataset.seen };
    if (lost) return notSaved(one, word("lost"));
    if (clashes[ref]) {
      one.seen = clashes[ref].theirs.id;
      closeClash(ref);
    } else if (waiting(ref).length) one.seen = waiting(ref).pop().seen;
    queue.push(one);
    showPending(one);
    keep();
    tell();
    flush();
  };
  const isSame = (one, other) => one.value === other.value && String(one.minutes || "") === String(other.minutes || "");
  const drop = (one) => {
    queue = queue.filter((other) => other !== one);
  };
  const answered = (one, standing) => {
    written += 1;
    drop(one);
    /* Later taps on this line were made after this one. If a colleague has written since, they have not seen that. */
    if (standing.id === one.tap || isSame(one, standing)) waiting(one.ref).forEach((later) => (later.seen = standing.id));
    stands(one.ref, standing);
  };
  const refused = (one, told) => {
    drop(one);
    notSaved(one, told);
  };
  const overtaken = (one, standing) => {
    const mine = waiting(one.ref).pop();
    queue = queue.filter((other) => other.ref !== one.ref);
    known[one.ref] = standing;
    clashes[one.ref] = { mine, theirs: standing };
    showClash(one.ref);
  };
  /* After ten seconds it was away, where the browser can tell. */
  const patience = () => (AbortSignal.timeout ? AbortSignal.timeout(10000) : undefined);
  const send = async (one) => {
    const body = new URLSearchParams({ tap: one.tap, what: one.what, ref: one.ref, value: one.value, minutes: one.minutes || "", seen: one.seen || "" });
    return fetch(root.dataset.tap, {
      method: "POST",
      body,
      redirect: "manual",
      headers: { "x-csrftoken": token, accept: "application/json" },
      signal: patience(),
    });
  };
  const flush = async () => {
    if (!restored || sending || stopped) return;
    sending = true;
    clearTimeout(timer);
    try {
      while (queue.length && !stopped) {
        const one = queue[0];
        const answer = await send(one);
        if (lost) break;
        if (answer.type === "opaqueredirect" || answer.status === 403) stop("[data-out]");
        else if (answer.status === 404) lose();
        else if (answer.status >= 500 || answer.status === 429) throw new Error("again");
        else {
          const said = await answer.json();
          if (said.state === "saved") answered(one, said.standing);
          else if (said.state === "overtaken") overtaken(one, said.standing);
          else refused(one, said.told);
        }
        away = false;
        wait = 1000;
        keep();
        tell();
      }
    } catch {
      away = true;
      timer = setTimeout(flush, wait);
      wait = Math.min(wait * 2, SLOWEST);
      tell();
    }
    sending = false;
  };

  /* ---- what the other facilitator writes ---- */
  const look = async () => {
    if (looking || stopped || document.hidden) return;
    looking = true;
    const before = written;
    try {
      const answer = await fetch(root.dataset.marks, { redirect: "manual", headers: { accept: "application/json" }, signal: patience() });
      const found = answer.ok && (await answer.json());
      if (stopped) return;
      if (answer.type === "opaqueredirect") return stop("[data-out]");
      if (answer.status === 404) return lose();
      /* An answer asked for before a tap was kept knows less than the line does. */
      if (!found || written !== before) return;
      Object.entries({ ...found.answers, ...found.marks }).forEach(([ref, one]) => {
        if (!known[ref] || known[ref].id !== one.id) stands(ref, one);
      });
      if (found.read_aloud && !known.read_aloud) stands("read_aloud", { value: "done" });
      if (away) {
        away = false;
        wait = 1000;
        flush();
      }
      tell();
    } catch {
      away = true;
      tell();
    } finally {
      looking = false;
    }
  };

  /* ---- the hands ---- */
  const minutesNow = (code) => {
    const [start, end] = [root.dataset.start, root.dataset.end].map(Date.parse);
    const late = Math.round((Date.now() - start) / 60000);
    return code === "PL" && late > 0 && late <= (end - start) / 60000 ? late : null;
  };
  document.querySelectorAll("[data-place]").forEach((row) => {
    const ref = row.dataset.place;
    const select = row.querySelector("select");
    const minutes = row.querySelector("input[type=number]");
    row.querySelector("[data-quick]").hidden = false;
    fold(row);
    const more = row.querySelector("[data-more]");
    more.addEventListener("click", () => {
      if (more.dataset.open === undefined) more.dataset.open = "";
      else delete more.dataset.open;
      fold(row);
      if (more.dataset.open !== undefined) select.focus();
    });
    const choose = (code, given) => add("mark", ref, code, withMinutes.includes(code) ? given : null);
    row.querySelectorAll("[data-pick]").forEach((button) =>
      button.addEventListener("click", () => choose(button.dataset.pick, minutesNow(button.dataset.pick))),
    );
    select.addEventListener("change", () => select.value && choose(select.value, minutes.value || minutesNow(select.value)));
    minutes.addEventListener("change", () => select.value && choose(select.value, minutes.value));
  });
  document.querySelectorAll("[data-check]").forEach((row) => {
    row.querySelectorAll("input[type=radio]").forEach((radio) =>
      radio.addEventListener("change", () => add("answer", row.dataset.check, radio.value)),
    );
  });
  document.querySelectorAll("[data-step] input[type=checkbox]").forEach((box) =>
    box.addEventListener("change", () => {
      const ref = box.closest("[data-step]").dataset.step;
      if (box.checked) add("answer", ref, "done");
      else box.checked = true;
    }),
  );
  const save = document.querySelector("[data-save]");
  if (save) save.hidden = true;
  addEventListener("online", flush);
  document.querySelectorAll("[data-seen]:not([data-seen=''])").forEach((row) => {
    const { place: ref, check, seen: id, code, answer, minutes } = row.dataset;
    known[ref || check] = { id, value: ref ? code : answer, minutes, words: ref && row.querySelector("[data-state]").textContent.trim() };
  });
  restore().then(() => {
    restored = true;
    keep();
    queue.forEach(showPending);
    Object.keys(clashes).forEach(showClash);
    tell();
    flush();
    look();
    setInterval(look, POLL);
  });
})();
