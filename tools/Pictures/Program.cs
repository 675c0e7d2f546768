using Accounts.Pictures;
using Accounts.Pictures.States;
using Accounts.Stage;
using Microsoft.Playwright;
using var playwright = await Playwright.CreateAsync();
using var temporary = new TemporaryFolder();

var only = new List<string>();
var folder = Album.Home;
for (var i = 0; i < args.Length; i += 2)
{
    if (i + 1 == args.Length)
        return Usage();
    switch (args[i])
    {
        case "--only":
            only.Add(args[i + 1]);
            break;
        case "--out":
            folder = args[i + 1];
            break;
        case "--language" when args[i + 1] is PseudoLanguage.Tag:
            Words.ArePseudo = true;
            break;
        default:
            return Usage();
    }
}

if (Words.ArePseudo && string.Equals(folder, Album.Home, StringComparison.Ordinal))
    return Usage();

State[] all = [.. SignedOutStates.All, .. EmailStates.All, .. SettingsStates.All, .. SecurityStates.All, .. SessionStates.All, .. EndingStates.All,
    .. HistoryStates.All, .. AuditStates.All, .. SupportStates.All, .. AdministrationStates.All, .. ProblemStates.All];
var chosen = Array.FindAll(all, state => only.Count == 0 || only.Exists(part => state.File.Contains(part, StringComparison.Ordinal)));
var filmed = !Words.ArePseudo && (only.Count == 0 || only.Exists(part => Film.File.Contains(part, StringComparison.Ordinal)));
if (chosen.Length == 0 && !filmed)
    return Usage();
if (Chromium.Find() is not { } program)
{
    await Console.Error.WriteLineAsync(
        "This tool needs Chromium, but none was found. Install chromium or google-chrome, or set ACCOUNTS_CHROMIUM to the program's path.");
    return 1;
}

var album = new Album(folder);
await using var theatre = new Theatre(temporary);
await using var browser = await Chromium.StartAsync(playwright, program);
var failures = new List<string>();
foreach (var state in chosen)
{
    await using var scene = await theatre.OpenAsync(browser);
    try
    {
        await album.AddAsync(scene, state);
        Console.WriteLine(state.File);
    }
    catch (Exception failure) when (failure is PlaywrightException or TimeoutException)
    {
        var instead = Path.Combine(Path.GetTempPath(), $"instead-of-{state.File}.png");
        await scene.Page.ScreenshotAsync(new() { Path = instead });
        failures.Add($"{state.File}: {failure.Message.Split('\n')[0]} See {instead} for the page that was shown instead.");
    }
}

if (filmed)
{
    await using var scene = await theatre.OpenAsync(browser);
    try
    {
        await Film.MakeAsync(scene, folder);
        Console.WriteLine(Film.File);
    }
    catch (Exception failure) when (failure is PlaywrightException or TimeoutException)
    {
        failures.Add($"{Film.File}: {failure.Message.Split('\n')[0]}");
    }
}

if (!Words.ArePseudo)
    await album.WriteIndexAsync(all);
Console.WriteLine($"{chosen.Length} states: {failures.Count} failed, the other pictures are in {folder}.");
foreach (var failure in failures)
    await Console.Error.WriteLineAsync($"FAILED  {failure}");
foreach (var fault in album.Faults)
    await Console.Error.WriteLineAsync(fault);
return failures.Count + album.Faults.Count == 0 ? 0 : 1;

static int Usage()
{
    Console.Error.WriteLine("""
        Usage: dotnet run --project tools/Pictures [-- [--only PART]… [--out FOLDER]]

          Takes a picture of every page in every state and lists them in index.md, in docs/pictures.
          Also records terminated.png, the README's animation.
          --only PART        only the states with this text in their name ("sessions", "sign-in-plain"); you can repeat it
          --out FOLDER       another folder for the pictures
          --language en-XA   the pages in the pseudo-language, for another folder; names each text that isn't translated or has no room
        """);
    return 2;
}
