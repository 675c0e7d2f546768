// Serves long tables: detects when they come near, keeps filters in the address, and closes dropdowns.
(() => {
  // Resolves when an element is less than one screen below the visible area.
  const near = element => new Promise(resolve => {
    new IntersectionObserver((entries, observer) => {
      if (!entries.some(entry => entry.isIntersecting)) return;
      observer.disconnect();
      resolve(true);
    }, { rootMargin: "0px 0px 100%" }).observe(element);
  });

  // Shows the section that the user came for.
  const reveal = heading => {
    heading.scrollIntoView();
    heading.focus({ preventScroll: true });
  };

  // Keeps other keys in the address. Browsers limit the rate of changes, so quick keystrokes become one change.
  let asked = null;
  let timer = 0;
  const write = () => {
    clearTimeout(timer);
    const { path, values } = asked ?? {};
    asked = null;
    if (path !== location.pathname) return;
    const query = new URLSearchParams(location.search);
    for (const [key, value] of Object.entries(values)) {
      query.delete(key);
      if (value !== null) query.append(key, value);
    }
    history.replaceState(history.state, "", location.pathname + (query.size ? `?${query}` : "") + location.hash);
  };
  const remember = (path, values) => {
    asked = { path, values: { ...(asked?.path === path ? asked.values : null), ...values } };
    clearTimeout(timer);
    timer = setTimeout(write, 200);
  };
  // Write before a click that may leave the page or follow an anchor.
  addEventListener("click", write, true);
  addEventListener("pagehide", write);

  const close = (drop, focus) => {
    drop.open = false;
    if (focus) drop.querySelector("summary").focus();
  };
  const open = () => document.querySelectorAll("details.drop[open]");
  addEventListener("click", event => {
    for (const drop of open()) {
      if (!drop.contains(event.target)) close(drop, false);
      else if (event.target.closest("[data-closes]")) close(drop, true);
    }
  });
  addEventListener("focusin", event => {
    for (const drop of open()) {
      if (!drop.contains(event.target)) close(drop, false);
    }
  });
  addEventListener("keydown", event => {
    if (event.key !== "Escape") return;
    for (const drop of open()) close(drop, true);
  });

  window.accounts = { ...window.accounts, near, reveal, remember };
})();
