// Serves the shared components: introduces dialogs, positions menus and shows passwords.
(() => {
  // MudBlazor names the dialog. This adds its description and focuses the next field or button.
  const introduce = content => {
    const dialog = content.closest("[role=dialog]");
    const said = content.firstElementChild;
    if (said) {
      said.id ||= "dialog-says";
      dialog.setAttribute("aria-describedby", said.id);
    }
    (dialog.querySelector("input:not([hidden])") ?? dialog.querySelector("button:not([hidden])"))?.focus();
  };

  // Makes a menu that another button opened accept arrow keys, as if its own button had opened it.
  // MudBlazor gives the menu its place in the next frame. Until then, focus would scroll to where the menu was open before.
  const enterMenu = () => requestAnimationFrame(() => requestAnimationFrame(() => {
    const list = document.querySelector(".mud-popover-open [role=menu]")?.parentElement;
    list?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
  }));

  // Finds a button's lower right corner on the page. A key press carries no position.
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
  // Hide passwords before submit, so browsers and password managers never handle them as plain text.
  document.addEventListener("submit", event => {
    for (const button of event.target.querySelectorAll("button[data-shows][aria-pressed=true]")) {
      document.getElementById(button.dataset.shows).type = "password";
      button.ariaPressed = "false";
    }
  }, true);

  window.accounts = { ...window.accounts, introduce, enterMenu, cornerOf };
})();
