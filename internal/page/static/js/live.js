// Tells of new notifications without moving anything: a line says how many there
// are, and only the button shows them. One connection serves all open pages of a
// browser; where it cannot be kept, the server is asked every half minute.
const live = document.querySelector("[data-live]");
if (live) start(live);

function start(live) {
  const base = document.body.dataset.base || "";
  const path = base + "/status/live";
  const line = live.querySelector("[data-line]");
  const show = live.querySelector("[data-show]");
  const pause = live.querySelector("[data-pause]");
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("pott-live" + base) : null;
  let after = live.dataset.live;
  let paused = false;
  let source = null;
  let timer = 0;

  function tell(note) {
    if (paused) return;
    if (!note.new) {
      show.hidden = true;
      return;
    }
    if (line.textContent !== note.text) line.textContent = note.text;
    show.textContent = note.show;
    show.hidden = false;
  }

  async function ask() {
    try {
      const answer = await fetch(`${path}.json?after=${after}`, { headers: { Accept: "application/json" } });
      if (answer.ok) tell(await answer.json());
    } catch { /* asked again in half a minute */ }
  }

  function open() {
    source = new EventSource(`${path}?after=${after}`);
    source.onmessage = (event) => {
      const note = JSON.parse(event.data);
      tell(note);
      channel?.postMessage({ after, note });
    };
    source.onerror = () => {
      if (source?.readyState === EventSource.CLOSED) poll();
    };
  }

  function poll() {
    clearInterval(timer);
    timer = setInterval(() => { if (!paused) ask(); }, 30000);
  }

  function follow() {
    if (!("EventSource" in window)) return poll();
    if (!channel || !navigator.locks) return open();
    // Others listen to whoever holds the lock; when that page closes, the next one does.
    navigator.locks.request("pott-live" + base, () => new Promise(() => open()));
    poll();
  }

  if (channel) channel.onmessage = (event) => { if (event.data.after === after) tell(event.data.note); };

  show.addEventListener("click", async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const from = fresh.querySelector("[data-events]");
    const to = document.querySelector("[data-events]");
    if (!from || !to) return location.reload();
    to.replaceWith(from);
    after = fresh.querySelector("[data-live]")?.dataset.live ?? after;
    show.hidden = true;
    line.textContent = "";
    pause.focus();
    if (source) {
      source.close();
      open();
    }
  });

  pause.hidden = false;
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    pause.textContent = paused ? pause.dataset.go : pause.dataset.stop;
    if (!paused) ask();
  });
  follow();
}
