using Accounts.AspNetCore.Cookies;
using Accounts.Core.Callers;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Users;
using Microsoft.AspNetCore.Authentication;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddAccounts(builder.Configuration.GetSection("Accounts"));
builder.Services.AddAuthentication().AddAccountsSession();
builder.Services.AddProblemDetails();

var app = builder.Build();
app.UseStatusCodePages();
app.UseAccounts();
app.MapAccountsEndpoints();

app.MapPost("/register", async (HttpContext context, RegisterInput input, Registration registration, CancellationToken token) =>
    await registration.RegisterAsync(context.ToCallingBrowser(), input, token) switch
    {
        RegistrationOutcome.SignedIn { Session: var session } => await EnterAsync(context, session),
        RegistrationOutcome.EmailTaken => Refuse(409, "This email already has an account. Sign in instead."),
        RegistrationOutcome.Invalid { Errors: var errors } => Invalid(errors),
        _ => Refuse(429, "Too many attempts. Try again later."),
    });

app.MapPost("/sign-in", async (HttpContext context, SignInInput input, PasswordSignIn signIn, CancellationToken token) =>
    await signIn.SignInAsync(context.ToCallingBrowser(), input, token) switch
    {
        SignInOutcome.SignedIn { Session: var session } => await EnterAsync(context, session),
        SignInOutcome.WrongCredentials => Refuse(401, "The email or the password is wrong."),
        SignInOutcome.Invalid { Errors: var errors } => Invalid(errors),
        _ => Refuse(429, "Too many attempts. Try again later."),
    });

var mine = app.MapGroup("/sessions").RequireAuthorization().DisableCookieRedirect();

mine.MapGet("/", async (HttpContext context, SessionService sessions, CancellationToken token) =>
    await context.FindCallerAsync() is { } caller
        ? Results.Ok((await sessions.ListAsync(caller, token)).Select(session => Describe(session, caller)))
        : Results.Unauthorized());

mine.MapDelete("/{id}", async (HttpContext context, SessionId id, SessionService sessions, CancellationToken token) =>
    await context.FindCallerAsync() is not { } caller ? Results.Unauthorized() : await sessions.TerminateAsync(caller, id, token) switch
    {
        TerminateOutcome.Terminated => Results.NoContent(),
        TerminateOutcome.AlreadyEnded => Refuse(409, "This session has already ended."),
        TerminateOutcome.CurrentSession => Refuse(409, "This is your own session. Delete /sessions/current instead."),
        TerminateOutcome.ProofNeeded => Refuse(403, "Sign in again: your last sign-in is too long ago for this."),
        TerminateOutcome.CallerEnded => Results.Unauthorized(),
        _ => Refuse(404, "You have no such session."),
    });

mine.MapDelete("/current", async (HttpContext context, SessionService sessions, CancellationToken token) =>
{
    if (await context.FindCallerAsync() is { } caller)
        await sessions.SignOutAsync(caller, token);
    await context.SignOutAsync(AccountsSession.Scheme);
    return Results.NoContent();
});

app.Run();

static async Task<IResult> EnterAsync(HttpContext context, StartedSession session)
{
    await context.WriteSessionAsync(session);
    return Results.Ok(new { session = session.Id.ToString() });
}

static object Describe(Session session, Caller caller) => new
{
    Id = session.Id.ToString(),
    session.Title,
    Country = session.Place.CountryCode,
    session.LastActivityAt,
    IsThisDevice = session.Id == caller.SessionId,
};

static IResult Refuse(int status, string detail) => Results.Problem(detail, statusCode: status);

static IResult Invalid(IReadOnlyList<InputError> errors) =>
    Results.ValidationProblem(errors.ToDictionary(error => error.Field, error => new[] { error.Message }));
