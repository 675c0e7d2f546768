// Says at the button of a menu whether the menu is open. Opening, closing and giving the focus back are the browser's own.
document.addEventListener("beforetoggle", event => {
  for (const button of document.querySelectorAll(`[aria-expanded][popovertarget="${event.target.id}"]`))
    button.setAttribute("aria-expanded", event.newState === "open");
}, true);
// Words that open a menu can name the entry that they mean.
let meant = null;
document.addEventListener("click", event => { meant = event.target.closest?.("[popovertarget][data-focus]")?.dataset.focus ?? null; }, true);
document.addEventListener("toggle", event => {
  if (event.newState === "open" && meant) document.getElementById(meant)?.focus();
  meant = null;
}, true);
