// What the shared parts of the pages need: the beginning of a dialog, the focus after its end, passwords that are shown.
(() => {
  // MudBlazor gives a dialog its name; what it says and where to go on are told here.
  const introduce = content => {
    const dialog = content.closest("[role=dialog]");
    const said = content.firstElementChild;
    said.id ||= "dialog-says";
    dialog.setAttribute("aria-describedby", said.id);
    (dialog.querySelector("input:not([hidden])") ?? dialog.querySelector("button:not([hidden])"))?.focus();
  };

  // A menu that is opened from elsewhere than its own button learns here that it can be walked by keys: as if the first one had been pressed.
  const enterMenu = () => {
    const list = document.querySelector(".mud-popover-open [role=menu]")?.parentElement;
    list?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
  };

  // Where the lower right corner of a button is on the page. A key that presses it says nothing of that.
  const cornerOf = id => {
    const { right, bottom } = document.getElementById(id).getBoundingClientRect();
    return { x: right + scrollX, y: bottom + scrollY };
  };

  document.addEventListener("click", event => {
    const button = event.target.closest?.("button[data-shows]");
    if (!button) return;
    const field = document.getElementById(button.dataset.shows);
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.ariaPressed = String(shown);
  });
  // Nobody sends, and no password manager keeps, a password as a plain text.
  document.addEventListener("submit", event => {
    for (const button of event.target.querySelectorAll("button[data-shows][aria-pressed=true]")) {
      document.getElementById(button.dataset.shows).type = "password";
      button.ariaPressed = "false";
    }
  }, true);

  window.accounts = { ...window.accounts, introduce, enterMenu, cornerOf };
})();
