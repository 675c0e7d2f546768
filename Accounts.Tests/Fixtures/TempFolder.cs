namespace Accounts.Tests.Fixtures;

/// <summary>A folder that is deleted with everything in it.</summary>
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
            // Something still writes there while it ends. What is left lies in the system's folder for such things, and proves nothing.
        }
    }
}
