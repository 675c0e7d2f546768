// Copies the value of a button's data-copy, and reports the result in the next element.
(() => {
  // Browsers offer no clipboard over plain http, except on localhost. Fall back to selecting the text and the older copy command.
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
