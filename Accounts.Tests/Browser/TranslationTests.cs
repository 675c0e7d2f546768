using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>A browser that translates a page replaces its texts, now and whenever they change. The page goes on as before.</summary>
[Collection(BrowserTests.Name)]
public sealed class TranslationTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    // Chromium's translation wraps each text in two elements of its own, and takes the text away. It keeps doing so.
    private const string Translation = """
        (() => {
          const translate = root => {
            const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
            const texts = [];
            while (walker.nextNode()) {
              const text = walker.currentNode;
              if (text.data.trim() && !text.parentElement?.closest("script, style, font")) texts.push(text);
            }
            for (const text of texts) {
              const [outer, inner] = [document.createElement("font"), document.createElement("font")];
              inner.textContent = text.data;
              outer.append(inner);
              text.replaceWith(outer);
              outer.original = text;
            }
          };
          const observer = new MutationObserver(() => translate(document.body));
          const watch = () => observer.observe(document.body, { childList: true, characterData: true, subtree: true });
          translate(document.body);
          watch();
          window.untranslate = () => {
            observer.disconnect();
            for (const font of document.querySelectorAll("font:has(> font)")) font.replaceWith(font.original);
          };
        })()
        """;

    [Fact]
    public async Task A_translated_Session_manager_goes_on()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await Assertions.Expect(owner.Page.GetByText("You're only signed in here.")).ToBeVisibleAsync();
        await TranslateAsync(owner);

        await using var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        await owner.WaitForCardsAsync(2);
        await Assertions.Expect(owner.Page.GetByText("2 sessions. Updates live.")).ToBeVisibleAsync();
        await Assertions.Expect(owner.Page.Locator("nav .count [aria-hidden]")).ToHaveTextAsync("2");
        await owner.RenameAsync(owner.Cards.Last, "Old phone");
        await owner.OpenMenuAsync(owner.Cards.Last);
        await owner.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Details" }).ClickAsync();
        await Assertions.Expect(owner.Dialog).ToContainTextAsync("Signed in with");
        await owner.ConfirmAsync("Close");
        await Assertions.Expect(owner.Dialog).ToHaveCountAsync(0);
        await owner.TerminateAsync("Old phone");
        await phone.WaitForSignedOutAsync();
        await owner.WaitForCardsAsync(1);
        await Assertions.Expect(owner.Page.GetByText("You're only signed in here.")).ToBeVisibleAsync();
        await CheckAsync(owner);
    }

    [Fact]
    public async Task Translated_tools_selection_and_history_go_on()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        var phones = await site.StartSessionsAsync(Ada, 6, Visitor.Phone);
        await owner.OpenAsync("/settings/sessions?history=shown");
        var rows = owner.Page.Locator(".history tbody tr");
        await Assertions.Expect(rows).ToHaveCountAsync(7);
        await TranslateAsync(owner);

        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Select", Exact = true }).ClickAsync();
        await owner.Cards.Nth(1).GetByRole(AriaRole.Checkbox).CheckAsync();
        await Assertions.Expect(owner.Page.Locator(".bar [role=status]")).ToHaveTextAsync("1 selected");
        await owner.Cards.Nth(2).GetByRole(AriaRole.Checkbox).CheckAsync();
        await Assertions.Expect(owner.Page.Locator(".bar [role=status]")).ToHaveTextAsync("2 selected");
        await owner.PressAsync("Stop selecting");
        await owner.Page.GetByLabel("Search sessions").FillAsync("nowhere");
        await owner.Page.Locator(".none").GetByRole(AriaRole.Button).ClickAsync();

        var status = owner.Page.Locator(".history .pager p");
        await Assertions.Expect(status).ToHaveTextAsync("1–7 of 7");
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Ended" }).ClickAsync();
        await Assertions.Expect(status).ToHaveTextAsync("No matches.");
        var caller = (await site.Get<SessionAuthenticator>().FindLiveAsync(await site.FindSessionIdAsync(owner)))!.ToCaller();
        await site.Get<SessionService>().TerminateAsync(caller, phones[0]);
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        await Assertions.Expect(rows).ToContainTextAsync("Terminated");
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Device", Exact = true }).ClickAsync();
        await Assertions.Expect(owner.Page.Locator(".history th").First).ToHaveTextAsync("Device↑");
        await CheckAsync(owner);
    }

    [Fact]
    public async Task A_translated_audit_log_and_its_original_go_on()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await owner.OpenAsync("/settings/audit");
        var (rows, status) = (owner.Page.Locator(".events tbody tr"), owner.Page.Locator(".pager p"));
        await Assertions.Expect(status).ToHaveTextAsync("1–2 of 2");
        await TranslateAsync(owner);

        using var phone = await site.SignInAsync(Ada, Visitor.Phone);
        await Assertions.Expect(status).ToHaveTextAsync("1–3 of 3");
        await Assertions.Expect(rows).ToHaveCountAsync(3);
        await rows.First.GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(4);
        await rows.First.GetByRole(AriaRole.Button).ClickAsync();
        await owner.Page.GetByLabel("Device, location or IP address").FillAsync("nowhere at all");
        await Assertions.Expect(status).ToHaveTextAsync("No matches.");
        await owner.Page.Locator(".pager").GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(3);

        // "Show original"
        await owner.Page.EvaluateAsync("window.untranslate()");
        await Assertions.Expect(owner.Page.Locator("font")).ToHaveCountAsync(0);
        await Assertions.Expect(status).ToHaveTextAsync("1–3 of 3");
        using var other = await site.SignInAsync(Ada);
        await Assertions.Expect(status).ToHaveTextAsync("1–4 of 4");
        await Assertions.Expect(owner.Page.Locator("#blazor-error-ui")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Translated_settings_go_on()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        await owner.OpenAsync("/settings");
        var (lines, more) = (owner.Page.Locator(".recent li"), owner.Page.GetByRole(AriaRole.Button, new() { Name = "More for this session" }));
        await Assertions.Expect(lines).ToHaveCountAsync(1);
        await TranslateAsync(owner);

        await using var phone = await (await Person.OpenPhoneAsync(chromium, site)).SignInAsync(Ada);
        await Assertions.Expect(lines).ToHaveCountAsync(2);
        await Assertions.Expect(owner.Page.GetByText("See all 2 sessions")).ToBeVisibleAsync();
        await more.ClickAsync();
        await owner.Page.GetByRole(AriaRole.Menuitem, new() { Name = "End all other sessions" }).ClickAsync();
        await owner.ConfirmAsync("End all other sessions");
        await phone.WaitForSignedOutAsync();
        await Assertions.Expect(lines).ToHaveCountAsync(1);
        await Assertions.Expect(owner.Page.GetByText("See all 2 sessions")).ToHaveCountAsync(0);
        await CheckAsync(owner);
    }

    private static Task TranslateAsync(Person person) => person.Page.EvaluateAsync(Translation);

    private static async Task CheckAsync(Person person)
    {
        await Assertions.Expect(person.Page.Locator("#blazor-error-ui")).ToBeHiddenAsync();
        // The translation was at work to the end.
        await Assertions.Expect(person.Page.Locator("main h1 font")).Not.ToHaveCountAsync(0);
    }
}
