// Asks whether this browser is still signed in when the page cannot know by itself: its circuit is lost or never came up, or it comes back from the browser's memory.
(() => {
  const modal = document.getElementById("components-reconnect-modal");

  // What somebody has entered and not sent. A form that posts needs no circuit, so nothing takes it from them.
  const isEntered = field => ["checkbox", "radio"].includes(field.type) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
  const hasEntered = () => [...document.querySelectorAll("main form[method=post] input:not([name=theme])")].some(isEntered);

  // Loads the page again, or leaves that to whoever has entered something.
  const reload = () => {
    if (!hasEntered()) {
      // Nobody does this: it must not count as an act of theirs.
      document.cookie = "accounts-reloaded=1; max-age=10; path=/; samesite=strict";
      location.reload();
      return;
    }
    clearInterval(timer);
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = modal.dataset.reload;
    modal.querySelector("p").replaceChildren(`${modal.dataset.form} `, link);
  };

  const check = async lost => {
    try {
      const answer = await fetch("session/state", { cache: "no-store", redirect: "manual" });
      if (answer.status === 401) location.replace("signed-out");
      else if (lost && answer.ok) reload();
    } catch {
      // The server is out of reach; the next round asks again.
    }
  };

  let timer = 0;
  let since = null;

  // While nothing that is pressed would arrive, nothing can be pressed. A form that posts goes its own way.
  let focused = null;
  const hold = () => {
    focused ??= document.activeElement;
    for (const button of document.querySelectorAll("main :is(button, input, select):not(:disabled, form[method=post] *)")) {
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
    // The framework tries no further. Nothing here pauses a circuit, but any script on the page can.
    const given = /components-reconnect-(failed|rejected|paused|resume-failed)/.test(name);
    const lost = given || name.includes("components-reconnect-show");
    clearInterval(timer);
    document.documentElement.toggleAttribute("data-lost", lost);
    if (!lost) {
      since = null;
      release();
      return;
    }
    since ??= new Date();
    const said = document.querySelector("#devices") ? modal.dataset.list : modal.dataset.page;
    modal.querySelector("p").textContent = said.replace("{time}", since.toLocaleTimeString(navigator.language, { hour: "numeric", minute: "2-digit" }));
    hold();
    check(given);
    timer = setInterval(() => check(given), 2000);
  }).observe(modal, { attributeFilter: ["class"] });

  // A page whose session ends before its circuit is up is never told: as long as there is none, it asks.
  // After eight seconds the page says so.
  setInterval(() => {
    const watch = document.getElementById("session-watch");
    const waits = watch && !watch.querySelector("i");
    document.getElementById("not-live").hidden = !waits || performance.now() < 8000;
    if (waits) check(false);
  }, 2000);

  addEventListener("pageshow", event => {
    if (!event.persisted) return;
    if (hasEntered()) check(false);
    else location.reload();
  });
})();
