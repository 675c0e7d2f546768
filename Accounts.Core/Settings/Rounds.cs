namespace Accounts.Core.Settings;

/// <summary>Work that a background service repeats until the host stops. Whatever fails in a round, the next one runs.</summary>
/// <param name="time">The clock.</param>
/// <param name="failed">Hears why a round failed.</param>
internal sealed class Rounds(TimeProvider time, Action<Exception> failed)
{
    /// <summary>Runs a round after each interval, until the host stops.</summary>
    /// <param name="interval">The time between the beginnings of two rounds.</param>
    /// <param name="work">A round.</param>
    /// <param name="stoppingToken">Says that the host stops.</param>
    /// <param name="atOnce">Whether the first round comes at once.</param>
    public async Task RunAsync(TimeSpan interval, Func<Task> work, CancellationToken stoppingToken, bool atOnce = false)
    {
        using var timer = new PeriodicTimer(interval, time);
        if (atOnce)
            await RunAsync(work);
        while (await IsDueAsync(timer, stoppingToken))
            await RunAsync(work);
    }

    /// <summary>Runs one round.</summary>
    public async Task RunAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception failure)
        {
            failed(failure);
        }
    }

    private static async Task<bool> IsDueAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
