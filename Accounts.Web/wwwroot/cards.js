// Keeps cards still while the user is about to press one, and restores the focus when its element is replaced.
(() => {
  const still = 1500;
  let touched = 0;
  let pressed = false;
  const touch = () => { touched = performance.now(); };
  for (const type of ["pointermove", "pointerup", "wheel", "scroll", "keydown"]) addEventListener(type, touch, { capture: true, passive: true });
  addEventListener("pointerdown", () => { pressed = true; touch(); }, { capture: true, passive: true });
  for (const type of ["pointerup", "pointercancel"]) addEventListener(type, () => { pressed = false; }, { capture: true, passive: true });
  // If you leave the window while pressing, the browser sends no release event. Other blur events don't matter.
  addEventListener("blur", () => { pressed = false; });

  // A mouse that rests on a button may press it at any time. Touch screens don't hover.
  const hovers = matchMedia("(hover: hover)");
  const aims = () => hovers.matches && document.querySelector("#devices :is(button, label):hover");

  // Resolves when the page may move its content.
  const quiet = () => new Promise(resolve => {
    const look = () => {
      const wait = pressed || aims() ? still : touched + still - performance.now();
      if (wait <= 0 || document.hidden) resolve();
      else setTimeout(look, Math.min(wait, 250));
    };
    look();
  });

  // Describes where the focus was without relying on the element. The circuit replaces the prerendered elements with its own.
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
    // Accept only the same button, not another one that took its place.
    return same && same.tagName === place.element.tagName && same.ariaLabel === place.element.ariaLabel && same.textContent === place.element.textContent ? same : null;
  };

  let last = null;
  addEventListener("focusin", event => {
    if (!event.target.closest("[role=dialog], [role=menu], [popover]")) last = placeOf(event.target);
  });
  // When a focused button disappears, focus its card's title or the page's heading. A closed menu or dialog returns the focus to its opener.
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

  // Escape leaves the selection unless it closes a dialog or menu above.
  addEventListener("keydown", event => {
    if (event.key === "Escape" && !document.querySelector("[role=dialog], .mud-popover-open")) document.querySelector("[data-leaves]")?.click();
  });

  window.accounts = { ...window.accounts, quiet };
})();
