using AngleSharp.Html.Parser;

namespace Accounts.Tests.Fixtures.Circuits;

/// <summary>Keeps the page as a browser would show it, by applying every render batch to a small tree.</summary>
/// <remarks>
/// A client that joins a circuit halfway hasn't seen its beginning. Missing nodes become empty ones
/// instead of errors.
/// </remarks>
public sealed class RenderedPage
{
    private static readonly HtmlParser Parser = new();
    private readonly Lock gate = new();
    private readonly Dictionary<int, Node> components = [];
    private readonly List<Node> roots = [];
    private readonly List<string> texts = [];
    private readonly Dictionary<int, int> renderings = [];
    private long lastBatch;
    private int batches;

    /// <summary>How many batches have been applied.</summary>
    public int Batches
    {
        get
        {
            lock (gate)
                return batches;
        }
    }

    /// <summary>Every text and markup frame ever received, oldest first.</summary>
    public IReadOnlyList<string> Texts
    {
        get
        {
            lock (gate)
                return [.. texts];
        }
    }

    /// <summary>The text that is visible on the page now.</summary>
    public string Text
    {
        get
        {
            lock (gate)
                return string.Concat(roots.Select(root => root.TextContent));
        }
    }

    /// <summary>For each labelled element, the highest number of times that a component in it has rendered.</summary>
    /// <param name="label">How the value of aria-labelledby begins.</param>
    public IReadOnlyDictionary<string, int> Renderings(string label)
    {
        lock (gate)
        {
            return renderings
                .Where(rendered => components.ContainsKey(rendered.Key))
                .Select(rendered => (Label: LabelOf(components[rendered.Key]), rendered.Value))
                .Where(rendered => rendered.Label?.StartsWith(label, StringComparison.Ordinal) == true)
                .GroupBy(rendered => rendered.Label!, rendered => rendered.Value, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Max(), StringComparer.Ordinal);
        }

        // The label of the component's first element, which may be a child component's.
        static string? LabelOf(Node component) =>
            component.WithDescendants().FirstOrDefault(node => node.Tag is not null)?.Attributes.GetValueOrDefault("aria-labelledby").Value;
    }

    /// <summary>Applies a batch once. A batch that the server sends again after a reconnection changes nothing.</summary>
    public void Apply(long batchId, ReadOnlyMemory<byte> data)
    {
        var batch = new RenderBatch(data);
        lock (gate)
        {
            if (batchId <= lastBatch)
                return;
            lastBatch = batchId;
            batches++;
            foreach (var (component, edits) in batch.Changes())
            {
                Change(batch, Component(component), edits);
                renderings[component] = renderings.GetValueOrDefault(component) + 1;
            }

            foreach (var component in batch.DisposedComponents())
            {
                if (components.Remove(component, out var gone))
                    roots.Remove(gone);
            }
        }
    }

    /// <summary>Lists the click handlers of buttons whose text or label contains the given text, in page order.</summary>
    public IReadOnlyList<ulong> ClickHandlers(string buttonText)
    {
        lock (gate)
        {
            return
            [
                .. roots.SelectMany(root => root.WithDescendants())
                    .Where(node => string.Equals(node.Tag, "button", StringComparison.OrdinalIgnoreCase) && node.Says(buttonText))
                    .Select(node => node.Attributes.GetValueOrDefault("onclick").Handler)
                    .Where(handler => handler != 0),
            ];
        }
    }

    /// <summary>Lists every event handler on the page, in page order, with its event: "click", "change", "input".</summary>
    public IReadOnlyList<(string Event, ulong Handler, string Name)> Handlers()
    {
        lock (gate)
        {
            return
            [
                .. from node in roots.SelectMany(root => root.WithDescendants())
                   from attribute in node.Attributes
                   where attribute.Value.Handler != 0 && attribute.Key.StartsWith("on", StringComparison.OrdinalIgnoreCase)
                   select (attribute.Key[2..], attribute.Value.Handler, node.Attributes.GetValueOrDefault("aria-label").Value ?? node.TextContent),
            ];
        }
    }

    private Node Component(int id)
    {
        if (components.TryGetValue(id, out var known))
            return known;
        var root = components[id] = new Node();
        roots.Add(root);
        return root;
    }

    private void Change(RenderBatch batch, Node component, IReadOnlyList<Edit> edits)
    {
        var path = new Stack<Node>([component]);
        var moves = new List<(Node Node, int To)>();
        foreach (var edit in edits)
        {
            var parent = path.Peek();
            switch (edit.Kind)
            {
                case EditKind.Prepend: Insert(batch, parent, edit.Sibling, edit.Target); break;
                case EditKind.Remove: parent.Children.Remove(parent.Child(edit.Sibling)); break;
                case EditKind.SetAttribute: parent.Child(edit.Sibling).Set(batch.FrameAt(edit.Target)); break;
                case EditKind.RemoveAttribute: parent.Child(edit.Sibling).Attributes.Remove(edit.RemovedAttribute ?? ""); break;
                case EditKind.UpdateText or EditKind.UpdateMarkup: SetText(parent.Child(edit.Sibling), batch.FrameAt(edit.Target)); break;
                case EditKind.StepIn: path.Push(parent.Child(edit.Sibling)); break;
                case EditKind.StepOut: path.Pop(); break;
                case EditKind.Move: moves.Add((parent.Child(edit.Sibling), edit.Target)); break;
                case EditKind.MovesEnd:
                    foreach (var (node, to) in moves)
                    {
                        parent.Child(to);
                        parent.Children[to] = node;
                    }

                    moves.Clear();
                    break;
                default: throw new InvalidDataException($"A batch has an edit of the unknown kind {edit.Kind}.");
            }
        }
    }

    /// <summary>Inserts a frame and its subtree among the parent's children, and returns the number of children added.</summary>
    private int Insert(RenderBatch batch, Node parent, int index, int at)
    {
        var frame = batch.FrameAt(at);
        var node = new Node { Tag = frame.Name };
        switch (frame.Kind)
        {
            case FrameKind.Region:
                return InsertAll(batch, parent, index, at + 1, at + frame.Length);
            case FrameKind.Element:
                var child = at + 1;
                for (; child < at + frame.Length && batch.FrameAt(child) is { Kind: FrameKind.Attribute } attribute; child++)
                    node.Set(attribute);
                InsertAll(batch, node, 0, child, at + frame.Length);
                break;
            case FrameKind.Component:
                components[frame.Component] = node;
                break;
            case FrameKind.Text or FrameKind.Markup:
                SetText(node, frame);
                break;
            default:
                return 0;
        }

        if (index > 0)
            parent.Child(index - 1);
        parent.Children.Insert(index, node);
        return 1;
    }

    private int InsertAll(RenderBatch batch, Node parent, int index, int from, int to)
    {
        var inserted = 0;
        for (var at = from; at < to; at += Math.Max(1, batch.FrameAt(at).Length))
            inserted += Insert(batch, parent, index + inserted, at);
        return inserted;
    }

    private void SetText(Node node, Frame frame)
    {
        var value = frame.Value ?? "";
        texts.Add(value);
        node.Text = frame.Kind == FrameKind.Markup ? Parser.ParseDocument(value).Body?.TextContent ?? "" : value;
    }

    private sealed class Node
    {
        public string? Tag { get; init; }

        public string Text { get; set; } = "";

        public Dictionary<string, (string? Value, ulong Handler)> Attributes { get; } = new(StringComparer.OrdinalIgnoreCase);

        public List<Node> Children { get; } = [];

        public string TextContent => string.Concat(WithDescendants().Select(node => node.Text));

        public IEnumerable<Node> WithDescendants() => Children.SelectMany(child => child.WithDescendants()).Prepend(this);

        public bool Says(string text) =>
            TextContent.Contains(text, StringComparison.Ordinal)
            || Attributes.GetValueOrDefault("aria-label").Value?.Contains(text, StringComparison.Ordinal) == true;

        public void Set(Frame attribute) => Attributes[attribute.Name ?? ""] = (attribute.Value, attribute.Handler);

        public Node Child(int index)
        {
            while (Children.Count <= index)
                Children.Add(new Node());
            return Children[index];
        }
    }
}
