// Applies a light or dark choice immediately. Other open tabs follow when they become visible. The server reads the same cookie, so pages arrive in
// the right colors. Without scripts the form posts the choice.
(() => {
  const root = document.documentElement;
  const shown = () => document.cookie.match(/(?:^|; )accounts-theme=(light|dark)(?:;|$)/)?.[1] ?? "";
  const apply = () => {
    const theme = shown();
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    document.querySelector("meta[name=color-scheme]").content = theme || "light dark";
    // The browser's own bars have one color for light systems and one for dark.
    const bars = [...document.querySelectorAll("meta[name=theme-color]")];
    const chosen = theme && bars.find(bar => bar.media.includes(theme));
    for (const bar of bars) bar.content = (chosen || bar).dataset.own;
    for (const choice of document.querySelectorAll("input[name=theme]")) choice.checked = choice.value === theme;
  };

  document.addEventListener("change", event => {
    if (event.target.name !== "theme") return;
    const { value } = event.target;
    document.cookie = `accounts-theme=${value}; path=/; samesite=lax; max-age=${value ? 34560000 : 0}${location.protocol === "https:" ? "; secure" : ""}`;
    apply();
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) apply(); });
})();
