// Shows times in the viewer's zone and language, keeps "… ago" current, and translates country names.
(() => {
  const language = navigator.language || document.documentElement.lang;
  // Creates formatters on first use. The first one takes longer than everything else here, and many pages show no time.
  const made = make => { let it; return { format: (...given) => (it ??= make()).format(...given) }; };
  const dates = options => made(() => new Intl.DateTimeFormat(language, options));
  // The viewer's 12- or 24-hour clock.
  const clock = dates({ hour: "numeric", minute: "2-digit" });
  const second = dates({ hour: "numeric", minute: "2-digit", second: "2-digit" });
  const day = dates({ day: "numeric", month: "short" });
  const year = dates({ day: "numeric", month: "short", year: "numeric" });
  const relative = made(() => new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" }));

  // The server's time, independent of this device's clock. It arrives with the page, and the monotonic clock advances it.
  const server = document.querySelector("meta[name=server-time]");
  let sent = Date.parse(server?.content);
  let arrived = performance.getEntriesByType("navigation")[0]?.responseStart || 0;
  const present = () => new Date(Number.isNaN(sent) ? Date.now() : sent + performance.now() - arrived);

  // The monotonic clock may stand still while the device sleeps, and the device's own clock goes on. When they differ, ask the server again.
  const jump = 10000;
  const ahead = () => Date.now() - performance.now();
  let known = ahead();
  const ask = async () => {
    if (Math.abs(ahead() - known) < jump) return;
    known = ahead();
    try {
      const answer = await fetch("session/state", { method: "HEAD", cache: "no-store", redirect: "manual" });
      const told = Date.parse(answer.headers.get("date"));
      if (Number.isNaN(told)) return;
      [sent, arrived] = [told, performance.now()];
      show();
    } catch {
      // The server is out of reach. Ask at the next round.
      known = NaN;
    }
  };

  const at = (time, now, clock) => {
    const days = Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(time).setHours(0, 0, 0, 0)) / 86400000);
    const date = days === 0 || days === 1 ? relative.format(-days, "day") : (time.getFullYear() === now.getFullYear() ? day : year).format(time);
    return clock ? `${date}, ${clock.format(time)}` : date;
  };
  const capital = text => text.charAt(0).toLocaleUpperCase(language) + text.slice(1);

  // The words around times come with the page, in the page's language.
  const words = server?.dataset ?? {};
  const fill = (text, parts) => text.replace(/{(\w+)}/g, (_, name) => parts[name]);

  const shown = {
    at: (time, now) => capital(at(time, now, clock)),
    on: (time, now) => at(time, now, clock),
    clock: (time, now) => time.toDateString() === now.toDateString() ? second.format(time) : at(time, now, second),
    ago: (time, now) => ago(time, now, words.activeNow),
    active: (time, now) => now - time < 60000 ? words.activeNow : fill(words.active, { time: ago(time, now, "") }),
    when: (time, now) => ago(time, now, words.justNow),
    time: time => clock.format(time),
    day: (time, now) => capital(at(time, now, null)),
    elapsed: (time, now) => elapsed(Math.max(0, Math.floor((now - time) / 60000))),
    minute: (time, now) => time.toDateString() === now.toDateString() ? clock.format(time) : at(time, now, clock),
  };

  const ago = (time, now, present) => {
    const seconds = (now - time) / 1000;
    if (seconds < 60) return present;
    if (seconds < 3600) return relative.format(-Math.floor(seconds / 60), "minute");
    if (seconds < 86400) return relative.format(-Math.floor(seconds / 3600), "hour");
    return relative.format(-Math.floor(seconds / 86400), "day");
  };

  const elapsed = minutes =>
    minutes < 1 ? words.noMinute
    : minutes < 60 ? fill(words.minutes, { minutes })
    : minutes < 1440 ? fill(words.hours, { hours: Math.floor(minutes / 60), minutes: minutes % 60 })
    : minutes % 1440 < 60 ? fill(words.days, { days: Math.floor(minutes / 1440) })
    : fill(words.daysHours, { days: Math.floor(minutes / 1440), hours: Math.floor(minutes % 1440 / 60) });

  // Without a name for the code in this language, the English name stays.
  let names;
  const country = code => {
    try {
      names ??= new Intl.DisplayNames(language, { type: "region", fallback: "none" });
      return names.of(code);
    } catch {
      return undefined;
    }
  };

  const show = () => {
    const now = present();
    for (const element of document.querySelectorAll("time[data-show]")) {
      const time = new Date(element.dateTime);
      const text = shown[element.dataset.show](time, now);
      element.toggleAttribute("data-now", text === words.activeNow);
      if (element.dataset.says !== text) {
        element.title = time.toLocaleString(language);
        element.dataset.says = text;
        element.textContent = text;
      }
    }
    for (const element of document.querySelectorAll("[data-country]")) {
      const name = country(element.dataset.country);
      if (name && element.dataset.says !== name) {
        element.lang = language;
        element.dataset.says = name;
        element.textContent = name;
      }
    }
  };

  // The server asks for the zone, because it decides where a day begins.
  window.viewerZone = () => ({ id: Intl.DateTimeFormat().resolvedOptions().timeZone, minutes: -new Date().getTimezoneOffset() });

  // The server asks for the names, because viewers search for the names that they see.
  window.viewerCountries = codes => Object.fromEntries(codes.map(code => [code, country(code) ?? ""]));

  window.accounts = { ...window.accounts, present };

  show();
  setInterval(() => {
    show();
    ask();
  }, 10000);
  new MutationObserver(show).observe(document.body, { childList: true, characterData: true, attributeFilter: ["datetime", "data-country"], subtree: true });
})();
