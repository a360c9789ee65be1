// A page is whole without what is here.

// What a form would do is worked out anew while it is filled in. Until that is there, what stands on the page is marked as old.
(() => {
  const form = document.querySelector("form[data-would]");
  if (!form) return;
  const would = document.getElementById(form.dataset.would), old = document.getElementById("would-old");
  const pause = 400; // milliseconds after the last key
  let waiting, round = 0;
  const mark = (is) => {
    would.classList.toggle("old", is);
    if (old) old.hidden = !is;
  };
  // What is wrong with the fields stands at each, as the server says it; what is typed stays.
  const mend = (from) => {
    for (const one of form.querySelectorAll(".wrong")) one.remove();
    for (const field of form.querySelectorAll("[aria-invalid]")) {
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
    }
    for (const one of from.querySelectorAll("form[data-would] .wrong")) {
      const name = one.id.replace(/-wrong$/, ""), field = form.elements[name];
      if (!field) continue;
      const input = field instanceof RadioNodeList ? field[0] : field;
      input.closest("label").after(one);
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", one.id);
    }
  };
  const refresh = async () => {
    const mine = ++round;
    try {
      const answer = await fetch(form.getAttribute("action") + "?" + new URLSearchParams(new FormData(form)));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const newest = page.getElementById(would.id);
      if (mine !== round || !answer.ok || !newest) return;
      would.innerHTML = newest.innerHTML;
      mend(page);
      mark(false);
    } catch { /* the server is away: what stands there stays marked */ }
  };
  form.addEventListener("input", () => {
    mark(true);
    round++;
    clearTimeout(waiting);
    waiting = setTimeout(refresh, pause);
  });
})();

// A field of a time zone offers those that the browser knows.
(() => {
  const list = document.getElementById("zones");
  if (!list || !Intl.supportedValuesOf) return;
  for (const zone of ["UTC", ...Intl.supportedValuesOf("timeZone")]) list.append(new Option(zone, zone));
})();

// Keeps a page up to date: the server sends the parts that changed, and each takes the place of the one with its id.
(() => {
  const address = document.body.dataset.live;
  if (!address || !window.EventSource) return;
  const mark = document.getElementById("stream");
  const away = document.getElementById("away");
  const announcer = document.getElementById("announcer");
  const soonest = 2000, latest = 60000; // milliseconds until it is asked for again
  let lost = false, wait = soonest;
  const live = () => {
    lost = false;
    if (mark) mark.textContent = "Live";
    if (away) away.hidden = true;
  };
  const notLive = () => {
    if (lost || !mark) return;
    lost = true;
    const since = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
    mark.textContent = "Not live since " + since;
    if (away) {
      away.querySelector(".reason").textContent = "Since " + since + " by this machine's clock. What is shown may be old.";
      away.hidden = false;
    }
  };
  const follow = () => {
    const stream = new EventSource(address);
    stream.onopen = () => {
      wait = soonest;
      live();
    };
    stream.onerror = () => {
      if (stream.readyState === EventSource.CLOSED) { // an answer that is no stream, as of a proxy whose server is away: the browser gives up
        setTimeout(follow, wait);
        wait = Math.min(2 * wait, latest);
      }
      notLive();
    };
    stream.addEventListener("stale", notLive); // the ledger does not answer the server
    stream.addEventListener("fresh", live);
    stream.addEventListener("part", take);
  };
  const busy = (part) => {
    const active = document.activeElement;
    return part.contains(active) && /^(INPUT|SELECT|TEXTAREA)$/.test(active.tagName) && active.type !== "checkbox";
  };
  // What has a key is found again in what takes its place: the focus, what was opened and chosen, and how far it was scrolled sideways.
  const keyed = (part, key) => part.querySelector('[data-key="' + CSS.escape(key) + '"]');
  const take = (event) => {
    const { id, html } = JSON.parse(event.data);
    const part = document.getElementById("part-" + id);
    if (!part || busy(part)) return;
    const active = document.activeElement;
    const focused = part.contains(active) && part !== active;
    const opened = [...part.querySelectorAll("details[open] > summary[data-key]")].map((e) => e.dataset.key);
    const chosen = [...part.querySelectorAll("input[data-key]:checked")].map((e) => e.dataset.key);
    const scrolled = [...part.querySelectorAll("[data-key]")].filter((e) => e.scrollLeft).map((e) => [e.dataset.key, e.scrollLeft]);
    const stage = part.querySelector("[data-stage]");
    const before = stage && stage.dataset.stage;
    part.innerHTML = html;
    for (const newest of part.querySelectorAll("[data-newest]")) { // what the page shows is not offered
      newest.hidden = !!document.querySelector('[data-shows="' + CSS.escape(newest.dataset.newest) + '"]');
    }
    for (const key of opened) {
      const again = keyed(part, key);
      if (again) again.parentElement.open = true;
    }
    for (const key of chosen) {
      const again = keyed(part, key);
      if (again) again.checked = true;
    }
    for (const [key, left] of scrolled) {
      const again = keyed(part, key);
      if (again) again.scrollLeft = left;
    }
    if (focused) {
      const again = active.dataset.key && keyed(part, active.dataset.key);
      if (again) again.focus({ preventScroll: true });
      if (!again || document.activeElement !== again) { // it is gone, or off: who uses the keyboard goes on from the part
        part.tabIndex = -1;
        part.focus({ preventScroll: true });
      }
    }
    const now = part.querySelector("[data-stage]");
    const after = now && now.dataset.stage;
    if (announcer && after && after !== before) announcer.textContent = after;
  };
  follow();
})();
