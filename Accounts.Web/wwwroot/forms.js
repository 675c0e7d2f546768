// Improves posted forms. They work without scripts.
(() => {
  // A refused form continues at its first invalid field.
  document.querySelector("main form [aria-invalid=true]")?.focus();

  // A refusal or a failure can answer without the form. When you open it again, it holds what you entered, except passwords and codes. So no box comes back
  // ticked that you had cleared.
  const kept = "accounts-entered";
  const fieldsOf = form => form.querySelectorAll("input:not([type=hidden], [type=password], [autocomplete=one-time-code], [hidden])");
  const keep = form => {
    const entered = [...fieldsOf(form)].map(({ name, value, checked }) => ({ name, value, checked }));
    try {
      sessionStorage.setItem(kept, JSON.stringify({ path: location.pathname, entered }));
    } catch {
      // The browser stores nothing for this site.
    }
  };
  const restore = () => {
    let last = null;
    const forms = [...document.querySelectorAll("main form[method=post]")];
    try {
      last = JSON.parse(sessionStorage.getItem(kept));
      if (last?.path !== location.pathname || forms.length > 0) sessionStorage.removeItem(kept);
    } catch {
      return;
    }
    // An answer holds what the server received.
    if (last?.path !== location.pathname || "posted" in document.documentElement.dataset) return;
    for (const field of forms.flatMap(form => [...fieldsOf(form)])) {
      const before = last.entered.find(({ name }) => name === field.name);
      if (before && field.type === "checkbox") field.checked = before.checked;
      else if (before && field.type !== "radio") field.value = before.value;
    }
  };
  restore();
  // A link may change the page without loading it.
  addEventListener("load", () => window.Blazor?.addEventListener("enhancedload", restore));

  // Submit a form only once: a second response would start a second session. Allow another try after ten seconds without a response.
  document.addEventListener("submit", event => {
    const form = event.target;
    if (form.method !== "post" || form.matches(".proof")) return;
    if (form.ariaBusy === "true") event.preventDefault();
    else {
      form.ariaBusy = "true";
      if (form.closest("main")) keep(form);
      setTimeout(() => { form.ariaBusy = null; }, 10000);
    }
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[aria-busy=true]")) form.ariaBusy = null;
  });

  // Shows a new password's length while you type. It counts characters of the normal form, as the server does.
  const invisible = /[\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB\u{1D159}\u{13430}-\u{1343F}]/gu;
  const visible = text => text.replace(invisible, "").normalize();
  document.addEventListener("input", event => {
    const field = event.target;
    const rule = field.id && document.querySelector(`[data-rule="${field.id}"]`);
    if (!rule) return;
    const left = rule.dataset.least - [...visible(field.value)].length;
    const [shown, said] = rule.querySelectorAll("span");
    shown.textContent = left > 0 ? rule.dataset.short.replace("{left}", left) : rule.dataset.met;
    if (left <= 0 !== rule.classList.contains("met")) said.textContent = left > 0 ? rule.dataset.saysShort : rule.dataset.saysMet;
    rule.classList.toggle("met", left <= 0);
    rule.hidden = false;
    // The last submission's message doesn't apply to the new input.
    const hint = document.getElementById(`${field.id}-hint`);
    if (hint) hint.hidden = true;
    document.querySelector(`#${field.id}-problem span`).textContent = "";
    field.classList.remove("invalid");
    field.ariaInvalid = null;
  });

  // In Development only: fills in a demo account.
  document.addEventListener("click", event => {
    const account = event.target.closest?.("[data-fills]");
    if (!account) return;
    document.getElementById("email").value = account.dataset.fills;
    document.getElementById("password").value = account.dataset.password;
    document.querySelector("main form [type=submit]").focus();
  });
})();
