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
  const aims = () => hovers.matches && document.querySelector("#devices :is(button, label):hover");

  // Comes back when what stands on the page may be moved.
  const quiet = () => new Promise(resolve => {
    const look = () => {
      const wait = pressed || aims() ? still : touched + still - performance.now();
      if (wait <= 0 || document.hidden) resolve();
      else setTimeout(look, Math.min(wait, 250));
    };
    look();
  });

  // Where the focus was, in words that outlive the element: the circuit puts its own in the place of those that the request has drawn.
  const parts = "a[href], button, input, select, [tabindex]";
  const placeOf = element => {
    const card = element.closest("[aria-labelledby^=session-]");
    const label = card?.getAttribute("aria-labelledby");
    const around = card ?? element.closest("main");
    return { element, label, nth: around ? [...around.querySelectorAll(parts)].indexOf(element) : -1, name: element.outerHTML };
  };
  const find = place => {
    const around = place.label ? document.querySelector(`[aria-labelledby="${place.label}"]`) : document.querySelector("main");
    const same = around?.querySelectorAll(parts)[place.nth];
    // The same button, not the one that has come into its place.
    return same && same.tagName === place.element.tagName && same.ariaLabel === place.element.ariaLabel && same.textContent === place.element.textContent ? same : null;
  };

  let last = null;
  addEventListener("focusin", event => {
    if (!event.target.closest("[role=dialog], [role=menu], [popover]")) last = placeOf(event.target);
  });
  // A button that is gone takes the focus with it: it goes to the title of its card, or of the page. A menu or a dialog that has closed gives it back.
  const restore = () => {
    if (!last || (document.activeElement && document.activeElement !== document.body) || document.querySelector("[role=dialog]")) return;
    if (last.element.isConnected) {
      if (wasOver) last.element.focus({ preventScroll: true });
      wasOver = false;
      return;
    }
    const title = last.label && document.getElementById(last.label);
    const next = find(last) ?? title ?? document.querySelector("h1");
    last = null;
    next?.focus({ preventScroll: true });
  };
  let wasOver = false;
  new MutationObserver(() => {
    wasOver ||= document.querySelector(".mud-popover-open [role=menu], [role=dialog]") !== null;
    restore();
  }).observe(document.body, { childList: true, subtree: true, attributeFilter: ["class"] });

  // Escape leaves the selection, unless it closes something that lies above it.
  addEventListener("keydown", event => {
    if (event.key === "Escape" && !document.querySelector("[role=dialog], .mud-popover-open")) document.querySelector("[data-leaves]")?.click();
  });

  window.accounts = { ...window.accounts, quiet };
})();
