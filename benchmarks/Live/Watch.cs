using Accounts.Core.Users;

namespace Accounts.Benchmarks.Live;

/// <summary>What is waited for on an open dashboard.</summary>
internal enum Sight
{
    /// <summary>A card that was not there before.</summary>
    NewCard,

    /// <summary>Another number in "Pages visited".</summary>
    AnotherPage,

    /// <summary>A certain title.</summary>
    Title,

    /// <summary>The card of a session that has ended: it can be terminated no more, or is gone.</summary>
    Ended,
}

/// <summary>Waits on somebody's open dashboard until something is to be seen, and says when: told by the browser at the change of the document, not found by looking again and again.</summary>
internal sealed class Watch
{
    /// <summary>The page's own eyes. They find things as a screen reader would: cards by their labels, facts by their names.</summary>
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

    /// <summary>Begins to watch; what is waited for must not be there yet.</summary>
    public static async Task<Watch> BeginAsync(Person person, Sight sight, SessionId? session = null, string value = "")
    {
        await person.Page.EvaluateAsync(Script, new[] { sight.ToString(), session?.ToString() ?? "none", value });
        return new Watch(person);
    }

    /// <returns>When it was there, in milliseconds of the wall clock.</returns>
    public Task<double> SeenAsync() => _person.Page.EvaluateAsync<double>("window.benchmark.seen");
}
