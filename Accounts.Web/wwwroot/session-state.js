// Asks the server whether this browser is still signed in when the page can't know. That happens when its circuit is lost or never started, or when
// the browser restores the page from memory.
(() => {
  const modal = document.getElementById("components-reconnect-modal");

  // Finds fields with unsent input. Posted forms need no circuit, so the user can still send them. Only proofs do (proof.js).
  const isEntered = field => ["checkbox", "radio"].includes(field.type) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
  // A refused form holds what the user has sent.
  const isAnswer = () => "posted" in document.documentElement.dataset;
  const isRefused = () => isAnswer() && document.querySelector("main form[method=post]") && !document.querySelector("main .notice.fine");
  const hasEntered = () => isRefused() || [...document.querySelectorAll("main form[method=post]:not(.proof) input:not([name=theme])")].some(isEntered);
  // A reload would send an answered form again.
  const load = () => isAnswer() ? location.replace(location.href.split("#")[0]) : location.reload();

  // Finds input that is lost with the circuit: what the user typed in a dialog, and the selected sessions.
  const typed = new WeakSet();
  document.addEventListener("input", event => typed.add(event.target), true);
  const findLoose = () => [
    ...[...document.querySelectorAll("[role=dialog] :not([aria-busy=true]) > .field input")].filter(field => typed.has(field) && field.value),
    ...document.querySelectorAll("main input[type=checkbox]:checked:not(form *)"),
  ];

  // Reloads the page, unless the user has unsent input. Then the user decides.
  const reload = () => {
    const entered = hasEntered();
    if (!entered && findLoose().length === 0) {
      // The page reloads by itself, so the server must not count it as the user's activity.
      document.cookie = "__Host-accounts-reloaded=1; max-age=10; path=/; secure; samesite=strict";
      load();
      return;
    }
    const words = modal.querySelector("p");
    if (words.querySelector("a")) return;
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = modal.dataset.reload;
    words.replaceChildren(`${entered ? modal.dataset.form : modal.dataset.input} `, link);
  };

  const check = async lost => {
    try {
      const answer = await fetch("session/state", { cache: "no-store", redirect: "manual" });
      if (answer.status === 401) location.replace("signed-out");
      else if (lost && answer.ok) reload();
    } catch {
      // The server is out of reach. The next round asks again.
    }
  };

  // An address with an anchor, or the framework's own navigation, wouldn't load the page again.
  for (const bar of document.querySelectorAll(".reconnect")) {
    bar.addEventListener("click", event => {
      if (!event.target.closest("a")) return;
      event.preventDefault();
      load();
    });
  }

  let timer = 0;
  let since = null;
  let loose = null;

  // A circuit that returns from its stored state renders the page again, without such input. Tell the user, unless they have gone on meanwhile.
  const watchLoose = fields => {
    if (fields.length === 0) return;
    const bar = document.getElementById("input-lost");
    const end = () => {
      observer.disconnect();
      for (const type of ["pointerdown", "keydown"]) removeEventListener(type, end, true);
    };
    const look = () => {
      if (fields.some(field => field.isConnected)) return;
      end();
      bar.hidden = false;
      addEventListener("click", () => { bar.hidden = true; }, { capture: true, once: true });
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { childList: true, subtree: true });
    for (const type of ["pointerdown", "keydown"]) addEventListener(type, end, true);
    look();
  };

  // While the circuit is lost, disable the controls that need it. Posted forms still work. proof.js presses its own button when the circuit is back.
  let focused = null;
  const hold = () => {
    focused ??= document.activeElement;
    const kept = "form[method=post]:not(.proof) *, [data-proved]";
    for (const button of document.querySelectorAll(`main :is(button, input, select):not(:disabled, ${kept})`)) {
      button.disabled = true;
      button.dataset.held = "";
    }
  };
  const release = () => {
    for (const button of document.querySelectorAll("[data-held]")) {
      button.disabled = false;
      delete button.dataset.held;
    }
    if (focused?.isConnected && document.activeElement === document.body) focused.focus({ preventScroll: true });
    focused = null;
  };

  new MutationObserver(() => {
    const name = modal.className;
    // The framework has stopped trying. Nothing here pauses a circuit, but any script on the page can.
    const given = /components-reconnect-(failed|rejected|paused|resume-failed)/.test(name);
    const lost = given || name.includes("components-reconnect-show");
    clearInterval(timer);
    document.documentElement.toggleAttribute("data-lost", lost);
    if (!lost) {
      since = null;
      release();
      watchLoose(loose ?? []);
      loose = null;
      return;
    }
    since ??= accounts.present();
    loose ??= findLoose();
    const said = document.querySelector("#devices") ? modal.dataset.list : modal.dataset.page;
    modal.querySelector("p").textContent = said.replace("{time}", since.toLocaleTimeString(navigator.language, { hour: "numeric", minute: "2-digit" }));
    hold();
    check(given);
    timer = setInterval(() => check(given), 2000);
  }).observe(modal, { attributeFilter: ["class"] });

  // No circuit means no push, so the page asks whether its session has ended.
  setInterval(() => {
    const watch = document.getElementById("session-watch");
    if (watch && !watch.querySelector("i")) check(false);
  }, 2000);

  addEventListener("pageshow", event => {
    if (!event.persisted) return;
    if (!hasEntered()) load();
    else if (document.getElementById("session-watch")) check(false);
  });
})();
