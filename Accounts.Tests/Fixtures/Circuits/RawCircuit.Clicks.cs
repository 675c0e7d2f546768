using System.Collections.Concurrent;
using System.Text.Json;

namespace Accounts.Tests.Fixtures.Circuits;

/// <content>How the raw client finds and presses buttons, whether the server allows it or not.</content>
public sealed partial class RawCircuit
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<bool>> clicks = new(StringComparer.Ordinal);
    private int lastClick;

    /// <summary>Finds the click handler of the newest button whose text or label contains the given text.</summary>
    public ulong? FindClickHandler(string buttonText) =>
        Page.ClickHandlers(buttonText) is { Count: > 0 } handlers ? handlers.Max() : null;

    /// <summary>Presses the newest button with this text and ignores the outcome. A missing button throws.</summary>
    public Task ClickAsync(string buttonText) => ClickAsync(Handler(buttonText));

    /// <summary>Presses the open dialog's confirm button, the one after Cancel. A page button may have the same text and a newer rendering.</summary>
    public async Task ConfirmAsync(string buttonText)
    {
        for (var tries = 0; tries < 5; tries++)
        {
            var cancel = FindClickHandler("Cancel");
            // A button that is rendered again in between takes no click.
            if (await TryClickAsync(Page.ClickHandlers(buttonText).Where(handler => handler > cancel).Min()) == ClickOutcome.Done)
                return;
        }

        throw new RawCircuitException($"The dialog takes no click. The page: {Page.Text}");
    }

    /// <summary>Sends a click, whether or not the handler or the connection still exists.</summary>
    public async Task ClickAsync(ulong handlerId)
    {
        try
        {
            await SendAsync("BeginInvokeDotNetFromJS", ClickArguments(NextClick(), handlerId));
        }
        catch (RawCircuitException)
        {
            // A server may ignore a click by closing the connection.
        }
    }

    /// <summary>Presses the newest button with this text and returns the outcome.</summary>
    public Task<ClickOutcome> TryClickAsync(string buttonText) => TryClickAsync(Handler(buttonText));

    /// <summary>Sends a click and returns its outcome, so that a test can prove that it had no effect.</summary>
    public Task<ClickOutcome> TryClickAsync(ulong handlerId) => TrySendEventAsync("click", handlerId);

    /// <summary>Sends any event and returns its outcome, whether or not a browser would send it.</summary>
    /// <param name="name">The event: "click", "change", "keydown".</param>
    /// <param name="handlerId">The handler.</param>
    /// <param name="value">What a changed field holds.</param>
    public async Task<ClickOutcome> TrySendEventAsync(string name, ulong handlerId, string value = "")
    {
        var click = NextClick();
        var before = errors.Count;
        var done = clicks.GetOrAdd(click, _ => new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await InvokeAsync("BeginInvokeDotNetFromJS", EventArguments(click, name, handlerId, value));
            await WaitForBatchAsync(client => done.Task.IsCompleted || client.errors.Count > before, options.Patience);
            if (!done.Task.IsCompleted)
                return ClickOutcome.Broken;
            return await done.Task ? ClickOutcome.Done : ClickOutcome.Failed;
        }
        catch (RawCircuitException failure)
        {
            return failure.ConnectionEnded ? ClickOutcome.Closed : ClickOutcome.Refused;
        }
        catch (TimeoutException)
        {
            return ClickOutcome.Silence;
        }
        finally
        {
            clicks.TryRemove(click, out _);
        }
    }

    private void ClickAnswered(string click, bool success)
    {
        if (clicks.TryGetValue(click, out var done))
            done.TrySetResult(success);
    }

    private ulong Handler(string buttonText) =>
        FindClickHandler(buttonText) ?? throw new RawCircuitException($"No button says '{buttonText}'. The page: {Page.Text}");

    private string NextClick() => Interlocked.Increment(ref lastClick).ToString();

    private object?[] ClickArguments(string click, ulong handlerId) => EventArguments(click, "click", handlerId, "");

    // The server refuses an event with what its kind doesn't have.
    private object?[] EventArguments(string call, string name, ulong handlerId, string value)
    {
        var about = name switch
        {
            "change" or "input" => $$"""{"value":{{JsonSerializer.Serialize(value)}}}""",
            "keydown" or "keyup" => $$"""
                {"type":"{{name}}","key":"Enter","code":"Enter","location":0,"repeat":false,
                 "ctrlKey":false,"shiftKey":false,"altKey":false,"metaKey":false}
                """,
            "click" or "dblclick" or "contextmenu" or "mousedown" or "mouseup" or "mouseover" or "mouseout" or "pointerenter" or "pointerleave"
                or "pointerdown" or "pointerup" => $$"""
                {"type":"{{name}}","detail":1,"button":0,"buttons":0,"ctrlKey":false,"shiftKey":false,"altKey":false,"metaKey":false}
                """,
            _ => $$"""{"type":"{{name}}"}""",
        };
        var args = $$"""[{"eventHandlerId":{{handlerId}},"eventName":"{{name}}","eventFieldInfo":null},{{about}}]""";
        return [call, null, "DispatchEventAsync", InteropId ?? 1, args];
    }
}

/// <summary>The outcome of a click.</summary>
public enum ClickOutcome
{
    /// <summary>The handler ran.</summary>
    Done,

    /// <summary>The circuit received the click but has no such handler. The circuit lives on.</summary>
    Failed,

    /// <summary>The server reported an error, as it does when the handler throws. The circuit is gone.</summary>
    Broken,

    /// <summary>The hub refused the call before the circuit saw it.</summary>
    Refused,

    /// <summary>The connection closed before an answer came.</summary>
    Closed,

    /// <summary>No answer came within the client's timeout.</summary>
    Silence,
}
