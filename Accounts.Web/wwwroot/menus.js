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
// The account menu is static. When the user's name or email changes while the page is open, this shows the new one.
window.accounts = {
  ...window.accounts,
  identify(name, email, initials) {
    for (const [part, text] of [["b", name], ["small", email]])
      for (const place of document.querySelectorAll(`.me .who ${part}, .menu-who ${part}`)) place.textContent = text;
    document.querySelector(".me .avatar").textContent = initials;
  },
};
