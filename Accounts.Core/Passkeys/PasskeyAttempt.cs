using Accounts.Core.SignIn;

namespace Accounts.Core.Passkeys;

/// <summary>A browser's answer that is being verified outside the core. Its question is used up, whatever becomes of the answer.</summary>
/// <remarks>It lives in memory only, and finishes once. An attempt that finishes with nothing verified counts as a wrong guess.</remarks>
public sealed class PasskeyAttempt : IDisposable
{
    /// <summary>How long a browser has for its answer: 5 minutes.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly CountedAttempt? _counted;
    private int _finished;

    internal PasskeyAttempt(PasskeyPurpose purpose, PasskeyAccount account, string state, PendingProof? proof, CountedAttempt? counted)
    {
        Purpose = purpose;
        Account = account;
        State = state;
        Proof = proof;
        _counted = counted;
    }

    /// <summary>The account that the answer names.</summary>
    public PasskeyAccount Account { get; }

    /// <summary>What the server remembered of the question.</summary>
    public string State { get; }

    internal PasskeyPurpose Purpose { get; }

    internal PendingProof? Proof { get; }

    /// <summary>Finishes the attempt.</summary>
    /// <exception cref="ArgumentException">It was opened for something else, or has finished before.</exception>
    internal void Finish(PasskeyPurpose purpose)
    {
        if (Purpose != purpose || Interlocked.Exchange(ref _finished, 1) != 0)
            throw new ArgumentException("The attempt was opened for something else, or has finished before.", nameof(purpose));
    }

    /// <summary>Keeps the attempt counted: it was wrong.</summary>
    internal void Keep() => _counted?.Keep();

    /// <inheritdoc/>
    public void Dispose() => _counted?.Dispose();
}
