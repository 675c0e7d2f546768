using System.Diagnostics;

namespace Accounts.Tests.Fixtures;

/// <summary>A folder with a disk of its own of 3 MB, which a test fills up or makes read-only.</summary>
internal sealed class TinyDisk : IDisposable
{
    private TinyDisk(TempFolder folder) => Folder = folder;

    public TempFolder Folder { get; }

    /// <summary>Mounts the disk. Only root can do so: otherwise the test is skipped.</summary>
    public static TinyDisk Mount()
    {
        var folder = new TempFolder();
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || !Run("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder.Path))
        {
            folder.Dispose();
            Assert.Skip("A small disk can't be mounted here. Run the tests as root.");
        }

        return new TinyDisk(folder);
    }

    public void FillUp()
    {
        using var filler = new FileStream(Folder.File("filler"), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        var full = Record.Exception(() =>
        {
            for (var page = 0; page < 1_000; page++)
                filler.Write(new byte[4096]);
        });
        Assert.IsType<IOException>(full);
    }

    public void MakeRoom() => File.Delete(Folder.File("filler"));

    public void Dispose()
    {
        Run("umount", "--lazy", Folder.Path);
        Folder.Dispose();
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
