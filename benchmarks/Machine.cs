using System.Runtime.InteropServices;
using Accounts.Stage;

namespace Accounts.Benchmarks;

/// <summary>Prints the machine and its load before the run. Other work makes the results worse, the maximum most of all.</summary>
internal static class Machine
{
    private const string Load = "/proc/loadavg";

    public static void Print(TemporaryFolder folder) => Console.WriteLine(
        $"machine: {Environment.ProcessorCount} cores, {RuntimeInformation.OSArchitecture}, {RuntimeInformation.FrameworkDescription}, "
        + $"database on {new DriveInfo(folder.Path).DriveFormat}, load before {LoadOfLastMinute()}");

    private static string LoadOfLastMinute() => File.Exists(Load) ? File.ReadAllText(Load).Split(' ')[0] : "unknown";
}
