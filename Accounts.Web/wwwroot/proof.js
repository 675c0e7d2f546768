// Proves that it is still the same person, where a dialog asks for it. The password goes by a request, because the answer brings the session's new key in a
// cookie. The first request with that key ends the old one, and with it the connection of this page, which comes back by itself; then the page goes on.
(() => {
  const modal = document.getElementById("components-reconnect-modal");

  // Comes back when the connection has been lost and found; at once, nearly, if it is not lost at all.
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

  // Null if it is proved; otherwise what to say.
  const prove = async form => {
    const body = new URLSearchParams(new FormData(form));
    const token = document.querySelector("#account-menu input[type=hidden]");
    body.set(token.name, token.value);
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    if (answer.status === 401) location.replace("signed-out");
    else if (answer.status === 204) {
      const back = watchConnection();
      await fetch("session/state", { cache: "no-store", redirect: "manual" });
      await back;
      return null;
    }
    return answer.headers.get("content-type")?.startsWith("text/plain") ? await answer.text() : form.dataset.failed;
  };

  // One at a time in this browser: of two answers that cross, the cookie would keep the wrong one.
  const inTurn = work => navigator.locks ? navigator.locks.request("accounts-proof", work) : work();

  document.addEventListener("submit", async event => {
    const form = event.target;
    if (!form.matches("form.proof")) return;
    event.preventDefault();
    if (form.ariaBusy === "true") return;

    const password = form.querySelector("[name=password]");
    const problem = form.querySelector("[role=alert] span");
    problem.textContent = password.value ? "" : form.dataset.empty;
    if (!password.value) {
      password.focus();
      return;
    }
    form.ariaBusy = "true";
    let said = form.dataset.failed;
    try {
      said = await inTurn(() => prove(form));
    } catch {
      // The answer may be lost with the new key in it. The old one goes on for a minute: time for another try.
    }
    form.ariaBusy = "false";
    password.value = "";
    password.classList.toggle("invalid", said !== null);
    password.ariaInvalid = said === null ? null : "true";
    if (said === null) form.querySelector("[data-proved]").click();
    else {
      problem.textContent = said;
      password.focus();
    }
  });
})();
