using System.Collections.Concurrent;
using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Live;

/// <summary>Stores how many open pages of ended sessions were told. Reports that come during a write share the next one.</summary>
/// <remarks>
/// So an ending of everybody's sessions costs one more write for each batch, and not one for each session, behind which sign-ins would wait.
/// </remarks>
internal sealed class ToldReports(CommandRunner commands)
{
    /// <summary>Reports per transaction. Another writer waits for one such transaction at most.</summary>
    private const int BatchSize = 100;

    private readonly ConcurrentQueue<Report> _waiting = new();
    private readonly SemaphoreSlim _writing = new(1);

    /// <summary>Stores a report, and publishes it.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before a write took it along; nothing changed.</exception>
    public async Task WriteAsync(SessionChange.Ended ended, int pages, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var report = new Report(ended, pages);
        _waiting.Enqueue(report);
        await using var canceling = cancellationToken.Register(() => report.Cancel(cancellationToken));
        _ = WriteWaitingAsync();
        await report.Written;
    }

    private async Task WriteWaitingAsync()
    {
        await _writing.WaitAsync();
        try
        {
            // Empty if another's write has taken the report along.
            while (!_waiting.IsEmpty)
                await WriteNextAsync();
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task WriteNextAsync()
    {
        var batch = new List<Report>();
        while (batch.Count < BatchSize && _waiting.TryDequeue(out var next))
        {
            if (next.TryTake())
                batch.Add(next);
        }

        if (batch.Count == 0)
            return;
        try
        {
            await WriteAsync(batch);
            batch.ForEach(report => report.Succeed());
        }
        catch (Exception failure)
        {
            batch.ForEach(report => report.Fail(failure));
        }
    }

    private Task<int> WriteAsync(List<Report> batch) => commands.RunAsync(WritePriority.Ordinary, async work =>
    {
        var told = batch.GroupBy(report => report.Ended.SessionId.Value).ToDictionary(same => same.Key, same => same.ToList());
        foreach (var row in await work.Db.Locked(SessionSet.Of([.. told.Keys])).ToListAsync())
        {
            if (row.EndedAt is null)
                continue;
            foreach (var report in told[row.Id])
            {
                row.PagesTold = (row.PagesTold ?? 0) + report.Pages;
                work.Report(new SessionChange.Departed(report.Ended.UserId, report.Ended.SessionId, Departure.Told(report.Pages)));
            }
        }

        return told.Count;
    });

    /// <summary>A report. Either a write takes it, or it is canceled.</summary>
    private sealed class Report(SessionChange.Ended ended, int pages)
    {
        private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _isTaken;

        public SessionChange.Ended Ended => ended;

        public int Pages => pages;

        public Task Written => _written.Task;

        public bool TryTake() => !Interlocked.Exchange(ref _isTaken, true);

        public void Cancel(CancellationToken cancellationToken)
        {
            if (TryTake())
                _written.SetCanceled(cancellationToken);
        }

        public void Succeed() => _written.SetResult();

        public void Fail(Exception failure) => _written.SetException(failure);
    }
}
