// The palette: find people and licenses, go to a page, start something. It asks
// the search page for the same results in JSON, so it never shows what the
// reader may not do, and it only ever leads to pages.

let dialog;

export function openPalette(base) {
  if (!dialog) dialog = build(base);
  if (dialog.open) return;
  dialog.returnTo = document.activeElement;
  dialog.showModal();
  const input = dialog.querySelector("input");
  input.value = "";
  input.dispatchEvent(new Event("input"));
}

const recentKey = "pott-recent";

function recent() {
  try {
    return JSON.parse(localStorage.getItem(recentKey)) || [];
  } catch {
    return [];
  }
}

// On a machine that several share, what one of them looked for is nothing for the next.
export function forgetRecent() {
  try {
    localStorage.removeItem(recentKey);
  } catch { /* it keeps nothing anyway */ }
}

function remember(item, base) {
  try {
    const others = recent().filter((r) => r.path !== item.path || r.base !== base);
    localStorage.setItem(recentKey, JSON.stringify([{ ...item, base }, ...others].slice(0, 6)));
  } catch { /* a browser may keep nothing */ }
}

function build(base) {
  const find = document.getElementById("find");
  const made = document.createElement("dialog");
  made.className = "palette";
  made.setAttribute("aria-label", find.placeholder);
  const input = document.createElement("input");
  Object.assign(input, { type: "text", autocomplete: "off", spellcheck: false, placeholder: find.placeholder, maxLength: 200 });
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-label", find.placeholder);
  input.setAttribute("aria-expanded", "true");
  input.setAttribute("aria-controls", "palette-list");
  input.setAttribute("aria-autocomplete", "list");
  const list = document.createElement("div");
  list.id = "palette-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", find.placeholder);
  made.append(input, list);
  document.body.append(made);

  let asked = 0;
  let timer;
  let waits = false; // what the list shows is not yet what was typed
  let entered = false; // Enter was pressed meanwhile
  const enter = () => {
    const chosen = list.querySelector("[role=option][aria-selected=true]");
    if (chosen) go(chosen, base);
    else location.assign(base + "/search?q=" + encodeURIComponent(input.value));
  };
  const show = async () => {
    const number = ++asked;
    const text = input.value.trim();
    const parts = await results(base, text).catch(() => null);
    if (number !== asked) return;
    waits = false;
    if (parts) fill(list, input, parts);
    else list.replaceChildren();
    if (entered) enter();
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    asked++;
    waits = true;
    entered = false;
    timer = setTimeout(show, input.value ? 60 : 0);
  });
  input.addEventListener("keydown", (event) => {
    const options = [...list.querySelectorAll("[role=option]")];
    const at = options.findIndex((o) => o.getAttribute("aria-selected") === "true");
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps && options.length) {
      event.preventDefault();
      choose(input, options, (at + steps[event.key] + options.length) % options.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (waits) entered = true;
      else enter();
    }
  });
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) go(option, base);
  });
  made.addEventListener("click", (event) => {
    if (event.target === made) made.close();
  });
  made.addEventListener("close", () => made.returnTo?.focus());
  return made;
}

async function results(base, text) {
  const answer = await fetch(base + "/search.json?q=" + encodeURIComponent(text), { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  const { recent: title, parts, none } = await answer.json();
  const own = recent().filter((r) => r.base === base);
  if (!text && own.length) parts.unshift({ title, items: own });
  return { parts, none };
}

function fill(list, input, { parts, none }) {
  list.replaceChildren();
  let number = 0;
  for (const part of parts) {
    const group = document.createElement("div");
    group.setAttribute("role", "group");
    const head = document.createElement("div");
    head.className = "part";
    head.id = "palette-part-" + number;
    head.textContent = part.title;
    group.setAttribute("aria-labelledby", head.id);
    group.append(head);
    for (const item of part.items) {
      const option = document.createElement("div");
      option.id = "palette-" + number++;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.path = item.path;
      const name = document.createElement("span");
      name.textContent = item.text;
      if (item.lang) name.lang = item.lang;
      const more = document.createElement("span");
      more.className = "muted";
      more.textContent = item.more || "";
      option.append(name, more);
      group.append(option);
    }
    list.append(group);
  }
  const options = [...list.querySelectorAll("[role=option]")];
  if (!options.length) {
    const empty = document.createElement("p");
    empty.className = "none";
    empty.textContent = none;
    list.append(empty);
  }
  choose(input, options, 0);
}

function choose(input, options, at) {
  input.removeAttribute("aria-activedescendant");
  options.forEach((option, i) => {
    option.setAttribute("aria-selected", String(i === at));
    if (i !== at) return;
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  });
}

function go(option, base) {
  const [name, more] = option.children;
  remember({ text: name.textContent, more: more.textContent, path: option.dataset.path }, base);
  location.assign(base + option.dataset.path);
}
