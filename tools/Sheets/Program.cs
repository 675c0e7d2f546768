using System.Runtime.CompilerServices;
using Accounts.Sheets;
using Accounts.Stage;

switch (args)
{
    case ["theme"]:
        await File.WriteAllTextAsync(Path.Combine(Root(), ThemeSheet.Path), await ThemeSheet.MakeAsync());
        return 0;
    case ["icons"] when Chromium.Find() is { } program:
        await Icons.WriteAsync(Path.Combine(Root(), "Accounts.Web", "wwwroot"), program);
        return 0;
    case ["icons"]:
        await Console.Error.WriteLineAsync("The icons need Chromium, and there is none. Install it, or name the program in ACCOUNTS_CHROMIUM.");
        return 1;
    default:
        await Console.Error.WriteLineAsync("""
            Usage: dotnet run --project tools/Sheets -- theme | icons

              theme   writes Accounts.Web/wwwroot/theme.css from AccountsTheme
              icons   writes the PNG icons from Accounts.Web/wwwroot/favicon.svg

              MudBlazor's sheet is written by `node tools/Sheets/purge.mjs`.
            """);
        return 2;
}

// The working copy that this was built from.
static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
