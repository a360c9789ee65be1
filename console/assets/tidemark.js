// Keeps a page up to date: the server sends the parts that changed, and each takes the place of the one with its id. A page is whole without.
(() => {
  const address = document.body.dataset.live;
  if (!address || !window.EventSource) return;
  const mark = document.getElementById("stream");
  const announcer = document.getElementById("announcer");
  const soonest = 2000, latest = 60000; // milliseconds until it is asked for again
  let lost = false, wait = soonest;
  const follow = () => {
    const stream = new EventSource(address);
    stream.onopen = () => {
      lost = false;
      wait = soonest;
      if (mark) mark.textContent = "Live";
    };
    stream.onerror = () => {
      if (stream.readyState === EventSource.CLOSED) { // an answer that is no stream, as of a proxy whose server is away: the browser gives up
        setTimeout(follow, wait);
        wait = Math.min(2 * wait, latest);
      }
      if (lost || !mark) return;
      lost = true;
      mark.textContent = "Not live since " + new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    };
    stream.addEventListener("part", take);
  };
  const busy = (part) => {
    const active = document.activeElement;
    return part.contains(active) && /^(INPUT|SELECT|TEXTAREA)$/.test(active.tagName);
  };
  const take = (event) => {
    const { id, html } = JSON.parse(event.data);
    const part = document.getElementById("part-" + id);
    if (!part || busy(part)) return;
    const active = document.activeElement;
    const focused = part.contains(active) && active.dataset.key;
    const stage = part.querySelector("[data-stage]");
    const before = stage && stage.dataset.stage;
    part.innerHTML = html;
    if (focused) {
      const again = part.querySelector('[data-key="' + CSS.escape(focused) + '"]');
      if (again) again.focus();
    }
    const now = part.querySelector("[data-stage]");
    const after = now && now.dataset.stage;
    if (announcer && after && after !== before) announcer.textContent = after;
  };
  follow();
})();
