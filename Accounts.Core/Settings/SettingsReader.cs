using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using FluentValidation;
using FluentValidation.Results;
using Microsoft.Extensions.Configuration;

namespace Accounts.Core.Settings;

/// <summary>Reads configuration sections into options and collects every error, so that one failed start reports them all.</summary>
/// <remarks>Read every section first, then call <see cref="ThrowIfWrong"/> once. Don't use the options before that call.</remarks>
public sealed class SettingsReader(IConfiguration configuration)
{
    // Only these formats: TimeSpan.Parse reads "24:00:00" as 24 days.
    private static readonly string[] TimeFormats = [@"hh\:mm\:ss", @"d\.hh\:mm\:ss", @"hh\:mm\:ss\.FFFFFFF", @"d\.hh\:mm\:ss\.FFFFFFF"];

    private readonly List<string> _wrong = [];

    /// <summary>Reads one section. A missing key keeps its default. An unknown key or an unreadable value counts as an error.</summary>
    public T Read<T>(string section, IValidator<T> rules) where T : class, new()
    {
        var options = new T();
        var properties = typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite).ToArray();

        foreach (var entry in configuration.GetSection(section).GetChildren())
        {
            var property = Array.Find(properties, p => string.Equals(p.Name, entry.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null)
                _wrong.Add($"{entry.Path}: unknown setting. Use one of {string.Join(", ", properties.Select(p => p.Name))}.");
            else
                Set(options, property, entry);
        }

        foreach (var failure in rules.Validate(options).Errors)
            _wrong.Add($"{section}:{failure.PropertyName}: {failure.ErrorMessage}{Shown(properties, failure)}");

        return options;
    }

    /// <exception cref="StartupException">At least one setting is invalid. The message lists each with its rule and its value.</exception>
    public void ThrowIfWrong()
    {
        if (_wrong.Count > 0)
            throw new StartupException("Some settings are invalid. Correct them in appsettings.json, the environment or the command line:"
                + string.Concat(_wrong.Select(line => Environment.NewLine + "  " + line)));
    }

    private void Set(object options, PropertyInfo property, IConfigurationSection entry)
    {
        if (property.PropertyType == typeof(string[]))
        {
            property.SetValue(options, ReadList(entry));
            return;
        }

        if (property.PropertyType == typeof(IReadOnlyDictionary<string, string[]>))
        {
            if (entry.Value is { Length: > 0 })
                _wrong.Add($"{entry.Path}: must have a list under each name ({entry.Path}:Name:0, {entry.Path}:Name:1 …). It is '{entry.Value}'.");
            property.SetValue(options, entry.GetChildren().ToDictionary(child => child.Key, ReadList, StringComparer.OrdinalIgnoreCase));
            return;
        }

        try
        {
            var value = property.PropertyType == typeof(TimeSpan)
                ? TimeSpan.ParseExact(entry.Value ?? "", TimeFormats, CultureInfo.InvariantCulture)
                : TypeDescriptor.GetConverter(property.PropertyType).ConvertFromString(null, CultureInfo.InvariantCulture, entry.Value ?? "");
            // The converter accepts any number for an enum.
            if (property.PropertyType.IsEnum && !Enum.IsDefined(property.PropertyType, value!))
                throw new FormatException();
            property.SetValue(options, value);
        }
        catch (Exception unreadable) when (unreadable is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            _wrong.Add($"{entry.Path}: must be {Shape(property.PropertyType)}. It is '{entry.Value}'.");
        }
    }

    private string[] ReadList(IConfigurationSection entry)
    {
        // For an empty JSON array the configuration has the value "" and no children.
        if (entry.Value is { Length: > 0 })
            _wrong.Add($"{entry.Path}: must be a list ({entry.Path}:0, {entry.Path}:1 …). It is '{entry.Value}'.");
        return [.. entry.GetChildren().Select(child => child.Value ?? "")];
    }

    private static string Shown(PropertyInfo[] properties, ValidationFailure failure) =>
        Array.Find(properties, p => string.Equals(p.Name, failure.PropertyName, StringComparison.Ordinal))?.IsDefined(typeof(SecretAttribute)) is true
            ? ""
            : $" It is '{Text(failure.AttemptedValue)}'.";

    private static string Shape(Type type) =>
        type == typeof(TimeSpan) ? "a time such as 28.00:00:00 (days.hours:minutes:seconds)"
        : type == typeof(int) ? "a whole number"
        : type == typeof(bool) ? "true or false"
        : type.IsEnum ? "one of " + string.Join(", ", Enum.GetNames(type))
        : "a " + type.Name;

    private static string Text(object? value) => value switch
    {
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        string[] list => string.Join(", ", list),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
