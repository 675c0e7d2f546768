using Accounts.Core.Callers;

namespace Accounts.Benchmarks.Live;

/// <summary>The change to wait for on an open dashboard.</summary>
internal enum Sight
{
    /// <summary>A new card.</summary>
    NewCard,

    /// <summary>A new number in "Pages visited".</summary>
    AnotherPage,

    /// <summary>A given title.</summary>
    Title,

    /// <summary>An ended session's card, without a Terminate button or removed.</summary>
    Ended,
}

/// <summary>Waits for a change on a user's open dashboard and reports its time.</summary>
/// <remarks>The browser reports the document's change; nothing polls for it.</remarks>
internal sealed class Watch
{
    /// <summary>The script in the page. It finds things like a screen reader: cards by their labels, facts by their names.</summary>
    private const string Script = """
        ([sight, id, value]) => {
          const cards = () => [...document.querySelectorAll('[aria-labelledby^=session-]')];
          const card = () => cards().find(a => a.getAttribute('aria-labelledby').includes(id));
          const title = () => document.getElementById(card()?.getAttribute('aria-labelledby').split(' ')[0])?.textContent.trim();
          const pages = () => card()?.textContent.match(/\S+ pages? visited/)?.[0];
          const known = new Set(cards().map(a => a.getAttribute('aria-labelledby')));
          if (sight !== 'NewCard' && !card()) throw new Error('There is no card to watch.');
          const before = pages();
          const seen = {
            NewCard: () => cards().some(a => !known.has(a.getAttribute('aria-labelledby'))),
            AnotherPage: () => pages() !== undefined && pages() !== before,
            Title: () => title() === value,
            Ended: () => !card() || ![...card().querySelectorAll('button')].some(b => /terminate$/i.test(b.textContent.trim())),
          }[sight];
          if (seen()) throw new Error('It is to be seen already.');
          window.benchmark.seen = new Promise((resolve, reject) => {
            const late = setTimeout(() => { observer.disconnect(); reject(new Error(`${sight} was not seen within 10 seconds.`)); }, 10000);
            const observer = new MutationObserver(() => {
              if (!seen()) return;
              observer.disconnect();
              clearTimeout(late);
              resolve(performance.timeOrigin + performance.now());
            });
            observer.observe(document.body, { childList: true, characterData: true, subtree: true });
          });
          window.benchmark.seen.catch(() => {});
        }
        """;

    private readonly Person _person;

    private Watch(Person person) => _person = person;

    /// <summary>Starts to watch. The change must not be there yet.</summary>
    public static async Task<Watch> BeginAsync(Person person, Sight sight, SessionId? session = null, string value = "")
    {
        await person.Page.EvaluateAsync(Script, new[] { sight.ToString(), session?.ToString() ?? "none", value });
        return new Watch(person);
    }

    /// <returns>When the change was visible, in milliseconds of the wall clock.</returns>
    public Task<double> SeenAsync() => _person.Page.EvaluateAsync<double>("window.benchmark.seen");
}
