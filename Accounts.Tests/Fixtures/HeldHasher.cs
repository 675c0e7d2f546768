using System.Collections.Concurrent;
using Accounts.Core.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Accounts.Tests.Fixtures;

/// <summary>The framework's hasher at a lower cost. A test can hold it: a hash that has begun keeps running until it is released.</summary>
/// <param name="iterations">Its cost.</param>
internal sealed class HeldHasher(int iterations = 1_000) : IPasswordHasher<User>
{
    private readonly PasswordHasher<User> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = iterations }));
    private readonly SemaphoreSlim _arrivals = new(0);
    private readonly SemaphoreSlim _passes = new(0);
    private readonly ConcurrentQueue<string> _begun = new();
    private volatile bool _counts;
    private volatile bool _held;
    private int _running;
    private int _mostAtOnce;

    /// <summary>The passwords hashed since <see cref="Hold"/>, in the order in which their hashes began.</summary>
    public IReadOnlyList<string> Begun => [.. _begun];

    /// <summary>The highest number of hashes that ran at once since <see cref="Hold"/>.</summary>
    public int MostAtOnce => Volatile.Read(ref _mostAtOnce);

    /// <summary>Whether any hash ran on a thread-pool thread.</summary>
    public bool WasOnThreadPool { get; private set; }

    /// <summary>Runs inside each hash.</summary>
    public Action? Within { get; set; }

    public void AddTo(IServiceCollection services) => services.AddSingleton<IPasswordHasher<User>>(this);

    /// <summary>Holds every hash from now on.</summary>
    public void Hold()
    {
        _begun.Clear();
        Volatile.Write(ref _mostAtOnce, 0);
        while (_passes.Wait(0) || _arrivals.Wait(0))
        {
        }

        (_counts, _held) = (true, true);
    }

    /// <summary>Waits until the given number of further hashes are running.</summary>
    public async Task ArrivedAsync(int count = 1)
    {
        for (var i = 0; i < count; i++)
            Assert.True(await _arrivals.WaitAsync(Patience.Limit), "No hash began.");
    }

    /// <summary>Releases some of the hashes, running ones first.</summary>
    public void Release(int count = 1) => _passes.Release(count);

    /// <summary>Releases all hashes from now on.</summary>
    public void ReleaseAll()
    {
        _held = false;
        _passes.Release(1_000);
    }

    public string HashPassword(User user, string password)
    {
        Pass(password);
        return _hasher.HashPassword(user, password);
    }

    public PasswordVerificationResult VerifyHashedPassword(User user, string hashedPassword, string providedPassword)
    {
        Pass(providedPassword);
        return _hasher.VerifyHashedPassword(user, hashedPassword, providedPassword);
    }

    private void Pass(string password)
    {
        WasOnThreadPool |= Thread.CurrentThread.IsThreadPoolThread;
        Within?.Invoke();
        if (!_counts)
            return;
        _begun.Enqueue(password);
        var running = Interlocked.Increment(ref _running);
        InterlockedMax(ref _mostAtOnce, running);
        _arrivals.Release();
        if (_held)
            Assert.True(_passes.Wait(Patience.Limit), "Nobody let the hash go.");
        Interlocked.Decrement(ref _running);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
            Interlocked.CompareExchange(ref target, value, seen);
    }
}
