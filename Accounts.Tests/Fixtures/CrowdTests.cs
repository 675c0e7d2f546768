using Accounts.Core.Administration;
using Accounts.Core.PersonalData;
using Accounts.Core.Settings;
using Accounts.Core.Storage;
using Accounts.Crowds;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Tests.Fixtures;

/// <summary>Tests of the tool that fills a database.</summary>
public sealed class CrowdTests
{
    private static readonly DateTimeOffset Yesterday = TestClock.Start.AddDays(-1);

    [EachEngineFact]
    public async Task A_crowd_has_live_and_ended_sessions_with_their_events()
    {
        await using var host = CoreHost.Start();
        var crowd = Crowd(host);
        await crowd.FillAsync(sessions: 2000, users: 200, Yesterday);
        await crowd.AnalyzeAsync();

        long Count(string rows) => host.Rows.Number($"SELECT count(*) FROM {rows}");
        var sessions = Count("\"Sessions\"");
        Assert.InRange(sessions, 1900, 2100);
        Assert.Equal(200, Count("\"Users\""));
        Assert.InRange(Count("\"Sessions\" WHERE \"EndedAt\" IS NULL"), sessions / 20, sessions / 3);
        Assert.Equal(Count("\"Sessions\" WHERE \"EndedAt\" IS NULL"), Count("\"SupportCodes\""));
        Assert.Equal(sessions, Count("\"AuditEvents\" WHERE \"Action\" = 'user.signed_in'"));
        Assert.Equal(Count("\"AuditEvents\""), Count("\"AuditEvents\" JOIN \"AuditDetails\" ON \"EventId\" = \"Id\""));
        Assert.Equal(0, Count($"\"Sessions\" WHERE \"StartedAt\" > \"LastActivityAt\" OR \"LastActivityAt\" > {Microseconds.FromTime(Yesterday)}"));
    }

    [EachEngineFact]
    public async Task A_days_work_is_due_a_day_later_and_none_before()
    {
        await using var host = CoreHost.Start();
        await Crowd(host).FillAsync(sessions: 2000, users: 200, TestClock.Start);
        var before = host.Rows.Everything();
        await DoAllAsync();
        Assert.Equal(before, host.Rows.Everything());

        host.Clock.Advance(TimeSpan.FromDays(1));
        var (live, sessions, codes) = (Live(), Sessions(), Codes());
        await DoAllAsync();
        Assert.True(Live() < live && Sessions() < sessions && Codes() < codes);

        long Live() => host.Rows.Number("SELECT count(*) FROM \"Sessions\" WHERE \"EndedAt\" IS NULL");
        long Sessions() => host.Rows.Number("SELECT count(*) FROM \"Sessions\"");
        long Codes() => host.Rows.Number("SELECT count(*) FROM \"SupportCodes\"");
        async Task DoAllAsync()
        {
            await host.Upkeep.SweepAsync();
            await host.Get<Retention>().RunAsync(TestContext.Current.CancellationToken);
        }
    }

    [EachEngineFact]
    public async Task A_database_with_rows_is_refused()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var before = host.Rows.Everything();

        var refusal = await Assert.ThrowsAsync<StartupException>(() => Crowd(host).FillAsync(sessions: 10, users: 1, Yesterday));

        Assert.EndsWith("has rows already (1). Use an empty database.", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, host.Rows.Everything());
    }

    private static Crowd Crowd(CoreHost host) => ActivatorUtilities.CreateInstance<Crowd>(host.Get<IServiceProvider>());
}
