// Keeps aria-expanded in step on menu buttons. The browser opens and closes menus and returns the focus.
document.addEventListener("beforetoggle", event => {
  for (const button of document.querySelectorAll(`[aria-expanded][popovertarget="${event.target.id}"]`))
    button.setAttribute("aria-expanded", event.newState === "open");
}, true);
// A link that opens a menu can name the entry to focus.
let meant = null;
document.addEventListener("click", event => { meant = event.target.closest?.("[popovertarget][data-focus]")?.dataset.focus ?? null; }, true);
document.addEventListener("toggle", event => {
  if (event.newState === "open" && meant) document.getElementById(meant)?.focus();
  meant = null;
}, true);
