// Asks the browser for passkeys: to sign in, to prove who you are again, and to add one. The server's questions and the answers travel by request.
(() => {
  const key = window.PublicKeyCredential;
  const can = Boolean(key?.parseRequestOptionsFromJSON && key.parseCreationOptionsFromJSON && navigator.credentials);
  // A question lasts for five minutes, and a page may stay open for longer.
  const renewal = 4 * 60 * 1000;

  // What a page says about a problem; null for one that the user caused by cancelling.
  class Said extends Error {}

  const tokenOn = () => document.querySelector("#account-menu input[type=hidden], main form input[name=__RequestVerificationToken]");

  const post = async (path, otherwise, fields = {}) => {
    const token = tokenOn();
    const body = new URLSearchParams({ ...fields, [token.name]: token.value });
    const answer = await fetch(path, { method: "POST", body, redirect: "manual" });
    if (answer.ok) return answer;
    if (answer.status === 401) location.replace("signed-out");
    const text = answer.headers.get("content-type")?.startsWith("text/plain") ? await answer.text() : otherwise;
    throw new Said(text);
  };

  const get = async (path, otherwise, fields, settings) => {
    const { id, options } = await (await post(`${path}/options`, otherwise)).json();
    const publicKey = key.parseRequestOptionsFromJSON(options);
    const credential = await navigator.credentials.get({ publicKey, ...settings });
    return post(path, otherwise, { id, credential: JSON.stringify(credential.toJSON()), ...fields() });
  };

  const problemOf = (failure, data) => {
    if (failure instanceof Said) return failure.message;
    // The user cancelled, or the browser gave up for them.
    if (failure.name === "NotAllowedError" || failure.name === "AbortError") return "";
    if (failure.name === "InvalidStateError") return data.exists ?? data.failed;
    // The server's own failure is a TypeError of fetch.
    return failure instanceof TypeError ? data.failed : data.cannot ?? data.failed;
  };

  const say = (place, text) => {
    if (!place) return;
    place.querySelector("span").textContent = text;
    if (place.classList.contains("notice")) place.hidden = !text;
  };

  const once = (button, place, data, work) => {
    let busy = false;
    button.addEventListener("click", async event => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      say(place, "");
      try {
        await work();
      } catch (failure) {
        say(place, problemOf(failure, data));
      }
      busy = false;
    });
  };

  // The sign-in page. A browser that can also offers passkeys in the email field, without a button.
  const signIn = async way => {
    const form = document.querySelector("main form");
    const fields = () => ({ remember: form.querySelector("[type=checkbox]")?.checked === true, returnUrl: way.dataset.returnUrl ?? "" });
    const enter = async settings => {
      const answer = await get("sign-in/passkey", way.dataset.failed, fields, settings);
      location.assign(await answer.text());
    };
    let waiting = null;
    const offer = async () => {
      const mine = waiting = new AbortController();
      const timer = setTimeout(() => renew(), renewal);
      let picked = false;
      const fieldsOnce = () => {
        picked = true;
        clearTimeout(timer);
        return fields();
      };
      try {
        const answer = await get("sign-in/passkey", way.dataset.failed, fieldsOnce, { mediation: "conditional", signal: mine.signal });
        location.assign(await answer.text());
      } catch (failure) {
        clearTimeout(timer);
        // A question that nobody answered says nothing. After a wrong answer, ask again.
        if (!picked) return;
        say(way.querySelector("[role=alert]"), problemOf(failure, way.dataset));
        if (failure instanceof Said) offer();
      }
    };
    const renew = () => {
      if (document.visibilityState === "hidden") {
        document.addEventListener("visibilitychange", renew, { once: true });
        return;
      }
      waiting?.abort();
      offer();
    };
    way.hidden = false;
    const conditional = await key.isConditionalMediationAvailable?.();
    once(way.querySelector("button"), way.querySelector("[role=alert]"), way.dataset, async () => {
      waiting?.abort();
      try {
        await enter({});
      } finally {
        if (conditional) offer();
      }
    });
    if (conditional) offer();
  };

  // The page that adds a passkey.
  const add = way => {
    const place = way.querySelector("[role=alert]");
    if (!can) {
      say(place, way.dataset.cannot);
      return;
    }
    once(way.querySelector("button"), place, way.dataset, async () => {
      const { id, options } = await (await post("session/new-passkey/options", way.dataset.failed)).json();
      const credential = await navigator.credentials.create({ publicKey: key.parseCreationOptionsFromJSON(options) });
      const answer = await post("session/new-passkey", way.dataset.failed, { id, credential: JSON.stringify(credential.toJSON()) });
      location.assign(await answer.text());
    });
  };

  // A form that asks who you are: a dialog's, which goes on by itself (proof.js), or a page's.
  document.addEventListener("click", async event => {
    const form = event.target.closest?.("[data-passkey-proof]")?.closest("form");
    if (!form || form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    const place = form.querySelector("[role=alert]");
    say(place, "");
    try {
      await get("session/passkey", form.dataset.failed, () => ({}));
      if (form.matches(".proof")) form.dispatchEvent(new CustomEvent("passkey-proved", { bubbles: true }));
      // Not reload(): the page may be the answer to a form.
      else location.replace(location.href.split("#")[0]);
    } catch (failure) {
      say(place, problemOf(failure, form.dataset));
    }
    form.ariaBusy = "false";
  });

  const start = () => {
    document.documentElement.classList.toggle("has-passkeys", can);
    const adding = document.querySelector("[data-passkey-add]:not([data-ready])");
    if (adding) {
      adding.dataset.ready = "";
      add(adding);
    }
  };
  start();
  const way = document.querySelector("[data-passkey-sign-in]");
  if (way && can) signIn(way);
  // A link may change the page without loading it.
  addEventListener("load", () => window.Blazor?.addEventListener("enhancedload", start));
})();
