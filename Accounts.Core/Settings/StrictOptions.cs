using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using FluentValidation;
using FluentValidation.Results;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Accounts.Core.Settings;

/// <summary>Options that are read strictly: an unknown key and an unreadable value are errors, and one failed start reports them all.</summary>
/// <remarks>Each project that has options of its own compiles this file, so no project offers it to applications.</remarks>
internal static class StrictOptions
{
    /// <summary>Registers options with their sections and rules. The host checks them when it starts.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configuration">The parent of the sections; null if only code sets the options.</param>
    /// <param name="sections">The sections.</param>
    public static void AddStrictOptions<T>(this IServiceCollection services, IConfiguration? configuration, params OptionsSection<T>[] sections)
        where T : class, new()
    {
        services.AddOptions<T>().ValidateOnStart();
        if (configuration is not null)
        {
            services.AddSingleton<IConfigureOptions<T>>(new ConfigureOptions<T>(options =>
            {
                foreach (var section in sections)
                    _ = section.Read(configuration, options);
            }));
        }

        services.AddSingleton<IValidateOptions<T>>(new Validation<T>(configuration, sections));
    }

    private sealed class Validation<T>(IConfiguration? configuration, OptionsSection<T>[] sections) : IValidateOptions<T>
        where T : class, new()
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            // The options can't hold a value that is unreadable, so read them once more.
            var scratch = new T();
            List<string> wrong = [];
            foreach (var section in sections)
            {
                if (configuration is not null)
                    wrong.AddRange(section.Read(configuration, scratch));
                wrong.AddRange(section.Check((configuration as IConfigurationSection)?.Path, options));
            }

            return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
        }
    }
}

/// <summary>One section of the configuration, the part of the options that it sets, and the rules of that part.</summary>
internal abstract class OptionsSection<T>
{
    /// <param name="name">The section's name.</param>
    /// <param name="part">The part of the options that the section sets.</param>
    /// <param name="rules">The part's rules.</param>
    public static OptionsSection<T> Of<TPart>(string name, Func<T, TPart> part, IValidator<TPart> rules)
        where TPart : class =>
        new Section<TPart>(name, part, rules);

    /// <summary>Sets what the section says. A missing key keeps its value.</summary>
    /// <returns>What is wrong: each unknown key and each unreadable value.</returns>
    public abstract List<string> Read(IConfiguration configuration, T options);

    /// <summary>The rules that the options break, each with its key and its value.</summary>
    public abstract IEnumerable<string> Check(string? parent, T options);

    private sealed class Section<TPart>(string name, Func<T, TPart> part, IValidator<TPart> rules) : OptionsSection<T>
        where TPart : class
    {
        private static readonly PropertyInfo[] Properties =
            [.. typeof(TPart).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite)];

        public override List<string> Read(IConfiguration configuration, T options)
        {
            var target = part(options);
            List<string> wrong = [];
            foreach (var entry in configuration.GetSection(name).GetChildren())
            {
                if (Array.Find(Properties, p => string.Equals(p.Name, entry.Key, StringComparison.OrdinalIgnoreCase)) is not { } property)
                    wrong.Add($"{entry.Path}: unknown setting. Use one of {string.Join(", ", Properties.Select(p => p.Name))}.");
                else if (OptionsValue.TryRead(property.PropertyType, entry, wrong, out var value))
                    property.SetValue(target, value);
            }

            return wrong;
        }

        public override IEnumerable<string> Check(string? parent, T options)
        {
            var path = parent is null ? name : ConfigurationPath.Combine(parent, name);
            return rules.Validate(part(options)).Errors.Select(failure => $"{path}:{failure.PropertyName}: {failure.ErrorMessage}{Shown(failure)}");
        }

        private static string Shown(ValidationFailure failure) =>
            Array.Find(Properties, p => string.Equals(p.Name, failure.PropertyName, StringComparison.Ordinal))
                ?.IsDefined(typeof(SecretAttribute)) is true
                ? ""
                : $" It is '{OptionsValue.Text(failure.AttemptedValue)}'.";
    }
}

/// <summary>Reads one value of a configuration section.</summary>
internal static class OptionsValue
{
    // Only these formats: TimeSpan.Parse reads "24:00:00" as 24 days.
    private static readonly string[] TimeFormats = [@"hh\:mm\:ss", @"d\.hh\:mm\:ss", @"hh\:mm\:ss\.FFFFFFF", @"d\.hh\:mm\:ss\.FFFFFFF"];

    /// <summary>Reads a value, or adds what is wrong with it.</summary>
    public static bool TryRead(Type type, IConfigurationSection entry, List<string> wrong, out object? value)
    {
        value = null;
        try
        {
            value = type == typeof(string[]) ? ReadList(entry, wrong)
                : type == typeof(IReadOnlyDictionary<string, string[]>) ? ReadLists(entry, wrong)
                : type == typeof(TimeSpan) ? TimeSpan.ParseExact(entry.Value ?? "", TimeFormats, CultureInfo.InvariantCulture)
                : TypeDescriptor.GetConverter(type).ConvertFromString(null, CultureInfo.InvariantCulture, entry.Value ?? "");
            // The converter accepts any number for an enum.
            return !type.IsEnum || Enum.IsDefined(type, value!) ? true : throw new FormatException();
        }
        catch (Exception unreadable) when (unreadable is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            wrong.Add($"{entry.Path}: must be {Shape(type)}. It is '{entry.Value}'.");
            return false;
        }
    }

    public static string Text(object? value) => value switch
    {
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        string[] list => string.Join(", ", list),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static Dictionary<string, string[]> ReadLists(IConfigurationSection entry, List<string> wrong)
    {
        if (entry.Value is { Length: > 0 })
            wrong.Add($"{entry.Path}: must have a list under each name ({entry.Path}:Name:0, {entry.Path}:Name:1 …). It is '{entry.Value}'.");
        return entry.GetChildren().ToDictionary(child => child.Key, child => ReadList(child, wrong), StringComparer.OrdinalIgnoreCase);
    }

    private static string[] ReadList(IConfigurationSection entry, List<string> wrong)
    {
        // For an empty JSON array the configuration has the value "" and no children.
        if (entry.Value is { Length: > 0 })
            wrong.Add($"{entry.Path}: must be a list ({entry.Path}:0, {entry.Path}:1 …). It is '{entry.Value}'.");
        return [.. entry.GetChildren().Select(child => child.Value ?? "")];
    }

    private static string Shape(Type type) =>
        type == typeof(TimeSpan) ? "a time such as 28.00:00:00 (days.hours:minutes:seconds)"
        : type == typeof(int) ? "a whole number"
        : type == typeof(bool) ? "true or false"
        : type.IsEnum ? "one of " + string.Join(", ", Enum.GetNames(type))
        : "a " + type.Name;
}

/// <summary>Marks a setting whose value no message may show.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretAttribute : Attribute;
