namespace Accounts.Tests.Fixtures;

/// <summary>A folder that is deleted with its contents.</summary>
public sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("accounts-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // Something is still writing there as it stops. The rest stays in the system's temporary folder, and proves nothing.
        }
    }
}
