// Says so while the browser has no connection. Nothing is taken from the page: forms
// can be sent as before, and what was typed stays.
const text = document.body.dataset.offline;
let strip;

function say() {
  if (navigator.onLine) {
    strip?.remove();
    strip = undefined;
    return;
  }
  if (strip) return;
  strip = document.createElement("p");
  strip.className = "strip grey";
  strip.setAttribute("role", "status");
  document.querySelector("header.top").before(strip);
  strip.textContent = text; // after it is there, so that it is read out
}

addEventListener("offline", say);
addEventListener("online", say);
say();
