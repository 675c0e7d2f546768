namespace Accounts.Core.Settings;

/// <summary>Marks a setting whose value no message may show.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretAttribute : Attribute;
