using Accounts.Core.Live;

namespace Accounts.AspNetCore.Gate;

/// <summary>A circuit that counts as open, with its root components, until it is disposed. It does so without a connection, too.</summary>
/// <remarks>
/// <see cref="SessionHubFilter"/> makes it when the framework starts the circuit. The circuit's own services take it over as soon as there are
/// components, and dispose it with the circuit. Nothing tells the end of a circuit without components, so it counts until its secret is forgotten.
/// </remarks>
/// <param name="pages">Counts it.</param>
/// <param name="session">The session that starts the circuit.</param>
internal sealed class OpenCircuit(OpenPages pages, LiveSession session) : IDisposable
{
    private static readonly AsyncLocal<OpenCircuit?> Current = new();
    private volatile bool _isTaken;

    /// <summary>The session that started the circuit.</summary>
    public LiveSession Session => session;

    /// <summary>How many root components it has.</summary>
    public int Components { get; set; }

    /// <summary>Whether it has ended. Nothing is added to it any more.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Makes this the circuit that the rest of the current call is about.</summary>
    public void Enter() => Current.Value = this;

    /// <summary>Takes over the circuit that the current call is about; null if it's about none.</summary>
    public static OpenCircuit? Take()
    {
        if (Current.Value is { } circuit)
            circuit._isTaken = true;
        return Current.Value;
    }

    /// <summary>Closes it, unless the circuit's services do so.</summary>
    public void CloseUntaken()
    {
        if (!_isTaken)
            Dispose();
    }

    /// <inheritdoc cref="OpenPages.TryAdd(OpenCircuit, int)"/>
    public string? TryAdd(int components) => pages.TryAdd(this, components);

    /// <summary>Counts root components that were removed.</summary>
    public void Remove(int components) => pages.Remove(this, components);

    public void Dispose() => pages.Close(this);
}
