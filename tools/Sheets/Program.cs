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
        await Console.Error.WriteLineAsync(
            "The icons need Chromium, but none was found. Install it, or set ACCOUNTS_CHROMIUM to the program's path.");
        return 1;
    default:
        await Console.Error.WriteLineAsync("""
            Usage: dotnet run --project tools/Sheets -- theme | icons

              theme   writes Accounts.Web/wwwroot/theme.css from AccountsTheme
              icons   writes the PNG icons from Accounts.Web/wwwroot/favicon.svg

              Run `node tools/Sheets/purge.mjs` to write MudBlazor's sheet.
            """);
        return 2;
}

// The root of the working copy that built this program.
static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
