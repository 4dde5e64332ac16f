// Choosing who gives up a license: the count follows every tick. What counts is
// decided by the server when the form is sent.
const form = document.querySelector("form[data-free]");
const count = document.getElementById("count");

if (form && count) {
  const over = Number(form.dataset.over);
  const apart = Number(form.dataset.apart);
  const tell = () => {
    const chosen = apart + form.querySelectorAll("input[name=p]:checked").length;
    const left = Math.max(0, over - chosen);
    const text = left > 0 ? count.dataset.some : count.dataset.done;
    count.textContent = text.replace("{chosen}", chosen).replace("{left}", left);
  };
  form.addEventListener("change", (event) => {
    // Whoever says what is to be done with somebody has chosen the person.
    if (event.target.matches("select[name^='do-']")) {
      const box = event.target.closest("tr").querySelector("input[name=p]");
      if (box) box.checked = true;
    }
    tell();
  });
}

// A box that stands alone in its form is sent when it is ticked.
for (const box of document.querySelectorAll("input[data-submit]")) {
  box.addEventListener("change", () => box.form.requestSubmit());
}
