using Accounts.Core.SignIn;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Users;

/// <summary>A new password must be long and hard to guess. Its composition doesn't matter.</summary>
public sealed class NewPasswordTests
{
    private const string Common = "This password is too common.";
    private const string Row = "Too easy to guess: it's a sequence or a repeat.";
    private const string Own = "Too easy to guess: it's mostly your name, your email or this site's name.";

    // Guard: the three answers of WeakPasswords.Problem.
    [Theory]
    [InlineData("leavemealone", Common)]
    [InlineData("LeaveMeAlone", Common)]
    [InlineData("Leave me alone!", Common)]
    [InlineData("1qaz2wsx3edc", Common)]
    [InlineData("unbelievable", Common)]
    [InlineData("@@@@@@@@@@@@@", Row)]
    [InlineData("xyxyxyxyxyxyxy", Row)]
    [InlineData("bcdefghijklmn", Row)]
    [InlineData("ponmlkjihgfedcba", Row)]
    [InlineData("9876543210987!", Row)]
    [InlineData("qwertyasdfzxcv12", Row)]
    [InlineData("Ada Lovelace 1", Own)]
    [InlineData("adalovelace1815", Own)]
    [InlineData("ada@analytical.test", Own)]
    [InlineData("Analytical!!!!!!!!", Own)]
    [InlineData("accounts2026", Own)]
    public async Task Easily_guessed_passwords_are_refused_and_never_echoed(string password, string message)
    {
        await using var host = CoreHost.Start();
        var input = new RegisterInput { Name = "Ada Lovelace", Email = "ada@analytical.test", Password = password };

        var errors = Assert.IsType<RegisterOutcome.Invalid>(await host.Users.RegisterAsync(CoreHost.Client(), input)).Errors;

        Assert.Equal([new InputError("Password", message)], errors);
        Assert.DoesNotContain(password, errors[0].Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("correct horse battery")]
    [InlineData("ada likes green tea")]
    [InlineData("this is abc for 123")]
    [InlineData("kfwrpmzvxqhj")]
    [InlineData("täglich früh im Büro")]
    [InlineData("кошка любит молоко")]
    [InlineData("🐎🔋🧲🪜🌵🎷🐎🔋🧲🪜🌵🎷")]
    [InlineData("a broken \uD83D half")]
    public async Task A_long_password_of_any_composition_is_accepted(string password)
    {
        await using var host = CoreHost.Start();
        var input = new RegisterInput { Name = "Ada Lovelace", Email = "ada@analytical.test", Password = password };
        Assert.IsType<RegisterOutcome.Registered>(await host.Users.RegisterAsync(CoreHost.Client(), input));
    }

    // One visible character counts as one, however UTF-16 stores it.
    [Fact]
    public async Task Eleven_characters_are_too_few_however_they_are_encoded()
    {
        await using var host = CoreHost.Start();
        var input = new RegisterInput { Name = "Ada Lovelace", Email = "ada@analytical.test", Password = "🐎🔋🧲🪜🌵🎷🐎🔋🧲🪜🌵" };
        var errors = Assert.IsType<RegisterOutcome.Invalid>(await host.Users.RegisterAsync(CoreHost.Client(), input)).Errors;
        Assert.Equal([new InputError("Password", "Use at least 12 characters.")], errors);
    }

    [Theory]
    [InlineData("leavemealone", Common)]
    [InlineData("lovelacelovelace", Own)]
    public async Task A_password_change_applies_the_same_rules(string password, string message)
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();

        var outcome = await host.PasswordChange.ChangeAsync(owner.Caller, new ChangePasswordInput { CurrentPassword = CoreHost.Password, NewPassword = password });

        Assert.Equal([new InputError("NewPassword", message)], Assert.IsType<ChangePasswordOutcome.Invalid>(outcome).Errors);
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.Client()));
    }
}
