// Copies what a button with data-copy names, and says so in the element beside it.
(() => {
  // Where the clipboard is not to be had (plain http on another host than localhost), the older way: select a text and ask the browser to copy it.
  const copyBySelection = text => {
    const area = document.createElement("textarea");
    area.value = text;
    area.readOnly = true;
    area.className = "off-screen";
    document.body.append(area);
    area.select();
    try {
      return document.execCommand("copy");
    } finally {
      area.remove();
    }
  };

  const copy = async text => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copyBySelection(text);
    }
  };

  document.addEventListener("click", async event => {
    const button = event.target.closest?.("button[data-copy]");
    if (!button) return;
    const said = button.nextElementSibling;
    said.textContent = "";
    const copied = await copy(button.dataset.copy);
    button.focus();
    said.textContent = copied ? button.dataset.copied : button.dataset.failed;
    clearTimeout(said.timer);
    said.timer = setTimeout(() => said.textContent = "", 4000);
  });
})();
