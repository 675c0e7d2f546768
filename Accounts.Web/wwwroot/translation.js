// Lets the browser translate a page that changes. A translation replaces each text by an element, but the circuit still changes and removes the text.
// This keeps the text beside its translation, empty. When the page changes or removes the text, the translation goes.
(() => {
  const translations = new Map();

  const settle = (text, content) => {
    const { element } = translations.get(text);
    translations.delete(text);
    element.remove();
    if (content !== undefined) text.data = content;
  };

  const observer = new MutationObserver(records => {
    for (const { type, target, addedNodes, removedNodes, previousSibling, nextSibling } of records) {
      if (type === "characterData") {
        // The page wrote a new text.
        if (translations.has(target)) settle(target);
        continue;
      }
      for (const node of removedNodes) {
        if (node.isConnected) continue;
        if (translations.has(node)) settle(node);
        else if (node.nodeType === Node.TEXT_NODE) {
          const element = [...addedNodes, previousSibling, nextSibling].find(other => other?.nodeName === "FONT" && other.isConnected);
          if (!element) continue;
          translations.set(node, { element, content: node.data });
          node.data = "";
          element.before(node);
        }
      }
      // The user asked for the original again. The browser put the text back, or only removed the translation.
      for (const [text, { element, content }] of translations) {
        if (!element.isConnected && text.isConnected) settle(text, text.data || content);
      }
    }
    // These were the changes of this script.
    observer.takeRecords();
  });
  observer.observe(document.body, { childList: true, characterData: true, subtree: true });
})();
