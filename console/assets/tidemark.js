// Keeps a page up to date: the server sends the parts that changed, and each takes the place of the one with its id. A page is whole without.
(() => {
  const address = document.body.dataset.live;
  if (!address || !window.EventSource) return;
  const mark = document.getElementById("stream");
  const announcer = document.getElementById("announcer");
  const stream = new EventSource(address);
  let lost = false;
  stream.onopen = () => {
    lost = false;
    if (mark) mark.textContent = "Live";
  };
  stream.onerror = () => {
    if (lost || !mark) return;
    lost = true;
    mark.textContent = "Not live since " + new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  };
  const busy = (part) => {
    const active = document.activeElement;
    return part.contains(active) && /^(INPUT|SELECT|TEXTAREA)$/.test(active.tagName);
  };
  stream.addEventListener("part", (event) => {
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
  });
})();
