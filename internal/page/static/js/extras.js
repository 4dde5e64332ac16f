// Ticking an extra ticks what it needs and says so; unticking one that others
// need asks about them first. The server does the same with what is sent.
const list = new Intl.ListFormat(document.documentElement.lang, { type: "conjunction" });
const form = document.querySelector("form[data-plans]");
const say = form?.querySelector("[data-extras-status]");

const box = (item) => item.querySelector(":scope > .tick > input");
const label = (item) => item.querySelector(":scope > .tick > label").textContent.trim();
const above = (item) => item.parentElement.closest(".tree > li");
const said = (group, key, n) => (n === 1 ? group.dataset[key + "One"] : group.dataset[key]);
const fill = (text, names) => text.replace(/\{(\w+)\}/g, (whole, key) => names[key] ?? whole);

function tell(text) {
  say.textContent = "";
  requestAnimationFrame(() => { say.textContent = text; });
}

// parents ticks everything an extra needs and returns the names of what was not
// ticked before.
function parents(item) {
  const added = [];
  for (let up = above(item); up; up = above(up)) {
    if (box(up).checked) continue;
    box(up).checked = true;
    added.unshift(label(up));
  }
  return added;
}

function ask(group, item, others) {
  group.querySelector(".ask")?.remove();
  const question = document.createElement("div");
  question.className = "ask";
  question.setAttribute("role", "group");
  const text = document.createElement("p");
  text.textContent = fill(said(group, "also", others.length), { parent: label(item), children: list.format(others.map(label)), all: others.length + 1 });
  const yes = document.createElement("button");
  const no = document.createElement("button");
  yes.type = no.type = "button";
  yes.textContent = fill(group.dataset.remove, { all: others.length + 1 });
  no.textContent = group.dataset.keep;
  const end = (remove) => {
    if (remove) for (const i of [item, ...others]) box(i).checked = false;
    question.remove();
    box(item).focus();
  };
  yes.addEventListener("click", () => end(true));
  no.addEventListener("click", () => end(false));
  question.append(text, yes, no);
  item.querySelector(":scope > .tick").after(question);
  yes.focus();
  tell(text.textContent);
}

for (const group of form?.querySelectorAll("[data-extras]") ?? []) {
  group.addEventListener("change", (event) => {
    const item = event.target.closest(".tree > li");
    if (!item) return;
    if (event.target.dataset.locked !== undefined) {
      event.target.checked = true;
      tell(item.querySelector(".hint").textContent.trim());
      return;
    }
    if (event.target.checked) {
      const added = parents(item);
      tell(added.length ? fill(said(group, "added", added.length), { child: label(item), parents: list.format(added) }) : "");
      return;
    }
    const others = [...item.querySelectorAll(".tree > li")].filter((below) => box(below).checked && box(below).dataset.locked === undefined);
    if (!others.length) return;
    event.target.checked = true;
    ask(group, item, others);
  });
}
