using Accounts.Core.SignIn;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Users;

/// <summary>A new password must be long and hard to guess. Its composition doesn't matter.</summary>
public sealed class NewPasswordTests
{
    // Guard: the three answers of WeakPasswords.Problem.
    [EachEngineTheory]
    [InlineData("leavemealone", InputProblem.CommonPassword)]
    [InlineData("LeaveMeAlone", InputProblem.CommonPassword)]
    [InlineData("Leave me alone!", InputProblem.CommonPassword)]
    [InlineData("1qaz2wsx3edc", InputProblem.CommonPassword)]
    [InlineData("unbelievable", InputProblem.CommonPassword)]
    [InlineData("@@@@@@@@@@@@@", InputProblem.SequencePassword)]
    [InlineData("xyxyxyxyxyxyxy", InputProblem.SequencePassword)]
    [InlineData("🐶🎉🚗🐶🎉🚗🐶🎉🚗🐶🎉🚗", InputProblem.SequencePassword)]
    [InlineData("bcdefghijklmn", InputProblem.SequencePassword)]
    [InlineData("ponmlkjihgfedcba", InputProblem.SequencePassword)]
    [InlineData("9876543210987!", InputProblem.SequencePassword)]
    [InlineData("qwertyasdfzxcv12", InputProblem.SequencePassword)]
    [InlineData("Ada Lovelace 1", InputProblem.PersonalPassword)]
    [InlineData("adalovelace1815", InputProblem.PersonalPassword)]
    [InlineData("ada@analytical.test", InputProblem.PersonalPassword)]
    [InlineData("Analytical!!!!!!!!", InputProblem.PersonalPassword)]
    [InlineData("accounts2026", InputProblem.PersonalPassword)]
    public async Task Easily_guessed_passwords_are_refused_and_never_echoed(string password, InputProblem problem)
    {
        await using var host = CoreHost.Start();
        var input = new RegisterInput { Name = "Ada Lovelace", Email = "ada@analytical.test", Password = password };

        var errors = Assert.IsType<RegisterOutcome.Invalid>(await host.Users.RegisterAsync(CoreHost.NewBrowser(), input)).Errors;

        Assert.Equal([new InputError("Password", problem)], errors);
    }

    [EachEngineTheory]
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
        Assert.IsType<RegisterOutcome.Registered>(await host.Users.RegisterAsync(CoreHost.NewBrowser(), input));
    }

    // One visible character counts as one, however UTF-16 stores it.
    [EachEngineFact]
    public async Task Eleven_characters_are_too_few_however_they_are_encoded()
    {
        await using var host = CoreHost.Start();
        var input = new RegisterInput { Name = "Ada Lovelace", Email = "ada@analytical.test", Password = "🐎🔋🧲🪜🌵🎷🐎🔋🧲🪜🌵" };
        var errors = Assert.IsType<RegisterOutcome.Invalid>(await host.Users.RegisterAsync(CoreHost.NewBrowser(), input)).Errors;
        Assert.Equal([new InputError("Password", InputProblem.TooShort, 12)], errors);
    }

    [EachEngineTheory]
    [InlineData("leavemealone", InputProblem.CommonPassword)]
    [InlineData("lovelacelovelace", InputProblem.PersonalPassword)]
    public async Task A_password_change_applies_the_same_rules(string password, InputProblem problem)
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync();

        var outcome = await host.PasswordChange.ChangeAsync(owner.Caller,
            new ChangePasswordInput { CurrentPassword = CoreHost.Password, NewPassword = password });

        Assert.Equal([new InputError("NewPassword", problem)], Assert.IsType<ChangePasswordOutcome.Invalid>(outcome).Errors);
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser()));
    }
}
