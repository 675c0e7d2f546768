using System.Reflection;
using System.Reflection.Emit;

namespace Accounts.Tests.House;

/// <summary>A reference from a type in one room to a type in another.</summary>
internal sealed record RoomReference(Type From, string FromRoom, Type To, string ToRoom)
{
    public override string ToString() => $"{From.FullName} ({FromRoom}) names {To.FullName} ({ToRoom})";
}

/// <summary>Finds references between an assembly's rooms: in base types, fields, signatures, attributes, and method bodies.</summary>
/// <remarks>Compiler-generated types (closures, state machines) count as their outermost type. A constant leaves no reference in the code.</remarks>
internal static class RoomScanner
{
    public const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>A type's room: the first part of its namespace after the root. Empty for the root itself, null for foreign types.</summary>
    public static string? Room(Type type, string root)
    {
        var space = type.Namespace ?? "";
        if (string.Equals(space, root, StringComparison.Ordinal))
            return "";
        return space.StartsWith(root + ".", StringComparison.Ordinal) ? space[(root.Length + 1)..].Split('.')[0] : null;
    }

    /// <summary>Lists every reference from one room to another. The root's references are left out, because the root registers every room.</summary>
    public static IReadOnlyList<RoomReference> Scan(Assembly assembly, string root)
    {
        HashSet<RoomReference> found = [];
        foreach (var type in assembly.GetTypes())
        {
            if (Room(type, root) is not { Length: > 0 } room)
                continue;
            foreach (var named in Named(type).SelectMany(Parts))
            {
                if (Room(named, root) is { } other && !string.Equals(other, room, StringComparison.Ordinal))
                    found.Add(new RoomReference(Outermost(type), room, Outermost(named), other));
            }
        }

        return [.. found.OrderBy(reference => reference.ToString(), StringComparer.Ordinal)];
    }

    /// <summary>The circles of rooms: sets in which each room depends on each other one, directly or through others.</summary>
    public static IReadOnlyList<IReadOnlySet<string>> Circles(IReadOnlyCollection<RoomReference> references)
    {
        var rooms = references.SelectMany(reference => new[] { reference.FromRoom, reference.ToRoom }).Distinct(StringComparer.Ordinal).ToList();
        var reached = rooms.ToDictionary(room => room, room => Reached(room, references), StringComparer.Ordinal);
        return
        [
            .. rooms.Where(room => reached[room].Contains(room))
                .Select(room => reached[room].Where(other => reached[other].Contains(room)).ToHashSet(StringComparer.Ordinal))
                .DistinctBy(circle => circle.Min(StringComparer.Ordinal), StringComparer.Ordinal),
        ];
    }

    /// <summary>The arrows of a picture: each reference between two rooms that isn't also a way through other rooms, in order.</summary>
    public static IReadOnlyList<(string From, string To)> Arrows(IReadOnlyCollection<RoomReference> references)
    {
        var all = references.Select(reference => (From: reference.FromRoom, To: reference.ToRoom)).Distinct().ToList();
        var reached = all.SelectMany(arrow => new[] { arrow.From, arrow.To }).Distinct(StringComparer.Ordinal)
            .ToDictionary(room => room, room => Reached(room, references), StringComparer.Ordinal);
        return
        [
            .. all
                .Where(arrow =>
                    !all.Exists(other => string.Equals(other.From, arrow.From, StringComparison.Ordinal) && reached[other.To].Contains(arrow.To)))
                .OrderBy(arrow => arrow.From, StringComparer.Ordinal).ThenBy(arrow => arrow.To, StringComparer.Ordinal),
        ];
    }

    private static HashSet<string> Reached(string room, IReadOnlyCollection<RoomReference> references)
    {
        HashSet<string> found = new(StringComparer.Ordinal);
        Queue<string> next = new([room]);
        while (next.TryDequeue(out var from))
        {
            foreach (var reference in references.Where(reference => string.Equals(reference.FromRoom, from, StringComparison.Ordinal)))
            {
                if (found.Add(reference.ToRoom))
                    next.Enqueue(reference.ToRoom);
            }
        }

        return found;
    }

    /// <summary>The types that a method calls, and the types of the fields that it uses.</summary>
    public static IEnumerable<Type> Calls(MethodBase method)
    {
        if (method.GetMethodBody() is not { } body)
            return [];
        var typeArguments = method.DeclaringType is { IsGenericType: true } owner ? owner.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        return Tokens(body.GetILAsByteArray()!)
            .Select(token => method.Module.ResolveMember(token, typeArguments, methodArguments))
            .Select(member => member is FieldInfo field ? field.FieldType : (member as MethodBase)?.DeclaringType)
            .OfType<Type>();
    }

    public static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType)
            return Parts(type.GetElementType()!);
        if (type.IsGenericParameter)
            return [];
        return type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Prepend(type) : [type];
    }

    private static IEnumerable<Type> Named(Type type) =>
    [
        .. type.BaseType is { } parent ? [parent] : Type.EmptyTypes,
        .. type.GetInterfaces(),
        .. type.IsGenericTypeDefinition ? type.GetGenericArguments().SelectMany(p => p.GetGenericParameterConstraints()) : [],
        .. Attributes(type),
        .. type.GetFields(Everything).SelectMany(field => Attributes(field).Append(field.FieldType)),
        .. type.GetProperties(Everything).SelectMany(property => Attributes(property).Append(property.PropertyType)),
        .. type.GetMethods(Everything).Cast<MethodBase>().Concat(type.GetConstructors(Everything)).SelectMany(Named),
    ];

    private static IEnumerable<Type> Named(MethodBase method) =>
    [
        .. Signature(method),
        .. Attributes(method),
        .. method.GetParameters().SelectMany(p => p.GetCustomAttributesData().Select(a => a.AttributeType)),
        .. method.IsGenericMethodDefinition ? method.GetGenericArguments().SelectMany(p => p.GetGenericParameterConstraints()) : [],
        .. method.GetMethodBody() is { } body ? Named(method, body) : [],
    ];

    private static IEnumerable<Type> Signature(MethodBase method) =>
        method.GetParameters().Select(p => p.ParameterType).Append(method is MethodInfo { ReturnType: { } result } ? result : typeof(void));

    private static IEnumerable<Type> Attributes(MemberInfo member) => member.GetCustomAttributesData()
        .SelectMany(a => a.ConstructorArguments.Select(c => c.Value).OfType<Type>().Append(a.AttributeType));

    private static IEnumerable<Type> Named(MethodBase method, MethodBody body)
    {
        foreach (var local in body.LocalVariables)
            yield return local.LocalType;
        foreach (var clause in body.ExceptionHandlingClauses.Where(c => c.Flags == ExceptionHandlingClauseOptions.Clause))
            yield return clause.CatchType!;

        var typeArguments = method.DeclaringType is { IsGenericType: true } owner ? owner.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        foreach (var token in Tokens(body.GetILAsByteArray()!))
        {
            var member = method.Module.ResolveMember(token, typeArguments, methodArguments)!;
            if (member is Type type)
                yield return type;
            if (member.DeclaringType is { } declaring)
                yield return declaring;
            if (member is FieldInfo field)
                yield return field.FieldType;
            if (member is MethodBase called)
            {
                foreach (var part in Signature(called).Concat(called.IsGenericMethod ? called.GetGenericArguments() : []))
                    yield return part;
            }
        }
    }

    private static IEnumerable<int> Tokens(byte[] il)
    {
        for (var at = 0; at < il.Length;)
        {
            short value = il[at++];
            if (value == 0xFE)
                value = (short)((0xFE << 8) | il[at++]);
            var code = Codes[value];
            if (code.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineType or OperandType.InlineTok)
                yield return BitConverter.ToInt32(il, at);
            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, at)),
                _ => 4,
            };
        }
    }
}
