using Accounts.Core.Administration;
using Accounts.Core.Geolocation;
using Accounts.Core.Mail;
using Accounts.Core.Passkeys;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Users;

namespace Accounts.Core;

/// <summary>The core's options, one part for each section of the configuration. The host checks them when it starts.</summary>
public sealed class AccountsOptions
{
    /// <summary>Where the data is stored. Section <c>Storage</c>.</summary>
    public StorageOptions Storage { get; } = new();

    /// <summary>The geolocation database. Section <c>Geolocation</c>.</summary>
    public GeolocationOptions Geolocation { get; } = new();

    /// <summary>The plans and their features. Section <c>Features</c>.</summary>
    public FeatureOptions Features { get; } = new();

    /// <summary>How many passwords are hashed at a time, and how many may wait. Section <c>PasswordHashing</c>.</summary>
    public PasswordHashingOptions PasswordHashing { get; } = new();

    /// <summary>How long sessions last, how many a user may have, and how often they are maintained. Section <c>Sessions</c>.</summary>
    public SessionOptions Sessions { get; } = new();

    /// <summary>How long support may view an account, and what it sees. Section <c>SupportViews</c>.</summary>
    public SupportViewOptions SupportViews { get; } = new();

    /// <summary>How many wrong passwords are accepted. Section <c>SignIn</c>.</summary>
    public SignInOptions SignIn { get; } = new();

    /// <summary>Two-factor: how its keys are encrypted, how long browsers are trusted, and who must have it. Section <c>TwoFactor</c>.</summary>
    public TwoFactorOptions TwoFactor { get; } = new();

    /// <summary>Whether users may have passkeys, and for which domain. Section <c>Passkeys</c>.</summary>
    public PasskeyOptions Passkeys { get; } = new();

    /// <summary>How many emails a recipient may get, and how long sending is tried. Section <c>Outbox</c>.</summary>
    public OutboxOptions Outbox { get; } = new();

    /// <summary>How long data is kept. Section <c>Retention</c>.</summary>
    public RetentionOptions Retention { get; } = new();
}
