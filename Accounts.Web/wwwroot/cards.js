// Keeps the cards still under a hand that is about to press, and the focus where it was.
(() => {
  const still = 1500;
  let touched = 0;
  let pressed = false;
  const touch = () => { touched = performance.now(); };
  for (const type of ["pointermove", "pointerup", "wheel", "scroll", "keydown"]) addEventListener(type, touch, { capture: true, passive: true });
  addEventListener("pointerdown", () => { pressed = true; touch(); }, { capture: true, passive: true });
  for (const type of ["pointerup", "pointercancel"]) addEventListener(type, () => { pressed = false; }, { capture: true, passive: true });
  // Of the window alone: when it is left, nothing tells of the letting go.
  addEventListener("blur", () => { pressed = false; });

  // A mouse that rests on a button is about to press it, however long it rests. On a touch screen nothing hovers.
  const hovers = matchMedia("(hover: hover)");
  const aims = () => hovers.matches && document.querySelector(".cards button:hover, .lines button:hover");

  // Comes back when what stands on the page may be moved.
  const quiet = () => new Promise(resolve => {
    const look = () => {
      const wait = pressed || aims() ? still : touched + still - performance.now();
      if (wait <= 0 || document.hidden) resolve();
      else setTimeout(look, Math.min(wait, 250));
    };
    look();
  });

  // A button that is gone takes the focus with it: it goes to the title of its card, or of the page.
  let last = null;
  let card = null;
  addEventListener("focusin", event => {
    if (event.target.closest("[role=dialog]")) return;
    last = event.target;
    card = last.closest("article");
  });
  new MutationObserver(() => {
    if (!last || last.isConnected || (document.activeElement && document.activeElement !== document.body)) return;
    const title = card?.isConnected ? card.querySelector("h2, h3") : document.querySelector("h1");
    last = null;
    title?.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true });

  window.accounts = { ...window.accounts, quiet };
})();
