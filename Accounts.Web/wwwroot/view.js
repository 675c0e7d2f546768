// Counts down what is left of a view of support, and announces it: at five minutes and at one. When it is over, the server pushes the end.
(() => {
  const place = document.querySelector("[data-view-left]");
  if (!place) return;
  const end = Date.parse(place.dataset.viewLeft);
  const [shown, unit] = place.children;
  const status = document.getElementById("view-status");
  let announced = 0;

  const say = minutes => {
    const form = new Intl.PluralRules(document.documentElement.lang).select(minutes) === "one" ? "minutesOne" : "minutesOther";
    status.textContent = place.dataset[form].replace("{count}", minutes);
  };

  const tick = () => {
    const left = Math.max(0, Math.ceil((end - accounts.present()) / 1000));
    shown.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    unit.hidden = false;
    // A page that opens late in the view announces only what is left of it.
    for (const minutes of [1, 5]) {
      if (left > minutes * 60 || announced === minutes || (announced && announced < minutes)) continue;
      announced = minutes;
      say(minutes);
      break;
    }
  };

  tick();
  setInterval(tick, 1000);
})();
