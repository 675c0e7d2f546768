using System.Diagnostics;

namespace Accounts.Tests.Fixtures;

/// <summary>A folder with a small disk of its own, which a test fills up or makes read-only.</summary>
internal sealed class TinyDisk : IDisposable
{
    private readonly TempFolder? _image;

    private TinyDisk(TempFolder folder, TempFolder? image = null) => (Folder, _image) = (folder, image);

    public TempFolder Folder { get; }

    /// <summary>Mounts a disk of 3 MB. Only root can do so: otherwise the test is skipped.</summary>
    public static TinyDisk Mount()
    {
        var folder = new TempFolder();
        if (!MayMount || !Run("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder.Path))
        {
            folder.Dispose();
            Assert.Skip("A small disk can't be mounted here. Run the tests as root.");
        }

        return new TinyDisk(folder);
    }

    /// <summary>Mounts a disk of 16 MB that can become read-only under open files. Only root can do so: otherwise the test is skipped.</summary>
    public static TinyDisk MountWithFaults()
    {
        var (folder, image) = (new TempFolder(), new TempFolder());
        var file = image.File("disk");
        if (!MayMount || !Run("truncate", "--size=16M", file) || !Run("mkfs.ext4", "-q", file) || !Run("mount", "-o", "loop", file, folder.Path))
        {
            folder.Dispose();
            image.Dispose();
            Assert.Skip("A disk can't be mounted from a file here. Run the tests as root, on a system with loop devices and mkfs.ext4.");
        }

        return new TinyDisk(folder, image);
    }

    private static bool MayMount => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;

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

    /// <summary>Does what Linux does after an error: https://docs.kernel.org/admin-guide/ext4.html, "abort".</summary>
    public void MakeReadOnly() => Assert.True(Run("mount", "-o", "remount,abort", Folder.Path));

    public void Dispose()
    {
        Run("umount", "--lazy", Folder.Path);
        Folder.Dispose();
        _image?.Dispose();
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
