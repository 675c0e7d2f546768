// Asks again who you are inside a dialog. Password and code travel by request, because the response sets the session's new key in a cookie. The
// first request with the new key retires the old one and closes this page's connection. The page reconnects by itself and continues.
(() => {
  const modal = document.getElementById("components-reconnect-modal");

  // Resolves after the connection is lost and found again. Also resolves if it isn't lost within two seconds.
  const watchConnection = () => {
    let lost = false;
    return new Promise(resolve => {
      const end = () => { observer.disconnect(); resolve(); };
      const observer = new MutationObserver(() => {
        const up = modal.classList.contains("components-reconnect-hide");
        if (up && lost) end();
        lost ||= !up;
      });
      observer.observe(modal, { attributeFilter: ["class"] });
      setTimeout(() => { if (!lost) end(); }, 2000);
    });
  };

  const useNewKey = async () => {
    const back = watchConnection();
    await fetch("session/state", { cache: "no-store", redirect: "manual" });
    await back;
  };

  // Returns null on success; otherwise the problem to show.
  const post = async (form, address, body) => {
    const token = document.querySelector("#account-menu input[type=hidden]");
    body.set(token.name, token.value);
    const answer = await fetch(address, { method: "POST", body, redirect: "manual" });
    if (answer.status === 401) location.replace("signed-out");
    else if (answer.status === 204) return null;
    return answer.headers.get("content-type")?.startsWith("text/plain") ? await answer.text() : form.dataset.failed;
  };

  const prove = async form => {
    const problem = await post(form, form.action, new URLSearchParams(new FormData(form)));
    if (problem === null) await useNewKey();
    return problem;
  };

  // Run one proof at a time in this browser. If two responses cross, the cookie could keep the wrong key.
  const inTurn = work => navigator.locks ? navigator.locks.request("accounts-proof", work) : work();

  document.addEventListener("passkey-proved", async event => {
    try {
      await inTurn(useNewKey);
    } catch {
      // The server didn't answer. The action does, or says why not.
    }
    event.target.querySelector("[data-proved]").click();
  });

  // Sends a code by email, and shows the field for it.
  document.addEventListener("click", async event => {
    const button = event.target.closest?.("[data-email-code] > button");
    if (!button || button.ariaBusy === "true") return;
    const [form, part] = [button.closest("form"), button.parentElement];
    button.ariaBusy = "true";
    let problem = form.dataset.failed;
    try {
      problem = await post(form, "session/email-code", new URLSearchParams());
    } catch {
      // The server didn't answer.
    }
    button.ariaBusy = "false";
    part.querySelector(":scope > .wrong span").textContent = problem ?? "";
    if (problem !== null) return;
    part.querySelector(":scope > div").hidden = false;
    part.querySelector("input").focus();
  });

  document.addEventListener("submit", async event => {
    const form = event.target;
    if (!form.matches("form.proof")) return;
    event.preventDefault();
    if (form.ariaBusy === "true") return;

    // One factor is enough. What is wrong stands at the first one that was given.
    const fields = [...form.querySelectorAll("[name=password], [name=code], [name=emailCode]")];
    const given = fields.filter(field => field.value.trim());
    const field = given[0] ?? fields[0];
    const problems = fields.map(one => form.querySelector(`#${one.id}-problem span`));
    const problem = problems[fields.indexOf(field)];
    for (const other of problems) other.textContent = "";
    if (given.length === 0) {
      problem.textContent = form.dataset.empty;
      field.focus();
      return;
    }
    form.ariaBusy = "true";
    let said = form.dataset.failed;
    try {
      said = await inTurn(() => prove(form));
    } catch {
      // The response may be lost, and the new key with it. The old key works for another minute, so the user can try again.
    }
    form.ariaBusy = "false";
    for (const one of fields) {
      const wrong = said !== null && one === field;
      one.value = "";
      one.classList.toggle("invalid", wrong);
      one.ariaInvalid = wrong ? "true" : null;
    }
    if (said === null) form.querySelector("[data-proved]").click();
    else {
      problem.textContent = said;
      field.focus();
    }
  });
})();
