using System.Buffers.Binary;
using System.Text;

namespace Accounts.Tests.Fixtures.Circuits;

/// <summary>Reads one render batch as Blazor Server sends it: what changed in which component, and the new frames.</summary>
/// <remarks>
/// Little endian throughout. The last twenty bytes give the offsets of the five parts: updated components, frames, disposed
/// components, disposed event handlers, and the string table. Every edit takes 16 bytes and every frame 20.
/// </remarks>
public sealed class RenderBatch(ReadOnlyMemory<byte> data)
{
    private const int FooterSize = 20;
    private const int EditSize = 16;
    private const int FrameSize = 20;

    /// <summary>Lists each changed component with its edits, in the order in which they must be applied.</summary>
    public IEnumerable<(int Component, IReadOnlyList<Edit> Edits)> Changes()
    {
        var table = Part(0);
        for (var i = 0; i < Number(table); i++)
        {
            var at = Number(table + 4 + (4 * i));
            var edits = new Edit[Number(at + 4)];
            for (var j = 0; j < edits.Length; j++)
            {
                var edit = at + 8 + (EditSize * j);
                edits[j] = new Edit((EditKind)Number(edit), Number(edit + 4), Number(edit + 8), Text(Number(edit + 12)));
            }

            yield return (Number(at), edits);
        }
    }

    /// <summary>Gives the frame that an edit points to.</summary>
    public Frame FrameAt(int index)
    {
        var at = Part(1) + 4 + (FrameSize * index);
        var kind = (FrameKind)Number(at);
        var (first, second) = (Number(at + 4), Number(at + 8));
        return kind switch
        {
            FrameKind.Element => new Frame(kind, Length: first, Name: Text(second)),
            FrameKind.Component => new Frame(kind, Length: first, Component: second),
            FrameKind.Region => new Frame(kind, Length: first),
            FrameKind.Text or FrameKind.Markup => new Frame(kind, Value: Text(first)),
            FrameKind.Attribute => new Frame(kind, Name: Text(first), Value: Text(second),
                Handler: BinaryPrimitives.ReadUInt64LittleEndian(data.Span[(at + 12)..])),
            _ => new Frame(kind),
        };
    }

    /// <summary>Lists the components that are gone after this batch.</summary>
    public IEnumerable<int> DisposedComponents()
    {
        var at = Part(2);
        for (var i = 0; i < Number(at); i++)
            yield return Number(at + 4 + (4 * i));
    }

    private int Part(int part) => Number(data.Length - FooterSize + (4 * part));

    private int Number(int at) => BinaryPrimitives.ReadInt32LittleEndian(data.Span[at..]);

    private string? Text(int index)
    {
        if (index < 0)
            return null;
        var at = Number(Part(4) + (4 * index));
        var length = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = data.Span[at++];
            length |= (part & 0x7F) << shift;
            if ((part & 0x80) == 0)
                return Encoding.UTF8.GetString(data.Span.Slice(at, length));
        }
    }
}

/// <summary>One step of a component's change; <paramref name="Target"/> is a frame's index, or a move's new place.</summary>
public readonly record struct Edit(EditKind Kind, int Sibling, int Target, string? RemovedAttribute);

/// <summary>One piece of markup; <paramref name="Length"/> counts the frames of its subtree and itself.</summary>
public readonly record struct Frame(
    FrameKind Kind, int Length = 1, string? Name = null, string? Value = null, int Component = 0, ulong Handler = 0);

/// <summary>What an edit does.</summary>
public enum EditKind
{
    None, Prepend, Remove, SetAttribute, RemoveAttribute, UpdateText, StepIn, StepOut, UpdateMarkup, Move, MovesEnd,
}

/// <summary>What a frame stands for.</summary>
public enum FrameKind
{
    None, Element, Text, Attribute, Component, Region, ElementReference, ComponentReference, Markup, RenderMode, NamedEvent,
}
