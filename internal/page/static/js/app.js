// What every page gets beyond plain HTML. Nothing here is needed to get work
// done: without it the same forms and links do the same things.
import { forgetRecent, openPalette } from "./palette.js";
import "./session.js";
import "./countdown.js";
import "./offline.js";

const base = document.body.dataset.base || "";

// Nobody is signed in.
if (!document.querySelector("details.account")) forgetRecent();

// A receipt or a list of faults is where the reader should go on.
document.querySelector("[data-focus]")?.focus();

for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  const label = button.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}

// A form that was sent is not sent again by an impatient second click.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
});

// A choice whose form has nothing else to fill in is sent when it is made.
for (const select of document.querySelectorAll("select[data-go]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

// The menu of the account closes as people expect.
const account = document.querySelector("details.account");
document.addEventListener("click", (event) => {
  if (account?.open && !account.contains(event.target)) account.open = false;
});
account?.addEventListener("focusout", (event) => {
  if (event.relatedTarget && !account.contains(event.relatedTarget)) account.open = false;
});
account?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !account.open) return;
  account.open = false;
  account.querySelector("summary").focus();
});

const busy = (target) => target.closest("input, textarea, select, [contenteditable]");

// Single letters are shortcuts only for those who switched them on.
const places = { h: "/", l: "/licenses", u: "/users", s: "/status", a: "/audit", m: "/me" };
let before = "";
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    if (!document.querySelector("form.find")) return;
    event.preventDefault();
    openPalette(base);
    return;
  }
  if (document.documentElement.dataset.keys !== "on" || event.ctrlKey || event.metaKey || event.altKey || busy(event.target)) return;
  if (event.key === "?") location.assign(base + "/help#keys");
  if (event.key === "/") {
    event.preventDefault();
    document.getElementById("find")?.focus();
  }
  if (before === "g" && places[event.key]) location.assign(base + places[event.key]);
  before = event.key;
});
