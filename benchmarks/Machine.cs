using System.Runtime.InteropServices;
using Accounts.Stage;

namespace Accounts.Benchmarks;

/// <summary>Says what the figures are measured on, and how busy it was before: beside other work they are worse, the worst of them most.</summary>
internal static class Machine
{
    private const string Load = "/proc/loadavg";

    public static void Print(TemporaryFolder folder) => Console.WriteLine(
        $"machine: {Environment.ProcessorCount} cores, {RuntimeInformation.OSArchitecture}, {RuntimeInformation.FrameworkDescription}, "
        + $"database on {new DriveInfo(folder.Path).DriveFormat}, load before {LoadOfLastMinute()}");

    private static string LoadOfLastMinute() => File.Exists(Load) ? File.ReadAllText(Load).Split(' ')[0] : "unknown";
}
