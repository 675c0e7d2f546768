namespace Accounts.Core.Geolocation;

/// <summary>The file that the settings name as the geolocation database.</summary>
internal sealed class PlaceFile(string path)
{
    public string Path { get; } = path;

    /// <summary>What tells one content from another without reading it; null: there is no such file.</summary>
    public Stamp? Look()
    {
        var info = new FileInfo(Path);
        return info.Exists ? new Stamp(info.LastWriteTimeUtc, info.Length) : null;
    }

    /// <summary>Reads the file whole.</summary>
    /// <exception cref="PlaceFileException">It cannot be read, or it is no database that can be used.</exception>
    public Ip2LocationReader Read()
    {
        try
        {
            return Ip2LocationReader.Read(ReadBytes());
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new PlaceFileException("it does not exist. Put it there, or correct Geolocation:Path in appsettings.json; without a path the bundled country database is used.", missing);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new PlaceFileException($"it cannot be read ({failure.Message}). Give the user that runs this program the right to.", failure);
        }
        catch (OutOfMemoryException full)
        {
            throw new PlaceFileException("there is not enough memory for it. Use a database with fewer columns.", full);
        }
    }

    private byte[] ReadBytes()
    {
        if (Directory.Exists(Path))
            throw new PlaceFileException("it is a folder. Name the BIN file in it with Geolocation:Path in appsettings.json.");

        // Others may write and replace it meanwhile; what was read is checked in any case.
        using var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (file.Length > Array.MaxLength)
            throw new PlaceFileException("it has more than 2 GB, the most that can be held. Use a database with fewer columns.");
        var bytes = new byte[file.Length];
        // Less than it had a moment ago: somebody is writing it.
        var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    internal readonly record struct Stamp(DateTime WrittenAt, long Length);
}
