// Two minutes before a session ends for want of use, the page says so and offers
// to stay. Nothing that was typed is lost either way.
const { until, ending, stay } = document.body.dataset;
const early = 2 * 60 * 1000;
let timer;

function wait(end) {
  clearTimeout(timer);
  const left = end - Date.now() - early;
  if (left > -early && left < 2 ** 31) timer = setTimeout(warn, Math.max(left, 0));
}

function warn() {
  const box = document.createElement("section");
  box.className = "banner warn";
  box.setAttribute("role", "alert");
  const said = document.createElement("p");
  said.textContent = ending;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = stay;
  button.addEventListener("click", async () => {
    const answer = await fetch((document.body.dataset.base || "") + "/signin/stay.json").catch(() => null);
    if (!answer?.ok) return;
    const end = Date.parse((await answer.json()).until);
    if (end - Date.now() <= early) return; // it has lasted as long as any may, and the page goes on saying so
    box.remove();
    wait(end);
  });
  box.append(said, button);
  document.getElementById("main").before(box);
}

if (until) wait(Date.parse(until));
