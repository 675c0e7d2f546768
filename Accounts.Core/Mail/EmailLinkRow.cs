using Accounts.Core.Callers;
using Accounts.Core.Devices;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;

namespace Accounts.Core.Mail;

/// <summary>What an emailed link or code is for. The database stores the numbers: never change one.</summary>
internal enum EmailLinkPurpose
{
    /// <summary>Signs in.</summary>
    SignIn = 1,

    /// <summary>Lets choose a new password.</summary>
    Reset = 2,

    /// <summary>A code that confirms, in a session, who its user is.</summary>
    Proof = 3,

    /// <summary>Makes an account.</summary>
    Register = 4,

    /// <summary>Confirms an account's new address.</summary>
    ChangeEmail = 5,

    /// <summary>Gives an account its old address back.</summary>
    RestoreEmail = 6,
}

/// <summary>
/// A link or a code that somebody asked for by email. Its secret is made when the email is sent, and the row has the hash. Using it deletes the row.
/// </summary>
/// <remarks>
/// Whoever isn't signed in names an address. The row is then the same whether or not the address has an account: that is looked up only when the
/// email is sent, so no answer and no wait reveals it.
/// </remarks>
internal sealed class EmailLinkRow
{
    /// <summary>Maximum length of an email as it was typed, which may be in a longer spelling than the account's.</summary>
    public const int EmailLimit = 4 * InputRules.EmailMaximum;

    /// <summary>Maximum length of a return address, in characters. A longer one is left out.</summary>
    public const int ReturnToLimit = 1000;

    public required Guid Id { get; init; }

    public required EmailLinkPurpose Purpose { get; set; }

    /// <summary>
    /// The email as it was typed; null once its account was found. For a new account, or the change of an address: the address that it will have.
    /// </summary>
    public string? Email { get; set; }

    /// <summary>The name of the account that the link makes; null for another link.</summary>
    public string? Name { get; init; }

    /// <summary>The account; null until it was found, and for a link that makes one.</summary>
    public Guid? UserId { get; set; }

    /// <summary>SHA-256 of the secret, 32 bytes; null until the email is sent.</summary>
    public byte[]? TokenHash { get; set; }

    /// <summary>The account's stamp when the secret was made. If it changes, the secret is void.</summary>
    public string? Stamp { get; set; }

    public long Epoch { get; set; }

    /// <summary>The session that a code is for; null for a link.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>
    /// For a link that gives an old address back: whether the account had had two-factor for a while when its address was changed. Then it keeps it.
    /// </summary>
    public bool KeepsTwoFactor { get; init; }

    /// <summary>How many wrong codes were entered.</summary>
    public int Wrong { get; set; }

    /// <summary>SHA-256 of the id of the browser that asked, 32 bytes.</summary>
    public required byte[] BrowserHash { get; init; }

    public required string UserAgent { get; init; }

    public string? ClientHints { get; init; }

    /// <summary>The address that it was asked for from. The row is removed soon after it expires, and the address with it.</summary>
    public required string Address { get; init; }

    /// <summary>The page that was asked for before the sign-in; null if none.</summary>
    public string? ReturnTo { get; init; }

    public required DateTimeOffset AskedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The device that asked.</summary>
    public Device Device() => DeviceDetector.Detect(new DeviceSignals(UserAgent, Devices.ClientHints.Parse(ClientHints)));

    /// <summary>Whether a browser asked for it.</summary>
    public bool IsOf(CallingBrowser browser) => BrowserHash.AsSpan().SequenceEqual(browser.Id.Hash());

    /// <summary>What the secret of a link depends on.</summary>
    public ProofStamp ProofStamp() => new(Stamp!, Epoch);

    /// <summary>A code or a link that a user asks for in a session.</summary>
    /// <param name="purpose">What it is for.</param>
    /// <param name="session">The session.</param>
    /// <param name="address">The address that the request came from.</param>
    /// <param name="email">The address that the account will have; null if it keeps its own.</param>
    /// <param name="stamp">What the secret depends on from now on.</param>
    /// <param name="now">The time.</param>
    /// <param name="lifetime">How long it works.</param>
    /// <param name="keepsTwoFactor">See <see cref="KeepsTwoFactor"/>.</param>
    public static EmailLinkRow InSession(
        EmailLinkPurpose purpose,
        SessionRow session,
        string address,
        string? email,
        ProofStamp stamp,
        DateTimeOffset now,
        TimeSpan lifetime,
        bool keepsTwoFactor = false) => new()
    {
        Stamp = stamp.Account,
        Epoch = stamp.Epoch,
        KeepsTwoFactor = keepsTwoFactor,
        Id = Guid.CreateVersion7(now),
        Purpose = purpose,
        Email = email,
        UserId = session.UserId,
        SessionId = session.Id,
        BrowserHash = session.BrowserHash ?? [],
        UserAgent = session.UserAgent,
        ClientHints = session.ClientHints,
        Address = address,
        AskedAt = now,
        ExpiresAt = now + lifetime,
    };

    /// <summary>A link that a visitor asks for, who names an address.</summary>
    public static EmailLinkRow AskedBy(
        CallingBrowser browser, EmailLinkPurpose purpose, string email, string? name, string? returnTo, DateTimeOffset now, TimeSpan lifetime) =>
        new()
        {
            Id = Guid.CreateVersion7(now),
            Purpose = purpose,
            Email = ShortText.Cut(email.Trim(), EmailLimit),
            Name = name,
            BrowserHash = browser.Id.Hash(),
            UserAgent = browser.Signals.UserAgent,
            ClientHints = browser.Signals.Hints.ToText(),
            Address = browser.Address,
            ReturnTo = returnTo?.Length <= ReturnToLimit ? returnTo : null,
            AskedAt = now,
            ExpiresAt = now + lifetime,
        };
}
