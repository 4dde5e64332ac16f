// Counts down to when something should be over. The moment itself stands beside it,
// and stays right without this. What is left is reckoned from the server's clock.
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const lang = document.documentElement.lang;

// left says how long is left: every second, or in whole minutes for readers who want
// nothing to move.
function left(seconds) {
  if (calm.matches) {
    return new Intl.NumberFormat(lang, { style: "unit", unit: "minute", unitDisplay: "long" }).format(Math.ceil(seconds / 60));
  }
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600), minutes = Math.floor(seconds / 60) % 60;
  return (hours ? hours + ":" + two(minutes) : minutes) + ":" + two(seconds % 60);
}

function count(box) {
  const [clock, news] = box.children;
  const began = Date.now();
  const whole = Date.parse(box.dataset.countdown) - Date.parse(box.dataset.now);
  box.hidden = false;
  const tick = () => {
    const seconds = Math.ceil((whole - (Date.now() - began)) / 1000);
    if (seconds <= 0) {
      clock.textContent = "";
      news.textContent = box.dataset.over; // said once
      return;
    }
    const text = box.dataset.left.replace("{time}", left(seconds));
    if (clock.textContent !== text) clock.textContent = text;
    setTimeout(tick, 1000 - (Date.now() - began) % 1000);
  };
  tick();
}

document.querySelectorAll("[data-countdown]").forEach(count);
