// What forms that post need in the browser. They work without it.
(() => {
  // A form that was refused goes on at the first field that is wrong.
  document.querySelector("main form [aria-invalid=true]")?.focus();

  // Two presses send it once: a second answer would bring a second session. After ten seconds without an answer it can be sent again.
  document.addEventListener("submit", event => {
    const form = event.target;
    if (form.method !== "post" || form.matches(".proof")) return;
    if (form.ariaBusy === "true") event.preventDefault();
    else {
      form.ariaBusy = "true";
      setTimeout(() => { form.ariaBusy = null; }, 10000);
    }
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[aria-busy=true]")) form.ariaBusy = null;
  });

  // The length of a new password, as it grows. In characters, as the server counts them.
  document.addEventListener("input", event => {
    const field = event.target;
    const rule = field.id && document.querySelector(`[data-rule="${field.id}"]`);
    if (!rule) return;
    const left = rule.dataset.least - [...field.value].length;
    const [shown, said] = rule.querySelectorAll("span");
    shown.textContent = left > 0 ? rule.dataset.short.replace("{left}", left) : rule.dataset.met;
    if (left <= 0 !== rule.classList.contains("met")) said.textContent = left > 0 ? rule.dataset.saysShort : rule.dataset.saysMet;
    rule.classList.toggle("met", left <= 0);
    rule.hidden = false;
    // What was said of the last try is not about this one.
    const hint = document.getElementById(`${field.id}-hint`);
    if (hint) hint.hidden = true;
    document.querySelector(`#${field.id}-problem span`).textContent = "";
    field.classList.remove("invalid");
    field.ariaInvalid = null;
  });

  // In Development: an account to try the product with.
  document.addEventListener("click", event => {
    const account = event.target.closest?.("[data-fills]");
    if (!account) return;
    document.getElementById("email").value = account.dataset.fills;
    document.getElementById("password").value = account.dataset.password;
    document.querySelector("main form [type=submit]").focus();
  });
})();
