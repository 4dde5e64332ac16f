// Counts who is chosen in a list of people, and chooses everybody on the page
// without leaving it. Without this script the links do the same.
const form = document.querySelector("form[data-people]");
if (form) {
  const boxes = [...form.querySelectorAll('input[name="who"]')];
  const said = form.querySelector("[data-count]");
  const all = form.querySelector("a[data-all]");
  const count = () => {
    form.querySelector('input[name="all"]')?.remove();
    const n = boxes.filter((box) => box.checked).length;
    said.textContent = said.dataset.count.replace("{n}", n).replace("{total}", said.dataset.total);
  };
  boxes.forEach((box) => box.addEventListener("change", count));
  all?.addEventListener("click", (event) => {
    event.preventDefault();
    boxes.forEach((box) => { box.checked = true; });
    count();
  });
}
