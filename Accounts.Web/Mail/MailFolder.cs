using System.Diagnostics.CodeAnalysis;
using Accounts.Core.Mail;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Accounts.Web.Mail;

/// <summary>The folder that gets emails as files, each named by its id: <c>0199….eml</c>.</summary>
internal sealed class MailFolder(IOptions<MailOptions> options, IHostEnvironment environment)
{
    private const string Extension = ".eml";

    /// <summary>The page lists no more.</summary>
    private const int MostListed = 200;

    /// <summary>The folder's path; null if emails don't go into a folder.</summary>
    public string? Location =>
        options.Value.Folder.Length > 0 ? Path.GetFullPath(options.Value.Folder, environment.ContentRootPath) : null;

    /// <summary>Makes the folder if it is missing. Only this user can read it then.</summary>
    public void Make()
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(Location!);
        else
            Directory.CreateDirectory(Location!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Writes an email. Its file is whole as soon as it has its name, and only this user can read it.</summary>
    public async Task WriteAsync(OutgoingMail mail, MimeMessage message, CancellationToken cancellationToken)
    {
        var file = FileOf(mail.Id);
        var unfinished = file + ".tmp";
        var how = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
            how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        await using (var stream = new FileStream(unfinished, how))
            await message.WriteToAsync(format, stream, cancellationToken);
        File.Move(unfinished, file, overwrite: true);
    }

    /// <summary>The newest emails, newest first.</summary>
    public IReadOnlyList<(Guid Id, MimeMessage Message)> List()
    {
        List<(Guid, MimeMessage)> found = [];
        if (Location is not { } folder || !Directory.Exists(folder))
            return found;
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*" + Extension).OrderByDescending(file => file.LastWriteTimeUtc))
        {
            if (found.Count == MostListed)
                break;
            if (Guid.TryParseExact(Path.GetFileNameWithoutExtension(file.Name), "N", out var id) && Find(id) is { } message)
                found.Add((id, message));
        }

        return found;
    }

    /// <summary>Finds an email; null if there is none, or if its file is no email.</summary>
    public MimeMessage? Find(Guid id)
    {
        if (Location is null)
            return null;
        try
        {
            return MimeMessage.Load(FileOf(id));
        }
        catch (Exception failure) when (failure is IOException or FormatException)
        {
            return null;
        }
    }

    private string FileOf(Guid id) => Path.Combine(Location!, $"{id:N}{Extension}");
}
