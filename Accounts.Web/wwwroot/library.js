// The component library's script is fetched when a dialog first opens, not with the page. Until then these stand in for the two functions that
// the dialog calls; the library replaces them when it arrives.
(() => {
  const source = document.currentScript.dataset.library;
  let loaded;
  const library = () => loaded ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = () => resolve(window.Radzen);
    script.onerror = () => { loaded = undefined; script.remove(); reject(new Error("The component library could not be loaded.")); };
    document.head.append(script);
  });
  window.Radzen = {
    openDialog: async (...given) => (await library()).openDialog(...given),
    closeDialog: async (...given) => loaded && (await library()).closeDialog(...given),
  };
})();
