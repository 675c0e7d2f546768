using Microsoft.Playwright;

namespace Accounts.Stage;

/// <summary>What is wrong with a page as it is drawn.</summary>
internal static class PageCheck
{
    /// <summary>What the product is called, and the people, programs and networks of the tests. Nothing of it is translated.</summary>
    private static readonly string[] Names =
    [
        "Accounts", "Ada", "Lovelace", "AL", "Sam", "Keller", "SK", "Root", "Admin", "RA", "demo", "Passphrase",
        "Chrome", "Chromium", "Safari", "Firefox", "Edge", "Opera", "Samsung", "Internet", "Mosaic", "Radio", "Work", "laptop",
        "Windows", "macOS", "iOS", "iPadOS", "Android", "ChromeOS", "Linux", "Ubuntu", "iPhone", "iPad", "Pixel", "Mac",
        "DB", "IP", "Geolocation", "by", "Lite", "June", "CC", "BY", "https", "http", "KnownProxies", "Network", "appsettings", "json",
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];

    /// <summary>What reaches over the window's edge: the page itself, and whatever doesn't stand in something that scrolls.</summary>
    public static async Task<IReadOnlyList<string>> FindOverflowAsync(IPage page) => await page.EvaluateAsync<string[]>("""
        () => {
          const found = [];
          const { scrollWidth, clientWidth } = document.documentElement;
          const scrolls = one => {
            for (let up = one.parentElement; up && up !== document.body; up = up.parentElement)
              if (/auto|scroll|hidden/.test(getComputedStyle(up).overflowX)) return true;
            return false;
          };
          const outside = [...document.querySelectorAll("body *")].filter(one => {
            const box = one.getBoundingClientRect();
            return box.width > 1 && (box.right > clientWidth + 1 || (box.left < -1 && box.right > 0))
              && one.checkVisibility({ visibilityProperty: true }) && !one.closest(".vh, .skip") && !scrolls(one);
          });
          if (scrollWidth > clientWidth) found.push(`the page is ${scrollWidth} wide in ${clientWidth}`);
          for (const one of outside) {
            const text = (one.ariaLabel ?? one.textContent).trim().slice(0, 40);
            const right = Math.round(one.getBoundingClientRect().right);
            found.push(`${one.tagName}.${one.getAttribute("class")} "${text}" reaches to ${right}`);
          }
          return found;
        }
        """);

    /// <summary>Texts that something cuts off without the three dots that say so, or that run out of their button, label or cell.</summary>
    public static async Task<IReadOnlyList<string>> FindCutAsync(IPage page) => await page.EvaluateAsync<string[]>("""
        () => {
          const found = [];
          const outside = (text, box) => text.left < box.left - 1 || text.right > box.right + 1;
          for (const one of document.querySelectorAll("main *, nav *, [role=dialog] *")) {
            const texts = [...one.childNodes].filter(child => child.nodeType === 3 && child.data.trim());
            if (texts.length === 0 || one.closest(".vh, .skip, svg, option, [inert]") || !one.checkVisibility({ visibilityProperty: true })) continue;
            const range = document.createRange();
            range.setStartBefore(texts[0]);
            range.setEndAfter(texts.at(-1));
            const text = range.getBoundingClientRect();
            let dotted = false;
            let cuts = one;
            for (; cuts && cuts !== document.body; cuts = cuts.parentElement) {
              const style = getComputedStyle(cuts);
              dotted ||= style.textOverflow === "ellipsis";
              if (/auto|scroll/.test(style.overflowX)) { cuts = null; break; }
              if (/hidden|clip/.test(style.overflowX)) break;
            }
            if (dotted) continue;
            const holder = one.closest("button, .mud-button-root, .chip, .badge, .mud-chip, td, th, label");
            // Hidden from sight, and there for screen readers.
            if (cuts && cuts !== document.body && cuts.clientWidth <= 1) continue;
            const edge = cuts && cuts !== document.body && outside(text, cuts.getBoundingClientRect()) ? "is cut off"
              : holder && getComputedStyle(holder).display !== "contents" && outside(text, holder.getBoundingClientRect())
              ? `runs out of its ${holder.tagName}` : null;
            if (edge) found.push(`${one.tagName}.${one.getAttribute("class")} "${one.textContent.trim().slice(0, 40)}" ${edge}`);
          }
          return found;
        }
        """);

    /// <summary>
    /// Words without accents on a page in the <see cref="PseudoLanguage"/>, which are no names: texts that aren't in the resources.
    /// </summary>
    public static async Task<IReadOnlyList<string>> FindPlainAsync(IPage page) => await page.EvaluateAsync<string[]>("""
        names => {
          const known = new Set(names);
          const words = text => text
            .replace(/\S+@\S+/g, "")
            .replace(/\b[\da-f]{8}-[\da-f-]{27}\b|\([\da-f]{7}\)/gi, "")
            .replace(/\b[\da-f]*[.:][\da-f.:x]+\b|::\S*/gi, "")
            .match(/[A-Za-z]+/g)?.filter(word => !known.has(word)) ?? [];
          const found = [];
          const look = (where, text) => { if (text && words(text).length > 0) found.push(`${where}: "${text.trim()}"`); };
          look("title", document.title);
          for (const one of document.querySelectorAll("meta[name=description]")) look("description", one.content);
          for (const one of document.querySelectorAll("body *")) {
            // Times and countries are the browser's words, code is nobody's.
            if (one.closest("script, style, noscript, time, [data-country], code")) continue;
            for (const name of ["aria-label", "title", "placeholder", "alt"])
              if (!one.querySelector("[data-country]")) look(`${one.tagName} ${name}`, one.getAttribute(name));
            for (const child of one.childNodes) if (child.nodeType === 3) look(one.tagName, child.data);
          }
          return found;
        }
        """, Names);
}
