// Says at the button of a menu whether the menu is open. Opening, closing and giving the focus back are the browser's own.
document.addEventListener("beforetoggle", event => {
  for (const button of document.querySelectorAll(`[aria-expanded][popovertarget="${event.target.id}"]`))
    button.setAttribute("aria-expanded", event.newState === "open");
}, true);
