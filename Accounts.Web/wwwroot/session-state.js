// Asks whether this browser is still signed in when the page cannot know by itself: its circuit is lost, or it comes back from the browser's memory.
(() => {
  const check = async lost => {
    try {
      const answer = await fetch("session/state", { cache: "no-store", redirect: "manual" });
      if (answer.status === 401) location.replace("signed-out");
      else if (lost && answer.ok) location.reload();
    } catch {
      // The server is out of reach; the next round asks again.
    }
  };

  const modal = document.getElementById("components-reconnect-modal");
  let timer = 0;
  new MutationObserver(() => {
    const name = modal.className;
    const given = name.includes("components-reconnect-failed") || name.includes("components-reconnect-rejected");
    const lost = given || name.includes("components-reconnect-show");
    clearInterval(timer);
    if (!lost) return;
    check(given);
    timer = setInterval(() => check(given), 2000);
  }).observe(modal, { attributeFilter: ["class"] });

  addEventListener("pageshow", event => { if (event.persisted) location.reload(); });
})();
